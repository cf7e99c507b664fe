"""The latest result of each probe (prober/results). A watcher is called only when a result is new or has changed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

LIVENESS, READINESS, STARTUP = "Liveness", "Readiness", "Startup"


class Result(Enum):
    """The outcome of a probe."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Key(NamedTuple):
    """Which probe: of which pod and container (by name), and its type (LIVENESS, READINESS, STARTUP)."""

    pod_uid: str
    container: str
    type: str


class Results:
    """The results of a node's probes, by type and container id. `changed(key, container id, result)` is called for each change."""

    def __init__(self, changed: Callable[[Key, str, Result], None]) -> None:
        self._changed = changed
        self._results: dict[tuple[str, str], Result] = {}

    def get(self, type_: str, container_id: str) -> Result | None:
        """The latest result, or None."""
        return self._results.get((type_, container_id))

    def liveness(self, container_id: str) -> Result | None:
        """The latest result of the liveness probe, or None."""
        return self.get(LIVENESS, container_id)

    def startup(self, container_id: str) -> Result | None:
        """The latest result of the startup probe, or None."""
        return self.get(STARTUP, container_id)

    def set(self, key: Key, container_id: str, result: Result) -> None:
        """Store a result."""
        if self._results.get((key.type, container_id)) is not result:
            self._results[key.type, container_id] = result
            self._changed(key, container_id, result)

    def remove(self, type_: str, container_id: str) -> None:
        """Forget a container."""
        self._results.pop((type_, container_id), None)
