"""Each metric against the same thing seen another way: kubectl's, the events', the statuses'."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.journal.records import Fact
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.read.rollout import progress
from simulator.metrics import METRICS, Story, measure, measure_all, worst
from simulator.metrics.table import ALIASES, BY_NAME, DEFAULT
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.scenario.inputs import gather
from simulator.units import SECOND
from tests.conftest import ROOT
from tests.kubelet.world import cluster, skipping_nothing
from tests.metrics.worlds import deployment, played, program, service

TCP = {"tcpSocket": {"port": 80}}
READY = {"readinessProbe": {**TCP, "periodSeconds": 2}}


@pytest.fixture(scope="module")
def late() -> Journal:
    return Cluster(gather([str(ROOT / "scenarios" / "redis-late")])).run()


def first(journal: Journal, condition: str, workload: str) -> float:
    """When the last of a workload's pods got a condition, by its statuses."""
    instants: dict[str, float] = {}
    for write in journal.at().writes():
        item: Any = write.item
        if write.key.kind == "Pod" and write.key.name.startswith(workload) and _holds(item, condition):
            instants.setdefault(write.key.name, write.t / SECOND)
    return max(instants.values())


def _holds(pod: Any, condition: str) -> bool:
    return any(found.type == condition and found.status == "True" for found in pod.status.conditions)


CONDITIONS = [("time-to-initialized", "Initialized"), ("time-to-ready", "Ready"), ("time-to-scheduled", "PodScheduled")]


@pytest.mark.parametrize(("name", "condition"), CONDITIONS)
def test_conditions_of_pods(late: Journal, name: str, condition: str) -> None:
    assert measure(late.at(), name, "deployment/app-tier-dp") == pytest.approx(first(late, condition, "app-tier"))
    both = max(first(late, condition, "app-tier"), first(late, condition, "data-tier"))
    assert measure(late.at(), name) == pytest.approx(both), "without a selection: the worst workload"


def test_started_is_the_last_containers_first_start(late: Journal) -> None:
    starts = [f.t for f in late.at().facts("container.started") if f.about.name.startswith("app-tier") and f.data["container"] == "server"]
    assert measure(late.at(), "time-to-started", "deploy/app-tier-dp") == max(starts) / SECOND
    init = [f.t for f in late.at().facts("container.started") if f.data["container"] == "await-redis"]
    assert measure(late.at(), "time-to-started", "deploy/app-tier-dp:await-redis") == max(init) / SECOND


def test_a_service_is_reachable_once_kube_proxy_knows(late: Journal) -> None:
    told = next(f.t for f in late.at().facts("proxy.programmed") if f.about.name == "app-tier-svc" and f.data["ready"])
    assert measure(late.at(), "service-reachable", "svc/app-tier-svc") == told / SECOND
    assert measure(late.at(), "service-reachable", "deploy/app-tier-dp") == told / SECOND, "the Service of a workload"


def test_each_proxy_lags_behind_the_first_endpoint(tmp_path: Path) -> None:
    journal = played(tmp_path, deployment("web"), service("web"), cluster={"nodes": [{"name": name} for name in ("a", "b", "c")]})
    facts = [fact for fact in journal.at().facts("proxy.programmed") if fact.about.name == "web" and fact.data["ready"]]
    first = {node: next(fact.t for fact in facts if fact.data["node"] == node) for node in ("a", "b", "c")}
    lag = measure(journal.at(), "proxy-lag", "svc/web")
    ready = measure(journal.at(), "service-reachable", "svc/web")
    assert lag is not None
    assert ready is not None
    assert 0 < lag < 2
    assert max(first.values()) / SECOND - lag < min(first.values()) / SECOND
    assert ready == min(first.values()) / SECOND


def test_pulls(late: Journal) -> None:
    assert measure(late.at(), "pull-time", "deploy/data-tier") == 45


def test_what_has_not_come_to_pass_is_none_and_worse_than_anything(late: Journal) -> None:
    early = late.at(60 * SECOND)
    assert measure(early, "time-to-ready", "deploy/data-tier") is not None
    assert measure(early, "time-to-ready", "deploy/app-tier-dp") is None
    assert measure(early, "time-to-ready") is None
    assert worst([1, None, 2]) is None
    assert worst([1, 3, 2]) == 3
    assert worst([]) is None


