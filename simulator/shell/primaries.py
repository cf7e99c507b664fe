"""The primaries of `test` and `[` (POSIX XCU, test, OPERANDS), which `[[` shares with them."""

from __future__ import annotations

import operator
import posixpath
import re
from collections.abc import Callable

from simulator.errors import SimulatorError
from simulator.process.effects import Credentials, Effects, GetCredentials, GetStat, Stat, Unsupported
from simulator.process.fileio import GetGoal
from simulator.process.unknown_text import is_unknown_text

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq, "-ne": operator.ne, "-lt": operator.lt, "-le": operator.le, "-gt": operator.gt, "-ge": operator.ge,
}  # fmt: skip
_STRINGS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
BINARY = frozenset({*_COMPARE, *_STRINGS, "-nt", "-ot", "-ef"})
UNARY = frozenset("-" + c for c in "abcdefghkLnoprsStuwxzGNO")
_RELIES_ON = {"-d": "dir", "-f": "file", "-s": "file", "-x": "file", "-e": "any", "-a": "any", "-r": "any", "-w": "any"}
"""What a path is whose existence a primary expects; the other primaries ask about rare kinds, which are not assumed."""
_INTEGER = re.compile(r"\s*[-+]?\d+\s*")


class TestError(SimulatorError):
    """The expression makes no sense; exit status 2."""

    __test__ = False  # pytest would collect it by its name


def _stat(path: str, cwd: str, *, follow: bool = True, relies_on: str = "") -> Effects[Stat | None]:
    stat = (yield GetStat(posixpath.join(cwd, path), follow, relies_on)) if path else None
    return stat if isinstance(stat, Stat) else None


def unary(op: str, text: str, cwd: str) -> Effects[bool]:
    """`-f file`, `-z text`, ...; `-r`, `-w` and `-x` for the identity of this process."""
    if op in ("-n", "-z") and is_unknown_text(text):
        return (yield from assume_helpful(f"{op} {text}"))
    if op in ("-n", "-z"):
        return bool(text) == (op == "-n")
    if op == "-t":
        return False  # a container has a terminal only with `tty`, which is not simulated
    stat = yield from _stat(text, cwd, follow=op not in ("-L", "-h"), relies_on=_RELIES_ON.get(op, ""))
    if stat is None:
        return False
    match op:
        case "-f":
            return stat.kind == "file"
        case "-d":
            return stat.kind == "dir"
        case "-L" | "-h":
            return stat.kind == "link"
        case "-s":
            return stat.size > 0 or stat.unknown
        case "-r" | "-w" | "-x":
            who: Credentials = yield GetCredentials()
            return who.may(stat, {"-r": 4, "-w": 2, "-x": 1}[op])
        case "-O" | "-G":
            who = yield GetCredentials()
            return stat.uid == who.uid if op == "-O" else stat.gid == who.gid
        case "-c":
            return stat.kind == "device"
        case "-b" | "-p" | "-S":
            return False
        case "-u" | "-g" | "-k":
            return bool(stat.mode & {"-u": 0o4000, "-g": 0o2000, "-k": 0o1000}[op])
    return True


def assume_helpful(comparison: str) -> Effects[bool]:
    """Assume that a comparison with unknown text has the result with which the script continues."""
    result: bool = yield GetGoal()
    yield Unsupported(comparison, f"what is compared is unknown, so this is assumed to be {'true' if result else 'false'}")
    return result


def binary(op: str, left: str, right: str, cwd: str) -> Effects[bool]:
    """`a = b`, `1 -lt 2`, `x -nt y` ... Raises TestError when a number is none."""
    if op in (*_STRINGS, *_COMPARE) and (is_unknown_text(left) or is_unknown_text(right)):
        return (yield from assume_helpful(f"{left} {op} {right}"))
    if op in _STRINGS:
        return _STRINGS[op](left, right)
    if op in _COMPARE:
        for text in (left, right):
            if not _INTEGER.fullmatch(text):
                raise TestError(f"{text}: integer expression expected")
        return _COMPARE[op](int(left), int(right))
    one = yield from _stat(left, cwd)
    two = yield from _stat(right, cwd)
    if op == "-ef":
        return one is not None and two is not None and one == two
    if op == "-ot":
        one, two = two, one
    return one is not None and (two is None or one.mtime > two.mtime)
