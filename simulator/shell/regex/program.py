"""A regular expression as a program of small instructions, in the order in which `re` would try them.

Jumps are relative, so that programs can be put together and repeated. Each single-character item and each assertion is one instruction
that asks `re`, so both agree on every class, every flag and every border.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LARGEST_PROGRAM = 20_000
"""Instructions: `(a{1,1000}){1,1000}` would have a million."""


class Untranslated(ValueError):
    """Something that only `re` can match; its text says what."""


class One(NamedTuple):
    """One character that `item` matches."""

    item: re.Pattern[str]


class Here(NamedTuple):
    """A place that the assertion matches: `^`, `$`, a border of a word, a look-around."""

    assertion: re.Pattern[str]


class Again(NamedTuple):
    """The text of a group once more."""

    group: int
    ignore_case: bool


class Save(NamedTuple):
    """Remember the place: 2n is the start of group n, 2n + 1 its end."""

    slot: int


class Split(NamedTuple):
    """Two ways; the first is tried first."""

    first: int
    second: int


class Jump(NamedTuple):
    """On at another instruction."""

    to: int


Instruction = One | Here | Again | Save | Split | Jump
Program = list[Instruction]

_TOKEN = re.compile(
    r"""(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\]|\\[dDwWsS])|(?P<here>\^|\$|\\[bBAZ])|\\(?P<again>[1-9]\d?)
      |(?P<around>\(\?<?[=!])|(?P<special>\(\?(?!:|P<))|(?P<open>\((?:\?:|\?P<\w+>)?)
      |(?P<close>\))|(?P<or>\|)|(?P<repeat>\*|\+|\?|\{(?:\d+(?:,\d*)?|,\d+)\})(?P<lazy>[?+]?)|(?P<one>\\?.)""",
    re.DOTALL | re.VERBOSE,
)


def program(expression: str, flags: int = 0) -> Program:
    """The program of an expression that `re` accepts. Raises Untranslated."""
    return _Reader(expression, flags).read()


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, expression: str, flags: int) -> None:
        self._text, self._flags, self._at, self._groups = expression, flags, 0, 0

    def read(self) -> Program:
        """All of it."""
        return self._alternatives()

    def _alternatives(self) -> Program:
        branches = [self._branch()]
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            branches.append(self._branch())
        result = branches.pop()
        for branch in reversed(branches):
            result = [Split(1, len(branch) + 2), *branch, Jump(len(result) + 1), *result]
        return result

    def _branch(self) -> Program:
        result: Program = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            result += self._repeated(self._item())
            if len(result) > LARGEST_PROGRAM:
                raise Untranslated(f"more than {LARGEST_PROGRAM} steps")
        return result

    def _item(self) -> Program:
        token = _TOKEN.match(self._text, self._at)
        assert token is not None
        self._at = token.end()
        text = token[0]
        if token["open"]:
            return self._group(captures=text != "(?:")
        if token["around"]:
            return [Here(self._around(token.start()))]
        if token["here"]:
            return [Here(re.compile(text, self._flags))]
        if token["again"]:
            return [Again(int(token["again"]), bool(self._flags & re.IGNORECASE))]
        if token["special"]:
            raise Untranslated("an option or a special group")
        return [One(re.compile(text if token["class"] or len(text) > 1 or text == "." else re.escape(text), self._flags))]

    def _group(self, *, captures: bool) -> Program:
        self._groups += captures
        number = self._groups
        inside = self._alternatives()
        self._at += 1
        return [Save(2 * number), *inside, Save(2 * number + 1)] if captures else inside

    def _around(self, start: int) -> re.Pattern[str]:
        """A look-around without repetitions: `re` can ask it at each place at a bounded cost."""
        end = self._text.find(")", start)
        inside = self._text[start : end + 1]
        if re.search(r"[*+{|]|[^(]\?|.\(", inside):
            raise Untranslated("a look-around")
        self._at = end + 1
        return re.compile(inside, self._flags)

    def _repeated(self, item: Program) -> Program:
        token = _TOKEN.match(self._text, self._at)
        if token is None or not token["repeat"]:
            return item
        if token["lazy"] == "+":
            raise Untranslated("a possessive repetition")
        self._at = token.end()
        least, most = _counts(token["repeat"])
        lazy = token["lazy"] == "?"
        if len(item) * max(least, most or 0) > LARGEST_PROGRAM:
            raise Untranslated(f"more than {LARGEST_PROGRAM} steps")
        result = item * least
        if most is None:
            return [*result, _split(1, len(item) + 2, lazy=lazy), *item, Jump(-len(item) - 1)]
        rest: Program = []
        for _ in range(most - least):
            rest = [_split(1, len(item) + len(rest) + 1, lazy=lazy), *item, *rest]
        return result + rest


def _split(inside: int, past: int, *, lazy: bool) -> Split:
    return Split(past, inside) if lazy else Split(inside, past)


def _counts(repeat: str) -> tuple[int, int | None]:
    """The least and the most repetitions; None: no bound."""
    if repeat in ("*", "+", "?"):
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[repeat]
    least, comma, most = repeat[1:-1].partition(",")
    return int(least or 0), (int(most) if most else None) if comma else int(least or 0)
