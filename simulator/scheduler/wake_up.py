"""Which writes may help an unschedulable pod (EventsToRegister and queueing hints of the plugins). Pure.

A pod is tried again when a filter that rejected it finds that the write may change its verdict. A write that no filter registers for,
such as a new taint or a pod that starts to terminate, requeues no pod.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from simulator.journal.records import Write
from simulator.manifest.pod_resources import effective_spec
from simulator.objects.affinity import PodAffinityTerm, TopologySpreadConstraint
from simulator.objects.host_ports import clash, host_ports
from simulator.objects.kinds import Object
from simulator.objects.node import Node
from simulator.objects.placement import picks_node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_names, uses_node
from simulator.objects.selectors import matches
from simulator.objects.tolerations import untolerated
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.filters.pods import required_terms, term_matches
from simulator.scheduler.filters.spread import selector_of
from simulator.scheduler.requests import Amounts, allocatable, pod_amounts

NOTHING = Decimal(0)

Hint = Callable[[Cycle], bool]
"""Whether the pod of a cycle should be tried again."""
NodeHint = Callable[[Cycle, Node | None, Node | None], bool]
PodHint = Callable[[Cycle, Pod | None, Pod | None], bool]
"""The same, given the object before and after: None before it was created or after it was deleted."""


def hints_of(write: Write, before: Object | None) -> Mapping[str, Hint]:
    """The hints of the filters that register for a write, by the filter's name."""
    item = write.item
    if isinstance(item, Node):
        if write.type == "DELETED":
            return _of_node(item, None)
        return _of_node(before if isinstance(before, Node) else None, item)
    if isinstance(item, Pod):
        was = before if isinstance(before, Pod) and uses_node(before) else None
        return _of_pod(was, item if write.type != "DELETED" and uses_node(item) else None)
    if write.type == "DELETED" or item.kind not in ("PersistentVolume", "PersistentVolumeClaim", "StorageClass"):
        return {}
    return {"VolumeBinding": partial(_names_claim, item)}


def _names_claim(item: Object, cycle: Cycle) -> bool:
    """Whether the object is no claim, or one of the pod's own claims."""
    if item.kind != "PersistentVolumeClaim":
        return True
    meta, pod = item.metadata, cycle.pod
    return meta.namespace == pod.metadata.namespace and meta.name in claim_names(pod)


# ---- nodes


def _of_node(old: Node | None, new: Node | None) -> Mapping[str, Hint]:
    """Hints about a node that was created or deleted, or changed in what a filter reads."""
    if old is None or new is None:
        names = set(NODE_HINTS) if old is None else {"PodTopologySpread"}
    else:
        relabelled = old.metadata.labels != new.metadata.labels
        retainted = (old.spec.taints, old.spec.unschedulable) != (new.spec.taints, new.spec.unschedulable)
        resized = old.status.allocatable != new.status.allocatable
        names = (BY_LABELS if relabelled else set()) | (BY_TAINTS if retainted else set()) | (BY_SIZE if resized else set())
    return {name: partial(_check_node, NODE_HINTS[name], old, new) for name in names}


def _check_node(hint: NodeHint, old: Node | None, new: Node | None, cycle: Cycle) -> bool:
    return hint(cycle, old, new)


