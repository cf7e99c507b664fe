"""A terminal as `podsim play` needs it: a screen of its own, and keys as they are pressed. It is restored whatever happens."""

from __future__ import annotations

import os
import select
import signal
import termios
import tty
from contextlib import ExitStack
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.live import Live

    from simulator.views.styled import Line

TERMINATED = 128 + signal.SIGTERM
MOST_READ = 1024
AFTER_ESCAPE = 0.05
"""Seconds to wait for the rest of a key that began with ESC, which alone is a key, too."""
NAMES = {
    b" ": "space", b"\t": "tab", b"\r": "enter", b"\n": "enter", b"\x04": "q", b"\x1b": "escape",
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1b[C": "right", b"\x1b[D": "left", b"\x1b[H": "home", b"\x1b[F": "end",
    b"\x1bOA": "up", b"\x1bOB": "down", b"\x1bOC": "right", b"\x1bOD": "left", b"\x1bOH": "home", b"\x1bOF": "end",
    b"\x1b[1~": "home", b"\x1b[4~": "end", b"\x1b[7~": "home", b"\x1b[8~": "end", b"\x1b[5~": "pageup", b"\x1b[6~": "pagedown",
    b"\x1b[Z": "shift-tab",
}  # fmt: skip
"""What terminals send for keys that are no characters (xterm, VT220, rxvt, and xterm in application mode)."""


def decode(typed: bytes) -> tuple[list[str], bytes]:
    """The keys in what was typed, and the beginning of a key of which the rest has not come yet. Unknown keys are empty names."""
    keys = []
    while typed:
        length = _length(typed)
        if length == 0:
            break
        key, typed = typed[:length], typed[length:]
        keys.append(NAMES.get(key) or (key.decode() if key[0] >= 0x20 and len(key) == 1 and key[0] < 0x7F else ""))
    return keys, typed


def _length(typed: bytes) -> int:
    """How many bytes the first key has; 0: that cannot be said yet. ECMA-48: ESC [, parameters, and a final byte from @ to ~."""
    if typed[0] != 0x1B:
        return 1
    if len(typed) == 1:
        return 0
    if typed[1] == ord("O"):
        return 3 if len(typed) > 2 else 0
    if typed[1] != ord("["):
        return 1
    return next((i + 1 for i in range(2, len(typed)) if 0x40 <= typed[i] <= 0x7E), 0)


class Terminal:
    """A context: while it lasts, the terminal shows lines on its other screen and hands out keys. `keyboard` is a file descriptor."""

    def __init__(self, keyboard: int, *, colour: bool) -> None:
        from rich.console import Console

        self._keyboard = keyboard
        self._console = Console(force_terminal=True, color_system="auto" if colour else None, highlight=False)
        self._live: Live
        self._wake = -1
        self._typed = b""
        self._suspended = False
        self._signals, self._screen = ExitStack(), ExitStack()

    def __enter__(self) -> Terminal:
        with ExitStack() as left:
            self._watch_signals(left)
            self._take_screen()
            self._signals = left.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._signals, self._screen:
            pass

    def _watch_signals(self, left: ExitStack) -> None:
        """A new size and Ctrl-Z wake `keys`; SIGTERM leaves the program as an error does, so that everything is put back."""
        self._wake, written = os.pipe()
        for end in (self._wake, written):
            left.callback(os.close, end)
            os.set_blocking(end, False)
        left.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(written, warn_on_full_buffer=False))
        for number, handler in ((signal.SIGWINCH, _nothing), (signal.SIGTSTP, self._ask_to_suspend), (signal.SIGTERM, _terminate)):
            left.callback(signal.signal, number, signal.signal(number, handler))

    def _take_screen(self) -> None:
        """Keys one by one and unseen (Ctrl-C still interrupts), and the other screen without a cursor."""
        from rich.live import Live

        with ExitStack() as left:
            left.callback(termios.tcsetattr, self._keyboard, termios.TCSAFLUSH, termios.tcgetattr(self._keyboard))
            tty.setcbreak(self._keyboard, termios.TCSADRAIN)  # what was typed while the run was made is not lost
            self._live = Live(console=self._console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
            left.callback(self._live.stop)
            self._live.start()
            self._screen = left.pop_all()

    def _ask_to_suspend(self, number: int, at: FrameType | None) -> None:
        self._suspended = True

    def _suspend(self) -> None:
        """Ctrl-Z: the shell has the terminal until the user comes back."""
        self._suspended = False
        self._screen.close()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._take_screen()

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        return self._console.size

    def show(self, lines: list[Line]) -> None:
        """Show these lines instead of what was shown before."""
        from rich.text import Text

        from simulator.views.styled import visible

        rows = [Text.assemble(*((visible(part.text), part.style) for part in line)) for line in lines]
        text = Text("\n", no_wrap=True, overflow="crop").join(rows)
        self._live.update(text, refresh=True)

    def keys(self, seconds: float | None) -> list[str]:
        """What is pressed within so many seconds (None: however long it takes); nothing, too, when the terminal has a new size."""
        ready, _, _ = select.select([self._keyboard, self._wake], [], [], AFTER_ESCAPE if self._typed else seconds)
        if self._wake in ready:
            os.read(self._wake, MOST_READ)
        if self._suspended:
            self._suspend()
        if self._keyboard in ready:
            typed = os.read(self._keyboard, MOST_READ)
            keys, self._typed = decode(self._typed + typed)
            return keys if typed else ["q"]
        lone, self._typed = self._typed, b""
        return ["escape"] if lone else []


def _nothing(number: int, at: FrameType | None) -> None:
    """Do nothing: waking `select` is all the signal is for."""


def _terminate(number: int, at: FrameType | None) -> None:
    raise SystemExit(TERMINATED)
