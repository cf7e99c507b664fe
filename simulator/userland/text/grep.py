"""grep and its kin."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any

from simulator.process.effects import Call, Close, Effect, Open, Program, Read
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend, read_file
from simulator.process.problems import UsageError
from simulator.shell.regex import basic, extended
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, lines, out

_GREP_LONG = long_options(
    "quiet=q silent=q invert-match=v ignore-case=i count=c extended-regexp=E fixed-strings=F only-matching=o word-regexp=w "
    "line-regexp=x files-with-matches=l line-number=n no-messages=s regexp=e max-count=m perl-regexp=P after-context=A "
    "before-context=B context=C no-filename=h with-filename=H color=a recursive=r line-buffered=a text=a"
)


def line_matcher(patterns: list[str], chosen: dict[str, str], *, extended_syntax: bool) -> re.Pattern[str]:
    """The expression that finds any of grep's patterns in a line. Raises UsageError for a bad one."""
    translate: Callable[[str], str] = re.escape if "F" in chosen else str if "P" in chosen else extended if extended_syntax else basic
    body = "|".join(f"(?:{translate(p)})" for text in patterns for p in text.split("\n"))
    if "x" in chosen:
        body = rf"\A(?:{body})\Z"
    elif "w" in chosen:
        body = rf"(?<!\w)(?:{body})(?!\w)"
    try:
        return re.compile(body, re.IGNORECASE if "i" in chosen or "y" in chosen else 0)
    except re.error:
        raise UsageError("bad regex", 2) from None


def grep(call: Call) -> Gen:
    """`grep [-EFPvicoqwxlnshHr] [-m n] [-ABC n] pattern [file ...]`: 0 found, 1 not, 2 trouble. Standard input is read as it comes."""
    chosen = options(call.argv[1:], "EFGPvicoqwxlLnshHrRay", "emfABC", _GREP_LONG)
    operands = list(chosen.rest)
    patterns = [value for letter, value in chosen.all if letter == "e"]
    if "f" in chosen:
        text = yield from read_file(call, chosen["f"])
        patterns += lines(text) if isinstance(text, str) else []
    if not patterns and "f" not in chosen:
        if not operands:
            raise UsageError("pattern missing", 2)
        patterns = [operands.pop(0)]
    matcher = line_matcher(patterns, chosen, extended_syntax="E" in chosen or call.name == "egrep")
    if "f" in chosen or call.name == "fgrep":
        matcher = line_matcher(patterns, {**chosen, "F": ""}, extended_syntax=False)
    paths = yield from _grep_paths(call, operands, recursive="r" in chosen or "R" in chosen)
    named = ("H" in chosen or len(paths) > 1 or "r" in chosen) and "h" not in chosen
    found, trouble = False, False
    for path in paths or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        if isinstance(fd, Errno):
            trouble = True
            if "s" not in chosen:
                yield from complain(call, f"{path}: {fd}")
            continue
        hit = yield from _grep_one(fd, matcher, chosen, f"{path}:" if named else "", path)
        found |= hit
        if fd:
            yield Close(fd)
        if hit and "q" in chosen:
            return 0
    return 2 if trouble and not found else int(not found)


def _grep_paths(call: Call, operands: list[str], *, recursive: bool) -> Generator[Effect, Any, list[str]]:
    if not recursive:
        return operands
    found = []
    for root in operands or ["."]:
        below = yield from descend(absolute(call, root))
        found += [root + path[len(absolute(call, root)) :] for path, stat in below if stat.kind == "file"] or [root]
    return found


def _grep_one(fd: int, matcher: re.Pattern[str], chosen: dict[str, str], prefix: str, path: str) -> Generator[Effect, Any, bool]:
    count, number, limit = 0, 0, integer(chosen.get("m", "0"))
    before, after = (integer(chosen.get(k) or chosen.get("C") or "0") for k in "BA")
    recent: list[str] = []
    owed = 0
    while (text := (yield Read(fd, "line"))) and not isinstance(text, Errno):
        number += 1
        line = text.removesuffix("\n")
        match = matcher.search(line)
        where = f"{prefix}{number}:" if "n" in chosen else prefix
        if (match is None) == ("v" not in chosen):
            if owed and not {"q", "c", "l", "L", "o"} & set(chosen):
                yield from out(f"{where}{line}\n")
            owed = max(owed - 1, 0)
            recent = [*recent, f"{where}{line}\n"][-before:] if before else []
            continue
        count += 1
        if "q" in chosen:
            return True
        if "o" in chosen:
            yield from out("".join(f"{where}{m[0]}\n" for m in matcher.finditer(line) if m[0]))
        elif not {"c", "l", "L"} & set(chosen):
            yield from out("".join(recent) + f"{where}{line}\n")
        recent, owed = [], after
        if "l" in chosen or count == limit:
            break
    if "c" in chosen:
        yield from out(f"{prefix}{count}\n")
    if ("l" in chosen and count) or ("L" in chosen and not count):
        yield from out(f"{path}\n")
    return count > 0


COMMANDS: dict[str, Program] = {
    "egrep": grep,
    "fgrep": grep,
    "grep": grep,
}
