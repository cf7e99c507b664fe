"""A pseudo terminal with a program in it, and an emulator that knows what its user would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from time import monotonic, sleep

import pyte

from tests.conftest import ROOT

PATIENCE = 60
"""Seconds without a sign of life after which a test gives up; nothing depends on how fast the machine is."""


AS_LOGIN = """
import os, signal, sys
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
    signal.signal(number, signal.SIG_DFL)
os.login_tty(os.dup(0))
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes the terminal the program's own, so that Ctrl-C reaches it and /dev/tty is there, also when whoever runs the tests in the
background ignores such signals: children would, too."""
PAIRS = ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"))
"""The other screen and back; no cursor and one again."""


class PtyTerminal:
    """`podsim ARGS` (or another Python program) in a terminal of some size. What it shows is in `display`, what it sent in `sent`."""

    def __init__(
        self,
        *args: str,
        columns: int = 100,
        rows: int = 30,
        env: dict[str, str] | None = None,
        program: Sequence[str] = ("-m", "simulator"),
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.sent = b""
        environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
        environment = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self._master, self._slave = pty.openpty()
        self.resize(columns, rows)
        self.modes = termios.tcgetattr(self._slave)
        self._program = subprocess.Popen(
            [sys.executable, "-c", AS_LOGIN, *program, *args],
            **dict.fromkeys(("stdin", "stdout", "stderr"), self._slave),
            cwd=ROOT,
            env=environment,
        )

    def __enter__(self) -> PtyTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._master)
        os.close(self._slave)

    def resize(self, columns: int, rows: int) -> None:
        """The user pulls at a corner of the window; the kernel tells the program."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def _read(self) -> None:
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        if not ready:
            raise AssertionError(f"nothing came for {PATIENCE} s; there is\n{self.text}")
        data = os.read(self._master, 65536)
        self.sent += data
        self._stream.feed(data)

    @property
    def display(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.display)

    def until(self, *words: str, without: str = "") -> str:
        """Read until all of that is on the screen (between words may be any space), `without` that; return what is there then."""
        while not (all(word in " ".join(self.text.split()) for word in words) and (not without or without not in self.text)):
            self._read()
        return self.text

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing has come for that many seconds."""
        while select.select([self._master], [], [], quiet)[0]:
            self._read()

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self._program.send_signal(number)

    def until_stopped(self) -> None:
        """Wait until the program has been suspended, as a shell does, and read what it sent."""
        patience = monotonic() + PATIENCE
        while (seen := os.waitpid(self._program.pid, os.WUNTRACED | os.WNOHANG))[0] == 0:
            assert monotonic() < patience, f"it was not suspended within {PATIENCE} s; there is\n{self.text}"
            sleep(0.01)
        assert os.WIFSTOPPED(seen[1]), f"it ended with {seen[1]}"
        while select.select([self._master], [], [], 0)[0]:
            self._read()

    def wait(self) -> int:
        """Read until the program has ended; its exit code (negative: the signal that ended it)."""
        patience = monotonic() + PATIENCE
        while self._program.poll() is None:
            assert monotonic() < patience, f"it did not end within {PATIENCE} s; there is\n{self.text}"
            if select.select([self._master], [], [], 0.05)[0]:
                self._read()
        while select.select([self._master], [], [], 0)[0]:
            self._read()
        return self._program.returncode

    @property
    def is_as_before(self) -> bool:
        """Whether the terminal is in the modes in which the program found it, on its first screen, with a cursor."""
        modes = termios.tcgetattr(self._slave) == self.modes
        return modes and all(self.sent.count(on) == self.sent.count(off) for on, off in PAIRS)
