"""Brace expansion, bash's first step: `a{b,c}d`, `{1..5}`, `{a..e..2}`. dash has none: `{a,b}` is plain text there."""

from __future__ import annotations

import re
from itertools import pairwise, product

from simulator.shell.syntax.nodes import Lit, Part, Word

_RANGE = re.compile(r"(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?")


def braces(word: Word) -> list[Word]:
    """The words that a word stands for; itself if there is nothing to expand."""
    if not any(isinstance(p, Lit) and not p.quoted and "{" in p.text for p in word.parts):
        return [word]
    units: list[Part] = []
    for part in word.parts:
        units += [Lit(c) for c in part.text] if isinstance(part, Lit) and not part.quoted else [part]
    return [Word(tuple(_rejoined(expansion))) for expansion in _expand(units)]


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
            choices = [[Lit(text)] for text in numbers]
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


def _range(inside: list[Part]) -> list[str] | None:
    match = _RANGE.fullmatch("".join(_char(u) or "\0" for u in inside))
    if match is None:
        return None
    first, last, step = match.groups()
    if first.lstrip("-").isdigit() != last.lstrip("-").isdigit():
        return None
    stride = abs(int(step or 1)) or 1
    if first.isalpha():
        a, b = ord(first), ord(last)
        return [chr(n) for n in (range(a, b + 1, stride) if a <= b else range(a, b - 1, -stride))]
    a, b = int(first), int(last)
    # bash: a leading zero pads all numbers, {01..10}.
    width = max(len(first), len(last)) if any(re.match(r"-?0\d", t) for t in (first, last)) else 0
    return [f"{n:0{width}d}" for n in (range(a, b + 1, stride) if a <= b else range(a, b - 1, -stride))]
