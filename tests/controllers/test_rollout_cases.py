"""The deciders of Deployments against the published cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.controllers.deployment import rollout, status
from simulator.controllers.deployment.proportion import Share, sizes_after_scaling
from simulator.controllers.deployment.rollout import SetSize
from simulator.manifest.defaults import defaulted
from simulator.objects.apps import Deployment, DeploymentSpec, DeploymentStatus, DeploymentStrategy, RollingUpdateDeployment
from simulator.objects.base import evolve
from simulator.units import SECOND, format_time

CASES = yaml.safe_load((Path(__file__).parent.parent / "data/controlplane/rollout.yaml").read_text())
WALL = 1_000_000 * SECOND


def deployment(given: dict[str, Any], **more: Any) -> Deployment:
    kind = given.get("strategy", "RollingUpdate")
    rolling = RollingUpdateDeployment(max_surge=given.get("maxSurge"), max_unavailable=given.get("maxUnavailable"))
    strategy = DeploymentStrategy(type=kind, rolling_update=rolling if kind == "RollingUpdate" else None)
    return Deployment(spec=DeploymentSpec(replicas=given.get("replicas", 0), strategy=strategy, **more))


def reconcile_new(given: dict[str, Any], expect: dict[str, Any]) -> None:
    surge = rollout.resolve_fenceposts(given["maxSurge"], given["maxUnavailable"], given["replicas"]).surge
    size = rollout.new_set_size(given["replicas"], surge, given["new_rs"], given["old_rs"] + given["new_rs"])
    assert (size != given["new_rs"]) == expect["scaled"]
    assert size == expect.get("new_replicas", given["new_rs"])


def reconcile_old(given: dict[str, Any], expect: dict[str, Any]) -> None:
    unavailable = rollout.fenceposts(deployment(given)).unavailable
    new, old = SetSize(given["new_rs"], given["available_new"]), SetSize(given["old_rs"], given["available_old"])
    steps = rollout.old_set_sizes(given["replicas"], unavailable, new, [old])
    assert bool(steps) == expect["scaled"]
    if steps:
        assert steps[-1] == [expect["old_replicas"]]


def cleanup_unhealthy(given: dict[str, Any], expect: dict[str, Any]) -> None:
    sizes = rollout.without_unhealthy([SetSize(given["old_rs"], given["available_old"])], given["max_cleanup"])
    assert given["old_rs"] - sizes[0] == expect["cleaned_up"]


def scale_down_old(given: dict[str, Any], expect: dict[str, Any]) -> None:
    unavailable = rollout.fenceposts(deployment(given)).unavailable
    sizes = rollout.scaled_down(given["replicas"] - unavailable, 0, [SetSize(given["old_rs"], given["available_old"])])
    assert (sizes[0] != given["old_rs"]) == expect["scaled"]
    assert sizes[0] == expect.get("old_replicas", given["old_rs"])


def new_rs_replicas(given: dict[str, Any], expect: dict[str, Any]) -> None:
    if given["strategy"] == "Recreate":
        sizes = sizes_after_scaling(given["replicas"], 0, 0, Share("new", given["new_rs"], 1, None), [], rolls=False)
        assert sizes == {"new": expect["new_replicas"]}
        return
    total = given["new_rs"] + given["all_other_rs"]
    assert rollout.grown(given["replicas"], given["maxSurge"], given["new_rs"], total) == expect["new_replicas"]


def resolve_percent(given: dict[str, Any], expect: dict[str, Any]) -> None:
    if expect["error"]:
        with pytest.raises(ValueError, match="percentage"):
            rollout.resolve_fenceposts(given["maxSurge"], given["maxUnavailable"], given["replicas"])
        return
    assert rollout.resolve_fenceposts(given["maxSurge"], given["maxUnavailable"], given["replicas"]) == (
        expect["surge"],
        expect["unavailable"],
    )


def max_unavailable(given: dict[str, Any], expect: dict[str, Any]) -> None:
    assert rollout.fenceposts(deployment(given)).unavailable == expect["max_unavailable"]


def _status(given: dict[str, Any]) -> DeploymentStatus:
    return DeploymentStatus(
        replicas=given["replicas"],
        updated_replicas=given["updatedReplicas"],
        ready_replicas=given.get("readyReplicas", 0),
        available_replicas=given["availableReplicas"],
    )


def complete(given: dict[str, Any], expect: dict[str, Any]) -> None:
    assert status.is_complete(deployment(given), _status(given["status"])) == expect["complete"]


def progressing(given: dict[str, Any], expect: dict[str, Any]) -> None:
    assert status.progressed(_status(given["old_status"]), _status(given["new_status"])) == expect["progressing"]


def timed_out(given: dict[str, Any], expect: dict[str, Any]) -> None:
    item = deployment({}, progress_deadline_seconds=given.get("progressDeadlineSeconds", 10))
    stamp = format_time(WALL - given.get("seconds_since_last_progress", 1000) * SECOND)
    condition = status.condition(status.PROGRESSING, "True", given.get("progressing_reason", "ReplicaSetUpdated"), "", stamp)
    left = status.time_left(item, DeploymentStatus(conditions=[condition]), WALL)
    assert (left is not None and left < 0) == expect["timed_out"]


def proportional_scale(given: dict[str, Any], expect: dict[str, Any]) -> None:
    before, after = given["deployment_before"], given["deployment"]
    old_limits = rollout.fenceposts(deployment(before))
    most = before["replicas"] + old_limits.surge

    def share(item: dict[str, Any], age: int) -> Share:
        return Share(item["name"], item["replicas"], age, most, item.get("available", 0), before["replicas"])

    sets = list(reversed(given["old_rs_newest_first"]))
    old = [share(item, age) for age, item in enumerate(sets)]
    new = given["new_rs"] and share(given["new_rs"], len(sets))
    sizes = sizes_after_scaling(after["replicas"], rollout.fenceposts(deployment(after)).surge, before["replicas"], new, old, rolls=True)
    if new:
        assert sizes.get(new.name, new.replicas) == expect["new_rs"]
    assert [sizes.get(item["name"], item["replicas"]) for item in given["old_rs_newest_first"]] == expect["old_rs"]


OPERATIONS = {
    call.__name__: call
    for call in (
        reconcile_new,
        reconcile_old,
        cleanup_unhealthy,
        scale_down_old,
        new_rs_replicas,
        resolve_percent,
        max_unavailable,
        complete,
        progressing,
        timed_out,
        proportional_scale,
    )
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    OPERATIONS[case["operation"]](case["given"], case["expect"])


@pytest.mark.parametrize(
    ("sizes", "steps"),
    [
        pytest.param([(0, 0), (3, 3)], [[0, 2]], id="an old set without pods is no reason to stop"),
        pytest.param([(3, 3), (0, 0)], [[2, 0]], id="nor is it when it is the youngest"),
        pytest.param([(0, 0), (0, 0)], [], id="old sets without pods have nothing to give"),
        pytest.param([(2, 0), (2, 2)], [[0, 2]], id="unhealthy pods go first"),
    ],
)
def test_several_old_sets(sizes: list[tuple[int, int]], steps: list[list[int]]) -> None:
    """Three replicas, of which one may be missing, and no new pods yet."""
    assert rollout.old_set_sizes(3, 1, SetSize(0, 0), [SetSize(*item) for item in sizes]) == steps


@pytest.mark.parametrize(("replicas", "done"), [(0, True), (None, True), (1, False)])
def test_a_deployment_without_pods_is_complete_when_it_should_have_none(replicas: int | None, done: bool) -> None:
    item = Deployment(spec=DeploymentSpec(replicas=replicas))
    assert status.is_complete(item, DeploymentStatus()) is done


@pytest.mark.parametrize(("late", "timed_out"), [(-1, False), (0, False), (1, True)])
def test_a_rollout_has_timed_out_after_its_deadline_and_not_at_it(late: int, timed_out: bool) -> None:
    item = deployment({"replicas": 1}, progress_deadline_seconds=10)
    stamp = format_time(WALL - (10 + late) * SECOND)
    condition = status.condition(status.PROGRESSING, "True", "ReplicaSetUpdated", "", stamp)
    now = DeploymentStatus(replicas=1, updated_replicas=1, unavailable_replicas=1, conditions=[condition])
    result = status.with_progress(evolve(item, status=now), now, None, WALL, format_time(WALL))
    assert [one.reason == "ProgressDeadlineExceeded" for one in result.conditions] == [timed_out]


def test_there_are_all_of_them() -> None:
    assert len(CASES) == 71


def test_a_percentage_of_a_defaulted_deployment() -> None:
    item = defaulted(evolve(Deployment(), spec=evolve(DeploymentSpec(), replicas=10)))
    assert rollout.fenceposts(item) == (3, 2)
