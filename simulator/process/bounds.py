"""How much the processes of one container may hold and write: beyond it a real one would be killed, and podsim itself would suffer."""

from __future__ import annotations

from simulator.errors import SimulatorError
from simulator.limits import limit

LARGEST_TEXT = limit("text")
"""Characters in one text of a process: a variable, the output of a command, a word."""
MOST_WRITTEN_AT_ONCE = limit("written-at-once")
"""Characters that a container writes within one instant."""
MOST_WRITTEN = limit("written")
"""Characters that a container writes during its life."""
MOST_PROCESSES = limit("processes")
"""Processes of a container at a time. A real node has 32,768 for all its containers (pid_max)."""


class OutOfMemoryError(SimulatorError):
    """A process needs more memory than it gets; `amount` in bytes. Its machine ends it as the kernel would."""

    def __init__(self, amount: int) -> None:
        super().__init__(f"{amount} bytes of memory")
        self.amount = amount


def room_for(characters: int) -> None:
    """Check before a text of that length is made. Raises OutOfMemoryError."""
    if characters > LARGEST_TEXT:
        raise OutOfMemoryError(characters)
