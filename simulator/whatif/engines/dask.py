"""A Dask cluster: one on this machine, or the one behind a scheduler's address. Needs the extra `podsim[dask]`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from simulator.errors import UsageError
from simulator.whatif.engines import Engine, chunks
from simulator.whatif.engines.worker import packed, play
from simulator.whatif.plan import Outcome, Plan, Task

LOST_WORKERS = 10
"""Workers that may be lost with one and the same piece in their hands."""
PATIENCE = "10s"
"""For how long a scheduler is waited for."""


def on_dask(workers: int, scheduler: str) -> Engine:
    """On the workers of `scheduler` (`tcp://host:8786`), or on so many of this machine's. Raises UsageError when Dask is not there."""
    try:
        import distributed
    except ImportError as error:
        raise UsageError("the engine dask needs Dask: pip install 'podsim[dask]'") from error

    def run(plan: Plan, tasks: Sequence[Task]) -> Iterator[list[Outcome]]:
        payload = packed(plan)
        with _cluster(distributed, workers, scheduler) as client:
            count = max(1, len(client.scheduler_info().get("workers", ()))) if scheduler else workers
            futures = [client.submit(play, payload, piece, pure=False) for piece in chunks(tasks, count)]
            try:
                finished: Any = distributed.as_completed
                for _, outcomes in finished(futures, with_results=True):
                    yield outcomes
            finally:
                client.cancel(futures)

    return run


def _cluster(distributed: Any, workers: int, scheduler: str) -> Any:
    """A client; without a scheduler's address, of a cluster of its own that ends with it."""
    import dask

    dask.config.set({"distributed.scheduler.allowed-failures": LOST_WORKERS})
    if scheduler:
        try:
            return distributed.Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise UsageError(f"--scheduler {scheduler}: {error}") from error
    return distributed.Client(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )
