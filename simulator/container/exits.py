"""How the processes of containers end, and why."""

from __future__ import annotations

from typing import NamedTuple

BY_PROGRAM, BY_TERM, BY_KILL, BY_ACTION, BY_RUNTIME, BY_MEMORY = "program", "SIGTERM", "SIGKILL", "action", "start failed", "memory"
BY_REBOOT = "reboot"
"""Why a container ends: by itself, on SIGTERM, on SIGKILL, by an user action, because it could not start, for lack of memory,
or with its node."""


class Exit(NamedTuple):
    """The end of a process: its exit code, the reason and message of the container's terminated state, and why it ends (`by`)."""

    code: int
    reason: str
    message: str
    by: str


def reason_of(code: int) -> str:
    """The runtime's reason for an exit code, where nothing else is known."""
    return "Completed" if code == 0 else "Error"
