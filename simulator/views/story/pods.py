"""Story entries of changes of a pod."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.journal.records import Write
from simulator.objects.conditions import POD_SCHEDULED, READY
from simulator.objects.kinds import Key
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_statuses, has_ended, has_failed, has_succeeded
from simulator.objects.pod_status import ContainerState, ContainerStatus, PodCondition
from simulator.views.causes import cause_in_words, component_of
from simulator.views.story.entry import Entry, Tone
from simulator.views.why.words import brief, seconds

LOUD_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
)
LOUD_ENDS = ("OOMKilled", "ContainerStatusUnknown", "ContainerCannotRun", "DeadlineExceeded")
DULL = frozenset(("STA-01", "STA-11"))
"""Rules that add nothing to the line."""


def changes(write: Write, pod: Pod, before: Pod | None, *, exact: bool) -> Iterator[Entry]:
    """The entries of one write of a pod."""
    key, rule = write.key, write.cause.rule
    who, why = component_of(rule, "Pod"), "" if rule in DULL else cause_in_words(rule)
    if write.type == "DELETED":
        yield Entry(write.t, who, key, "delete", "is deleted", why)
        return
    if before is None:
        owner = next((ref for ref in pod.metadata.owner_references if ref.controller), None)
        who = component_of(rule, owner.kind) if owner is not None else who
        text = f"is created for {owner.kind.lower()}/{owner.name}" if owner is not None else "is created"
        yield Entry(write.t, who, key, "create", text, why, detail=exact and rule == "USR-00")
        before = Pod(metadata=pod.metadata)
    if is_being_deleted(pod) and not is_being_deleted(before):
        grace = pod.metadata.deletion_grace_period_seconds
        yield Entry(
            write.t, who, key, "delete", f"is marked for deletion{f', grace period {seconds(grace)}' if grace is not None else ''}", why
        )
    if pod.spec.node_name and not before.spec.node_name:
        yield Entry(write.t, "scheduler", key, "schedule", f"is assigned to {pod.spec.node_name}", tone="good")
    yield from _status(write, key, pod, before, who, why)


def _status(write: Write, key: Key, pod: Pod, before: Pod, who: str, why: str) -> Iterator[Entry]:
    old = {condition.type: condition for condition in before.status.conditions}
    for condition in pod.status.conditions:
        entry = _condition(write, key, condition, old.get(condition.type), (who, why))
        if entry is not None:
            yield entry
    if pod.status.phase != before.status.phase and before.status.phase:
        last = has_ended(pod)
        reason = f" ({pod.status.reason})" if pod.status.reason else ""
        tone: Tone = "bad" if has_failed(pod) else "good" if has_succeeded(pod) else ""
        yield Entry(write.t, who, key, "status", f"phase {pod.status.phase}{reason}", why, detail=not last, tone=tone)
    if pod.status.pod_ip != before.status.pod_ip:
        yield Entry(write.t, who, key, "status", f"address {pod.status.pod_ip}", detail=True)
    yield from _containers(write, key, pod, before, who)


def _condition(write: Write, key: Key, now: PodCondition, was: PodCondition | None, by: tuple[str, str]) -> Entry | None:
    """A condition that changed. The reason why a pod gets no node may change while the status stays the same."""
    if was is not None and was.status == now.status and (now.type != POD_SCHEDULED or was.message == now.message):
        return None
    if now.type == POD_SCHEDULED:
        text = f"is not scheduled: {brief(now.message.partition('. ')[0], 160)}"
        return Entry(write.t, "scheduler", key, "schedule", text, tone="bad") if now.status != "True" else None
    if now.type == READY:
        if now.status == "True":
            return Entry(write.t, by[0], key, "ready", "is ready", by[1], tone="good")
        lost = was is not None and was.status == "True"
        return Entry(write.t, by[0], key, "ready", "is no longer ready", by[1], tone="bad") if lost else None
    return Entry(write.t, by[0], key, "status", f"{now.type} {now.status}", by[1], detail=True)


def _containers(write: Write, key: Key, pod: Pod, before: Pod, who: str) -> Iterator[Entry]:
    old = {status.name: status for status in all_statuses(before)}
    for status in all_statuses(pod):
        was = old.get(status.name, ContainerStatus())
        now, then = _state(status.state), _state(was.state)
        if now != then:
            reason = _reason(status.state)
            loud = reason in LOUD_REASONS or reason in LOUD_ENDS
            yield Entry(write.t, who, key, "status", f"{status.name} is {now}", detail=not loud, tone="bad" if loud else "")
        if status.restart_count != was.restart_count:
            yield Entry(write.t, who, key, "status", f"{status.name} has restarted {status.restart_count}×", detail=True)


def _state(state: ContainerState) -> str:
    if state.running is not None:
        return "running"
    if state.terminated is not None:
        return f"ended ({state.terminated.reason or state.terminated.exit_code})"
    return f"waiting ({state.waiting.reason})" if state.waiting is not None else "unknown"


def _reason(state: ContainerState) -> str:
    if state.terminated is not None:
        return state.terminated.reason
    return state.waiting.reason if state.waiting is not None else ""
