"""Which nodes a pod's spec allows. Pure (component-helpers/scheduling/corev1/nodeaffinity)."""

from __future__ import annotations

from simulator.objects.affinity import NodeSelector, NodeSelectorTerm
from simulator.objects.pod import PodSpec
from simulator.objects.selectors import Labels, matches_all, node_term_holds


def picks_node(spec: PodSpec, name: str, labels: Labels) -> bool:
    """Whether a pod's node selector and required node affinity match the node of that name with these labels."""
    if not matches_all(spec.node_selector, labels):
        return False
    affinity = spec.affinity.node_affinity if spec.affinity else None
    required = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    return required is None or selector_holds(required, name, labels)


def selector_holds(selector: NodeSelector, name: str, labels: Labels) -> bool:
    """Whether one of the selector's terms holds."""
    return any(term_holds(term, name, labels) for term in selector.node_selector_terms)


def term_holds(term: NodeSelectorTerm, name: str, labels: Labels) -> bool:
    """Whether all requirements of a term hold for the node's labels and name; an empty term matches no node."""
    if not term.match_expressions and not term.match_fields:
        return False
    fields = {"metadata.name": name}
    return all(node_term_holds(item, labels) for item in term.match_expressions) and all(
        node_term_holds(item, fields) for item in term.match_fields
    )


def named_nodes(spec: PodSpec) -> set[str] | None:
    """The nodes that a pod's required affinity lists by name; None unless each of its terms lists some."""
    affinity = spec.affinity.node_affinity if spec.affinity else None
    required = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    names: set[str] = set()
    for term in required.node_selector_terms if required else []:
        fields = [set(item.values) for item in term.match_fields if item.key == "metadata.name" and item.operator == "In"]
        if not fields:
            return None
        names |= set.intersection(*fields)
    return names or None
