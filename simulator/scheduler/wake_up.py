"""Which writes may help a pod that found no node (EventsToRegister and queueing hints of the plugins). Pure.

A pod that some filters rejected is tried again when one of them finds that what happened may change its mind. What no filter asks for
(a taint that comes, a pod that begins to terminate) wakes nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from simulator.journal.records import Write
from simulator.objects.affinity import PodAffinityTerm, TopologySpreadConstraint
from simulator.objects.host_ports import clash, host_ports
from simulator.objects.kinds import Object
from simulator.objects.node import Node
from simulator.objects.placement import picks_node
from simulator.objects.pod import Pod
from simulator.objects.selectors import matches
from simulator.objects.tolerations import untolerated
from simulator.scheduler.claims import claim_names
from simulator.scheduler.cluster_view import takes_room
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.filters.pods import required_terms, term_picks
from simulator.scheduler.filters.spread import selector_of
from simulator.scheduler.requests import Amounts, allocatable, pod_amounts

NOTHING = Decimal(0)

Hint = Callable[[Cycle], bool]
"""Whether the pod of a cycle should be tried again."""
NodeHint = Callable[[Cycle, Node | None, Node | None], bool]
PodHint = Callable[[Cycle, Pod | None, Pod | None], bool]
"""The same, with what was and what is: nothing before it came, nothing after it went."""


def hints_of(write: Write, before: Object | None) -> Mapping[str, Hint]:
    """Who of the filters wants to know about a write: by the filter's name, what it has to say about a pod."""
    item = write.item
    if isinstance(item, Node):
        if write.type == "DELETED":
            return _of_node(item, None)
        return _of_node(before if isinstance(before, Node) else None, item)
    if isinstance(item, Pod):
        was = before if isinstance(before, Pod) and takes_room(before) else None
        return _of_pod(was, item if write.type != "DELETED" and takes_room(item) else None)
    if write.type == "DELETED" or item.kind not in ("PersistentVolume", "PersistentVolumeClaim", "StorageClass"):
        return {}
    return {"VolumeBinding": partial(_names_claim, item)}


def _names_claim(item: Object, cycle: Cycle) -> bool:
    """Of claims only the pod's own matter."""
    if item.kind != "PersistentVolumeClaim":
        return True
    meta, pod = item.metadata, cycle.pod
    return meta.namespace == pod.metadata.namespace and meta.name in claim_names(pod)


# ---- nodes


def _of_node(old: Node | None, new: Node | None) -> Mapping[str, Hint]:
    """A node that came or went, or of which something changed that a filter looks at."""
    if old is None or new is None:
        names = set(NODE_HINTS) if old is None else {"PodTopologySpread"}
    else:
        relabelled = old.metadata.labels != new.metadata.labels
        retainted = (old.spec.taints, old.spec.unschedulable) != (new.spec.taints, new.spec.unschedulable)
        resized = old.status.allocatable != new.status.allocatable
        names = (BY_LABELS if relabelled else set()) | (BY_TAINTS if retainted else set()) | (BY_SIZE if resized else set())
    return {name: partial(_ask_about_node, NODE_HINTS[name], old, new) for name in names}


def _ask_about_node(hint: NodeHint, old: Node | None, new: Node | None, cycle: Cycle) -> bool:
    return hint(cycle, old, new)


