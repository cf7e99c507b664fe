"""Filters of lines and characters: cut, tr, uniq, wc, rev, tac, nl."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from simulator.process.effects import Call, Process, Program, Read
from simulator.process.errno import Errno
from simulator.process.problems import UsageError
from simulator.process.unknown_text import UNKNOWN_TEXT, is_unknown_text
from simulator.shell.expand.pattern import CLASSES, bracket
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import inputs, lines, out

_RANGES = re.compile(r"(\d+|\d*-\d*)(,(\d+|\d*-\d*))*")


class _CutFlags(Flags):
    fields = value("-f", "--fields")
    characters = value("-c", "--characters")
    bytes = value("-b")
    delimiter = value("-d", "--delimiter", default="\t")
    only_delimited = switch("-s", "--only-delimited")
    output_delimiter = value("--output-delimiter")
    without_effect = switch("-n")


def cut(call: Call) -> Process:
    """`cut -f list [-d c] [-s]`, `cut -c list`."""
    given = _CutFlags.parse(call.argv[1:])
    spec = given.fields or given.characters or given.bytes
    if not spec or not _RANGES.fullmatch(spec):
        raise UsageError("you must specify a list of bytes, characters, or fields")
    ranges = [_range(part) for part in spec.split(",")]

    def selected(index: int) -> bool:
        return any(first <= index <= last for first, last in ranges)

    texts, status = yield from inputs(call, given.operands)
    delimiter, result = given.delimiter, []
    joint = delimiter if given.output_delimiter is None else given.output_delimiter
    for line in (line for _, text in texts for line in lines(text)):
        if given.fields is None:
            result.append("".join(c for i, c in enumerate(line, 1) if selected(i)))
        elif delimiter in line:
            result.append(joint.join(f for i, f in enumerate(line.split(delimiter), 1) if selected(i)))
        elif not given.only_delimited:
            result.append(line)  # POSIX XCU, cut, -s: lines without a delimiter pass unchanged
    yield from out("".join(f"{line}\n" for line in result))
    return status


def _range(part: str) -> tuple[int, int]:
    """`3`, `2-4`, `-4` and `2-`, as the first and the last position from 1 on."""
    first, dash, last = part.partition("-")
    if last:
        return int(first or 1), int(last)
    return int(first or 1), sys.maxsize if dash else int(first)


class _WcFlags(Flags):
    lines = switch("-l", "--lines")
    words = switch("-w", "--words")
    characters = switch("-m", "--chars")
    bytes = switch("-c", "--bytes")
    without_effect = switch("-L")


def wc(call: Call) -> Process:
    """`wc [-lwcm] [file ...]`: busybox' column widths."""
    given = _WcFlags.parse(call.argv[1:])
    texts, status = yield from inputs(call, given.operands)
    chosen = [given.lines, given.words, given.characters, given.bytes]
    columns = [at for at, shown in enumerate(chosen) if shown] or [0, 1, 3]
    rows = [
        ([text.count("\n"), len(text.split()), len(text), len(text.encode("utf-8", "surrogateescape"))], path if given.operands else "")
        for path, text in texts
    ]
    if len(rows) > 1:
        rows.append(([sum(counts[at] for counts, _ in rows) for at in range(4)], "total"))
    widest = max((len(str(number)) for counts, _ in rows for number in counts), default=0)
    if any(is_unknown_text(text) for _, text in texts):
        yield from out(f"{UNKNOWN_TEXT}\n")
        return status
    for counts, name in rows:
        width = _width(widest, alone=len(columns) == 1, named=bool(name))
        yield from out(" ".join(str(counts[at]).rjust(width) for at in columns) + (f" {name}" if name else "") + "\n")
    return status


def _width(widest: int, *, alone: bool, named: bool) -> int:
    if alone:
        return 1
    return widest if named else 7


