"""Which engine runs the tasks."""

from __future__ import annotations

from simulator.errors import UsageError
from simulator.whatif.engines.engine import Engine, serial

SHORTEST_FOR_PROCESSES = 24
"""Fewer runs than this are done before other processes have started."""


def select_engine(name: str, workers: int | None, scheduler: str, tasks: int) -> Engine:
    """The engine of that name for so many tasks; empty: processes, unless the tasks are few.

    `workers` None: one for each processor; `scheduler`: the address of a Dask scheduler. Raises UsageError.
    """
    from simulator.whatif.engines.processes import available, processes

    if name not in ("", "serial", "processes", "dask"):
        raise UsageError(f"no engine is called {name!r}; available: serial, processes, dask")
    if scheduler and name != "dask":
        raise UsageError("--scheduler needs --engine dask")
    count = workers or available()
    if name == "dask":
        from simulator.whatif.engines.dask import on_dask

        return on_dask(count, scheduler)
    if name == "serial" or count == 1 or (not name and workers is None and tasks < SHORTEST_FOR_PROCESSES):
        return serial
    return processes(min(count, tasks))
