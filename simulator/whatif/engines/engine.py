"""What an engine is, and the simplest one: one run after the other in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from simulator.whatif.plan import Outcome, Task, Tasks

CHUNKS_PER_WORKER = 16
LONGEST_CHUNK = 25


class Engine(Protocol):
    """Runs tasks and yields their outcomes in batches, as they finish."""

    def __call__(self, plan: Tasks, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
        """Run every task once."""


def serial(plan: Tasks, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
    """In this process, one after the other."""
    player = plan.player()
    for task in tasks:
        yield [player.play(task)]


def chunks(tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
    """Tasks in pieces, short enough to keep every worker busy to the end, and long enough to be worth sending."""
    size = max(1, min(LONGEST_CHUNK, len(tasks) // (workers * CHUNKS_PER_WORKER)))
    return [tuple(tasks[i : i + size]) for i in range(0, len(tasks), size)]
