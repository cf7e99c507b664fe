"""The terminal of `exec -t`: what the kernel's line discipline does between a client's keys and the command (termios(3))."""

from __future__ import annotations

from collections.abc import Callable

from simulator.process.descriptors import Inlet

ERASE, KILL, END, INTERRUPT = "\x7f\b", "\x15", "\x04", "\x03"


class Terminal:
    """Joins keys to lines, echoes them, and writes line ends as terminals want them. `show` gets what appears."""

    def __init__(self, stdin: Inlet | None, show: Callable[[str], object]) -> None:
        self._stdin, self._show = stdin, show
        self._line = ""

    def print(self, text: str) -> None:
        """Show output of the command."""
        self._show(text.replace("\n", "\r\n"))

    def type(self, keys: str) -> None:
        """Take keys. The command gets a line when it is complete."""
        for key in keys:
            if key in "\r\n":
                self._show("\r\n")
                self._feed(f"{self._line}\n")
            elif key in ERASE:
                self._erase(1)
            elif key == KILL:
                self._erase(len(self._line))
            elif key == INTERRUPT:
                self._show("^C\r\n")
                self._line = ""
                self._feed("\n")
            elif key == END:
                self._end()
            else:
                self._line += key
                self._show(key)

    def _erase(self, count: int) -> None:
        count = min(count, len(self._line))
        self._show("\b \b" * count)
        self._line = self._line[: len(self._line) - count]

    def _end(self) -> None:
        if self._line:
            self._feed(self._line)
        elif self._stdin is not None:
            self._stdin.end()

    def _feed(self, text: str) -> None:
        self._line = ""
        if self._stdin is not None:
            self._stdin.feed(text)
