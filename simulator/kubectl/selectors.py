"""Label and field selectors: read from the command line, matched, and written as Kubernetes writes them."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.kubectl.errors import KubectlError
from simulator.manifest.selectors import parse_labels as read_labels
from simulator.objects import selector_text as selector_text_module
from simulator.objects.kinds import Kind
from simulator.objects.meta import LabelSelector
from simulator.objects.selector_text import Requirement

NONE = "<none>"


_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def requirements(selector: LabelSelector | None) -> list[Requirement]:
    """The terms of an object's selector, in Kubernetes' order (by key)."""
    if selector is None:
        return []
    terms = [Requirement(key, "=", (value,)) for key, value in selector.match_labels.items()]
    terms += [
        Requirement(term.key, _OPERATORS.get(term.operator, term.operator), tuple(term.values)) for term in selector.match_expressions
    ]
    return sorted(terms, key=lambda term: term.key)


def selector_text(selector: LabelSelector | None) -> str:
    """A selector as text, empty when it has no terms."""
    return ",".join(map(str, requirements(selector)))


def labels_text(labels: Mapping[str, str]) -> str:
    """Labels as text: `a=1,b=2`, or `<none>`."""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or NONE


def matches(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether an object with these labels is selected; no selector selects nothing."""
    return selector is not None and all(term.matches(labels) for term in requirements(selector))


def parse_labels(text: str, kind: Kind | None = None, fields: str = "") -> list[Requirement]:
    """The terms of `-l`. Raises KubectlError: it is the server that reads them, when objects of a kind are asked for."""
    try:
        return read_labels(text)
    except ValueError as error:
        raise KubectlError(f"error: {error}" if kind is None else _refused(kind, text, fields, error)) from error


def parse_fields(text: str, kind: Kind, labels: str = "") -> list[tuple[str, bool, str]]:
    """The terms of `--field-selector`: path, whether it must be equal, value. Raises KubectlError."""
    try:
        return selector_text_module.parse_fields(text)
    except ValueError as error:
        raise KubectlError(_refused(kind, labels, text, error)) from error


def unselectable(kind: Kind, labels: str, fields: str, why: str) -> str:
    """The server cannot read a selector."""
    group, _, version = kind.api_version.rpartition("/")
    which = f'"{group}/{version}, Resource={kind.plural}"'
    return f'Unable to find {which} that match label selector "{labels}", field selector "{fields}": {why}'


def _refused(kind: Kind, labels: str, fields: str, error: ValueError) -> str:
    return f"Error from server (BadRequest): {unselectable(kind, labels, fields, str(error))}"
