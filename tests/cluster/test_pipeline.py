"""From Deployment to reachable Service: what must be true of every run of the lesson's manifests."""

from __future__ import annotations

import pytest

from simulator.journal.records import Fact
from simulator.objects.apps import ReplicaSet
from simulator.objects.discovery import EndpointSlice
from simulator.objects.pod import Pod
from simulator.public.runs import Run, run
from simulator.units import SECOND
from tests.conftest import ROOT

TIERS = [ROOT / "scenarios" / "redis-late" / name for name in ("app-tier.yaml", "data-tier.yaml")]


@pytest.fixture(scope="module", params=range(4))
def lesson(request: pytest.FixtureRequest) -> Run:
    return run(TIERS, namespace="pb", seed=request.param)


def instants(played: Run, what: str, container: str) -> list[Fact]:
    return [fact for fact in played.journal.at().facts(what) if fact.data["container"] == container]


def test_owners_and_hashes(lesson: Run) -> None:
    snapshot = lesson.at().snapshot
    sets = {item.metadata.name: item for item in snapshot.typed(ReplicaSet, "pb")}
    pods = [pod for pod in snapshot.typed(Pod, "pb") if pod.metadata.name.startswith("app-tier-dp")]
    assert len(pods) == 2
    for pod in pods:
        (owner,) = pod.metadata.owner_references
        parent = sets[owner.name]
        assert owner.uid == parent.metadata.uid
        assert parent.metadata.owner_references[0].name == "app-tier-dp"
        assert pod.metadata.labels["pod-template-hash"] == parent.metadata.name.rpartition("-")[2]
        assert pod.spec.node_name == "minikube"


def test_server_never_starts_before_await_redis_has_ended_with_0(lesson: Run) -> None:
    ended = {fact.about: fact.t for fact in instants(lesson, "container.exited", "await-redis") if fact.data["exitCode"] == 0}
    started = instants(lesson, "container.started", "server")
    assert len(started) == 2
    assert all(fact.t > ended[fact.about] for fact in started)


def test_await_redis_gets_through_only_when_the_service_is_reachable(lesson: Run) -> None:
    (programmed,) = [
        fact for fact in lesson.journal.at().facts("proxy.programmed") if fact.about.name == "data-tier" and fact.data["ready"]
    ]
    first_exit = min(fact.t for fact in instants(lesson, "container.exited", "await-redis"))
    assert programmed.t <= first_exit <= programmed.t + 3 * SECOND


def test_both_services_have_their_endpoints(lesson: Run) -> None:
    slices = lesson.at().snapshot.typed(EndpointSlice, "pb")
    ready = {
        item.metadata.labels["kubernetes.io/service-name"]: sum(bool(e.conditions and e.conditions.ready) for e in item.endpoints or [])
        for item in slices
    }
    assert ready == {"app-tier-svc": 2, "data-tier": 1}


def test_variables_of_services_have_values_only_when_the_service_was_there() -> None:
    """`await-redis` of this Scenario asks the host that its environment names."""
    there, missing = run(ROOT / "scenarios" / "redis-late"), run(ROOT / "scenarios" / "redis-never")
    assert there.at().pod("app-tier").status == "Running"
    assert missing.at().pod("app-tier").status == "Init:0/1"
    assert not missing.journal.at().facts("container.exited")


def test_what_was_applied_before_t_0_has_settled_by_then() -> None:
    played = run(ROOT / "scenarios" / "await-redis")
    assert next(iter(played.journal)).t == -300 * SECOND
    assert played.at(0).pod("data-tier").status == "Running"
    assert played.at(0).pod("data-tier").ready


def test_without_a_duration_a_run_lasts_two_minutes_and_until_nothing_has_changed_for_a_minute(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    scenario = folder / "scenario.yaml"
    head = f"apiVersion: podsim/v1\nkind: Scenario\nspec:\n  namespace: pb\n  manifests: [{TIERS[1]}]\n"
    scenario.write_text(head, encoding="utf-8")
    assert run(scenario).journal.end == 120 * SECOND
    scenario.write_text(f"{head}  actions: [{{at: 3m, scale: deployment/data-tier, replicas: 2}}]\n", encoding="utf-8")
    played = run(scenario)
    # The new pod is ready after 20 s: at 4m that is less than a minute ago.
    assert played.journal.end == 300 * SECOND
    assert len(played.at("3m30s").pods("pb")) == 2
