"""Several texts side by side: diff, cmp, paste, comm."""

from __future__ import annotations

import difflib
from collections.abc import Generator
from itertools import zip_longest
from typing import Any

from simulator.process.effects import Call, Effect, Program
from simulator.process.errno import Errno
from simulator.process.fileio import read_file
from simulator.process.problems import UsageError
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, inputs, lines, out


def _two(call: Call, names: list[str]) -> Generator[Effect, Any, tuple[str, str] | int]:
    """The texts of two files, or 2: one of them cannot be read, which was said."""
    if len(names) < 2:
        raise UsageError("missing operand", 2)
    texts = []
    for name in names[:2]:
        text = yield from read_file(call, name)
        if isinstance(text, Errno):
            return (yield from complain(call, f"{name}: {text}", 2))
        texts.append(text)
    return texts[0], texts[1]


def diff(call: Call) -> Gen:
    """`diff [-q] [-u] one two`: 0 the same, 1 different. Whole directories are not compared."""
    letters = long_options(
        "brief=q unified=u ignore-all-space=w report-identical-files=s recursive=r text=a new-file=N ignore-space-change=b"
    )
    chosen = options(call.argv[1:], "quwsraNb", "U", letters)
    texts = yield from _two(call, chosen.rest)
    if isinstance(texts, int):
        return texts
    one, two = (lines(text.replace(" ", "") if "w" in chosen else text) for text in texts)
    if one == two:
        yield from out(f"Files {chosen.rest[0]} and {chosen.rest[1]} are identical\n" if "s" in chosen else "")
        return 0
    if "q" in chosen:
        yield from out(f"Files {chosen.rest[0]} and {chosen.rest[1]} differ\n")
    elif "u" in chosen or "U" in chosen:
        yield from out("".join(f"{line}\n" for line in difflib.unified_diff(one, two, chosen.rest[0], chosen.rest[1], lineterm="")))
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
        yield (
            "".join(f"< {line}\n" for line in one[a:b])
            + ("---\n" if kind == "replace" else "")
            + "".join(f"> {line}\n" for line in two[c:d])
        )


def cmp(call: Call) -> Gen:
    """`cmp [-s] one two`: 0 the same, 1 different."""
    chosen = options(call.argv[1:], "slb", "n", {"silent": "s", "quiet": "s"})
    texts = yield from _two(call, chosen.rest)
    if isinstance(texts, int):
        return texts
    one, two = texts
    if one == two:
        return 0
    if "s" not in chosen:
        at = next((i for i, (a, b) in enumerate(zip_longest(one, two)) if a != b), 0)
        yield from out(f"{chosen.rest[0]} {chosen.rest[1]} differ: char {at + 1}, line {one[:at].count(chr(10)) + 1}\n")
    return 1


def paste(call: Call) -> Gen:
    """`paste [-s] [-d delimiters] file ...`."""
    chosen = options(call.argv[1:], "s", "d", {"serial": "s", "delimiters": "d"})
    between = chosen.get("d", "\t").replace("\\n", "\n").replace("\\t", "\t") or ""
    found, status = yield from inputs(call, chosen.rest)
    columns = [lines(text) for _, text in found]
    rows = columns if "s" in chosen else [list(row) for row in zip_longest(*columns, fillvalue="")]
    for row in rows:
        yield from out(
            "".join(word + (between[at % len(between)] if between and at + 1 < len(row) else "") for at, word in enumerate(row)) + "\n"
        )
    return status


def comm(call: Call) -> Gen:
    """`comm [-123] one two` of sorted files."""
    chosen = options(call.argv[1:], "123")
    texts = yield from _two(call, chosen.rest)
    if isinstance(texts, int):
        return texts
    one, two = (lines(text) for text in texts)
    for line in sorted({*one, *two}):
        column = "3" if line in one and line in two else "1" if line in one else "2"
        if column not in chosen:
            yield from out("\t" * sum(before not in chosen for before in "123"[: int(column) - 1]) + line + "\n")
    return 0


COMMANDS: dict[str, Program] = {"cmp": cmp, "comm": comm, "diff": diff, "paste": paste}
