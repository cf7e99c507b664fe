"""The next steps for the pods of a StatefulSet (stateful_set_control.go): what is missing, what is too much, updates."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.statefulset.identity import new_claims, new_pod, ordinal_of
from simulator.controllers.statefulset.steps import Steps, counted, from_current, next_steps
from simulator.objects.apps import StatefulSet
from simulator.objects.base import evolve
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from simulator.units import SECOND, parse_time

NOW = parse_time("2026-01-01T00:01:00Z")


def stateful(replicas: int = 3, **spec: Any) -> StatefulSet:
    data = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "namespace": "n", "uid": "s", "generation": 4}}
    item = from_builtins({**data, "spec": {"replicas": replicas, "serviceName": "svc", **spec}})
    assert isinstance(item, StatefulSet)
    return item


def pod(number: int | str, state: str = "ready", revision: str = "new", since: str = "2026-01-01T00:00:00Z") -> Pod:
    """`ready`, `running`, `pending`, `failed`, `succeeded`; `-going` behind it: it is being deleted."""
    word, _, going = state.partition("-")
    meta = {"name": f"db-{number}", "uid": f"u{number}", "labels": {"controller-revision-hash": revision}}
    status: dict[str, Any] = {"phase": {"ready": "Running"}.get(word, word.title())}
    if word == "ready":
        status["conditions"] = [{"type": "Ready", "status": "True", "lastTransitionTime": since}]
    if going:
        meta["deletionTimestamp"] = "2026-01-01T00:00:30Z"
    item = from_builtins({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "status": status})
    assert isinstance(item, Pod)
    return item


def steps(item: StatefulSet, *pods: Pod) -> tuple[list[int], list[str], list[int]]:
    """Ordinals to create, pods to delete, ordinals whose claims are checked."""
    found: Steps = next_steps(item, list(pods), "new", NOW)
    return found.create, [one.metadata.name for one in found.delete], found.tidy


def every(count: int, **changes: str) -> list[Pod]:
    """Ready pods, but for those that `changes` names: `_1="running"`."""
    return [pod(number, changes.get(f"_{number}", "ready")) for number in range(count)]


NOTHING: tuple[list[int], list[str], list[int]] = ([], [], [])


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        pytest.param([], ([0], [], []), id="the first"),
        pytest.param(every(1), ([1], [], []), id="the next"),
        pytest.param(every(1, _0="running"), NOTHING, id="not before the one below is ready"),
        pytest.param(every(1, _0="pending"), ([], [], [0]), id="the claims of one that is pending are checked"),
        pytest.param(every(1, _0="ready-going"), NOTHING, id="nor while the one below is terminating"),
        pytest.param([pod(1), pod(2)], ([0], [], []), id="one that is missing below"),
        pytest.param(every(3, _1="failed"), ([], ["db-1"], []), id="one that failed is deleted"),
        pytest.param(every(3, _1="succeeded"), ([], ["db-1"], []), id="one that succeeded, too"),
        pytest.param(every(3, _1="failed-going"), NOTHING, id="once"),
        pytest.param(every(3), NOTHING, id="all there"),
        pytest.param(every(5), ([], ["db-4"], []), id="the highest goes first"),
        pytest.param(every(5, _4="ready-going"), NOTHING, id="the next one waits until it is gone"),
        pytest.param(every(5, _4="running"), ([], ["db-4"], []), id="one that is not ready goes"),
        pytest.param(every(5, _3="running"), ([], ["db-4"], []), id="a healthy one above goes first"),
        pytest.param(every(5, _3="running", _4="running"), NOTHING, id="of two unhealthy ones the lower goes, after the higher"),
        pytest.param(every(5, _1="running"), NOTHING, id="none goes while one that stays is not ready"),
    ],
)
def test_in_order(pods: list[Pod], expected: object) -> None:
    assert steps(stateful(3), *pods) == expected


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        pytest.param([], ([0, 1, 2], [], []), id="all at once"),
        pytest.param(every(2, _0="pending", _1="running"), ([2], [], [0]), id="whatever the others are"),
        pytest.param(every(3, _0="failed", _1="succeeded", _2="failed-going"), ([], ["db-0", "db-1"], []), id="ended ones go together"),
        pytest.param(every(6, _4="running", _5="ready-going"), ([], ["db-4", "db-3"], []), id="all that are too many, once"),
        pytest.param([pod(0, "failed"), pod(5)], ([1, 2], ["db-0", "db-5"], []), id="everything together"),
    ],
)
def test_in_parallel(pods: list[Pod], expected: object) -> None:
    assert steps(stateful(3, podManagementPolicy="Parallel"), *pods) == expected


def updated(*revisions: str, **states: str) -> list[Pod]:
    return [pod(number, states.get(f"_{number}", "ready"), revision) for number, revision in enumerate(revisions)]


ROLLING = {"type": "RollingUpdate"}


@pytest.mark.parametrize(
    ("strategy", "pods", "deleted"),
    [
        pytest.param(None, updated("old", "old", "old"), ["db-2"], id="the highest first"),
        pytest.param(ROLLING, updated("old", "old", "new"), ["db-1"], id="then the next"),
        pytest.param(ROLLING, updated("old", "old", "new", _2="running"), [], id="after the one above is ready"),
        pytest.param(ROLLING, updated("old", "old", "old", _2="ready-going"), [], id="and there again"),
        pytest.param(ROLLING, updated("new", "new", "new"), [], id="until all are new"),
        pytest.param({"type": "OnDelete"}, updated("old", "old", "old"), [], id="not with OnDelete"),
        pytest.param({**ROLLING, "rollingUpdate": {"partition": 2}}, updated("old", "old", "old"), ["db-2"], id="from the partition up"),
        pytest.param({**ROLLING, "rollingUpdate": {"partition": 2}}, updated("old", "old", "new"), [], id="not below it"),
        pytest.param({**ROLLING, "rollingUpdate": {"partition": 0}}, updated("old", "new", "new"), ["db-0"], id="partition 0 is all"),
        pytest.param({**ROLLING, "rollingUpdate": {}}, updated("old", "new", "new"), ["db-0"], id="no partition, too"),
    ],
)
def test_an_update(strategy: dict[str, Any] | None, pods: list[Pod], deleted: list[str]) -> None:
    item = stateful(3, **({"updateStrategy": strategy} if strategy else {}))
    assert steps(item, *pods) == ([], deleted, [])
    parallel = stateful(3, podManagementPolicy="Parallel", **({"updateStrategy": strategy} if strategy else {}))
    assert steps(parallel, *pods) == ([], deleted, [])


def test_in_parallel_an_update_waits_for_pods_that_are_missing() -> None:
    item = stateful(3, podManagementPolicy="Parallel")
    assert steps(item, pod(0, revision="old"), pod(1)) == ([2], [], [])


@pytest.mark.parametrize(("since", "expected"), [("2026-01-01T00:00:49Z", ([1], [], [])), ("2026-01-01T00:00:51Z", NOTHING)])
def test_min_ready_seconds(since: str, expected: object) -> None:
    assert steps(stateful(3, minReadySeconds=10), pod(0, since=since)) == expected


def test_ordinals_begin_where_the_set_says() -> None:
    item = stateful(2, ordinals={"start": 3})
    assert steps(item) == ([3], [], [])
    assert steps(item, pod(3), pod(4), pod(2)) == ([], ["db-2"], [])


def test_pods_of_other_names_are_left_alone() -> None:
    assert [ordinal_of(stateful(), pod(number)) for number in ("0", "12", "x", "1-2")] == [0, 12, None, None]
    assert steps(stateful(1), pod(0), pod("x")) == NOTHING


@pytest.mark.parametrize(
    ("strategy", "current", "ordinals"),
    [
        (None, 2, []),
        ({"type": "OnDelete"}, 2, []),
        (ROLLING, 2, [5, 6]),
        ({**ROLLING, "rollingUpdate": {"partition": 1}}, 2, [5]),
        ({**ROLLING, "rollingUpdate": {"partition": 3}}, 0, [5, 6, 7]),
    ],
)
def test_which_missing_pods_are_made_from_the_current_revision(strategy: dict[str, Any] | None, current: int, ordinals: list[int]) -> None:
    item = stateful(3, **({"updateStrategy": strategy} if strategy else {}))
    item = evolve(item, status=evolve(item.status, current_replicas=current))
    assert [number for number in range(5, 9) if from_current(item, number, 5)] == ordinals


def test_the_status_counts() -> None:
    pods = [*updated("old", "old", "new", _1="running"), pod(3, "ready-going", "new"), pod(4, "ready", "new", "2026-01-01T00:00:59Z")]
    status = counted(stateful(5, minReadySeconds=5), pods, "old", "new", NOW)
    assert (status.replicas, status.ready_replicas, status.available_replicas) == (5, 4, 3)
    assert (status.current_replicas, status.updated_replicas) == (2, 2)
    assert (status.current_revision, status.update_revision, status.observed_generation, status.collision_count) == ("old", "new", 4, 0)


@pytest.mark.parametrize(
    ("pods", "strategy", "current"),
    [
        pytest.param(updated("new", "new"), None, "new", id="all new and ready"),
        pytest.param(updated("new", "new", _1="running"), None, "old", id="one is not ready"),
        pytest.param(updated("old", "new"), None, "old", id="one is old"),
        pytest.param(updated("new"), None, "old", id="one is missing"),
        pytest.param(updated("new", "new", "new"), None, "old", id="one is too many"),
        pytest.param(updated("new", "new"), {"type": "OnDelete"}, "old", id="OnDelete never completes"),
    ],
)
def test_when_the_new_revision_becomes_the_current_one(pods: list[Pod], strategy: dict[str, Any] | None, current: str) -> None:
    item = stateful(2, **({"updateStrategy": strategy} if strategy else {}))
    status = counted(item, pods, "old", "new", NOW)
    assert status.current_revision == current
    assert status.current_replicas == (
        2 if current == "new" else sum(one.metadata.labels["controller-revision-hash"] == "old" for one in pods)
    )


def test_a_pod_and_its_claims() -> None:
    claims = [{"metadata": {"name": "data", "labels": {"a": "b"}}, "spec": {}}]
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"volumes": volumes}}
    item = stateful(1, template=template, volumeClaimTemplates=claims, selector={"matchLabels": {"app": "db"}})
    made = new_pod(item, item.spec.template, "rev", 2)
    assert made.metadata.labels == {
        "app": "db",
        "statefulset.kubernetes.io/pod-name": "db-2",
        "apps.kubernetes.io/pod-index": "2",
        "controller-revision-hash": "rev",
    }
    assert (made.metadata.name, made.spec.hostname, made.spec.subdomain) == ("db-2", "db-2", "svc")
    assert [(volume.name, bool(volume.persistent_volume_claim)) for volume in made.spec.volumes] == [("data", True), ("tmp", False)]
    [claim] = new_claims(item, 2)
    assert (claim.metadata.name, claim.metadata.namespace, claim.metadata.labels) == ("data-db-2", "n", {"a": "b", "app": "db"})
    assert claim.metadata.owner_references == []


@pytest.mark.parametrize(("deleted", "owned"), [("Retain", False), ("Delete", True)])
def test_claims_that_go_with_the_set_are_owned_by_it(deleted: str, owned: bool) -> None:
    policy = {"whenDeleted": deleted, "whenScaled": "Retain"}
    claims = [{"metadata": {"name": "data"}, "spec": {}}]
    [claim] = new_claims(stateful(1, volumeClaimTemplates=claims, persistentVolumeClaimRetentionPolicy=policy), 0)
    assert [(ref.kind, ref.name, ref.uid, ref.controller) for ref in claim.metadata.owner_references] == (
        [("StatefulSet", "db", "s", True)] if owned else []
    )


def test_the_time_is_that_of_the_wall_clock() -> None:
    late = next_steps(stateful(2, minReadySeconds=100), [pod(0)], "new", NOW + 60 * SECOND)
    assert late.create == [1]
