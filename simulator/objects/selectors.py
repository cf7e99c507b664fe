"""Which objects a selector matches. Pure (apimachinery/pkg/labels, component-helpers/scheduling/corev1/nodeaffinity)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.objects.affinity import NodeSelectorRequirement
from simulator.objects.meta import LabelSelector, LabelSelectorRequirement

Labels = Mapping[str, str]


def matches(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches these labels. None matches nothing, an empty selector everything."""
    if selector is None:
        return False
    if not matches_all(selector.match_labels, labels):
        return False
    return not selector.match_expressions or all(_holds(term, labels) for term in selector.match_expressions)


def matches_all(required: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether every required label is present with its value."""
    return required.items() <= labels.items()


def is_empty(selector: LabelSelector | None) -> bool:
    """Whether a selector has no terms, and so matches everything."""
    return selector is not None and not selector.match_labels and not selector.match_expressions


def node_term_holds(term: NodeSelectorRequirement, labels: Mapping[str, str]) -> bool:
    """One requirement of a node selector; `Gt` and `Lt` compare whole numbers."""
    if term.operator in ("Gt", "Lt"):
        return _compares(term, labels.get(term.key, ""))
    return _holds(term, labels)


def _holds(term: LabelSelectorRequirement | NodeSelectorRequirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(term.key)
    match term.operator:
        case "In":
            return value in term.values
        case "NotIn":
            return value not in term.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False


def _compares(term: NodeSelectorRequirement, value: str) -> bool:
    try:
        mine, limit = int(value), int(term.values[0])
    except (ValueError, IndexError):
        return False
    return mine > limit if term.operator == "Gt" else mine < limit
