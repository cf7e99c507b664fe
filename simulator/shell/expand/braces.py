"""Brace expansion, bash's first step: `a{b,c}d`, `{1..5}`, `{a..e..2}`. dash has none: `{a,b}` is plain text there."""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import NamedTuple

from simulator.process.bounds import room_for
from simulator.shell.syntax.nodes import Lit, Part, Word

WORD = 64
"""Bytes that a word takes in bash, about."""
_RANGE = re.compile(r"(-?\d{1,18}|[A-Za-z])\.\.(-?\d{1,18}|[A-Za-z])(?:\.\.(-?\d{1,18}))?")


def braces(word: Word) -> list[Word]:
    """The words that a word stands for; itself if there is nothing to expand. Raises OutOfMemoryError."""
    if not any(isinstance(p, Lit) and not p.quoted and "{" in p.text for p in word.parts):
        return [word]
    units: list[Part] = []
    for part in word.parts:
        units += [Lit(c) for c in part.text] if isinstance(part, Lit) and not part.quoted else [part]
    room_for(_count(units) * WORD)
    return [Word(tuple(_rejoined(expansion))) for expansion in _expand(units)]


def _count(units: list[Part]) -> int:
    """How many words an expansion makes, without making them."""
    for start, unit in enumerate(units):
        if _char(unit) != "{":
            continue
        end, commas = _closing(units, start)
        if end is None:
            continue
        if commas:
            edges = [start, *commas, end]
            inside = sum(_count(units[a + 1 : b]) for a, b in pairwise(edges))
        elif (numbers := _range(units[start + 1 : end])) is not None:
            inside = len(numbers)
        else:
            continue
        return inside * _count(units[end + 1 :])
    return 1


def _char(part: Part) -> str:
    """The character of an unquoted unit; "" for a quoted one or an expansion, which never counts as a brace or comma."""
    return part.text if isinstance(part, Lit) and not part.quoted else ""


def _rejoined(units: list[Part]) -> list[Part]:
    out: list[Part] = []
    for unit in units:
        if out and _char(unit) and isinstance(last := out[-1], Lit) and not last.quoted:
            out[-1] = Lit(last.text + _char(unit))
        else:
            out.append(unit)
    return out


def _expand(units: list[Part]) -> list[list[Part]]:
    for start, unit in enumerate(units):
        if _char(unit) != "{":
            continue
        end, commas = _closing(units, start)
        if end is None:
            continue
        inside = units[start + 1 : end]
        # Neither a comma nor a range: the braces stay, but others inside or behind them may expand.
        if commas:
            edges = [start, *commas, end]
            choices = [c for a, b in pairwise(edges) for c in _expand(units[a + 1 : b])]
        elif (numbers := _range(inside)) is not None:
            choices = [[Lit(numbers.text(number))] for number in numbers.numbers]
        else:
            continue
        return [units[:start] + middle + rest for middle, rest in product(choices, _expand(units[end + 1 :]))]
    return [units]


def _closing(units: list[Part], start: int) -> tuple[int | None, list[int]]:
    depth, commas = 0, []
    for at in range(start, len(units)):
        char = _char(units[at])
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "," and depth == 1:
            commas.append(at)
        if depth == 0:
            return at, commas
    return None, []


class _Range(NamedTuple):
    """A range of numbers, or of letters by their codes. bash: a leading zero pads all numbers to one width, `{01..10}`."""

    numbers: range
    letters: bool
    width: int

    def text(self, number: int) -> str:
        """One of its words."""
        return chr(number) if self.letters else f"{number:0{self.width}d}"

    def __len__(self) -> int:
        return len(self.numbers)


def _range(inside: list[Part]) -> _Range | None:
    match = _RANGE.fullmatch("".join(_char(u) or "\0" for u in inside))
    if match is None:
        return None
    first, last, step = match.groups()
    if first.lstrip("-").isdigit() != last.lstrip("-").isdigit():
        return None
    letters = first.isalpha()
    a, b = (ord(first), ord(last)) if letters else (int(first), int(last))
    stride = abs(int(step or 1)) or 1
    padded = not letters and any(re.match(r"-?0\d", text) for text in (first, last))
    return _Range(range(a, b + 1, stride) if a <= b else range(a, b - 1, -stride), letters, max(len(first), len(last)) if padded else 0)
