"""Each rule has an application that triggers it, and one that does not; what it proposes makes it go away."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from simulator.advice.advise import Advice, advise
from simulator.advice.app import App, Subject
from simulator.advice.facts import lost_requests
from simulator.advice.finding import SEVERITIES, Candidate, Evidence, Finding, Rule, overrides
from simulator.advice.rules import RULES, rule
from simulator.advice.text import as_json, as_text
from simulator.advice.trial import Overrides, Trial
from simulator.cluster import Cluster
from simulator.errors import ManifestError
from simulator.metrics import measure
from simulator.scenario.inputs import Inputs, gather
from simulator.units import SECOND
from simulator.views.styled import plain
from simulator.whatif.base import read_base
from tests.conftest import ROOT, Podsim
from tests.container.test_processes import reader
from tests.metrics.worlds import deployment, program, service, write

HTTP: dict[str, Any] = {"httpGet": {"path": "/healthz", "port": 80}}
OTHER: dict[str, Any] = {"httpGet": {"path": "/alive", "port": 80}}
TCP: dict[str, Any] = {"tcpSocket": {"port": 80}, "periodSeconds": 2}
SERVES: dict[str, Any] = {"listen": [{"port": 80, "from": "1s"}]}
SLEEPS: dict[str, Any] = {"lifecycle": {"preStop": {"sleep": {"seconds": 3}}}}
CALM: dict[str, Any] = {"readinessProbe": TCP, **SLEEPS}


class World(NamedTuple):
    """Objects and what their containers do."""

    objects: list[dict[str, Any]]
    run: dict[str, Any] = SERVES
    scenario: dict[str, Any] = {}


def web(*, run: dict[str, Any] = SERVES, spec: dict[str, Any] | None = None, pod: dict[str, Any] | None = None, **container: Any) -> World:
    """A Deployment of two pods behind a Service."""
    item = deployment("web", **{"replicas": 2, "ports": [{"containerPort": 80}], **container})
    item["spec"].update(spec or {})
    item["spec"]["template"]["spec"].update(pod or {})
    return World([item, service("web")], run)


def never(**container: Any) -> World:
    """A pod that is not restarted."""
    containers = [{"name": "main", "image": "app:1", **container}]
    return World(
        [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"restartPolicy": "Never", "containers": containers}}]
    )


def waiting(name: str, other: str) -> dict[str, Any]:
    """A Deployment whose init container waits for another one's Service."""
    item = deployment(name, ports=[{"containerPort": 80}], **CALM)
    wait = {"name": "wait", "image": "busybox", "command": ["sh", "-c", f"until nc -z {other} 80; do sleep 2; done"]}
    item["spec"]["template"]["spec"]["initContainers"] = [wait]
    return item


