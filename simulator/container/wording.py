"""Short forms of what commands are, for messages. Pure."""

from __future__ import annotations


def shortened(command: str) -> str:
    """The first line of a command, cut to the length of a message."""
    first = command.strip().split("\n", 1)[0]
    return first if first == command.strip() and len(first) <= 80 else first[:77].rstrip() + "..."
