"""Progress of long commands on standard error: one line that changes on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.cli.interruption import Interruption, interruptible
from simulator.cli.paint import harmless

FIRST, EVERY = 3.0, 5.0
"""Seconds until the first line where standard error is no terminal, and between lines."""


class Progress:
    """What a command is doing. Without a thread, so that the process can still be copied."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._is_terminal = sys.stderr.isatty()
        self._due = time.monotonic() + FIRST
        self._width = 0
        self.interruption = Interruption()

    def report(self, doing: str) -> None:
        """What comes next."""
        text = harmless(f"podsim {self._command}: {doing}")
        if self._is_terminal:
            sys.stderr.write(f"\r{text.ljust(self._width)}")
            sys.stderr.flush()
            self._width = len(text)
        elif time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def runs(self, done: int, of: int) -> None:
        """How many runs are done."""
        self.report(f"{done} of {of} runs")

    def clear(self) -> None:
        """Remove the line from a terminal."""
        if self._width:
            sys.stderr.write(f"\r{' ' * self._width}\r")
            sys.stderr.flush()


@contextmanager
def progress(command: str) -> Iterator[Progress]:
    """The progress of a command, until its result is printed. SIGTERM interrupts it as Ctrl-C does."""
    shown = Progress(command)
    with interruptible() as shown.interruption:
        try:
            yield shown
        finally:
            shown.clear()
