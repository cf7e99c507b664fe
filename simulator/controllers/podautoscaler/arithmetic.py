"""From measured values to a number of replicas (pkg/controller/podautoscaler/replica_calculator.go). Pure; amounts in thousandths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

from simulator.api.metrics import CPU, Sample
from simulator.controllers.podautoscaler.spec import TOLERANCE, Autoscaler
from simulator.objects.conditions import READY, condition_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_failed, is_ready
from simulator.units import MINUTE, SECOND, parse_time

CPU_INITIALIZATION = 5 * MINUTE
"""--horizontal-pod-autoscaler-cpu-initialization-period."""
READINESS_DELAY = 30 * SECOND
"""--horizontal-pod-autoscaler-initial-readiness-delay."""
NO_METRICS = "did not receive metrics for targeted pods (pods might be unready)"
NO_PODS = "no pods returned by selector while calculating replica count"


class Unknown(Exception):
    """There is no number of replicas; the message is the controller's."""


class Proposal(NamedTuple):
    """The replicas that one metric asks for. `usage`: for each pod (or in all); `share`: in percent of the request, where that counts."""

    replicas: int
    usage: int
    share: int | None = None


class Tolerance(NamedTuple):
    """How far the ratio of usage to target may be from 1 without effect."""

    down: float = TOLERANCE
    up: float = TOLERANCE

    def covers(self, ratio: float) -> bool:
        """Whether a ratio changes nothing."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


def tolerance_of(spec: Autoscaler) -> Tolerance:
    """The tolerance of an autoscaler."""
    return Tolerance() if spec.behavior is None else Tolerance(spec.behavior.down.tolerance, spec.behavior.up.tolerance)


class Groups(NamedTuple):
    """The pods by how they count: `ready` ones with their metric, those whose metric is not heeded yet, and those without one."""

    ready: int
    unready: frozenset[str]
    missing: frozenset[str]
    ignored: frozenset[str]


def group(pods: Sequence[Pod], samples: Mapping[str, Sample], resource: str, now: int) -> Groups:
    """Sort pods by how they count; `now`: wall clock."""
    ready, sorted_ = 0, {name: set[str]() for name in ("unready", "missing", "ignored")}
    for pod in pods:
        name = pod.metadata.name
        if is_being_deleted(pod) or has_failed(pod):
            sorted_["ignored"].add(name)
        elif pod.status.phase == "Pending":
            sorted_["unready"].add(name)
        elif name not in samples:
            sorted_["missing"].add(name)
        elif resource == CPU and _is_starting(pod, samples[name], now):
            sorted_["unready"].add(name)
        else:
            ready += 1
    return Groups(ready, *(frozenset(sorted_[name]) for name in ("unready", "missing", "ignored")))


def _is_starting(pod: Pod, sample: Sample, now: int) -> bool:
    """Whether a pod's CPU does not count: for five minutes while unready or measured before it was ready, then if it was never ready."""
    condition, start = condition_of(pod.status, READY), pod.status.start_time
    if condition is None or not condition.last_transition_time or not start:
        return True
    began, changed = parse_time(start), parse_time(condition.last_transition_time)
    if began + CPU_INITIALIZATION > now:
        return condition.status == "False" or sample.taken // SECOND * SECOND < changed + sample.window
    return condition.status == "False" and began + READINESS_DELAY > changed


def average_of_requests(values: Mapping[str, int], requests: Mapping[str, int], target: int) -> tuple[float, int, int]:
    """The ratio of utilization to its target, the utilization in percent, and the average usage."""
    known = [name for name in values if name in requests]
    requested = sum(requests[name] for name in known)
    if not requested:
        raise Unknown("no metrics returned matched known pods")
    used = sum(values[name] for name in known)
    share = used * 100 // requested
    return share / target, share, used // len(known)


class Counted(NamedTuple):
    """The pods of a target: how they count, the values of those with a metric, and how many replicas are asked for now."""

    groups: Groups
    values: Mapping[str, int]
    current: int
    tolerance: Tolerance

    @property
    def heeded(self) -> dict[str, int]:
        """The values that count. Raises Unknown when none does."""
        left = self.groups.ignored | self.groups.unready
        heeded = {name: value for name, value in self.values.items() if name not in left}
        if not heeded:
            raise Unknown(NO_METRICS)
        return heeded


def by_utilization(counted: Counted, requests: Mapping[str, int], target: int) -> Proposal:
    """A share of the requests in percent. A pod without a metric counts as idle on the way up, as using its request on the way down."""
    heeded = counted.heeded
    ratio, share, usage = average_of_requests(heeded, requests, target)
    fallback = {name: requests[name] * max(100, target) // 100 for name in counted.groups.missing}
    filled = _filled(counted, heeded, ratio, fallback)
    replicas = _replicas(counted, ratio, None if filled is None else average_of_requests(filled, requests, target)[0], filled)
    return Proposal(replicas, usage, share)


def by_average(counted: Counted, target: int) -> Proposal:
    """An amount for each pod. A pod without a metric counts as idle on the way up, as on target on the way down."""
    heeded = counted.heeded
    usage = sum(heeded.values()) // len(heeded)
    ratio = usage / target
    filled = _filled(counted, heeded, ratio, dict.fromkeys(counted.groups.missing, target))
    again = None if filled is None else sum(filled.values()) // len(filled) / target
    return Proposal(_replicas(counted, ratio, again, filled), usage)


def _filled(counted: Counted, heeded: dict[str, int], ratio: float, fallback: Mapping[str, int]) -> dict[str, int] | None:
    """The values with those of pods that sent none, careful in either direction; None when nothing has to be added."""
    groups = counted.groups
    idle = groups.unready if ratio > 1.0 else frozenset[str]()
    if not idle and not groups.missing:
        return None
    filled = dict(heeded)
    if ratio < 1.0:
        filled |= fallback
    elif ratio > 1.0:
        filled |= dict.fromkeys(groups.missing, 0)
    return filled | dict.fromkeys(idle, 0)


def _replicas(counted: Counted, ratio: float, again: float | None, filled: Mapping[str, int] | None) -> int:
    """The replicas for a ratio; `again`: the ratio with the values that were filled in, which must not turn the direction round."""
    current = counted.current
    if again is None or filled is None:
        return current if counted.tolerance.covers(ratio) else ceil(ratio * counted.groups.ready)
    turned = (ratio < 1.0 < again) or (again < 1.0 < ratio)
    replicas = ceil(again * len(filled))
    backwards = (again < 1.0 and replicas > current) or (again > 1.0 and replicas < current)
    return current if counted.tolerance.covers(again) or turned or backwards else replicas


def by_value(value: int, target: int, pods: Sequence[Pod], current: int, tolerance: Tolerance) -> Proposal:
    """One value for all pods, of an object or from outside the cluster."""
    ratio = value / target
    if not current:
        return Proposal(ceil(ratio), value)
    if tolerance.covers(ratio):
        return Proposal(current, value)
    if not pods:
        raise Unknown(f"unable to calculate ready pods: {NO_PODS}")
    ready = sum(pod.status.phase == "Running" and is_ready(pod) for pod in pods)
    return Proposal(ceil(ratio * ready), value)


def by_value_per_pod(value: int, target: int, present: int, tolerance: Tolerance) -> Proposal:
    """One value that the pods share; `present`: the number of pods that the target's status has."""
    covered = bool(present) and tolerance.covers(value / (target * present))
    return Proposal(present if covered else ceil(value / target), ceil(value / present) if present else value)