def _characters(text: str) -> list[str]:
    """The characters of a set of `tr`: ranges, classes, escapes (POSIX XCU, tr, EXTENDED DESCRIPTION)."""
    text = re.sub(r"\\([0-7]{1,3})", lambda m: chr(int(m[1], 8)), text)
    text = re.sub(r"\\([nrt\\])", lambda m: {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}[m[1]], text)
    if (unknown := next((m[1] for m in re.finditer(r"\[:(\w+):\]", text) if m[1] not in CLASSES), None)) is not None:
        raise UsageError(f"invalid character class '{unknown}'")
    text = re.sub(r"\[:(\w+):\]", lambda m: "".join(c for c in map(chr, range(128)) if re.fullmatch(f"[{bracket(m[0])}]", c)), text)
    characters, at = [], 0
    while at < len(text):
        if at + 2 < len(text) and text[at + 1] == "-" and text[at] <= text[at + 2]:
            characters += [chr(n) for n in range(ord(text[at]), ord(text[at + 2]) + 1)]
            at += 3
        else:
            characters.append(text[at])
            at += 1
    return characters


class _TrFlags(Flags):
    complement = switch("-c", "-C", "--complement")
    delete = switch("-d", "--delete")
    squeeze = switch("-s", "--squeeze-repeats")
    without_effect = switch("-t")


def tr(call: Call) -> Process:
    """`tr [-cds] set1 [set2]`; a shorter second set is continued by its last character, as GNU and busybox do."""
    given = _TrFlags.parse(call.argv[1:])
    if not given.operands:
        raise UsageError("missing operand")
    first = _characters(given.operands[0])
    second = _characters(given.operands[1]) if len(given.operands) > 1 else []
    replaces = bool(second) and not given.delete
    table = dict(zip(first, second + second[-1:] * (len(first) - len(second)), strict=False)) if replaces else {}
    squeezed = set(second or first) if given.squeeze else set()

    def replacement(char: str) -> str:
        return second[-1] if given.complement else table.get(char, char)

    previous = ""
    while (text := (yield Read(0))) and not isinstance(text, Errno):
        result = []
        for char in text:
            member = (char in first) != given.complement
            if given.delete and member:
                continue
            new = replacement(char) if member and replaces else char
            if new in squeezed and new == previous:
                continue
            previous = new
            result.append(new)
        yield from out("".join(result))
    return 0


class _UniqFlags(Flags):
    count = switch("-c", "--count")
    repeated = switch("-d", "--repeated")
    unique = switch("-u", "--unique")
    ignore_case = switch("-i")


def uniq(call: Call) -> Process:
    """`uniq [-cdui] [file]`: neighbouring equal lines as one."""
    given = _UniqFlags.parse(call.argv[1:])
    texts, status = yield from inputs(call, given.operands[:1])
    groups: list[tuple[str, int]] = []
    for line in (line for _, text in texts for line in lines(text)):
        before = groups[-1][0] if groups else None
        if before is not None and (before.lower() == line.lower() if given.ignore_case else before == line):
            groups[-1] = (before, groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    kept = [(t, n) for t, n in groups if (not given.repeated or n > 1) and (not given.unique or n == 1)]
    yield from out("".join(f"{n:7} {t}\n" if given.count else f"{t}\n" for t, n in kept))
    return status


def _each_line(change: Callable[[list[str]], list[str]]) -> Program:
    def command(call: Call) -> Process:
        """Read all lines, print them changed."""
        texts, status = yield from inputs(call, Flags.parse(call.argv[1:]).operands)
        yield from out("".join(f"{line}\n" for line in change([line for _, text in texts for line in lines(text)])))
        return status

    return command


COMMANDS: dict[str, Program] = {
    "cut": cut,
    "nl": _each_line(lambda rows: [f"{i:6}\t{row}" for i, row in enumerate(rows, 1)]),
    "rev": _each_line(lambda rows: [row[::-1] for row in rows]),
    "tac": _each_line(lambda rows: rows[::-1]),
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
