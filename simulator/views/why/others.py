"""Why a claim is unbound, a node is not ready, a quota is used up; and what is known about any other object."""

from __future__ import annotations

from simulator.objects.base import JSON
from simulator.objects.conditions import READY, condition_of, has_condition
from simulator.objects.config import Namespace, ResourceQuota
from simulator.objects.kinds import Object
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolumeClaim
from simulator.units import parse_quantity
from simulator.views.causes import cause_in_words
from simulator.views.why.because import Because, note
from simulator.views.why.ending import deleted_because
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.words import brief, listed, many, when

Reasons = tuple[Because, ...]


def explain_claim(ask: Inquiry, claim: PersistentVolumeClaim) -> Because:
    """Bound to what, or why not."""
    place = ask.place(claim)
    if claim.status.phase == "Bound":
        since = ask.since(claim, lambda item: item.status.phase == "Bound")
        return Because(f"{named(claim)} has been bound to {claim.spec.volume_name} since {when(since or 0)}", place=place)
    events = ask.events(claim, "FailedBinding", "ProvisioningFailed", "WaitForFirstConsumer", "ExternalProvisioning")
    causes: Reasons = ()
    if events:
        causes = (Because(brief(events[-1][1].message, 160), place=ask.place(claim, "spec.storageClassName"), t=events[-1][0]),)
    classes = [item.metadata.name for item in ask.snapshot.objects("StorageClass")]
    if claim.spec.storage_class_name and claim.spec.storage_class_name not in classes:
        there = listed(classes) if classes else "none at all"
        causes = (*causes, note(f"the cluster has no storage class {claim.spec.storage_class_name}; available: {there}"))
    return Because(f"{named(claim)} is not bound ({claim.status.phase or 'Pending'})", causes, place)


def explain_node(ask: Inquiry, node: Node) -> Because:
    """Whether it is ready and takes pods."""
    ready = condition_of(node.status, READY)
    causes: list[Because] = []
    if ready is not None and ready.status == "True":
        text = f"{named(node)} is ready"
    else:
        since = ask.since(node, lambda item: not has_condition(item.status, READY))
        text = f"{named(node)} has not been ready since {when(since or 0)}"
        causes.append(_silence(ask, node, brief(ready.message) if ready is not None else "its kubelet has not reported yet"))
    if node.spec.unschedulable:
        causes.append(_cordoned(ask, node))
    taints = [f"{taint.key}{'=' if taint.value else ''}{taint.value}:{taint.effect}" for taint in node.spec.taints]
    causes += [note(f"it has the taint {taint}") for taint in taints]
    pods = [
        pod for pod in ask.snapshot.typed(Pod) if pod.spec.node_name == node.metadata.name and pod.status.phase in ("Pending", "Running")
    ]
    limit = node.status.allocatable.get("pods") or node.status.capacity.get("pods")
    causes.append(note(f"{many(len(pods), 'pod')} on it{f', at most {limit}' if limit else ''}"))
    return Because(text, tuple(causes), ask.place(node))


def _silence(ask: Inquiry, node: Node, message: str) -> Because:
    """Why its kubelet does not report: an action stopped it, or the reason is unknown."""
    changes = [fact for fact in ask.snapshot.facts("action") if fact.data.get("verb") == "node" and fact.about.name == node.metadata.name]
    what = _stopped(changes[-1].data) if changes else ""
    if not what:
        return Because(message)
    last = changes[-1]
    place = f"{last.data.get('file')}:{last.data.get('line')}"
    return Because(message, (Because(f"an action of the Scenario {what} at {when(last.t)}", place=place, t=last.t),))


def _stopped(action: JSON) -> str:
    """What an action did that keeps a kubelet from reporting; empty when it does not."""
    if action.get("reboot", "up") != "up":
        return "rebooted it"
    return "stopped its kubelet" if action.get("down") or action.get("kubelet") == "stop" else ""


def _cordoned(ask: Inquiry, node: Node) -> Because:
    since = ask.since(node, lambda item: bool(item.spec.unschedulable))
    return Because(f"it has been cordoned since {when(since or 0)}: no new pods are scheduled")


def explain_quota(ask: Inquiry, quota: ResourceQuota) -> Because:
    """Which of its limits are used up."""
    hard, used = quota.status.hard or quota.spec.hard, quota.status.used
    usage = [f"{name} {used.get(name, '0')} of {limit}" for name, limit in sorted(hard.items())]
    full = [name for name, limit in sorted(hard.items()) if parse_quantity(used.get(name, "0")) >= parse_quantity(limit)]
    causes = (Because(f"used up: {listed(full)}", place=ask.place(quota, "spec.hard")),) if full else ()
    return Because(f"{named(quota)} has used {listed(usage, 6)}", causes, ask.place(quota))


def explain_namespace(ask: Inquiry, item: Namespace) -> Because:
    """Whether it is being deleted, and what is still in it."""
    if not is_being_deleted(item):
        return explain_any(ask, item)
    left = sorted(
        {named(other) for other in ask.snapshot.all() if other.metadata.namespace == item.metadata.name and other.kind != "Event"}
    )
    causes = (deleted_because(ask, item), note(f"still in it: {listed(left, 4)}")) if left else (deleted_because(ask, item),)
    return Because(f"{named(item)} is being deleted", causes, ask.place(item))


def explain_any(ask: Inquiry, item: Object) -> Because:
    """When it was created and by what, and its last change."""
    writes = ask.writes(item)
    causes: list[Because] = []
    if is_being_deleted(item):
        causes.append(deleted_because(ask, item))
        if item.metadata.finalizers:
            causes.append(Because(f"it has finalizers: {listed(item.metadata.finalizers)}"))
    if writes and cause_in_words(writes[0].cause.rule):
        causes.append(Because(cause_in_words(writes[0].cause.rule), t=writes[0].t))
    if len(writes) > 1:
        why = cause_in_words(writes[-1].cause.rule)
        causes.append(note(f"last changed at {when(writes[-1].t)}{': ' if why else ''}{why}"))
    for t, event in ask.events(item)[-1:]:
        causes.append(note(f"last event, at {when(t)}: {event.reason}: {brief(event.message)}"))
    return Because(f"{named(item)} has existed since {when(writes[0].t if writes else 0)}", tuple(causes), ask.place(item))
