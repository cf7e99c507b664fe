"""A Dask cluster: one on this machine, or the one behind a scheduler's address. Needs the extra `podsim[dask]`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.whatif.engines.engine import Engine, chunks
from simulator.whatif.engines.worker import packed, play
from simulator.whatif.plan import Outcome, Task, Tasks

if TYPE_CHECKING:
    from distributed import Client

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
        payload = packed(plan)
        with _client(workers, scheduler) as client:
            count = max(1, len(client.scheduler_info().get("workers", ()))) if scheduler else workers
            futures = [client.submit(play, payload, piece, pure=False) for piece in chunks(tasks, count)]
            try:
                for _, outcomes in as_completed(futures, with_results=True):
                    yield outcomes
            finally:
                client.cancel(futures)

    return run


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
