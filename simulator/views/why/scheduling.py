"""Why a pod has no node: gates, claims, and what each node lacks, by the scheduler's own filters."""

from __future__ import annotations

from decimal import Decimal

from simulator.controllers.rounding import scaled
from simulator.dialect import Dialect
from simulator.journal.snapshot import Snapshot
from simulator.objects.apps import Deployment
from simulator.objects.conditions import POD_SCHEDULED, condition_of
from simulator.objects.config import Namespace
from simulator.objects.kinds import Key, key_of
from simulator.objects.labels import POD_TEMPLATE_HASH
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import uses_node
from simulator.objects.tolerations import untolerated
from simulator.scheduler.claims import claims_of
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection, with_node
from simulator.scheduler.filters import rejection
from simulator.scheduler.filters.volumes import shares
from simulator.scheduler.queue import UNSCHEDULABLE_MAX
from simulator.scheduler.requests import pod_amounts
from simulator.units import SECOND
from simulator.views.why.because import Because, coming, note
from simulator.views.why.inquiry import Inquiry, name_of, named
from simulator.views.why.starting import claims
from simulator.views.why.words import brief, listed, many, seconds, when

DEFAULT_SCHEDULER = "default-scheduler"
FIELDS = {
    "NodeAffinity PreFilter": ("affinity",),
    "NodeUnschedulable": ("tolerations",),
    "NodeName": ("nodeName",),
    "TaintToleration": ("tolerations",),
    "NodeAffinity": ("nodeSelector", "affinity"),
    "NodePorts": (),
    "NodeResourcesFit": (),
    "VolumeRestrictions": ("volumes",),
    "VolumeBinding": ("volumes",),
    "PodTopologySpread": ("topologySpreadConstraints",),
    "InterPodAffinity": ("affinity",),
}
"""By filter: the fields of the pod's spec that it checks."""
MOST_NODES = 4
MOST_PODS = 20
"""On a node with more pods, those in the way are not looked for."""


