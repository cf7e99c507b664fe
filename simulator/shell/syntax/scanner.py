"""A position in a script: blanks, comments, newlines, here-documents, and errors that point at their place."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NoReturn

from simulator.errors import SimulatorError

BLANKS = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
META = frozenset(" \t\r\n;&|<>()")


class ShellSyntaxError(SimulatorError):
    """A script that no shell would run: message, line and column (from 1), and the source line with a ^ under the place."""

    def __init__(self, message: str, line: int, column: int, source: str) -> None:
        super().__init__(message, line, column, source)
        self.message, self.line, self.column, self.source = message, line, column, source

    def __str__(self) -> str:
        return f"line {self.line}: syntax error: {self.message}\n  {self.source}\n  {' ' * (self.column - 1)}^"


class Scanner:
    """A position in a script. `bash` admits what only bash knows (arrays, here-strings, process substitution)."""

    def __init__(self, text: str, *, bash: bool) -> None:
        self.text, self.bash, self.pos = text, bash, 0
        self._line_starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._bodies: dict[int, int] = {}  # offset of a newline -> where the here-documents that follow it end

    @property
    def line(self) -> int:
        """The current line, from 1."""
        return bisect_right(self._line_starts, self.pos)

    def fail(self, message: str, pos: int | None = None) -> NoReturn:
        """Raise the error, pointing at `pos` (the current place by default)."""
        at = min(self.pos if pos is None else pos, len(self.text))
        line = bisect_right(self._line_starts, at)
        start = self._line_starts[line - 1]
        source = self.text[start:].split("\n", 1)[0].replace("\t", " ")
        raise ShellSyntaxError(message, line, at - start + 1, source)

    def unexpected(self) -> NoReturn:
        """Raise for the token here."""
        token = re.compile(r";;&?|;&|&&|\|\||[;&|<>()]|\n|[^\s;&|<>()]+").match(self.text, self.pos)
        if token is None:
            what = "end of script"
        else:
            what = "newline" if token[0] == "\n" else f'"{token[0]}"'
        self.fail(f"unexpected {what}")

    @property
    def char(self) -> str:
        """The character here; "" at the end."""
        return self.text[self.pos : self.pos + 1]

    def at(self, token: str) -> bool:
        """Is `token` the next text?"""
        return self.text.startswith(token, self.pos)

    def take(self, token: str) -> bool:
        """Pass over `token` if it is next."""
        if self.at(token):
            self.pos += len(token)
            return True
        return False

    def expect(self, token: str, context: str) -> None:
        """Pass over `token`, which must be next."""
        if not self.take(token):
            self.fail(f'expected "{token}" {context}')

    def blanks(self) -> None:
        """Pass over blanks, continued lines and a comment."""
        if match := BLANKS.match(self.text, self.pos):
            self.pos = match.end()
        # POSIX 2.3, rule 9: `#` begins a comment only where a token could begin.
        if self.char == "#" and (self.pos == 0 or self.text[self.pos - 1] in META):
            end = self.text.find("\n", self.pos)
            self.pos = len(self.text) if end < 0 else end

    def newline(self) -> bool:
        """Pass over one newline and the here-documents behind it."""
        if self.char != "\n":
            return False
        self.pos = self._bodies.get(self.pos, self.pos + 1)
        return True

    def newlines(self) -> None:
        """Pass over blanks, comments and newlines."""
        self.blanks()
        while self.newline():
            self.blanks()

    def here_document(self, delimiter: str, *, strip_tabs: bool) -> str:
        """The body that starts after this line (and after bodies already taken from there)."""
        newline = self.text.find("\n", self.pos)
        if newline < 0:
            return ""  # as in real shells: a here-document that the end of the script cuts off is empty
        at = self._bodies.get(newline, newline + 1)
        body: list[str] = []
        while at < len(self.text):
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            line = self.text[at:end]
            at = min(end + 1, len(self.text))
            line = line.lstrip("\t") if strip_tabs else line
            if line == delimiter:
                break
            body.append(line + "\n")
        self._bodies[newline] = at
        return "".join(body)
