"""Terms of selectors, matched and written as Kubernetes does; field selectors as text: `status.phase!=Running`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from simulator.objects.meta import LabelSelector


class Requirement(NamedTuple):
    """One term of a label selector. `operator`: `=`, `==`, `!=`, `in`, `notin`, `exists`, `!`, `>`, `<`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels satisfy it. `!=` and `notin` hold for a missing label."""
        value = labels.get(self.key)
        match self.operator:
            case "=" | "==" | "in":
                return value in self.values
            case "!=" | "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
            case _:
                return value is not None and value.lstrip("-").isdigit() and self._compares(int(value))

    def _compares(self, value: int) -> bool:
        limit = int(self.values[0])
        return value > limit if self.operator == ">" else value < limit

    def __str__(self) -> str:
        match self.operator:
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
            case "in" | "notin":
                return f"{self.key} {self.operator} ({','.join(sorted(self.values))})"
            case _:
                return f"{self.key}{self.operator}{self.values[0]}"


def parse_fields(text: str) -> list[tuple[str, bool, str]]:
    """The terms of `--field-selector`: path, whether it must be equal, value. Raises ValueError with kubectl's message."""
    terms = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"([^=!]*)(!=|==|=)(.*)", part)
        if match is None:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{part}'")
        terms.append((match[1], match[2] != "!=", match[3]))
    return terms


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


def go_selector(selector: LabelSelector | None) -> str:
    """A selector as Go prints the object."""
    if selector is None:
        return "nil"
    labels = "".join(f"{key}: {value}," for key, value in sorted(selector.match_labels.items()))
    expressions = "".join(
        f"LabelSelectorRequirement{{Key:{item.key},Operator:{item.operator},Values:[{' '.join(item.values)}],}},"
        for item in selector.match_expressions
    )
    return f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
