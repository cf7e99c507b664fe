"""A pool of processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext

from simulator.errors import SimulatorError
from simulator.whatif.engines.engine import Engine, chunks
from simulator.whatif.engines.worker import begin, packed, play_here
from simulator.whatif.plan import Outcome, Task, Tasks

WORKER = "simulator.whatif.engines.worker"
MOST_POOLS = 3
"""How many pools may break in a row without any result."""


def available() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(workers: int) -> Engine:
    """An engine of so many processes. A killed process only costs time: its tasks are repeated in a new pool."""

    def play(plan: Tasks, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
        payload = packed(plan)
        waiting = dict(enumerate(chunks(tasks, workers)))
        broken = 0
        while waiting:
            try:
                for number, outcomes in _pool(workers, payload, waiting):
                    del waiting[number]
                    broken = 0
                    yield outcomes
            except BrokenProcessPool as error:
                broken += 1
                if broken == MOST_POOLS:
                    raise SimulatorError(
                        "worker processes keep dying: is there enough memory? (--workers 1 uses only this process)"
                    ) from error

    return play


def _pool(workers: int, payload: bytes, waiting: dict[int, tuple[Task, ...]]) -> Iterator[tuple[int, list[Outcome]]]:
    pool = ProcessPoolExecutor(workers, mp_context=context(), initializer=begin, initargs=(payload,))
    try:
        futures = {pool.submit(play_here, tasks): number for number, tasks in waiting.items()}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def context(module: str = WORKER) -> BaseContext:
    """Forks of a clean server process that has imported `module` and so the simulator: workers start fast and inherit nothing."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([module])
    return server
