"""Lines in another order: sort and shuf."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Process, Program, Read
from simulator.process.errno import Errno
from simulator.process.problems import NotSimulatedError
from simulator.process.world import Random
from simulator.userland.flags import Flags, integer, switch, value, values
from simulator.userland.streams import complain, inputs, lines, out

_Key = tuple[float, str]
"""How a text compares: numbers before texts in one piece of it."""


class _SortFlags(Flags, missing_status=2):
    numeric = switch("-n", "-h", "-g", "--numeric-sort")
    reverse = switch("-r", "--reverse")
    unique = switch("-u", "--unique")
    ignore_case = switch("-f")
    version = switch("-V")
    stable = switch("-s")
    separator = value("-t", "--field-separator")
    keys = values("-k", "--key")
    output = value("-o")
    without_effect = switch("-b", "-d", "-i")


def sort(call: Call) -> Process:
    """`sort [-nrufVh] [-t c] [-k field] [file ...]`, by code point as in the C locale: images rarely have another."""
    given = _SortFlags.parse(call.argv[1:])
    if given.output is not None:
        raise NotSimulatedError("option -o")
    if given.separator is not None and len(given.separator) != 1 and given.separator != "\\0":
        return (yield from complain(call, f"multi-character tab '{given.separator}'" if given.separator else "empty tab", 2))
    texts, status = yield from inputs(call, given.operands)
    rows = [line for _, text in texts for line in lines(text)]
    if not given.stable and not given.unique:
        rows = sorted(rows)  # POSIX XCU, sort: lines whose keys are equal are compared whole
    backwards = given.reverse or any("r" in key for key in given.keys)
    rows = sorted(rows, key=lambda line: _sort_key(line, given), reverse=backwards)
    if given.unique:
        by_key: dict[tuple[tuple[_Key, ...], ...], str] = {}
        for line in rows:
            by_key.setdefault(_sort_key(line, given), line)
        rows = list(by_key.values())
    yield from out("".join(f"{line}\n" for line in rows))
    return status


def _sort_key(line: str, given: _SortFlags) -> tuple[tuple[_Key, ...], ...]:
    """What a line is sorted by: its keys in order, or the whole line."""
    if not given.keys:
        return (_comparable(line, "", given),)
    return tuple(_comparable(_field(line, key, given.separator), key, given) for key in given.keys)


def _field(line: str, key: str, separator: str | None) -> str:
    """The fields that `-k first,last` means; letters behind the numbers are options of the key, characters within fields are ignored."""
    start, _, end = key.partition(",")
    first, last = re.match(r"\d+", start), re.match(r"\d+", end)
    fields = line.split(separator) if separator is not None else line.split()
    return (separator or " ").join(fields[int(first[0]) - 1 if first else 0 : int(last[0]) if last else None])


def _comparable(text: str, key: str, given: _SortFlags) -> tuple[_Key, ...]:
    """A text by the options of the command and of its key."""
    if given.numeric or any(letter in key for letter in "nhg"):
        number = re.match(r"\s*-?\d+(\.\d+)?", text)
        return ((float(number[0]) if number else 0.0, ""),)
    if given.version or "V" in key:
        pieces = re.split(r"(\d+)", text)
        return tuple((float(piece), "") if piece.isdigit() else (float("inf"), piece) for piece in pieces)
    return ((0.0, text.upper() if given.ignore_case or "f" in key else text),)


class _ShufFlags(Flags):
    range = value("-i", "--input-range")
    count = value("-n", "--head-count")
    echo = switch("-e", "--echo")


def shuf(call: Call) -> Process:
    """`shuf -i low-high -n count`, `shuf -e word ...`, and lines from standard input."""
    given = _ShufFlags.parse(call.argv[1:])
    if given.range is not None:
        low, _, high = given.range.partition("-")
        items = [str(n) for n in range(integer(low), integer(high) + 1)]
    elif given.echo:
        items = list(given.operands)
    else:
        items = []
        while (line := (yield Read(0, "line"))) and not isinstance(line, Errno):
            items.append(line.removesuffix("\n"))
    limit = len(items) if given.count is None else integer(given.count)
    for _ in range(min(limit, len(items))):
        index = yield Random(len(items))
        yield from out(items.pop(index) + "\n")
    return 0


COMMANDS: dict[str, Program] = {"shuf": shuf, "sort": sort}