def unscheduled(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Why a pod has no node yet."""
    if pod.spec.scheduling_gates:
        gates = listed([gate.name for gate in pod.spec.scheduling_gates])
        return (
            Because(f"it is not scheduled until its scheduling gates are removed: {gates}", place=ask.pod_place(pod, "schedulingGates")),
        )
    if pod.spec.scheduler_name not in ("", DEFAULT_SCHEDULER):
        text = f"it requires the scheduler {pod.spec.scheduler_name}, which is not simulated"
        return (Because(text, place=ask.pod_place(pod, "schedulerName")),)
    if not ask.snapshot.objects("Node"):
        return (Because("the cluster has no nodes"),)
    verdict = condition_of(pod.status, POD_SCHEDULED)
    if verdict is None or not verdict.message:
        return (note("the scheduler has not tried it yet"),)
    tries = ask.events(pod, "FailedScheduling")
    last = f", last reported at {when(tries[-1][0])}" if tries else ""
    details = claims(ask, pod) or _nodes(ask, pod)
    return (
        Because(f"no node fits: {brief(verdict.message.partition('. ')[0].rstrip('.'), 160)}{last}", details),
        *_preemption(ask, pod),
        coming(
            f"the scheduler tries again when a pod, node or claim that matters changes, and every {seconds(UNSCHEDULABLE_MAX / SECOND)}"
        ),
    )


def _preemption(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """A preemption on its behalf."""
    name = pod.status.nominated_node_name
    return (note(f"other pods are being preempted for it on {name}"),) if name else ()


def _nodes(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Why each node is rejected now; nodes with the same reasons share a line."""
    cycle = cycle_at(ask.snapshot, ask.dialect, pod)
    refused: dict[tuple[str, str], list[str]] = {}
    free = []
    for info in cycle.nodes:
        answer = rejection(cycle, info)
        if answer is None:
            free.append(info.name)
            continue
        if answer.by == "VolumeRestrictions":
            words = _claim_in_use(cycle)
        else:
            words = ", ".join(_words(reason, pod, info) for reason in answer.reasons) + _numbers(pod, info, answer)
        refused.setdefault((words, answer.by), []).append(info.name)
    causes = [
        Because(f"{listed(names)}: {words}", _in_the_way(ask, cycle, names), _place(ask, pod, by)) for (words, by), names in refused.items()
    ]
    if len(causes) > MOST_NODES:
        causes = [*causes[:MOST_NODES], note(f"and {len(causes) - MOST_NODES} more groups of nodes that do not fit")]
    if free:
        causes.append(note(f"{listed(free)} would fit now: the scheduler has not retried yet"))
    return tuple(causes)


def _in_the_way(ask: Inquiry, cycle: Cycle, names: list[str]) -> tuple[Because, ...]:
    """The pods each of which keeps the pod off its node, by owner; whether they are the pod's own siblings."""
    nodes = [info for info in cycle.nodes if info.name in names][:MOST_NODES]
    blockers = [other for info in nodes if len(info.pods) <= MOST_PODS for other in info.pods.values() if _keeps_off(cycle, info, other)]
    groups: dict[Key, list[Pod]] = {}
    for other in blockers:
        groups.setdefault(ask.owners(other)[-1], []).append(other)
    own = ask.owners(cycle.pod)[-1]
    return tuple(_blocked_by_own(ask, cycle.pod, own, pods) if owner == own else _blocked_by(owner, pods) for owner, pods in groups.items())


def _keeps_off(cycle: Cycle, info: NodeInfo, other: Pod) -> bool:
    """Whether the pod would fit on the node without the other one."""
    without = info.copy()
    without.remove(other.metadata.uid)
    return rejection(with_node(cycle, without), without) is None


def _blocked_by(owner: Key, pods: list[Pod]) -> Because:
    names = listed([named(pod) for pod in pods])
    return Because(f"in the way: {names}" if [key_of(pod) for pod in pods] == [owner] else f"in the way: {names} of {name_of(owner)}")


def _blocked_by_own(ask: Inquiry, pod: Pod, owner: Key, pods: list[Pod]) -> Because:
    """Pods of the same workload: its other replicas, or in a rolling update the old ones, which stay until new ones are available."""
    item = ask.snapshot.get(owner)
    rolling = item.spec.strategy.rolling_update if isinstance(item, Deployment) and item.spec.strategy else None
    is_old = all(other.metadata.labels.get(POD_TEMPLATE_HASH) != pod.metadata.labels.get(POD_TEMPLATE_HASH) for other in pods)
    whose = f"of the same {name_of(owner)}"
    if not isinstance(item, Deployment) or rolling is None or not is_old:
        return Because(f"in the way: {listed([named(other) for other in pods])} {whose}")
    limit = f"maxUnavailable {rolling.max_unavailable} of {item.spec.replicas or 0} is 0"
    held = f", which stay until new ones are available ({limit}): the update cannot continue"
    stays = scaled(rolling.max_unavailable, item.spec.replicas or 0, up=False) == 0
    return Because(f"in the way: {many(len(pods), 'old pod')} {whose}{held if stays else ''}")


def _claim_in_use(cycle: Cycle) -> str:
    """Which pod uses a claim that only one pod may use."""
    users = [other for info in cycle.nodes for other in info.pods.values() if shares(cycle, other)]
    return f"{listed([named(other) for other in users])} uses {listed(sorted(cycle.exclusive))} (ReadWriteOncePod: one pod at a time)"


def _words(reason: str, pod: Pod, node: NodeInfo) -> str:
    """A filter's reason, worded for one node."""
    taint = untolerated(node.node.spec.taints, pod.spec.tolerations)
    if "untolerated taint" in reason and taint is not None:
        value = f"={taint.value}" if taint.value else ""
        return f"has the taint {taint.key}{value}:{taint.effect}, which the pod does not tolerate"
    if reason == "node(s) were unschedulable":
        return "cordoned"
    if reason == "node(s) didn't match Pod's node affinity/selector" and pod.spec.node_selector:
        return f"lacks the labels {', '.join(f'{key}={value}' for key, value in sorted(pod.spec.node_selector.items()))}"
    return reason.removeprefix("node(s) ")


def cycle_at(snapshot: Snapshot, dialect: Dialect, pod: Pod) -> Cycle:
    """The cluster as the scheduler would see it at this instant."""
    infos = {node.metadata.name: NodeInfo(node) for node in snapshot.typed(Node)}
    for other in snapshot.typed(Pod):
        if uses_node(other) and other.spec.node_name in infos:
            infos[other.spec.node_name].add(other)
    namespaces = {item.metadata.name: item.metadata.labels for item in snapshot.typed(Namespace)}
    needs = claims_of(pod, snapshot)
    return Cycle(pod, list(infos.values()), dialect, needs.volumes, dict(namespaces), [], needs.choices, needs.exclusive)


def _numbers(pod: Pod, node: NodeInfo, answer: Rejection) -> str:
    """How much is requested, and how much is left."""
    amounts = []
    for reason in answer.reasons:
        name = reason.removeprefix("Insufficient ")
        if name != reason:
            there = node.allocatable.get(name, Decimal(0))
            left = there - node.requested.get(name, Decimal(0))
            amounts.append(f"requests {_amount(pod_amounts(pod.spec).get(name, Decimal(0)))}, {_amount(left)} of {_amount(there)} is free")
    return f" ({'; '.join(amounts)})" if amounts else ""


def _amount(value: Decimal) -> str:
    """A quantity as people write it."""
    for sign, size in (("Gi", 2**30), ("Mi", 2**20)):
        if value >= size:
            return f"{float(value / size):.3g}{sign}"
    return f"{float(value):.3g}"


def _place(ask: Inquiry, pod: Pod, by: str) -> str:
    if by == "NodeResourcesFit" and pod.spec.containers:
        return next((place for item in pod.spec.containers if (place := ask.container_place(pod, item.name, "resources"))), "")
    return next((place for field in FIELDS.get(by, ()) if (place := ask.pod_place(pod, field))), "")
