"""The terminal of `exec -t`: what the kernel's line discipline does between a client's keys and the command (termios(3))."""

from __future__ import annotations

from simulator.process.descriptors import Inlet

ERASE, KILL, END, INTERRUPT = "\x7f\b", "\x15", "\x04", "\x03"


class Terminal:
    """Joins keys to lines, with echo, and writes line ends as terminals want them."""

    def __init__(self, stdin: Inlet | None) -> None:
        self._stdin = stdin
        self._line = ""

    def shown(self, text: str) -> str:
        """Output of the command as the terminal gets it."""
        return text.replace("\n", "\r\n")

    def typed(self, keys: str) -> str:
        """Take keys; what is echoed of them. The command gets a line when it is complete."""
        echo = ""
        for key in keys:
            if key in "\r\n":
                self._feed(f"{self._line}\n")
                echo += "\r\n"
            elif key in ERASE:
                echo += "\b \b" if self._line else ""
                self._line = self._line[:-1]
            elif key == KILL:
                echo += "\b \b" * len(self._line)
                self._line = ""
            elif key == INTERRUPT:
                self._line = ""
                echo += "^C\r\n"
                self._feed("\n")
            elif key == END:
                if self._line:
                    self._feed(self._line)
                elif self._stdin is not None:
                    self._stdin.end()
            else:
                self._line += key
                echo += key
        return echo

    def _feed(self, text: str) -> None:
        self._line = ""
        if self._stdin is not None:
            self._stdin.feed(text)