@pytest.mark.parametrize("t", [0, 1, 30, 58, 71, 120])
def test_law_a_metric_at_t_is_that_of_the_journal_cut_at_t(late: Journal, t: int) -> None:
    cut = Journal(late.header, [record for record in late if record.t <= t * SECOND])
    names = [row.name for row in METRICS]
    assert measure_all(late.at(t * SECOND), names) == measure_all(cut.at(t * SECOND), names)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_rollout_is_complete_when_kubectl_says_so(tmp_path: Path, kind: str) -> None:
    objects = [deployment("web", kind=kind, replicas=3, **READY)]
    change = {"at": "40s", "setImage": f"{kind.lower()}/web", "with": {"main": "app:2"}}
    programs = [program(listen=[{"port": 80, "from": "3s"}])]
    for actions, begin in (([], 0), ([change], 40)):
        journal = played(tmp_path, *objects, programs=programs, actions=actions, duration="200s")
        done = None
        for write in journal.at().writes(Key(kind, "default", "web")):
            if write.t >= begin * SECOND and done is None:
                try:
                    done = write.t / SECOND if progress(write.item).done else None
                except KubectlError:
                    continue
        assert done is not None
        assert done > begin
        assert measure(journal.at(), "rollout-complete", f"{kind}/web") == pytest.approx(done - begin)


def test_restarts_and_back_offs(tmp_path: Path) -> None:
    objects = [deployment("web", replicas=2), deployment("calm")]
    journal = played(tmp_path, *objects, programs=[{"match": {"workload": "deployment/web"}, "runs": [{"exitAfter": "1s", "exitCode": 1}]}])
    starts = [f for f in journal.at().facts("container.started") if f.about.name.startswith("web")]
    backed = [e for e in journal.at().typed(Event) if e.reason == "BackOff"]
    assert measure(journal.at(), "restarts") == len(starts) - 2 > 2, "of the worst workload, all its containers"
    assert measure(journal.at(), "restarts", "deploy/calm") == 0
    assert {e.involved_object.name for e in backed} == {f.about.name for f in starts}
    # The first restart is at once, each later one waits; the last wait shows in the status only when the kubelet looks again.
    assert measure(journal.at(), "back-offs") == len(starts) - 4 > 2
    assert measure(journal.at(), "warnings") == sum(e.count or 1 for e in journal.at().typed(Event) if e.type == "Warning") > 0


def test_outages(tmp_path: Path) -> None:
    objects = [deployment("web", **READY), service("web"), service("head", clusterIP="None", selector={"app": "web"})]
    runs: dict[str, Any] = {"listen": [{"port": 80, "from": "1s", "to": "20s"}, {"port": 80, "from": "30s"}]}
    journal = played(tmp_path, *objects, programs=[program(**runs)])
    for name in ("web", "head"):
        levels = [(s.t / SECOND, _ready(s.item)) for s in _slices(journal, name)]
        down = next(t for t, n in levels if n == 0 and t > 10)
        up = next(t for t, n in levels if n and t > down)
        assert 5 < up - down < 9
        assert measure(journal.at(), "downtime", f"svc/{name}") == pytest.approx(up - down)
        assert measure(journal.at(), "longest-outage", f"svc/{name}") == pytest.approx(up - down)
        middle = journal.at(round((down + 2) * SECOND))
        assert measure(middle, "downtime", f"svc/{name}") == pytest.approx(2, abs=0.001), "an outage that goes on counts until now"
    headless, proxied = (measure(journal.at(), "service-reachable", f"svc/{name}") for name in ("head", "web"))
    assert headless is not None
    assert proxied is not None
    assert headless < proxied


def _slices(journal: Journal, name: str) -> list[Any]:
    slices = [write for write in journal.at().writes() if write.key.kind == "EndpointSlice"]
    return [write for write in slices if write.item.metadata.labels["kubernetes.io/service-name"] == name]


def _ready(item: Any) -> int:
    return sum(bool(endpoint.conditions and endpoint.conditions.ready) for endpoint in item.endpoints or [])


