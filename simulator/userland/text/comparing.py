"""Several texts side by side: diff, cmp, paste, comm."""

from __future__ import annotations

import difflib
from collections.abc import Generator
from itertools import zip_longest

from simulator.process.effects import Call, Effects, Process, Program
from simulator.process.errno import Errno
from simulator.process.fileio import read_file
from simulator.process.problems import UsageError
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain, inputs, lines, out


def _two_texts(call: Call, names: list[str]) -> Effects[tuple[str, str] | int]:
    """The texts of two files; or 2 when one cannot be read, after a message about it."""
    if len(names) < 2:
        raise UsageError("missing operand", 2)
    texts = []
    for name in names[:2]:
        text = yield from read_file(call, name)
        if isinstance(text, Errno):
            return (yield from complain(call, f"{name}: {text}", 2))
        texts.append(text)
    return texts[0], texts[1]


class _DiffFlags(Flags, missing_status=2):
    brief = switch("-q", "--brief")
    unified = switch("-u", "--unified")
    context = value("-U")
    ignore_blanks = switch("-w", "--ignore-all-space")
    report_identical = switch("-s", "--report-identical-files")
    without_effect = switch("-r", "--recursive", "-a", "--text", "-N", "--new-file", "-b", "--ignore-space-change")


def diff(call: Call) -> Process:
    """`diff [-q] [-u] one two`: 0 the same, 1 different. Whole directories are not compared."""
    given = _DiffFlags.parse(call.argv[1:])
    texts = yield from _two_texts(call, given.operands)
    if isinstance(texts, int):
        return texts
    first, second = given.operands[:2]
    one, two = (lines(text.replace(" ", "") if given.ignore_blanks else text) for text in texts)
    if one == two:
        yield from out(f"Files {first} and {second} are identical\n" if given.report_identical else "")
        return 0
    if given.brief:
        yield from out(f"Files {first} and {second} differ\n")
    elif given.unified or given.context is not None:
        yield from out("".join(f"{line}\n" for line in difflib.unified_diff(one, two, first, second, lineterm="")))
    else:
        yield from out("".join(_changes(one, two)))
    return 1


def _changes(one: list[str], two: list[str]) -> Generator[str, None, None]:
    """The changes as ed(1) would make them: `2c2`, `< old`, `---`, `> new`."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        left = f"{a + 1},{b}" if b - a > 1 else str(b)
        right = f"{c + 1},{d}" if d - c > 1 else str(d)
        yield f"{left}{kind[0].replace('i', 'a').replace('r', 'c')}{right}\n"
        yield "".join(f"< {line}\n" for line in one[a:b])
        yield "---\n" if kind == "replace" else ""
        yield "".join(f"> {line}\n" for line in two[c:d])


class _CmpFlags(Flags, missing_status=2):
    silent = switch("-s", "--silent", "--quiet")
    limit = value("-n")
    without_effect = switch("-l", "-b")


def cmp(call: Call) -> Process:
    """`cmp [-s] one two`: 0 the same, 1 different."""
    given = _CmpFlags.parse(call.argv[1:])
    texts = yield from _two_texts(call, given.operands)
    if isinstance(texts, int):
        return texts
    one, two = texts
    if one == two:
        return 0
    if not given.silent:
        at = next((i for i, (a, b) in enumerate(zip_longest(one, two)) if a != b), 0)
        yield from out(f"{given.operands[0]} {given.operands[1]} differ: char {at + 1}, line {one[:at].count(chr(10)) + 1}\n")
    return 1


class _PasteFlags(Flags):
    serial = switch("-s", "--serial")
    delimiters = value("-d", "--delimiters", default="\t")


def paste(call: Call) -> Process:
    """`paste [-s] [-d delimiters] file ...`: the delimiters are used in turn."""
    given = _PasteFlags.parse(call.argv[1:])
    between = given.delimiters.replace("\\n", "\n").replace("\\t", "\t")
    texts, status = yield from inputs(call, given.operands)
    columns = [lines(text) for _, text in texts]
    rows = columns if given.serial else [list(row) for row in zip_longest(*columns, fillvalue="")]
    for row in rows:
        yield from out("".join(word + _delimiter(between, at, len(row)) for at, word in enumerate(row)) + "\n")
    return status


def _delimiter(between: str, at: int, length: int) -> str:
    return between[at % len(between)] if between and at + 1 < length else ""


class _CommFlags(Flags):
    without_first = switch("-1")
    without_second = switch("-2")
    without_both = switch("-3")


def comm(call: Call) -> Process:
    """`comm [-123] one two` of sorted files: lines of the first, of the second, of both, each in a column of its own."""
    given = _CommFlags.parse(call.argv[1:])
    texts = yield from _two_texts(call, given.operands)
    if isinstance(texts, int):
        return texts
    one, two = (lines(text) for text in texts)
    shown = [not given.without_first, not given.without_second, not given.without_both]
    for line in sorted({*one, *two}):
        column = 2 if line in one and line in two else int(line in two)
        if shown[column]:
            yield from out("\t" * sum(shown[:column]) + line + "\n")
    return 0


COMMANDS: dict[str, Program] = {"cmp": cmp, "comm": comm, "diff": diff, "paste": paste}
