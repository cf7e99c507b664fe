"""Compiled expressions. Where Python's `re` may take exponential time, another matcher finds the same in linear time.

`re` backtracks: `(a+)+$` on a line of 40 letters takes hours. So the cost of the worst case is estimated from the expression and the length
of the text; up to LARGEST_COST `re` does the work, beyond it `bounded` does. Both find the same, so a script cannot tell which one it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from simulator.process.bounds import room_for
from simulator.process.problems import NotSimulatedError

if TYPE_CHECKING:
    from simulator.shell.regex.bounded import Matcher

LARGEST_COST = 10_000_000
"""Steps of `re` in the worst case: about a tenth of a second."""
MOST_REPLACED = 500_000
"""About a second."""
_NO_OPERATORS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P<\w+>|<?[=!:])?", re.DOTALL)
"""Escapes, bracket expressions and the openings of special groups: what looks like an operator in them is none."""


class Match(Protocol):
    """What was matched: the part of `re.Match` that the tools use."""

    def __getitem__(self, group: int, /) -> str | None:
        """The text of a group; 0: of all."""

    def start(self) -> int:
        """Where it begins."""

    def end(self) -> int:
        """Where it ends."""

    def groups(self) -> tuple[str | None, ...]:
        """The texts of the groups."""


class Pattern:
    """A compiled expression with the methods of `re.Pattern`. They raise NotSimulatedError for a search beyond all bounds."""

    def __init__(self, expression: str, flags: int) -> None:
        self._expression, self._flags = expression, flags
        self._quick = re.compile(expression, flags)
        self.groups = self._quick.groups
        operators = _NO_OPERATORS.sub(lambda match: "(" if match[0][0] == "(" else "x", expression)
        self._repeats = len(re.findall(r"[*+{]", operators))
        self._choices = len(re.findall(r"[?|]", operators))
        self._nested = self._repeats + self._choices > 1 and re.search(r"\)[*+{]", operators) is not None
        self._may_be_empty = self._quick.match("") is not None or re.search(r"[\^$]|\\[bBAZ]|\(\?", expression) is not None
        self._bounded: Matcher | None = None

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match at `start` or after it."""
        if self._is_cheap(text, starts=1):
            return self._quick.search(text, start)
        return self._matcher().search(text, start)

    def match(self, text: str) -> Match | None:
        """A match at the beginning."""
        return self._quick.match(text) if self._is_cheap(text) else self._matcher().match(text, 0)

    def fullmatch(self, text: str) -> Match | None:
        """A match of the whole text."""
        return self._quick.fullmatch(text) if self._is_cheap(text) else self._matcher().match(text, 0, whole=True)

    def finditer(self, text: str) -> Iterator[Match]:
        """All matches that do not overlap, from left to right. As in sed and awk, an empty one directly behind another does not count."""
        if not self._may_be_empty and self._is_cheap(text, starts=1):
            yield from self._quick.finditer(text)
            return
        at, previous = 0, -1
        while at <= len(text) and (match := self.search(text, at)) is not None:
            end = match.end()
            if end == previous:
                at += 1
                continue
            yield match
            at = previous = end

    def subn(self, new: Callable[[Match], str], text: str, count: int = 0) -> tuple[str, int]:
        """Replace matches (0: all of them). The new text, and how many were replaced. Raises OutOfMemoryError."""
        parts, at, done, size = [], 0, 0, 0
        for match in self.finditer(text):
            parts += [text[at : match.start()], new(match)]
            size += len(parts[-2]) + len(parts[-1])
            room_for(size)
            at, done = match.end(), done + 1
            if done == count:
                break
            if done > MOST_REPLACED:
                raise NotSimulatedError(f"more than {MOST_REPLACED} replacements in one text")
        return "".join([*parts, text[at:]]), done

    def split(self, text: str) -> list[str]:
        """The parts between matches; groups do not count."""
        parts, at = [], 0
        for match in self.finditer(text):
            parts.append(text[at : match.start()])
            at = match.end()
        return [*parts, text[at:]]

    def _is_cheap(self, text: str, starts: int = 0) -> bool:
        """Whether `re` stays below LARGEST_COST: each repetition and each start may try all of the text, each choice doubles the ways."""
        if self._nested:
            return False
        return bool((len(text) + 1) ** (self._repeats + starts) << min(self._choices, 64) <= LARGEST_COST)

    def _matcher(self) -> Matcher:
        if self._bounded is None:
            from simulator.shell.regex.bounded import Matcher
            from simulator.shell.regex.program import Untranslated, program

            try:
                self._bounded = Matcher(program(self._expression, self._flags), self.groups)
            except Untranslated as error:
                raise NotSimulatedError(f"a regular expression with {error} that may take exponential time") from None
        return self._bounded


@lru_cache(maxsize=512)
def compiled(expression: str, flags: int = 0) -> Pattern:
    """An expression in the syntax of Python's `re`. Raises re.error for a bad one."""
    try:
        return Pattern(expression, flags)
    except (OverflowError, RecursionError) as error:
        raise re.error(f"regular expression too big: {error}") from None
