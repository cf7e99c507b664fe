"""The arithmetic of HorizontalPodAutoscalers. Most cases are those of Kubernetes' own tests (replica_calculator_test.go)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from simulator.api.metrics import Sample
from simulator.controllers.podautoscaler import arithmetic
from simulator.controllers.podautoscaler.arithmetic import Counted, Tolerance, Unknown
from simulator.controllers.podautoscaler.limits import History, limited
from simulator.controllers.podautoscaler.spec import Autoscaler, Behavior, Policy, Rules
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition, PodStatus
from simulator.units import MINUTE, SECOND, format_time, parse_time

NOW = parse_time("2026-01-01T12:00:00Z")
HOUR_AGO = format_time(NOW - 60 * MINUTE)
READY, UNREADY, YOUNG, PENDING, FAILED, DELETED = "ready", "unready", "young", "pending", "failed", "deleted"


def pod(index: int, kind: str) -> Pod:
    """A pod that counts as its kind says; a young one has been ready for so short that its CPU was measured before."""
    started, changed = (format_time(NOW - MINUTE), format_time(NOW - 5 * SECOND)) if kind == YOUNG else (HOUR_AGO, HOUR_AGO)
    ready = PodCondition(type="Ready", status="False" if kind == UNREADY else "True", last_transition_time=changed)
    phase = {PENDING: "Pending", FAILED: "Failed"}.get(kind, "Running")
    meta = ObjectMeta(name=f"p{index}", deletion_timestamp=HOUR_AGO if kind == DELETED else None)
    return Pod(metadata=meta, status=PodStatus(phase=phase, start_time=started, conditions=[ready]))


def counted(levels: Sequence[int | None], kinds: Sequence[str], resource: str = "cpu", tolerance: float = 0.1) -> Counted:
    """Pods with their values; None: a pod without a metric."""
    pods = [pod(index, kind) for index, kind in enumerate(kinds or [READY] * len(levels))]
    values = {f"p{index}": level for index, level in enumerate(levels) if level is not None}
    samples = {name: Sample(NOW, 15 * SECOND, {}) for name in values}
    return Counted(arithmetic.group(pods, samples, resource, NOW), values, len(levels), Tolerance(tolerance, tolerance))


@pytest.mark.parametrize(
    ("levels", "kinds", "request_", "target", "replicas", "share"),
    [
        ([300, 500, 700], [], 1000, 30, 5, 50),
        ([300, 500, 700], [UNREADY, READY, READY], 1000, 30, 4, 60),
        ([300, 500, 700], [YOUNG, READY, READY], 1000, 30, 4, 60),
        ([400, 500, 700], [READY, UNREADY, UNREADY], 1000, 30, 3, 40),
        ([500, 700, None, None], [READY, READY, FAILED, DELETED], 1000, 30, 4, 60),
        ([400, None, None, None], [READY, PENDING, PENDING, PENDING], 1000, 30, 4, 40),
        ([100, 300, 500, 250, 250], [], 1000, 50, 3, 28),
        ([100, 300, 500, 250, 250], [READY, READY, READY, UNREADY, UNREADY], 1000, 50, 2, 30),
        ([400, 95, None, None], [], 1000, 100, 3, 24),
        ([1000, None], [], 1000, 100, 2, 100),
        ([1000, None], [], 1000, 80, 2, 100),
        ([80, 80, None], [], 100, 50, 3, 80),
        ([20, 20, None], [], 100, 50, 3, 20),
        ([105, 105], [], 100, 100, 2, 105),
        ([111, 111], [], 100, 100, 3, 111),
        ([90, 90], [], 100, 100, 2, 90),
    ],
)  # fmt: skip
def test_a_share_of_the_request(levels: list[int | None], kinds: list[str], request_: int, target: int, replicas: int, share: int) -> None:
    given = counted(levels, kinds)
    proposal = arithmetic.by_utilization(given, {f"p{index}": request_ for index in range(len(levels))}, target)
    assert (proposal.replicas, proposal.share) == (replicas, share)


@pytest.mark.parametrize(
    ("levels", "kinds", "target", "replicas", "usage"),
    [
        ([20000, 10000, 30000], [], 15000, 4, 20000),
        ([50000, 10000, 30000], [READY, UNREADY, READY], 15000, 6, 30000),  # readiness does not matter for other metrics
        ([12000, 12000, 12000, 12000, 12000], [], 20000, 3, 12000),
        ([50000, None], [], 25000, 2, 50000),
        ([5000, None], [], 25000, 2, 5000),
    ],
)
def test_an_amount_for_each_pod(levels: list[int | None], kinds: list[str], target: int, replicas: int, usage: int) -> None:
    proposal = arithmetic.by_average(counted(levels, kinds, ""), target)
    assert (proposal.replicas, proposal.usage) == (replicas, usage)


def test_no_metric_counts_while_all_pods_start() -> None:
    with pytest.raises(Unknown, match="did not receive metrics for targeted pods"):
        arithmetic.by_average(counted([100, 100], [YOUNG, PENDING]), 50)


def test_a_pod_that_was_ready_once_counts_after_five_minutes() -> None:
    late = PodCondition(type="Ready", status="False", last_transition_time=format_time(NOW - 10 * MINUTE))
    never = PodCondition(type="Ready", status="False", last_transition_time=HOUR_AGO)
    pods = [
        Pod(metadata=ObjectMeta(name=name), status=PodStatus(phase="Running", start_time=HOUR_AGO, conditions=[ready]))
        for name, ready in (("late", late), ("never", never))
    ]
    groups = arithmetic.group(pods, dict.fromkeys(("late", "never"), Sample(NOW, 15 * SECOND, {})), "cpu", NOW)
    assert (groups.ready, groups.unready) == (1, {"never"})


def test_a_tolerance_of_its_own() -> None:
    assert arithmetic.by_average(counted([105, 105], [], tolerance=0.0), 100).replicas == 3
    assert arithmetic.by_average(counted([130, 130], [], tolerance=0.5), 100).replicas == 2


@pytest.mark.parametrize(
    ("value", "target", "current", "replicas"), [(4000, 1000, 2, 8), (1050, 1000, 2, 2), (3500, 1000, 0, 4), (0, 1000, 0, 0)]
)
def test_one_value_for_all_pods(value: int, target: int, current: int, replicas: int) -> None:
    pods = [pod(index, READY) for index in range(current)]
    assert arithmetic.by_value(value, target, pods, current, Tolerance()).replicas == replicas


def test_one_value_that_the_pods_share() -> None:
    assert arithmetic.by_value_per_pod(30_000, 10_000, 2, Tolerance()) == arithmetic.Proposal(3, 15_000)
    assert arithmetic.by_value_per_pod(21_000, 10_000, 2, Tolerance()) == arithmetic.Proposal(2, 10_500)


# ---- limits


def spec(low: int = 1, high: int = 100, behavior: Behavior | None = None) -> Autoscaler:
    return Autoscaler("apps/v1", "Deployment", "web", low, high, (), behavior)


def pods_of(value: int, period: int = 15) -> Policy:
    return Policy(False, value, period * SECOND)


def percent(value: int, period: int = 15) -> Policy:
    return Policy(True, value, period * SECOND)


EMPTY = History()


@pytest.mark.parametrize(
    ("current", "wanted", "low", "high", "replicas", "limit"),
    [
        (1, 20, 1, 10, 4, "ScaleUpLimit"),
        (4, 20, 1, 10, 8, "ScaleUpLimit"),
        (8, 20, 1, 10, 10, "TooManyReplicas"),
        (3, 1, 3, 10, 3, "TooFewReplicas"),
        (6, 2, 2, 10, 2, "DesiredWithinRange"),
    ],
)
def test_without_a_behavior(current: int, wanted: int, low: int, high: int, replicas: int, limit: str) -> None:
    result = limited(spec(low, high), EMPTY, 0, current, wanted)
    assert (result.replicas, result.limit[0], result.is_limited) == (replicas, limit, limit != "DesiredWithinRange")


def test_the_highest_recommendation_of_five_minutes_counts() -> None:
    history = EMPTY.recommending(0, 8).recommending(MINUTE, 6)
    assert limited(spec(), history, 4 * MINUTE, 8, 2)[:2] == (
        8,
        ("ScaleDownStabilized", limited(spec(), history, 4 * MINUTE, 8, 2).able[1]),
    )
    assert limited(spec(), history, 5 * MINUTE, 8, 2).replicas == 6
    assert limited(spec(), history, 6 * MINUTE, 8, 2).replicas == 2


@pytest.mark.parametrize(
    ("select", "policies", "up", "down"),
    [
        ("Max", (pods_of(4), percent(100)), 20, 0),
        ("Min", (pods_of(4), percent(100)), 14, 6),
        ("Max", (pods_of(4), percent(10)), 14, 6),
        ("Max", (percent(15),), 12, 8),
        ("Disabled", (pods_of(4),), 10, 10),
    ],
)
def test_policies_limit_a_step(select: str, policies: tuple[Policy, ...], up: int, down: int) -> None:
    rules = Rules(select, policies, 0)
    bounds = spec(0, 100, Behavior(rules, rules))
    assert limited(bounds, EMPTY, 0, 10, 90).replicas == up
    assert limited(bounds, EMPTY, 0, 10, 0).replicas == down


def test_a_period_counts_what_was_added_and_taken_away_in_it() -> None:
    rules = Rules("Max", (pods_of(4, 60),), 0)
    bounds = spec(0, 100, Behavior(rules, rules))
    history = EMPTY.scaled(0, 6, 9).scaled(20 * SECOND, 9, 8)
    assert limited(bounds, history, 30 * SECOND, 8, 90).replicas == 10  # 8 - 3 + 1, and 4 more
    assert limited(bounds, history, 60 * SECOND, 8, 90).replicas == 13  # the first step is too old
    assert limited(bounds, history, 30 * SECOND, 8, 0).replicas == 2
    assert limited(bounds, history, 30 * SECOND, 8, 90).limit[0] == "ScaleUpLimit"


def test_both_windows_of_a_behavior() -> None:
    up, down = Rules("Max", (pods_of(100),), 60 * SECOND), Rules("Max", (percent(100),), 120 * SECOND)
    bounds = spec(1, 100, Behavior(up, down))
    rising = EMPTY.recommending(0, 5)
    assert limited(bounds, rising, 30 * SECOND, 5, 9)[:2] == (5, limited(bounds, rising, 30 * SECOND, 5, 9).able)
    assert limited(bounds, rising, 30 * SECOND, 5, 9).able[0] == "ScaleUpStabilized"
    assert limited(bounds, rising, 60 * SECOND, 5, 9).replicas == 9
    assert limited(bounds, rising, 90 * SECOND, 5, 2).able[0] == "ScaleDownStabilized"
    assert limited(bounds, rising, 120 * SECOND, 5, 2).replicas == 2
