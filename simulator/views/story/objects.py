"""Story entries of changes of objects other than pods: specific ones for the main kinds, a general one for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from simulator.journal.records import Write
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import Job
from simulator.objects.conditions import READY, condition_of
from simulator.objects.discovery import Endpoint, EndpointSlice, is_ready_endpoint
from simulator.objects.kinds import Key, Object
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.storage import PersistentVolumeClaim
from simulator.views.causes import cause_in_words, component_of
from simulator.views.story.entry import Entry, Thing, Tone
from simulator.views.why.words import listed, many

SYSTEM = ("SYS-01", "default of every namespace", "node lease")
"""Rules that create what every cluster has."""
QUIET = ("Lease", "Endpoints", "ControllerRevision")
"""Kinds whose changes only follow those of other objects."""
COUNTED = ("counted", "autoscaler synced", "replicas counted", "pods counted", "usage counted", "revision", "claim")
"""Rules by which a status or an annotation follows other objects."""


def changes(write: Write, item: Object, before: Object | None, *, exact: bool) -> Iterator[Entry]:
    """The entries of one write of an object."""
    if isinstance(item, EndpointSlice):
        yield from _endpoints(write, item, before)
        return
    rule = write.cause.rule
    who, why = component_of(rule, write.key.kind), cause_in_words(rule)
    thing: Thing = "system" if rule in SYSTEM or write.key.kind in QUIET else "create" if before is None else "delete"
    # A fact reports what the user applied, with its file and line.
    detail = thing == "system" or (exact and rule == "USR-00")
    if write.type == "DELETED":
        yield Entry(write.t, who, write.key, "delete" if not detail else thing, "is deleted", why, detail=detail)
    elif before is None:
        yield Entry(write.t, who, write.key, thing, f"is created{_size(item)}", why, detail=detail)
    else:
        yield from _changed(write, item, before, who, why)


def _changed(write: Write, item: Any, before: Any, who: str, why: str) -> Iterator[Entry]:
    if is_being_deleted(item) and not is_being_deleted(before):
        yield Entry(write.t, who, write.key, "delete", "is marked for deletion", why)
    described = False
    for kind, describe in CHANGES.items():
        if isinstance(item, kind):
            for thing, text, tone in describe(item, before):
                described = True
                detail = thing == "status" and not tone
                yield Entry(write.t, who, write.key, thing, text, "" if write.cause.rule in COUNTED else why, detail=detail, tone=tone)
    if not described:
        quiet = write.key.kind in QUIET or write.cause.rule in COUNTED or write.cause.rule in SYSTEM
        yield Entry(write.t, who, write.key, "system" if quiet else "status", "is changed", why, detail=quiet or not why)


Descriptions = Iterator[tuple[Thing, str, Tone]]


def _size(item: Any) -> str:
    replicas = getattr(getattr(item, "spec", None), "replicas", None)
    return f" for {many(replicas, 'pod')}" if isinstance(replicas, int) else ""


def _replicas(item: Any, before: Any) -> Descriptions:
    if item.spec.replicas != before.spec.replicas:
        yield "scale", f"is scaled from {before.spec.replicas} to {item.spec.replicas}", ""


def _template(item: Any, before: Any) -> Descriptions:
    if item.spec.template != before.spec.template:
        yield "scale", f"has a new template{_images(item, before)}", ""


def _images(item: Any, before: Any) -> str:
    old = {container.name: container.image for container in before.spec.template.spec.containers}
    new = {container.name: container.image for container in item.spec.template.spec.containers}
    changed = [f"{name} {old[name]} → {image}" for name, image in new.items() if name in old and old[name] != image]
    return f": {listed(changed)}" if changed else ""


def _counts(item: Any, before: Any, names: tuple[str, ...]) -> Descriptions:
    """The counts of a status on one line, when one of them changed."""
    numbers = [(name, getattr(item.status, name) or 0, getattr(before.status, name) or 0) for name in names]
    if any(now != then for _, now, then in numbers):
        yield "status", ", ".join(f"{now} {name.removesuffix('_replicas').removeprefix('number_')}" for name, now, _ in numbers), ""


def _conditions(item: Any, before: Any) -> Descriptions:
    old = {condition.type: (condition.status, condition.reason) for condition in before.status.conditions}
    for condition in item.status.conditions:
        if old.get(condition.type) != (condition.status, condition.reason):
            loud = condition.reason in ("ProgressDeadlineExceeded", "FailedCreate") or condition.type in (
                "Complete",
                "Failed",
                "ReplicaFailure",
            )
            tone: Tone = "" if not loud else "good" if condition.type == "Complete" else "bad"
            yield "status", f"{condition.type} {condition.status}{f' ({condition.reason})' if condition.reason else ''}", tone


def _deployment(item: Deployment, before: Deployment) -> Descriptions:
    yield from _replicas(item, before)
    yield from _template(item, before)
    if bool(item.spec.paused) != bool(before.spec.paused):
        yield "scale", "is paused" if item.spec.paused else "is resumed", ""
    yield from _counts(item, before, ("updated_replicas", "ready_replicas", "available_replicas"))
    yield from _conditions(item, before)


def _replicaset(item: ReplicaSet, before: ReplicaSet) -> Descriptions:
    yield from _replicas(item, before)
    yield from _counts(item, before, ("replicas", "ready_replicas", "available_replicas"))
    yield from _conditions(item, before)


def _statefulset(item: StatefulSet, before: StatefulSet) -> Descriptions:
    yield from _replicas(item, before)
    yield from _template(item, before)
    yield from _counts(item, before, ("replicas", "ready_replicas", "updated_replicas"))


def _daemonset(item: DaemonSet, before: DaemonSet) -> Descriptions:
    yield from _template(item, before)
    yield from _counts(item, before, ("desired_number_scheduled", "number_ready", "number_available"))


def _job(item: Job, before: Job) -> Descriptions:
    yield from _counts(item, before, ("active", "succeeded", "failed"))
    yield from _conditions(item, before)


def _node(item: Node, before: Node) -> Descriptions:
    if bool(item.spec.unschedulable) != bool(before.spec.unschedulable):
        yield "node", "is cordoned" if item.spec.unschedulable else "is uncordoned", ""
    if item.spec.taints != before.spec.taints:
        yield "node", f"has the taints {listed([f'{t.key}:{t.effect}' for t in item.spec.taints]) or 'none'}", ""
    ready = [condition.status if (condition := condition_of(one.status, READY)) else "" for one in (before, item)]
    if ready[0] != ready[1]:
        yield "node", "is ready" if ready[1] == "True" else "is no longer ready", "good" if ready[1] == "True" else "bad"


def _claim(item: PersistentVolumeClaim, before: PersistentVolumeClaim) -> Descriptions:
    if item.status.phase != before.status.phase:
        bound = item.status.phase == "Bound"
        yield "status", f"is bound to {item.spec.volume_name}" if bound else f"is {item.status.phase}", "good" if bound else "bad"


CHANGES: dict[type[Any], Callable[[Any, Any], Descriptions]] = {
    Deployment: _deployment,
    ReplicaSet: _replicaset,
    StatefulSet: _statefulset,
    DaemonSet: _daemonset,
    Job: _job,
    Node: _node,
    PersistentVolumeClaim: _claim,
}


# ---- endpoints, reported under their Service


def _endpoints(write: Write, item: EndpointSlice, before: Object | None) -> Iterator[Entry]:
    name = item.metadata.labels.get(SERVICE_NAME, "")
    key = Key("Service", item.metadata.namespace, name) if name else write.key
    old = _by_name(before) if isinstance(before, EndpointSlice) else {}
    new = {} if write.type == "DELETED" else _by_name(item)
    for one in sorted({**old, **new}):
        was, now = _readiness(old.get(one)), _readiness(new.get(one))
        if was != now:
            text = {"ready": f"{one} receives connections", "": f"{one} is no longer an endpoint"}.get(
                now, f"{one} is an endpoint but {now}"
            )
            tone: Tone = "good" if now == "ready" else "bad" if was == "ready" else ""
            yield Entry(write.t, component_of("endpoints", "EndpointSlice"), key, "network", text, detail=not tone, tone=tone)


def _by_name(item: EndpointSlice) -> dict[str, Endpoint]:
    return {(e.target_ref.name if e.target_ref else ", ".join(e.addresses)): e for e in item.endpoints or []}


def _readiness(endpoint: Endpoint | None) -> str:
    if endpoint is None:
        return ""
    if is_ready_endpoint(endpoint):
        return "ready"
    return "terminating" if endpoint.conditions is not None and endpoint.conditions.terminating else "not ready"
