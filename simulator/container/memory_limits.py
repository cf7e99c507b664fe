"""What a container may take of memory, and its end when it takes more."""

from __future__ import annotations

from simulator.container.exits import BY_MEMORY, Exit
from simulator.objects.container import Container
from simulator.objects.process import ENDLESS_MEMORY, MEMORY_USERS, SIGKILL_EXIT
from simulator.units import MILLISECOND, parse_quantity

OUT_OF_MEMORY_AFTER = 500 * MILLISECOND
"""How long a program takes to fill the memory that it may have. Assumed."""
OUT_OF_MEMORY = "OOMKilled"
OUT_OF_MEMORY_EXIT = Exit(SIGKILL_EXIT, OUT_OF_MEMORY, "", BY_MEMORY)
"""With cgroup v2, all processes of the container are killed (the kubelet's singleProcessOOMKill is off)."""


def limit_of(container: Container) -> int:
    """The memory limit of a container in bytes; 0: none."""
    limit = container.resources.limits.get("memory")
    return 0 if limit is None else int(parse_quantity(limit))


def exceeds(container: Container, amount: int) -> bool:
    """Whether a container may not have so much memory. Memory that never stops to grow exceeds any node's."""
    return amount >= ENDLESS_MEMORY or 0 < limit_of(container) < amount


def too_much(container: Container, process: str) -> str:
    """What of its own command line a container cannot have, in words; empty when it can. `process`: what its arguments alone continue."""
    argv = (*container.command, *container.args) if container.command else (process, *container.args)
    if argv[0].rpartition("/")[2] not in MEMORY_USERS:
        return ""
    from simulator.userland.memory import memory_of

    amount = memory_of(argv)
    if not exceeds(container, amount):
        return ""
    if amount >= ENDLESS_MEMORY:
        return "its command allocates memory without limit"
    return f"its command allocates {amount / 2**20:.0f}Mi of memory, more than its limit of {container.resources.limits['memory']}"
