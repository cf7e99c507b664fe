"""The latest result of each probe, by container id (prober/results). Speaks only when a result is new or changed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class Result(Enum):
    """What a probe came to."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Results:
    """Results of one kind of probe on a node; `changed(pod uid, container id, result)` is told of each change."""

    def __init__(self, changed: Callable[[str, str, Result], None]) -> None:
        self._changed = changed
        self._results: dict[str, Result] = {}

    def get(self, container_id: str) -> Result | None:
        """The latest result, or None."""
        return self._results.get(container_id)

    def set(self, pod_uid: str, container_id: str, result: Result) -> None:
        """Keep a result."""
        if self._results.get(container_id) is not result:
            self._results[container_id] = result
            self._changed(pod_uid, container_id, result)

    def remove(self, container_id: str) -> None:
        """Forget a container."""
        self._results.pop(container_id, None)
