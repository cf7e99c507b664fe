"""Conditions of a status: reading, testing and replacing them. Pure (apimachinery meta/conditions.go).

A condition has one of three statuses, "True", "False" or "Unknown"; a condition that is missing counts as none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

READY = "Ready"
CONTAINERS_READY = "ContainersReady"
INITIALIZED = "Initialized"
POD_SCHEDULED = "PodScheduled"
DISRUPTION_TARGET = "DisruptionTarget"
RESIZE_PENDING = "PodResizePending"
RESIZE_IN_PROGRESS = "PodResizeInProgress"


class AnyCondition(Protocol):
    """What conditions of all kinds have in common."""

    @property
    def type(self) -> str:
        """What it is about: `Ready`, `Available`, ..."""
        ...

    @property
    def status(self) -> str:
        """`True`, `False` or `Unknown`."""
        ...

    @property
    def reason(self) -> str:
        """One word for why."""
        ...

    @property
    def message(self) -> str:
        """Why, as a sentence."""
        ...


C = TypeVar("C", bound=AnyCondition)
C_co = TypeVar("C_co", bound=AnyCondition, covariant=True)


class HasConditions(Protocol[C_co]):
    """A status with conditions, of a pod, a node, a Deployment, a Job, ..."""

    @property
    def conditions(self) -> Sequence[C_co]:
        """At most one of each type."""
        ...


def condition_of(status: HasConditions[C], kind: str) -> C | None:
    """The condition of that type; None when the status has none."""
    for item in status.conditions:
        if item.type == kind:
            return item
    return None


def has_condition(status: HasConditions[Any], kind: str, value: str = "True") -> bool:
    """Whether the condition of that type is True (or has another `value`)."""
    item = condition_of(status, kind)
    return item is not None and item.status == value


def replaced(conditions: Iterable[C], new: C) -> list[C]:
    """The conditions with `new` in the place of the one of its type, or at the end when there is none."""
    items = list(conditions)
    if all(item.type != new.type for item in items):
        return [*items, new]
    return [new if item.type == new.type else item for item in items]