def asking(*rights: dict[str, Any]) -> World:
    """A pod whose init container lists pods, as its ServiceAccount may or may not."""
    wait = {"name": "wait", "image": "bitnami/kubectl", "command": ["sh", "-c", "until kubectl get pods; do sleep 2; done"]}
    spec = {"initContainers": [wait], "containers": [{"name": "main", "image": "app:1"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "asks"}, "spec": spec}
    return World([pod, *rights])


def looking_up(name: str, image: str = "busybox:1.36") -> World:
    """A Deployment whose init container waits for a name."""
    item = waiting("a", "b")
    wait = {"name": "wait", "image": image, "command": ["sh", "-c", f"until nslookup {name}; do sleep 2; done"]}
    item["spec"]["template"]["spec"]["initContainers"] = [wait]
    return World([item, service("a"), deployment("b", ports=[{"containerPort": 80}], **CALM), service("b")])


def spread(**container: Any) -> World:
    """A Deployment of two pods on two nodes, one on each."""
    term = {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    world = web(pod={"affinity": affinity}, **CALM, **container)
    return world._replace(scenario={"cluster": {"nodes": [{"name": "n1"}, {"name": "n2"}], "storageClass": "standard"}})


def members(policy: str) -> World:
    """A StatefulSet whose first pod is ready when it finds the second one."""
    script = "until nslookup mq-1.mq.default.svc.cluster.local; do sleep 2; done; touch /tmp/ready; sleep 1000"
    probe = {"exec": {"command": ["test", "-f", "/tmp/ready"]}, "periodSeconds": 3}
    container = {"name": "mq", "image": "busybox:1.36", "command": ["sh", "-c", script], "readinessProbe": probe}
    template = {"metadata": {"labels": {"app": "mq"}}, "spec": {"containers": [container]}}
    spec = {
        "serviceName": "mq",
        "replicas": 2,
        "selector": {"matchLabels": {"app": "mq"}},
        "podManagementPolicy": policy,
        "template": template,
    }
    peers = service("mq")
    peers["spec"] |= {"clusterIP": "None", "publishNotReadyAddresses": True}
    return World([{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "mq"}, "spec": spec}, peers])


def meshed(**proxy: Any) -> World:
    """A Job whose work has a proxy beside it."""
    work = {"name": "work", "image": "busybox", "command": ["sh", "-c", "sleep 3"]}
    containers = (
        {"initContainers": [{"name": "main", "image": "app:1", **proxy}], "containers": [work]}
        if proxy
        else {"containers": [work, {"name": "main", "image": "app:1"}]}
    )
    template = {"spec": {"restartPolicy": "Never", **containers}}
    return World([{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": template}}])


SLOW: dict[str, Any] = {"listen": [{"port": 80, "from": "40s"}]}
BAD: dict[str, World] = {
    "slow-start": web(run=SLOW, livenessProbe=OTHER, **CALM),
    "no-startup-budget": web(run={"listen": [{"port": 80, "from": "8s"}]}, livenessProbe={**OTHER, "periodSeconds": 5}, **CALM),
    "delay-as-budget": web(livenessProbe={**OTHER, "initialDelaySeconds": 60}, **CALM),
    "readiness-delay": web(readinessProbe={**TCP, "initialDelaySeconds": 20}, **SLEEPS),
    "unknown-port": web(readinessProbe={"httpGet": {"path": "/", "port": "http"}}),
    "silent-port": web(readinessProbe={"tcpSocket": {"port": 8080}}),
    "liveness-equals-readiness": web(livenessProbe=HTTP, readinessProbe=HTTP, **SLEEPS),
    "liveness-asks-others": web(livenessProbe={"httpGet": {"path": "/ready", "port": 80}}, **CALM),
    "timeout-exceeds-period": web(livenessProbe={**OTHER, "timeoutSeconds": 20}, **CALM),
    "many-successes": web(readinessProbe={**HTTP, "successThreshold": 6}, **SLEEPS),
    "never-restarted": never(livenessProbe=HTTP),
    "readiness-missing": web(**SLEEPS),
    "prestop-missing": web(readinessProbe=TCP),
    "prestop-eats-grace": web(readinessProbe=TCP, lifecycle={"preStop": {"sleep": {"seconds": 28}}}),
    "grace-too-short": web(run={**SERVES, "term": {"delay": "50s"}}, **CALM),
    "deadline-too-short": web(spec={"progressDeadlineSeconds": 60}, startupProbe={**OTHER, "failureThreshold": 30}, **CALM),
    "crash-after-ready": web(run={**SERVES, "exitAfter": "20s", "exitCode": 1}, **CALM),
    "circular-wait": World([waiting("a", "b"), service("a"), waiting("b", "a"), service("b")]),
    "update-never-finishes": spread(),
    "waits-for-later-pod": members("OrderedReady"),
    "job-never-ends": meshed(),
    "missing-role": asking(),
    "wait-never-ends": looking_up("b.default"),
    "wait-ends-at-once": looking_up("b", "busybox:1.30"),
}
GOOD: dict[str, World] = {
    "slow-start": web(run=SLOW, startupProbe={**OTHER, "failureThreshold": 12}, livenessProbe=OTHER, **CALM),
    "no-startup-budget": web(livenessProbe=OTHER, **CALM),
    "delay-as-budget": web(livenessProbe={**OTHER, "initialDelaySeconds": 5, "failureThreshold": 6}, **CALM),
    "readiness-delay": web(readinessProbe={**TCP, "initialDelaySeconds": 3}, **SLEEPS),
    "unknown-port": web(readinessProbe={"httpGet": {"path": "/", "port": 80}}, **SLEEPS),
    "silent-port": web(**CALM),
    "liveness-equals-readiness": web(livenessProbe={**HTTP, "failureThreshold": 12}, readinessProbe=HTTP, **SLEEPS),
    "liveness-asks-others": web(livenessProbe={"httpGet": {"path": "/already-alive", "port": 80}}, **CALM),
    "timeout-exceeds-period": web(livenessProbe={**OTHER, "timeoutSeconds": 10}, **CALM),
    "many-successes": web(readinessProbe={**HTTP, "successThreshold": 2}, **SLEEPS),
    "never-restarted": never(readinessProbe=HTTP),
    "readiness-missing": web(run={"listen": [{"port": 80}]}, **SLEEPS),
    "prestop-missing": web(readinessProbe=TCP, run={**SERVES, "term": {"delay": "5s"}}),
    "prestop-eats-grace": web(**CALM),
    "grace-too-short": web(run={**SERVES, "term": {"delay": "20s"}}, **CALM),
    "deadline-too-short": web(startupProbe={**OTHER, "failureThreshold": 30}, **CALM),
    "crash-after-ready": web(spec={"minReadySeconds": 30}, run={**SERVES, "exitAfter": "20s", "exitCode": 1}, **CALM),
    "circular-wait": World([waiting("a", "b"), service("a"), deployment("b", ports=[{"containerPort": 80}], **CALM), service("b")]),
    "update-never-finishes": spread()._replace(scenario={"cluster": {"nodes": [{"name": f"n{i}"} for i in range(3)]}}),
    "waits-for-later-pod": members("Parallel"),
    "job-never-ends": meshed(restartPolicy="Always"),
    "missing-role": asking(*reader("pods")),
    "wait-never-ends": looking_up("b.default.svc.cluster.local"),
    "wait-ends-at-once": looking_up("b", "busybox:1.28"),
}


def advise_on(folder: Path, world: World, name: str = "", given: Overrides = ()) -> Advice:
    """Advice on a world, of one rule when it is named."""
    folder.mkdir(exist_ok=True)
    file = write(folder, *world.objects, programs=[program(**world.run)], duration="2m", **world.scenario)
    return advise(read_base([str(file)]), given, rules=(rule(name),) if name else RULES)


def test_every_rule_is_tried() -> None:
    assert list(BAD) == list(GOOD) == [one.id for one in RULES]
    assert all(one.severity in SEVERITIES for one in RULES)


@pytest.mark.parametrize("name", list(BAD))
def test_a_rule_finds_its_mistake_and_its_proposal_heals_it(name: str, tmp_path: Path) -> None:
    findings = advise_on(tmp_path, BAD[name], name).findings
    assert findings, name
    first = findings[0]
    assert first.rule == name
    assert first.text
    assert first.evidence.text
    assert first.changes or first.objects, "every mistake has something to write instead, or to add"
    assert first.line >= 1
    world = BAD[name]._replace(objects=[*BAD[name].objects, *first.objects])
    fixed = advise_on(tmp_path, world, name, tuple(pair for one in findings for pair in overrides(one.changes)))
    assert not fixed.findings


@pytest.mark.parametrize("name", list(GOOD))
def test_a_rule_is_silent_where_nothing_is_wrong(name: str, tmp_path: Path) -> None:
    assert not advise_on(tmp_path, GOOD[name], name).findings


def waiting_by(script: str, image: str) -> World:
    """A Deployment whose init container waits for `b` by a script."""
    item = waiting("a", "b")
    wait = {"name": "wait", "image": image, "command": ["sh", "-c", script], "env": [{"name": "DB", "value": "b"}]}
    item["spec"]["template"]["spec"]["initContainers"] = [wait]
    return World([item, service("a"), deployment("b", ports=[{"containerPort": 80}], **CALM), service("b")])


SHORT_NAME = "nslookup of BusyBox 1.36.1 exits 1 for b although the Service exists: the loop never ends"
PINGED = (
    "b is the cluster IP of a Service, which answers no pings (except with IPVS, kube-proxy only forwards its ports): the loop never ends"
)
ANY_NAME = "nslookup of BusyBox 1.30.1 exits 0 for every DNS answer, even NXDOMAIN, so also for {} while it does not exist"
IDLE_LOOP = ": the loop does not wait"
FULL = "b.default.svc.cluster.local"
BOUNDED = "for i in $(seq 60); do nslookup b && exit 0; sleep 1; done; exit 1"
ENDLESS = [
    ("until nslookup b && nc -z b 80; do sleep 1; done", "busybox:1.36", SHORT_NAME),
    ("wait_for() { until nslookup $1; do sleep 1; done; }; wait_for b", "busybox:1.36", SHORT_NAME),
    ("while true; do nslookup $DB && break; sleep 1; done", "alpine:3.20", SHORT_NAME),
    (BOUNDED, "busybox:1.36", SHORT_NAME.replace("the loop never ends", "every try fails")),
    ("until ping -c1 -W1 b; do sleep 1; done", "busybox:1.37", PINGED),
    ("until nc -vz b 80; do sleep 1; done", "busybox:1.27", "BusyBox 1.27.2 has no nc -z (1.28 and later have it): the loop never ends"),
]
IDLE = [
    ("until nslookup b && sleep 1; do sleep 1; done", "busybox:1.30", ANY_NAME.format("b") + IDLE_LOOP),
    (f"until nslookup {FULL}; do sleep 1; done", "alpine:3.10", ANY_NAME.format(FULL) + IDLE_LOOP),
]


@pytest.mark.parametrize(("script", "image", "text"), [*ENDLESS, *IDLE], ids=lambda value: str(value)[:40])
def test_wait_loops_of_every_shape_are_found_and_healed(script: str, image: str, text: str, tmp_path: Path) -> None:
    name = "wait-ends-at-once" if text.endswith("not wait") else "wait-never-ends"
    world = waiting_by(script, image)
    first, *_ = findings = advise_on(tmp_path, world, name).findings
    assert first.text == text
    assert not advise_on(tmp_path, world, name, tuple(pair for one in findings for pair in overrides(one.changes))).findings


@pytest.mark.parametrize(
    ("script", "image"),
    [
        ("until nslookup b | grep Address; do sleep 1; done", "busybox:1.36"),
        ("until nslookup b || nc -z b 80; do sleep 1; done", "busybox:1.36"),
        ("until nslookup b; do sleep 1; done", "debian:12"),
        ("until ping -c1 127.0.0.1; do sleep 1; done", "busybox:1.36"),
    ],
)
def test_wait_loops_that_can_end_are_left_alone(script: str, image: str, tmp_path: Path) -> None:
    for name in ("wait-never-ends", "wait-ends-at-once"):
        assert not advise_on(tmp_path, waiting_by(script, image), name).findings


def test_a_cluster_ip_answers_pings_under_ipvs(tmp_path: Path) -> None:
    world = waiting_by("until ping -c1 -W1 b; do sleep 1; done", "busybox:1.37")
    world = world._replace(scenario={**world.scenario, "cluster": {"network": {"proxyMode": "ipvs"}}})
    assert not advise_on(tmp_path, world, "wait-never-ends").findings


def test_nothing_is_said_of_an_application_that_does_well(tmp_path: Path) -> None:
    world = web(startupProbe={**OTHER, "periodSeconds": 2, "failureThreshold": 30}, livenessProbe=OTHER, **CALM)
    advice = advise_on(tmp_path, world)
    assert not advice.findings
    assert "No findings in 1 container." in plain(as_text(advice))


def _only(advice: Advice) -> Finding:
    assert len(advice.findings) == 1
    return advice.findings[0]


CLAIM: dict[str, Any] = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
VOLUME: dict[str, Any] = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}


def claimed(mode: str) -> World:
    world = web(spec={"replicas": 1}, pod=VOLUME, **CALM)
    claim = {**CLAIM, "spec": {"accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}}}
    return World([claim, *world.objects], scenario={"cluster": {"nodes": [{"name": "n1"}, {"name": "n2"}], "storageClass": "standard"}})


def with_quota() -> World:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": {"pods": "2"}}}
    return World([quota, *web(**CALM).objects])


FULL_NODE = web(resources={"requests": {"cpu": "1800m"}}, **CALM)


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (web(ports=[{"containerPort": 80, "hostPort": 80}], spec={"replicas": 1}, **CALM), "didn't have free ports"),
        (with_quota(), "exceeded quota: q"),
        (claimed("ReadWriteOncePod"), "ReadWriteOncePod access mode already in-use"),
        (claimed("ReadWriteOnce"), "Multi-Attach error"),
        (FULL_NODE, "Insufficient cpu"),
    ],
    ids=["host port", "quota", "one pod", "one node", "full node"],
)
def test_what_old_pods_hold(world: World, reason: str, tmp_path: Path) -> None:
    finding = _only(advise_on(tmp_path, world, "update-never-finishes"))
    assert reason in finding.evidence.text
    command = finding.evidence.trial.command(["app.yaml"])
    assert command.endswith("&& podsim rollout restart deployment/web --for 120s && podsim rollout status deployment/web")
    assert not advise_on(tmp_path, world, "update-never-finishes", overrides(finding.changes)).findings


def test_the_numbers_are_those_of_the_run(tmp_path: Path) -> None:
    advice = advise_on(tmp_path, BAD["prestop-missing"], "prestop-missing")
    finding = _only(advice)
    trial = finding.evidence.trial
    count = lost_requests(advice.app.run(trial), "web", trial.at)
    assert count > 0
    assert f"lost {count} request" in finding.evidence.text


def test_workloads_of_other_namespaces_are_tried_too(tmp_path: Path) -> None:
    objects = [{**item, "metadata": {**item["metadata"], "namespace": "shop"}} for item in BAD["prestop-missing"].objects]
    finding = _only(advise_on(tmp_path, World(objects), "prestop-missing"))
    assert "with a sleep of 2 s none" in finding.evidence.text


def test_a_deployment_that_is_recreated_is_not_tried(tmp_path: Path, runs: list[int]) -> None:
    world = web(readinessProbe=TCP, spec={"strategy": {"type": "Recreate"}})
    assert not advise_on(tmp_path, world, "prestop-missing").findings
    assert len(runs) == 1


def test_a_container_that_ends_by_itself_is_not_tried(tmp_path: Path, runs: list[int]) -> None:
    world = web(run={**SERVES, "exitAfter": "5s", "exitCode": 1}, livenessProbe=HTTP, readinessProbe=HTTP)
    assert not advise_on(tmp_path, world, "liveness-equals-readiness").findings
    assert len(runs) == 1


def test_a_check_that_fails_anyway_is_no_effect_of_the_trial() -> None:
    base = read_base([str(ROOT / "scenarios" / "cascading-liveness")])
    [finding] = advise(base, rules=(rule("liveness-equals-readiness"),)).findings
    assert finding.evidence.text == "its check failed even before that, and it was killed 49.7 s after its start"


def test_the_line_is_that_of_the_field(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: main
      image: app:1
      ports:
        - containerPort: 80
      readinessProbe:
        httpGet:
          path: /
          port: nobody
"""
    (tmp_path / "app.yaml").write_text(text, encoding="utf-8")
    assert _only(advise(read_base([str(tmp_path / "app.yaml")]))).line == 13


def test_success_threshold_of_liveness_is_refused_as_by_the_api_server(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="must be 1"):
        advise_on(tmp_path, web(livenessProbe={**HTTP, "successThreshold": 2}))


def test_a_liveness_command_that_asks_a_service(tmp_path: Path) -> None:
    world = web(livenessProbe={"exec": {"command": ["sh", "-c", "redis-cli -h redis ping"]}}, **CALM)
    world.objects.append(service("redis"))
    assert "calls the Service redis" in _only(advise_on(tmp_path, world, "liveness-asks-others")).text
    own = web(livenessProbe={"exec": {"command": ["sh", "-c", "redis-cli -h localhost ping redis"]}}, **CALM)
    own.objects.append(service("redis"))
    assert not advise_on(tmp_path / "own", own, "liveness-asks-others").findings


@pytest.mark.parametrize(
    ("replicas", "strategy"),
    [
        (1, {}),
        (3, {"maxSurge": 1, "maxUnavailable": 0}),
        (5, {"maxSurge": 2, "maxUnavailable": 1}),
        (4, {"maxSurge": 0, "maxUnavailable": 2}),
    ],
)
@pytest.mark.parametrize("rest", [0, 7])
def test_a_rollout_is_over_within_its_worst_case(replicas: int, strategy: dict[str, int], rest: int, tmp_path: Path) -> None:
    item = deployment("web", replicas=replicas, **CALM)
    item["spec"] |= {"strategy": {"rollingUpdate": strategy}, "minReadySeconds": rest}
    advice = advise_on(tmp_path, World([item]))
    rollout = advice.budgets[0].rollout
    assert rollout is not None
    file = tmp_path / "scenario.yaml"
    scenario = json.loads(file.read_text(encoding="utf-8"))
    scenario["spec"] |= {"actions": [{"at": "60s", "rolloutRestart": "deployment/web"}], "duration": "5m"}
    file.write_text(json.dumps(scenario), encoding="utf-8")
    took = measure(Cluster(gather([str(file)])).run().at(), "rollout-complete", "deployment/web") or 0
    assert rollout.worst / SECOND / 2 < took <= rollout.worst / SECOND


def apps(count: int) -> World:
    """Deployments that all make the same mistakes."""
    http = {"httpGet": {"path": "/", "port": 80}}
    items = [
        part
        for i in range(count)
        for part in (deployment(f"app-{i}", ports=[{"containerPort": 80}], readinessProbe=http, livenessProbe=http), service(f"app-{i}"))
    ]
    return World(items)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The horizon of each simulated run."""
    horizons: list[int] = []
    make = Cluster.__init__

    def counted(self: Cluster, inputs: Inputs) -> None:
        horizons.append(inputs.horizon)
        make(self, inputs)

    monkeypatch.setattr(Cluster, "__init__", counted)
    return horizons


def test_the_number_of_runs_does_not_grow_with_the_number_of_workloads(tmp_path: Path, runs: list[int]) -> None:
    few = advise_on(tmp_path / "few", apps(2))
    for_few = len(runs)
    runs.clear()
    many = advise_on(tmp_path / "many", apps(8))
    assert len(runs) == for_few <= 5
    assert len(few.findings) == 4
    assert len(many.findings) == 16, "every container has its findings"
    assert all(one.evidence.example in ("", many.findings[0].evidence.example or many.findings[0].subject.name) for one in many.findings)
    assert sum(not one.evidence.example for one in many.findings) == 2, "one example for each rule"


def test_findings_are_printed_rule_by_rule_with_one_example(tmp_path: Path) -> None:
    late = deployment("late", **CALM, livenessProbe=OTHER)
    slow = {"match": {"workload": "deployment/late"}, "runs": [{"listen": [{"port": 80, "from": "90s"}]}]}
    file = write(tmp_path, *apps(3).objects, late, programs=[slow, program(**SERVES)], duration="2m")
    advice = advise(read_base([str(file)]))
    lines = plain(as_text(advice)).splitlines()
    heads = [line.split()[:3] for line in lines if line.startswith(("error", "warning", "note"))]
    assert heads[0][:2] == ["error", "slow-start"], "the most severe first"
    assert [" ".join(head[1:]) for head in heads[1:]] == ["liveness-equals-readiness 3", "prestop-missing 3"]
    assert [one.rule for one in advice.findings] == sorted((one.rule for one in advice.findings), key=[head[1] for head in heads].index)
    assert sum(line.startswith("  Shown: ") for line in lines) == 3
    assert "    # deployment/app-0:main, deployment/app-1:main, deployment/app-2:main" in lines, "equal changes are printed once"


def test_figures_that_rest_on_an_assumption_say_so(tmp_path: Path) -> None:
    items = [deployment("web", ports=[{"containerPort": 80}]), service("web")]
    advice = advise(read_base([str(write(tmp_path, *items, duration="2m"))]))
    missing = next(one for one in advice.findings if one.rule == "readiness-missing")
    [assumption] = missing.assumptions
    assert "listens on 80 after 1s" in assumption.text
    text = plain(as_text(advice))
    assert "  Assumed: deployment/web main runs forever, listens on 80 after 1s" in text
    assert assumption.override in text
    assert as_json(advice)["findings"][0]["restsOn"][0]["override"] == assumption.override
    described = advise(read_base([str(write(tmp_path, *items, programs=[program(**SERVES)], duration="2m"))]))
    assert [one.assumptions for one in described.findings] == [()]


def test_a_run_that_does_not_show_a_mistake_is_no_example(tmp_path: Path) -> None:
    app = App(read_base([str(write(tmp_path, *apps(3).objects, programs=[program(**SERVES)], duration="2m"))]))
    tried: list[str] = []

    def find(_: App, subject: Subject) -> Candidate:
        finding = Finding(subject, 1, "wrong", Evidence("", Trial()), ())

        def show() -> Finding | None:
            tried.append(subject.workload)
            return None if len(tried) == 1 else finding._replace(evidence=Evidence("so it is", Trial()))

        return Candidate(finding, show, is_certain=True)

    findings = list(Rule("some", "note", "", "", find).findings(app))
    assert len(tried) == 2
    assert [one.evidence.text for one in findings] == [
        "so it is" if one.subject.workload == tried[1] else f"as for {tried[1]}:main: so it is" for one in findings
    ]
    assert {one.subject.workload for one in findings} == {"deployment/app-0", "deployment/app-1", "deployment/app-2"} - {tried[0]}


# ---- the command


def test_the_command(podsim: Podsim) -> None:
    result = podsim("advise", str(ROOT / "scenarios" / "slow-start-killed"))
    assert result.code == 0
    assert "error  slow-start" in result.out
    strict = podsim("advise", str(ROOT / "scenarios" / "slow-start-killed"), "--strict", "-o", "json")
    assert strict.code == 1
    data = json.loads(strict.out)
    assert data["findings"][0]["rule"] == "slow-start"
    assert data["budgets"][0]["killedIfNeverListening"]["earliest"] == 19


def test_the_number_of_nodes_is_repeated_in_commands(podsim: Podsim) -> None:
    result = podsim("advise", str(ROOT / "scenarios" / "requests-lost"), "--nodes", "3", "-o", "json")
    assert " --nodes 3" in json.loads(result.out)["findings"][0]["command"]


def test_progress_is_reported_without_a_terminal(podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.progress.FIRST", 0.0)
    monkeypatch.setattr("simulator.cli.progress.EVERY", 0.0)
    result = podsim("advise", str(ROOT / "scenarios" / "requests-lost"))
    assert result.err.splitlines() == ["podsim advise: the start-up", "podsim advise: prestop-missing: deployment/shop:shop"]


def test_a_rule_is_explained(podsim: Podsim) -> None:
    assert "kube-proxy is updated a moment later" in " ".join(podsim("advise", "--explain", "prestop-missing").out.split())
    assert podsim("advise", "--explain", "all").out.count("\n\n") == len(RULES) - 1
    wrong = podsim("advise", "--explain", "nothing")
    assert wrong.code == 2
    assert "prestop-missing" in wrong.err


def test_the_printed_command_can_be_typed(podsim: Podsim, tmp_path: Path) -> None:
    advice = advise_on(tmp_path, BAD["no-startup-budget"], "no-startup-budget")
    for command in (
        advice.app.command(advice.findings[0].evidence.trial),
        advise_on(tmp_path, BAD["prestop-missing"]).app.command(_traffic(tmp_path)),
    ):
        result = podsim(*shlex.split(command)[1:])
        assert result.code == 0, result.err


def _traffic(folder: Path) -> Any:
    return next(one.evidence.trial for one in advise_on(folder, BAD["prestop-missing"]).findings if one.rule == "prestop-missing")
