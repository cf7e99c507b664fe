"""What a HorizontalPodAutoscaler does at one sync (reconcileAutoscaler): status, Events and the new size. Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.podautoscaler.limits import History, limited
from simulator.controllers.podautoscaler.proposals import Outcome
from simulator.controllers.podautoscaler.spec import Autoscaler
from simulator.objects.base import JSON

ABLE, ACTIVE, LIMITED = "AbleToScale", "ScalingActive", "ScalingLimited"
UNABLE = "the HPA controller was unable to get the target's current scale: {error}"


class Notice(NamedTuple):
    """An Event to record."""

    type: str
    reason: str
    message: str


class Decision(NamedTuple):
    """The outcome of a sync: the status, the new size if there is one with its reason, what is remembered, and the Events."""

    status: JSON
    notices: list[Notice]
    history: History
    resize: int | None = None
    reason: str = ""


class Sync(NamedTuple):
    """What a sync begins with: the spec, the status (its conditions are replaced one by one), what is remembered, and the time."""

    spec: Autoscaler
    status: JSON
    history: History
    t: int
    stamp: str

    def with_condition(self, kind: str, value: bool, reason: str, message: str) -> Sync:
        """With a condition, whose time changes with its status."""
        state = "True" if value else "False"
        old = next((one for one in self.status.get("conditions") or [] if one["type"] == kind), None)
        since = old["lastTransitionTime"] if old is not None and old["status"] == state else self.stamp
        fresh = {"type": kind, "status": state, "lastTransitionTime": since, "reason": reason, "message": message}
        rest = self.status.get("conditions") or []
        conditions = [fresh if one is old else one for one in rest] if old is not None else [*rest, fresh]
        return self._replace(status={**self.status, "conditions": conditions})

    def with_sizes(self, current: int, desired: int, metrics: list[JSON] | None, *, scaled: bool = False) -> JSON:
        """The status with the sizes and the metrics of this sync."""
        status: JSON = {key: self.status[key] for key in ("lastScaleTime", "conditions") if key in self.status}
        if scaled:
            status["lastScaleTime"] = self.stamp
        sizes: JSON = {"currentReplicas": current} if current else {}
        return {**sizes, "desiredReplicas": desired, "currentMetrics": metrics, **status}


def unreadable(sync: Sync, error: str) -> Decision:
    """The target has no scale."""
    failed = sync.with_condition(ABLE, False, "FailedGetScale", UNABLE.format(error=error))
    return Decision(failed.status, [Notice(WARNING, "FailedGetScale", error)], sync.history)


def readable(sync: Sync, current: int) -> Sync:
    """The target has a scale, which is the first recommendation."""
    history = sync.history if sync.history.recommended else sync.history.recommending(sync.t, current)
    got = ("SucceededGetScale", "the HPA controller was able to get the target's current scale")
    return sync._replace(history=history).with_condition(ABLE, True, *got)


def without_metrics(sync: Sync, current: int) -> Decision | None:
    """The decision where metrics do not matter: no replicas, or more or fewer than allowed. None: they matter."""
    low, high = sync.spec.low, sync.spec.high
    if current == 0 and low != 0:
        text = "scaling is disabled since the replica count of the target is zero"
        disabled = sync.with_condition(ACTIVE, False, "ScalingDisabled", text)
        return Decision(disabled.with_sizes(0, 0, None), [], sync.history)
    if current > high:
        return _rescaled(sync, current, high, "Current number of replicas above Spec.MaxReplicas", None)
    if current < low:
        return _rescaled(sync, current, low, "Current number of replicas below Spec.MinReplicas", None)
    return None


def ambiguous(sync: Sync, current: int, text: str) -> Decision:
    """Several autoscalers select the pods."""
    failed = sync.with_condition(ACTIVE, False, "AmbiguousSelector", text)
    notices = [Notice(WARNING, "AmbiguousSelector", text), Notice(WARNING, "FailedComputeMetricsReplicas", text)]
    return Decision(failed.with_sizes(current, sync.status.get("desiredReplicas", 0), None), notices, sync.history)


def by_metrics(sync: Sync, current: int, outcome: Outcome) -> Decision:
    """The decision from what the metrics ask for."""
    notices = [Notice(WARNING, one.reason, one.message) for one in outcome.invalid]
    if outcome.replicas is None:
        first = outcome.invalid[0]
        text = f"the HPA was unable to compute the replica count: {first.message}"
        failed = sync.with_condition(ACTIVE, False, first.reason, text)
        status = failed.with_sizes(current, sync.status.get("desiredReplicas", 0), outcome.statuses)
        return Decision(status, [*notices, Notice(WARNING, "FailedComputeMetricsReplicas", outcome.error)], sync.history)
    desired = outcome.replicas
    text = f"the HPA was able to successfully calculate a replica count from {outcome.name}"
    sync = sync.with_condition(ACTIVE, True, "ValidMetricFound", text)
    reason = f"{outcome.name} above target" if desired > current else "All metrics below target" if desired < current else ""
    result = limited(sync.spec, sync.history, sync.t, current, desired)
    sync = sync._replace(history=sync.history.recommending(sync.t, desired))
    sync = sync.with_condition(ABLE, True, *result.able).with_condition(LIMITED, result.is_limited, *result.limit)
    if result.replicas == current:
        return Decision(sync.with_sizes(current, current, outcome.statuses), notices, sync.history)
    decision = _rescaled(sync, current, result.replicas, reason, outcome.statuses)
    return decision._replace(notices=[*notices, *decision.notices])


def _rescaled(sync: Sync, current: int, replicas: int, reason: str, metrics: list[JSON] | None) -> Decision:
    text = f"the HPA controller was able to update the target scale to {replicas}"
    done = sync.with_condition(ABLE, True, "SucceededRescale", text)
    notice = Notice(NORMAL, "SuccessfulRescale", f"New size: {replicas}; reason: {reason}")
    history = sync.history.scaled(sync.t, current, replicas)
    return Decision(done.with_sizes(current, replicas, metrics, scaled=True), [notice], history, replicas, reason)


def refused(sync: Sync, current: int, decision: Decision, error: str) -> Decision:
    """What becomes of a decision when the API server refuses the new size."""
    text = f"the HPA controller was unable to update the target scale: {error}"
    failed = sync._replace(status=decision.status).with_condition(ABLE, False, "FailedUpdateScale", text)
    status = failed.with_sizes(current, sync.status.get("desiredReplicas", 0), decision.status["currentMetrics"])
    if "lastScaleTime" in sync.status:
        status["lastScaleTime"] = sync.status["lastScaleTime"]
    else:
        status.pop("lastScaleTime", None)
    notice = Notice(WARNING, "FailedRescale", f"New size: {decision.resize}; reason: {decision.reason}; error: {error}")
    return Decision(status, [*decision.notices[:-1], notice], sync.history)
