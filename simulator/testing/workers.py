"""Runs tests one after the other or in several processes; results come in the order of the tasks either way."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import reduce

from simulator.errors import SimulatorError
from simulator.testing.task import Result, Task, merged, perform
from simulator.whatif.engines.processes import available, context

FEWEST_TO_SHARE = 24
"""Fewer runs than this are done before other processes have started."""
MODULE = "simulator.testing.task"


def results(tasks: Sequence[Task], workers: int | None) -> Generator[Result, None, None]:
    """The result of each task. `workers` None: one for each processor, unless the runs are few. Close the generator to stop early."""
    runs = sum(task.seeds for task in tasks)
    if workers is None:
        workers = available() if runs >= FEWEST_TO_SHARE else 1
    count = min(runs, workers)
    if count <= 1:
        yield from map(perform, tasks)
        return
    pool = ProcessPoolExecutor(count, mp_context=context(MODULE))
    try:
        for parts in [[pool.submit(perform, part) for part in _parts(task, count)] for task in tasks]:
            yield reduce(merged, (part.result() for part in parts))
    except BrokenProcessPool as error:
        raise SimulatorError("a worker process died: is there enough memory? (-j 1 uses only this process)") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _parts(task: Task, count: int) -> list[Task]:
    """The seeds of a task, divided among workers."""
    size = -(-task.seeds // count)
    return [task._replace(first=first, seeds=min(size, task.seeds - first)) for first in range(0, task.seeds, size)]
