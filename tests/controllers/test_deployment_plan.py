"""What one sync of a Deployment does."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.deployment.plan import Course, Resize, Rollout, course_of, emptying, filling, rolling, scaling
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.kinds import from_builtins


def replica_set(name: str, replicas: int, available: int | None = None, desired: int | None = None, second: int = 0) -> ReplicaSet:
    annotations = {} if desired is None else {"deployment.kubernetes.io/desired-replicas": str(desired)}
    meta = {"name": name, "uid": name, "annotations": annotations, "creationTimestamp": f"2026-01-01T00:00:0{second}Z"}
    status = {"replicas": replicas, "availableReplicas": replicas if available is None else available}
    item = from_builtins(
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta, "spec": {"replicas": replicas}, "status": status}
    )
    assert isinstance(item, ReplicaSet)
    return item


def rollout(replicas: int, *old: ReplicaSet, new: ReplicaSet | None = None, **spec: Any) -> Rollout:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    data = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    item = from_builtins({**data, "spec": {"replicas": replicas, "strategy": strategy, **spec}})
    assert isinstance(item, Deployment)
    return Rollout(item, new, list(old))


RECREATE = {"strategy": {"type": "Recreate"}}


@pytest.mark.parametrize(
    ("state", "course"),
    [
        (rollout(3), Course.ROLL),
        (rollout(3, **RECREATE), Course.RECREATE),
        (rollout(3, strategy=None), Course.ROLL),
        (rollout(3, paused=True), Course.PAUSED),
        (rollout(3, replica_set("a", 2, desired=2), paused=True), Course.PAUSED),
        (rollout(3, replica_set("a", 2, desired=2)), Course.SCALED),
        (rollout(3, new=replica_set("n", 2, desired=2), **RECREATE), Course.SCALED),
        (rollout(3, replica_set("a", 3, desired=3)), Course.ROLL),
        (rollout(3, replica_set("a", 0, desired=2)), Course.ROLL),
        (rollout(3, replica_set("a", 2)), Course.ROLL),
    ],
)
def test_the_course(state: Rollout, course: Course) -> None:
    assert course_of(state) is course


@pytest.mark.parametrize(
    ("state", "resizes"),
    [
        pytest.param(rollout(3), [], id="no new set yet"),
        pytest.param(rollout(3, new=replica_set("n", 3)), [], id="complete"),
        pytest.param(rollout(3, replica_set("a", 3), new=replica_set("n", 0)), [Resize("n", 1)], id="one more than desired"),
        pytest.param(rollout(3, replica_set("a", 3), new=replica_set("n", 1, 0)), [], id="until it is available"),
        pytest.param(rollout(3, replica_set("a", 3), new=replica_set("n", 1)), [Resize("a", 2)], id="then one old pod fewer"),
        pytest.param(rollout(2, new=replica_set("n", 3)), [Resize("n", 2)], id="never more than desired"),
        pytest.param(
            rollout(3, replica_set("a", 2, 1), replica_set("b", 2, 1), new=replica_set("n", 2)),
            [Resize("a", 1), Resize("b", 1), Resize("a", 0)],
            id="unavailable old pods first, then available ones",
        ),
    ],
)
def test_a_step_of_a_rolling_update(state: Rollout, resizes: list[Resize]) -> None:
    assert rolling(state) == resizes


def test_recreate_empties_old_sets_then_fills_the_new_one() -> None:
    state = rollout(3, replica_set("a", 2), replica_set("b", 0), new=replica_set("n", 0), **RECREATE)
    assert emptying(state) == [Resize("a", 0)]
    assert filling(state) == [Resize("n", 3)]
    assert filling(rollout(3)) == []


def test_scaling() -> None:
    """A single active set gets all. Of several whose proportions are unknown the newest does; all get new annotations."""
    assert scaling(rollout(5, replica_set("a", 0), new=replica_set("n", 3))) == [Resize("n", 5)]
    both = rollout(8, replica_set("a", 2, second=1), new=replica_set("n", 2, second=2))
    assert scaling(both) == [Resize("a", 2, annotate=True), Resize("n", 7, annotate=True)]


def test_a_changed_set_takes_its_place() -> None:
    state = rollout(3, replica_set("a", 2), replica_set("b", 1), new=replica_set("n", 0))
    assert [item.spec.replicas for item in state.with_set(replica_set("b", 7)).sets] == [2, 7, 0]
    assert [item.spec.replicas for item in state.with_set(replica_set("n", 7)).sets] == [2, 1, 7]
