"""SIGTERM in commands that keep results: it interrupts them as Ctrl-C does. Other commands just end; files are whole at any time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """SIGTERM has come."""


class Interruption:
    """What ended a command early, if something did."""

    code = INTERRUPTED

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle SIGTERM: a second one ends the process at once."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.code = TERMINATED
        raise Terminated


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """While it lasts, SIGTERM raises Terminated in the main thread; where that passes the command, it exits with 143."""
    before = signal.getsignal(signal.SIGTERM)
    interruption = before if isinstance(before, Interruption) else Interruption()
    if interruption is before or threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    signal.signal(signal.SIGTERM, interruption)
    try:
        yield interruption
    except Terminated:
        click.get_current_context().exit(TERMINATED)
    finally:
        signal.signal(signal.SIGTERM, before)
