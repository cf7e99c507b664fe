"""Whether a kubelet admits a pod that was bound to its node (pkg/kubelet/lifecycle/predicate.go). Pure.

The kubelet repeats the scheduler's checks, because a pod can bypass the scheduler (`spec.nodeName`) and nodes change. Of several reasons
the first counts. Not modelled: critical pods, which would evict others to be admitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from simulator.manifest.pod_resources import effective_spec, pod_resources
from simulator.objects.host_ports import clash, host_ports
from simulator.objects.labels import NODE_OS
from simulator.objects.node import Node
from simulator.objects.placement import picks_node
from simulator.objects.pod import Pod
from simulator.objects.tolerations import untolerated
from simulator.units import parse_quantity

OS = "linux"
FIRST_COUNTED = ("cpu", "memory", "ephemeral-storage")
NATIVE = "kubernetes.io/"


class Refusal(NamedTuple):
    """Why a pod is not admitted: a word, a sentence, and the rule that was followed."""

    reason: str
    message: str
    rule: str


class PodRequests(NamedTuple):
    """A pod, and its requests: thousandths of cores, whole numbers of everything else."""

    pod: Pod
    requests: dict[str, int]


def requests_of(pod: Pod) -> PodRequests:
    """A pod with its requests."""
    return PodRequests(pod, {name: _counted(name, text) for name, text in pod_resources(effective_spec(pod), "requests").items()})


def refusal(new: PodRequests, others: Sequence[PodRequests], node: Node) -> Refusal | None:
    """Why `node` does not admit the new pod beside the `others`; None: it does."""
    pod = new.pod
    # No freed resource would help a pod made for another system.
    if pod.metadata.labels.get(NODE_OS, OS) != OS:  # ADM-01
        message = "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"
        return Refusal("PodOSSelectorNodeLabelDoesNotMatch", message, "ADM-01")
    if pod.spec.os is not None and pod.spec.os.get("name", OS) != OS:  # ADM-01
        return Refusal("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS", "ADM-01")
    # Resources come first, as in the scheduler's check.
    short = _short_of(new, others, node)
    if short is not None:  # ADM-02
        return short
    # Labels may have changed since the pod was scheduled, or it was never scheduled.
    if not picks_node(pod.spec, node.metadata.name, node.metadata.labels):  # ADM-03
        return _failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector", "ADM-03")
    # Two pods cannot have one port of the node.
    if any(clash(mine, theirs) for mine in host_ports(pod) for other in others for theirs in host_ports(other.pod)):  # ADM-04
        return _failed("NodePorts", "node(s) didn't have free ports for the requested pod ports", "ADM-04")
    # Taints that evict also keep pods out; NoSchedule is the scheduler's business.
    if untolerated(node.spec.taints, pod.spec.tolerations, ("NoExecute",)) is not None:  # ADM-05
        return _failed("TaintToleration", "node(s) had taints that the pod didn't tolerate", "ADM-05")
    return None


def too_large(pod: Pod, node: Node) -> str:
    """Why a pod would not even fit on the node alone, for a resize; empty: it would."""
    requests, amounts = pod_resources(pod.spec, "requests"), node.status.allocatable or node.status.capacity
    for name in ("memory", "cpu"):
        requested, capacity = (_counted(name, part.get(name, "0")) for part in (requests, amounts))
        if requested > capacity:
            return f"Node didn't have enough capacity: {name}, requested: {requested}, capacity: {capacity}"
    return ""


def _failed(predicate: str, reason: str, rule: str) -> Refusal:
    return Refusal(predicate, f"Predicate {predicate} failed: {reason}", rule)


def _short_of(new: PodRequests, others: Sequence[PodRequests], node: Node) -> Refusal | None:
    """The first resource of which too little is left."""
    allocatable = {name: _counted(name, text) for name, text in (node.status.allocatable or node.status.capacity).items()}
    if len(others) + 1 > allocatable.get("pods", 0):
        return _out_of("pods", 1, len(others), allocatable.get("pods", 0))
    for name in [*FIRST_COUNTED, *sorted(set(new.requests) - set(FIRST_COUNTED))]:
        amount = new.requests.get(name, 0)
        # An extended resource that the node does not list is not managed by this kubelet.
        if amount <= 0 or (name not in allocatable and _is_extended(name)):
            continue
        used = sum(other.requests.get(name, 0) for other in others)
        if amount > allocatable.get(name, 0) - used:
            return _out_of(name, amount, used, allocatable.get(name, 0))
    return None


def _out_of(name: str, requested: int, used: int, capacity: int) -> Refusal:
    text = f"Node didn't have enough resource: {name}, requested: {requested}, used: {used}, capacity: {capacity}"
    return Refusal(f"OutOf{name}", text, "ADM-02")


def _is_extended(name: str) -> bool:
    return "/" in name and NATIVE not in name


def _counted(name: str, text: str) -> int:
    value = parse_quantity(text) * (1000 if name == "cpu" else 1)
    return int(value.quantize(Decimal(1), ROUND_CEILING))
