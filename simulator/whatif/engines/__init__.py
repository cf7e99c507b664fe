"""Where runs are played: in this process, in a pool of processes, on a Dask cluster. The order in which results come never matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from simulator.errors import UsageError
from simulator.whatif.plan import Outcome, Plan, Player, Task

LEAST_TO_SHARE = 24
"""Fewer runs than this are over before other processes have started."""
CHUNKS_PER_WORKER = 16
LONGEST_CHUNK = 25


class Engine(Protocol):
    """Plays tasks and gives the outcomes in pieces, as they come."""

    def __call__(self, plan: Plan, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
        """Every task once."""


def serial(plan: Plan, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
    """In this process, one after the other."""
    player = Player(plan)
    for task in tasks:
        yield [player.play(task)]


def engine(name: str, workers: int | None, scheduler: str, tasks: int) -> Engine:
    """The engine of that name; empty: processes, unless the runs are few. Raises UsageError."""
    from simulator.whatif.engines.processes import available, processes

    if name not in ("", "serial", "processes", "dask"):
        raise UsageError(f"no engine is called {name!r}; there is serial, processes, dask")
    if scheduler and name != "dask":
        raise UsageError("a scheduler is Dask's: add --engine dask")
    count = workers or available()
    if name == "dask":
        from simulator.whatif.engines.dask import on_dask

        return on_dask(count, scheduler)
    if name == "serial" or count == 1 or (not name and workers is None and tasks < LEAST_TO_SHARE):
        return serial
    return processes(min(count, tasks))


def chunks(tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
    """Pieces that keep every worker busy to the end, and that are not so short that sending them costs more than playing them."""
    size = max(1, min(LONGEST_CHUNK, len(tasks) // (workers * CHUNKS_PER_WORKER)))
    return [tuple(tasks[i : i + size]) for i in range(0, len(tasks), size)]