def _affinity(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    def fits(node: Node | None) -> bool:
        return node is not None and picks_node(cycle.pod.spec, node.metadata.name, node.metadata.labels)

    return fits(new) and not fits(old)


def _toleration(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    def welcome(node: Node | None) -> bool:
        return node is not None and untolerated(node.spec.taints, cycle.pod.spec.tolerations) is None

    return welcome(new) and not welcome(old)


def _uncordoned(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    return new is not None and not new.spec.unschedulable and (old is None or bool(old.spec.unschedulable))


def _came(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    return old is None


def _grown(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    """Big enough when it is empty, and bigger than before."""
    wanted = {"pods": Decimal(1), **pod_amounts(cycle.pod.spec)}
    there, before = _size(new), _size(old)
    asked = [name for name, amount in wanted.items() if amount]
    fits = all(wanted[name] <= there.get(name, NOTHING) for name in asked)
    return fits and any(there.get(name, NOTHING) > before.get(name, NOTHING) for name in asked)


def _size(node: Node | None) -> Amounts:
    return {} if node is None else allocatable(node.status.allocatable or node.status.capacity)


def _spread_over(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    """A node that is or was part of the domains, with other labels or taints."""
    keys = [item.topology_key for item in _constraints(cycle.pod)]
    labels = [node.metadata.labels if node is not None else {} for node in (old, new)]
    took, takes = (node is not None and all(key in mine for key in keys) for node, mine in zip((old, new), labels, strict=True))
    if took != takes or old is None or new is None:
        return took or takes
    return takes and (any(labels[0][key] != labels[1][key] for key in keys) or old.spec.taints != new.spec.taints)


def _near(cycle: Cycle, old: Node | None, new: Node | None) -> bool:
    """A node that joins a domain in which company is wanted, or leaves one in which it is not."""
    before = old.metadata.labels if old is not None else {}
    after = new.metadata.labels if new is not None else {}
    for term in required_terms(cycle.pod, anti=False):
        if term.topology_key in after and after[term.topology_key] != before.get(term.topology_key):
            return True
    unwanted = required_terms(cycle.pod, anti=True)
    return any(old is None or (key in before and before[key] != after.get(key)) for key in (term.topology_key for term in unwanted))


NODE_HINTS: dict[str, NodeHint] = {
    "NodeAffinity PreFilter": _affinity,
    "NodeAffinity": _affinity,
    "TaintToleration": _toleration,
    "NodeUnschedulable": _uncordoned,
    "NodeName": _came,
    "NodePorts": _came,
    "NodeResourcesFit": _grown,
    "VolumeBinding": lambda cycle, old, new: True,
    "PodTopologySpread": _spread_over,
    "InterPodAffinity": _near,
}
BY_LABELS = {"NodeAffinity PreFilter", "NodeAffinity", "VolumeBinding", "PodTopologySpread", "InterPodAffinity"}
BY_TAINTS = {"TaintToleration", "NodeUnschedulable", "PodTopologySpread"}
BY_SIZE = {"NodeResourcesFit"}


# ---- pods on nodes


def _of_pod(old: Pod | None, new: Pod | None) -> Mapping[str, Hint]:
    """A pod that came to a node or left it (or ended), or whose labels changed there."""
    if old is None and new is None:
        return {}
    if old is not None and new is not None:
        names = COMPANY if old.metadata.labels != new.metadata.labels else frozenset[str]()
    else:
        names = COMPANY if old is None else COMPANY | ROOM
    return {name: partial(_ask_about_pod, POD_HINTS[name], old, new) for name in names}


def _ask_about_pod(hint: PodHint, old: Pod | None, new: Pod | None, cycle: Cycle) -> bool:
    return hint(cycle, old, new)


def _frees_ports(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    mine = host_ports(cycle.pod)
    return old is not None and any(clash(a, b) for a in mine for b in host_ports(old))


def _spread_with(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    """A pod of the same namespace that one of the constraints counts, or counts no longer."""
    if any(pod is not None and pod.metadata.namespace != cycle.pod.metadata.namespace for pod in (old, new)):
        return False
    selectors = [selector_of(item, cycle.pod) for item in _constraints(cycle.pod)]
    seen = [[pod is not None and matches(item, pod.metadata.labels) for item in selectors] for pod in (old, new)]
    return seen[0] != seen[1]


def _company(cycle: Cycle, old: Pod | None, new: Pod | None) -> bool:
    """A pod that all terms of the affinity pick now, or one that the anti-affinity picked, or that did not want this one."""
    wanted, unwanted = required_terms(cycle.pod, anti=False), required_terms(cycle.pod, anti=True)
    if new is not None and _all_pick(cycle, wanted, new) and (old is None or not _all_pick(cycle, wanted, old)):
        return True
    if old is None:
        return False
    if _all_pick(cycle, unwanted, old) and (new is None or not _all_pick(cycle, unwanted, new)):
        return True
    theirs = required_terms(old, anti=True)
    return new is None and bool(theirs) and all(term_picks(cycle, old, term, cycle.pod) for term in theirs)


def _all_pick(cycle: Cycle, terms: list[PodAffinityTerm], pod: Pod) -> bool:
    return bool(terms) and all(term_picks(cycle, cycle.pod, term, pod) for term in terms)


def _constraints(pod: Pod) -> list[TopologySpreadConstraint]:
    return [item for item in pod.spec.topology_spread_constraints if item.when_unsatisfiable == "DoNotSchedule"]


POD_HINTS: dict[str, PodHint] = {
    "NodeResourcesFit": lambda cycle, old, new: True,
    "NodePorts": _frees_ports,
    "PodTopologySpread": _spread_with,
    "InterPodAffinity": _company,
}
ROOM = frozenset({"NodeResourcesFit", "NodePorts"})
"""Filters that look only at pods that go."""
COMPANY = frozenset({"PodTopologySpread", "InterPodAffinity"})
"""Filters that look at where other pods are."""