def test_requests_that_failed(late: Journal) -> None:
    assert measure(late.at(), "failed-requests") is None, "there are no clients"
    about = Key("Service", "pb", "data-tier")
    facts = [Fact(late.end, "request", about, {"result": "ok"}), Fact(late.end, "request", about, {"result": "refused", "count": 3})]
    journal = Journal(late.header, [*late, *facts])
    assert measure(journal.at(), "failed-requests") == 3


PROBES = {
    "quiet": ({"readinessProbe": {**TCP, "periodSeconds": 3}, "livenessProbe": TCP}, {}),
    "thresholds": ({"readinessProbe": {**TCP, "periodSeconds": 2, "successThreshold": 3}}, {"to": "25s"}),
    "slow": (
        {"startupProbe": {**TCP, "periodSeconds": 1}, "livenessProbe": TCP},
        {"from": "7s"},
    ),
    "restarted": ({"livenessProbe": {**TCP, "periodSeconds": 2, "failureThreshold": 1}}, {"to": "9s"}),
    "late": ({"readinessProbe": {**TCP, "initialDelaySeconds": 11, "periodSeconds": 4}}, {"from": "1s"}),
}


@pytest.mark.parametrize("name", PROBES)
def test_probes_are_as_many_as_are_asked(tmp_path: Path, name: str) -> None:
    probes, listens = PROBES[name]
    spec = {"containers": [{"name": "main", **probes}]}
    programs = [program(listen=[{"port": 80, **listens}])]
    world = skipping_nothing(cluster(tmp_path, spec, programs=programs))
    manager = next(iter(world.machines.by_node.values())).kubelet._probes
    asked, ask = 0, manager.probe

    def counted(*args: Any) -> Any:
        nonlocal asked
        asked += 1
        return ask(*args)

    manager.probe = counted  # type: ignore[method-assign]
    journal = world.run()
    quiet = cluster(tmp_path, spec, programs=programs).run()
    runs = len(quiet.at().facts("container.started")) * len(probes)
    assert asked > 5
    assert measure(quiet.at(), "probes") == measure(journal.at(), "probes")
    assert abs((measure(quiet.at(), "probes") or 0) - asked) <= runs


def test_pods_that_end_are_finished_and_not_ready(tmp_path: Path) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "app:1"}]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": {"template": template}}
    journal = played(tmp_path, job, programs=[program(exitAfter="5s")])
    assert [r.subject for r in measure_all(journal.at(), ["time-to-finished", "time-to-ready"])] == ["job/once"]
    assert 5 < (measure(journal.at(), "time-to-finished") or 0) < 9


def test_selections(late: Journal) -> None:
    pods = measure_all(late.at(), ["time-to-ready"], "pod/app-*")
    assert len(pods) == 2
    assert max(r.value or 0 for r in pods) == measure(late.at(), "time-to-ready", "pb/deployment/app-tier-dp")
    assert measure(late.at(), "time-to-ready", "svc/data-tier") == measure(late.at(), "time-to-ready", "deploy/data-tier")
    assert [r.subject for r in measure_all(late.at(), ["restarts"], "deploy/*:server")] == ["deployment/app-tier-dp:server"]
    replica_set = next(pod.lane.workload.partition("/")[2] for pod in Story(late.at()).pods if pod.key.name.startswith("app"))
    assert measure(late.at(), "time-to-ready", f"rs/{replica_set}") == measure(late.at(), "time-to-ready", "deploy/app-tier-dp")


@pytest.mark.parametrize(
    ("name", "about", "said"),
    [
        ("time-to-redy", "", "did you mean time-to-ready?"),
        ("zzz", "", "available: time-to-scheduled"),
        ("restarts", "web", "write deployment/web, pod/app-*"),
        ("restarts", "thing/web", "unknown kind 'thing'"),
        ("restarts", "deploy/nope", "available: deployment/app-tier-dp, deployment/data-tier, service/app-tier-svc, service/data-tier"),
        ("restarts", "deploy/app-tier-dp:nope", "available: await-redis, server"),
        ("restarts", "other/deploy/app-tier-dp", "not in this run"),
    ],
)
def test_what_is_wrong_is_said_with_what_there_is(late: Journal, name: str, about: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        measure(late.at(), name, about)


def test_the_table_is_sound() -> None:
    assert len(BY_NAME) == len(METRICS)
    assert set(ALIASES.values()) | set(DEFAULT) <= set(BY_NAME)
    assert not set(ALIASES) & set(BY_NAME)
