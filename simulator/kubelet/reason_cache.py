"""Why the last starts of containers failed (pkg/kubelet/reason_cache.go)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.kubelet.container_statuses import Reason


class ReasonCache:
    """Reasons by pod uid and container name. Filled at the end of a sync, read at the start of the next one.

    `watchers` are called with the uid of each pod of which a reason has changed.
    """

    def __init__(self) -> None:
        self.watchers: list[Callable[[str], object]] = []
        self._reasons: dict[tuple[str, str], Reason] = {}

    def get(self, uid: str, container: str) -> Reason | None:
        """Why the last start of a container failed; None when it did not."""
        return self._reasons.get((uid, container))

    def set(self, uid: str, container: str, reason: Reason | None) -> None:
        """Store the reason of a failed start; None: the start succeeded."""
        if reason == self._reasons.get((uid, container)):
            return
        for watcher in self.watchers:
            watcher(uid)
        if reason is None:
            self._reasons.pop((uid, container), None)
        else:
            self._reasons[uid, container] = reason
