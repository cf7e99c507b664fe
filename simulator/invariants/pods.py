"""Invariants of pods: readiness, phases, restarts, grace periods, capacity of nodes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from simulator.invariants.violation import Violation, at, named
from simulator.journal.records import Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.conditions import CONTAINERS_READY, READY, has_condition
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_statuses, has_ended, long_running
from simulator.scheduler.requests import Amounts, allocatable, pod_amounts
from simulator.units import SECOND

STOP_TIME = 2 * SECOND
"""The most time between the end of a grace period and the end of the container: the runtime's own delay."""


def pod_writes(run: Snapshot) -> Iterator[tuple[Write, Pod, Pod | None]]:
    """Each write of a pod that is no deletion, and the state before it."""
    before: dict[Key, Pod] = {}
    for write in run.writes_of("Pod"):
        assert isinstance(write.item, Pod)
        key = write.key
        if write.type == "DELETED":
            before.pop(key, None)
            continue
        yield write, write.item, before.get(key) if write.type == "MODIFIED" else None
        before[key] = write.item


def ready_implies_its_parts(run: Snapshot) -> Iterator[Violation]:
    """A pod is Ready only if its containers and its readiness gates are; ContainersReady only if every container is."""
    for write, pod, before in pod_writes(run):
        if before is not None and before.status is pod.status:
            continue
        if has_condition(pod.status, READY):
            conditions = [CONTAINERS_READY, *(gate.condition_type for gate in pod.spec.readiness_gates)]
            if missing := [name for name in conditions if not has_condition(pod.status, name)]:
                yield Violation(write.t, write.key, f"Ready is True, but not {named(missing)}", write.revision)
        if has_condition(pod.status, CONTAINERS_READY):
            ready = {status.name for status in all_statuses(pod) if status.ready}
            if unready := {container.name for container in long_running(pod.spec)} - ready:
                yield Violation(write.t, write.key, f"ContainersReady is True, but not ready: {named(unready)}", write.revision)


def ended_pods_stay_ended(run: Snapshot) -> Iterator[Violation]:
    """A pod never leaves the phase Succeeded or Failed."""
    for write, pod, before in pod_writes(run):
        if before is not None and has_ended(before) and pod.status.phase != before.status.phase:
            yield Violation(write.t, write.key, f"its phase changes from {before.status.phase} to {pod.status.phase}", write.revision)


def restarts_never_fall(run: Snapshot) -> Iterator[Violation]:
    """The restart count of a container never falls."""
    for write, pod, before in pod_writes(run):
        if before is None or before.status is pod.status:
            continue
        counts = {status.name: status.restart_count for status in all_statuses(before)}
        for status in all_statuses(pod):
            if status.restart_count < counts.get(status.name, 0):
                message = f"the restart count of {status.name} falls from {counts[status.name]} to {status.restart_count}"
                yield Violation(write.t, write.key, message, write.revision)


def pods_stay_on_their_node(run: Snapshot) -> Iterator[Violation]:
    """A pod that is bound to a node stays there."""
    for write, pod, before in pod_writes(run):
        if before is not None and before.spec.node_name and pod.spec.node_name != before.spec.node_name:
            message = f"moves from {before.spec.node_name} to {pod.spec.node_name or 'no node'}"
            yield Violation(write.t, write.key, message, write.revision)


def grace_is_kept(run: Snapshot) -> Iterator[Violation]:
    """A container that gets SIGTERM has ended when its grace period has expired, unless its kubelet restarts."""
    deadlines: dict[tuple[Key, str], int] = {}
    for fact in run.facts():
        if fact.what == "action" and fact.about.kind == "Node":
            deadlines.clear()  # a kubelet that restarts gives the whole grace period again, a node that is down gives none
        where = fact.about, str(fact.data.get("container", ""))
        if fact.what == "container.signalled" and "grace" in fact.data:
            latest = fact.t + round(float(fact.data["grace"]) * SECOND)
            deadlines[where] = min(latest, deadlines.get(where, latest))
        elif fact.what in ("container.exited", "container.started"):
            yield from _outlived(where, deadlines.pop(where, fact.t), fact.t)
    for where, latest in deadlines.items():
        yield from _outlived(where, latest, run.t)


def _outlived(where: tuple[Key, str], latest: int, t: int) -> Iterator[Violation]:
    if t > latest + STOP_TIME:
        yield Violation(latest, where[0], f"container {where[1]} still runs after its grace period, until {at(t)}")


def nodes_have_capacity(run: Snapshot) -> Iterator[Violation]:
    """The scheduler binds a pod only to a node that has what it requests."""
    nodes: dict[str, Node] = {}
    bound: dict[str, dict[Key, Pod]] = {}
    for write in run.writes_of("Pod", "Node"):
        item, key = write.item, write.key
        if isinstance(item, Node):
            nodes[item.metadata.name] = item
            continue
        assert isinstance(item, Pod)
        on_node = bound.setdefault(item.spec.node_name, {})
        before = on_node.pop(key, None)
        if item.spec.node_name:
            bound.get("", {}).pop(key, None)
        if write.type == "DELETED" or has_ended(item):
            continue
        on_node[key] = item
        is_bound_now = before is None and write.type == "MODIFIED" and item.spec.node_name in nodes
        if is_bound_now and (lacking := _lacking(nodes[item.spec.node_name], list(on_node.values()), item)):
            yield Violation(write.t, key, f"bound to {item.spec.node_name}, which lacks {named(lacking)}", write.revision)


def _lacking(node: Node, pods: list[Pod], new: Pod) -> list[str]:
    free = allocatable(node.status.allocatable)
    used: Amounts = {"pods": Decimal(len(pods))}
    for pod in pods:
        for name, amount in pod_amounts(pod.spec).items():
            used[name] = used.get(name, Decimal(0)) + amount
    requested = {"pods", *pod_amounts(new.spec)}
    return [name for name in requested if name in free and used.get(name, Decimal(0)) > free[name]]