def _affinity(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    def fits(node: Node | None) -> bool:
        return node is not None and picks_node(cycle.pod.spec, node.metadata.name, node.metadata.labels)

    return fits(new) and not fits(old)


def _toleration(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    def tolerated(node: Node | None) -> bool:
        return node is not None and untolerated(node.spec.taints, cycle.pod.spec.tolerations) is None

    return tolerated(new) and not tolerated(old)


def _uncordoned(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    return new is not None and not new.spec.unschedulable and (old is None or bool(old.spec.unschedulable))


def _created(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    return old is None


def _grown(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    """Whether the node would be large enough if it were empty, and has grown in something that the pod requests."""
    requests = {"pods": Decimal(1), **pod_amounts(cycle.pod.spec)}
    size, before = _size(new), _size(old)
    names = [name for name, amount in requests.items() if amount]
    fits = all(requests[name] <= size.get(name, NOTHING) for name in names)
    return fits and any(size.get(name, NOTHING) > before.get(name, NOTHING) for name in names)


def _size(node: Node | None) -> Amounts:
    return {} if node is None else allocatable(node.status.allocatable or node.status.capacity)


def _spread_over(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    """Whether a node joined or left the topology domains, or changed its labels or taints in them."""
    keys = [item.topology_key for item in _constraints(cycle.pod)]
    labels = [node.metadata.labels if node is not None else {} for node in (old, new)]
    took, takes = (node is not None and all(key in mine for key in keys) for node, mine in zip((old, new), labels, strict=True))
    if took != takes or old is None or new is None:
        return took or takes
    return takes and (any(labels[0][key] != labels[1][key] for key in keys) or old.spec.taints != new.spec.taints)


def _near(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    """Whether a node joined a domain of the pod's affinity, or left one of its anti-affinity."""
    before = old.metadata.labels if old is not None else {}
    after = new.metadata.labels if new is not None else {}
    for term in required_terms(cycle.pod, anti=False):
        if term.topology_key in after and after[term.topology_key] != before.get(term.topology_key):
            return True
    keys = [term.topology_key for term in required_terms(cycle.pod, anti=True)]
    return any(old is None or (key in before and before[key] != after.get(key)) for key in keys)


NODE_HINTS: dict[str, NodeHint] = {
    "NodeAffinity PreFilter": _affinity,
    "NodeAffinity": _affinity,
    "TaintToleration": _toleration,
    "NodeUnschedulable": _uncordoned,
    "NodeName": _created,
    "NodePorts": _created,
    "NodeResourcesFit": _grown,
    "VolumeRestrictions": _created,
    "VolumeBinding": lambda cycle, old, new: True,
    "PodTopologySpread": _spread_over,
    "InterPodAffinity": _near,
}
BY_LABELS = {"NodeAffinity PreFilter", "NodeAffinity", "VolumeBinding", "PodTopologySpread", "InterPodAffinity"}
BY_TAINTS = {"TaintToleration", "NodeUnschedulable", "PodTopologySpread"}
BY_SIZE = {"NodeResourcesFit"}


# ---- pods on nodes


def _of_pod(old: Pod | None, new: Pod | None) -> Mapping[str, Hint]:
    """Hints about a pod that was bound, ended or was deleted, or changed its labels or its requests on its node."""
    if old is None and new is None:
        return {}
    if old is not None and new is not None:
        names = BY_POD_LABELS if old.metadata.labels != new.metadata.labels else frozenset[str]()
        names |= {"NodeResourcesFit"} if _needs_less(old, new) else set()
    else:
        names = BY_POD_LABELS if old is None else BY_POD_LABELS | BY_FREED_RESOURCES
    return {name: partial(_check_pod, POD_HINTS[name], old, new) for name in names}


def _needs_less(old: Pod, new: Pod) -> bool:
    """Whether a pod that was resized gives something back to its node."""
    before, after = effective_spec(old), effective_spec(new)
    if before is after or before == after:
        return False
    had, has = pod_amounts(before), pod_amounts(after)
    return any(has.get(name, NOTHING) < amount for name, amount in had.items())


def _check_pod(hint: PodHint, old: Pod | None, new: Pod | None, cycle: Cycle) -> bool:
    return hint(cycle, old, new)


def _frees_ports(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    mine = host_ports(cycle.pod)
    return old is not None and any(clash(a, b) for a in mine for b in host_ports(old))


def _spread_with(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    """Whether a constraint counts the pod, of the same namespace, now but not before or the other way round."""
    if any(pod is not None and pod.metadata.namespace != cycle.pod.metadata.namespace for pod in (old, new)):
        return False
    selectors = [selector_of(item, cycle.pod) for item in _constraints(cycle.pod)]
    counted = [[pod is not None and matches(item, pod.metadata.labels) for item in selectors] for pod in (old, new)]
    return counted[0] != counted[1]


def _affine(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    """Whether the affinity matches the pod now, the anti-affinity no longer, or a pod left whose anti-affinity matched this one."""
    affinity, anti_affinity = required_terms(cycle.pod, anti=False), required_terms(cycle.pod, anti=True)
    if new is not None and _all_match(cycle, affinity, new) and (old is None or not _all_match(cycle, affinity, old)):
        return True
    if old is None:
        return False
    if _all_match(cycle, anti_affinity, old) and (new is None or not _all_match(cycle, anti_affinity, new)):
        return True
    theirs = required_terms(old, anti=True)
    return new is None and bool(theirs) and all(term_matches(cycle, old, term, cycle.pod) for term in theirs)


def _all_match(cycle: Cycle, terms: list[PodAffinityTerm], pod: Pod) -> bool:
    return bool(terms) and all(term_matches(cycle, cycle.pod, term, pod) for term in terms)


def _constraints(pod: Pod) -> list[TopologySpreadConstraint]:
    return [item for item in pod.spec.topology_spread_constraints if item.when_unsatisfiable == "DoNotSchedule"]


def _frees_claim(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    """Whether a pod left that uses a claim of this one."""
    mine = set(claim_names(cycle.pod))
    return old is not None and old.metadata.namespace == cycle.pod.metadata.namespace and not mine.isdisjoint(claim_names(old))


POD_HINTS: dict[str, PodHint] = {
    "VolumeRestrictions": _frees_claim,
    "NodeResourcesFit": lambda cycle, old, new: True,
    "NodePorts": _frees_ports,
    "PodTopologySpread": _spread_with,
    "InterPodAffinity": _affine,
}
BY_FREED_RESOURCES = frozenset({"NodeResourcesFit", "NodePorts", "VolumeRestrictions"})
"""Filters that register only for pods that leave their node."""
BY_POD_LABELS = frozenset({"PodTopologySpread", "InterPodAffinity"})
"""Filters that depend on the labels of other pods."""
