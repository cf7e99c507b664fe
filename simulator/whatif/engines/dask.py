"""A Dask cluster: one on this machine, or the one behind a scheduler's address. Needs the extra `podsim[dask]`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.errors import UsageError
from simulator.whatif.engines.engine import Engine, chunks
from simulator.whatif.engines.worker import packed, play
from simulator.whatif.plan import Outcome, Task, Tasks

if TYPE_CHECKING:
    from distributed import Client

PIECES_PER_THREAD = 3
"""How many pieces the scheduler holds for each thread of a worker: no worker waits for the next one, and memory does not grow with the
number of runs."""
ALLOWED_FAILURES = 10
"""How many workers may be lost while they hold the same piece, before Dask gives it up."""
CONNECT_TIMEOUT = "10s"


def on_dask(workers: int, scheduler: str) -> Engine:
    """On the workers of `scheduler` (`tcp://host:8786`), else on so many of this machine. Raises UsageError when Dask is not installed."""
    try:
        from distributed import as_completed
    except ImportError as error:
        raise UsageError("the engine dask needs Dask: pip install distributed") from error

    def run(plan: Tasks, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
        with _client(workers, scheduler) as client:
            # The plan is a task, not scattered data: when all workers that hold it are lost, Dask makes it again.
            there = client.submit(bytes, packed(plan), pure=False)
            pieces = iter(chunks(tasks, _threads(client)))
            running: dict[Any, None] = {}
            finished = as_completed(with_results=True)
            try:
                while True:
                    more = max(0, PIECES_PER_THREAD * _threads(client) - len(running))
                    for piece in islice(pieces, more):
                        future = client.submit(play, there, piece, pure=False)
                        running[future] = None
                        finished.add(future)
                    if not running:
                        return
                    done, outcomes = next(finished)
                    del running[done]
                    yield outcomes
            finally:
                client.cancel(list(running))

    return run


def _threads(client: Client) -> int:
    """How many pieces the workers that are there now can play at once."""
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def _client(workers: int, scheduler: str) -> Client:
    """A client of the scheduler; without an address, of a cluster of its own that ends with the client."""
    import dask
    from distributed import Client

    dask.config.set({"distributed.scheduler.allowed-failures": ALLOWED_FAILURES})
    if scheduler:
        try:
            return Client(scheduler, timeout=CONNECT_TIMEOUT)
        except ValueError as error:
            raise UsageError(f"--scheduler {scheduler}: not an address (tcp://HOST:8786)") from error
        except OSError as error:
            raise UsageError(f"--scheduler {scheduler}: no scheduler answered within {CONNECT_TIMEOUT}") from error
    return Client(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )
