"""What a worker process does: it receives a plan once, then runs pieces of it. Imported ahead of time, so that workers start fast."""

from __future__ import annotations

import gc
import pickle
import signal
import threading
from collections.abc import Sequence
from types import ModuleType

from simulator.errors import UsageError
from simulator.whatif.plan import Outcome, Playing, Task, Tasks

_payload = b""


def packed(plan: Tasks) -> bytes:
    """A plan as bytes. Users' functions are pickled by name, or by value where cloudpickle is installed. Raises UsageError."""
    try:
        return pickle.dumps(plan)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        by_value = _cloudpickle()
        if by_value is None:
            raise UsageError("a custom metric cannot be sent to other processes: define it in a module, or use workers=1") from error
        packed_by_value: bytes = by_value.dumps(plan)
        return packed_by_value


def _cloudpickle() -> ModuleType | None:
    try:
        import cloudpickle
    except ImportError:
        return None
    module: ModuleType = cloudpickle
    return module


def begin(payload: bytes) -> None:
    """In a worker of a pool: remember the plan. Ctrl-C is handled by the parent process."""
    global _payload
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _payload = payload
    # What is imported by now stays: the garbage collector need not scan it after every run.
    gc.freeze()


def play_here(tasks: Sequence[Task]) -> list[Outcome]:
    """Run a piece of the plan that this process remembers."""
    return play(_payload, tasks)


def play(payload: bytes, tasks: Sequence[Task]) -> list[Outcome]:
    """Run a piece of a plan."""
    player = _player(payload)
    return [player.play(task) for task in tasks]


class _Here(threading.local):
    """The plan that this thread runs, and its player, which remembers the inputs of its last arm: Dask's workers may have more threads."""

    payload = b""
    player: Playing


_here = _Here()


def _player(payload: bytes) -> Playing:
    if _here.payload != payload:
        _here.player = pickle.loads(payload).player()
        _here.payload = payload
    return _here.player
