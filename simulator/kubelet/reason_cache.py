"""Why the last starts of containers failed (pkg/kubelet/reason_cache.go)."""

from __future__ import annotations

from simulator.kubelet.container_statuses import Reason


class ReasonCache:
    """Reasons by pod uid and container name. Filled at the end of a sync, read at the start of the next one."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, str], Reason] = {}

    def get(self, uid: str, container: str) -> Reason | None:
        """Why the last start of a container failed; None when it did not."""
        return self._reasons.get((uid, container))

    def set(self, uid: str, container: str, reason: Reason | None) -> None:
        """Store the reason of a failed start; None: the start succeeded."""
        if reason is None:
            self._reasons.pop((uid, container), None)
        else:
            self._reasons[uid, container] = reason
