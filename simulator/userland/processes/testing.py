"""`test` and `[`, and the primitives that `[[` shares with them."""

from __future__ import annotations

import operator
import posixpath
import re
from collections.abc import Callable, Generator
from typing import Any

from simulator.process.effects import Call, Credentials, Effect, GetCredentials, GetStat, Program, Stat, Write
from simulator.userland.basics import Gen

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq, "-ne": operator.ne, "-lt": operator.lt, "-le": operator.le, "-gt": operator.gt, "-ge": operator.ge,
}  # fmt: skip
_STRINGS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
BINARY = frozenset({*_COMPARE, *_STRINGS, "-nt", "-ot", "-ef"})
UNARY = frozenset("-" + c for c in "abcdefghkLnoprsStuwxzGNO")
_INTEGER = re.compile(r"\s*[-+]?\d+\s*")


class TestProblem(Exception):
    """The expression makes no sense; exit status 2."""

    __test__ = False


def _stat(path: str, cwd: str, *, follow: bool = True) -> Generator[Effect, Any, Stat | None]:
    found = (yield GetStat(posixpath.join(cwd, path), follow)) if path else None
    return found if isinstance(found, Stat) else None


def unary(op: str, text: str, cwd: str) -> Generator[Effect, Any, bool]:
    """`-f file`, `-z text`, `-w file` for whoever asks ..."""
    if op in ("-n", "-z"):
        return bool(text) == (op == "-n")
    if op == "-t":
        return False  # nothing in a container is a terminal unless `tty` is set, which is not modelled
    stat = yield from _stat(text, cwd, follow=op not in ("-L", "-h"))
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
            return stat.size > 0
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


def binary(op: str, left: str, right: str, cwd: str) -> Generator[Effect, Any, bool]:
    """`a = b`, `1 -lt 2`, `x -nt y` ... Raises TestProblem when a number is none."""
    if op in _STRINGS:
        return _STRINGS[op](left, right)
    if op in _COMPARE:
        for text in (left, right):
            if not _INTEGER.fullmatch(text):
                raise TestProblem(f"{text}: integer expression expected")
        return _COMPARE[op](int(left), int(right))
    one = yield from _stat(left, cwd)
    two = yield from _stat(right, cwd)
    if op == "-ef":
        return one is not None and two is not None and one == two
    if op == "-ot":
        one, two = two, one
    return one is not None and (two is None or one.mtime > two.mtime)


class _Expression:
    """The arguments of `test`, by POSIX' rules for up to four and by precedence for more."""

    def __init__(self, args: tuple[str, ...], cwd: str) -> None:
        self.args, self.cwd, self.at = args, cwd, 0

    def peek(self, ahead: int = 0) -> str | None:
        return self.args[self.at + ahead] if self.at + ahead < len(self.args) else None

    def either(self) -> Generator[Effect, Any, bool]:
        result = yield from self.both()
        while self.peek() == "-o":
            self.at += 1
            right = yield from self.both()
            result = result or right
        return result

    def both(self) -> Generator[Effect, Any, bool]:
        result = yield from self.one()
        while self.peek() == "-a":
            self.at += 1
            right = yield from self.one()
            result = result and right
        return result

    def one(self) -> Generator[Effect, Any, bool]:
        first = self.peek()
        if first is None:
            raise TestProblem("argument expected")
        if self.peek(1) in BINARY and self.peek(2) is not None:
            left, op, right = self.args[self.at : self.at + 3]
            self.at += 3
            return (yield from binary(op, left, right, self.cwd))
        if first == "!" and self.peek(1) is not None:
            self.at += 1
            return not (yield from self.one())
        if first == "(" and self.peek(1) is not None:
            self.at += 1
            result = yield from self.either()
            if self.peek() != ")":
                raise TestProblem("closing paren expected")
            self.at += 1
            return result
        if first in UNARY and self.peek(1) is not None:
            self.at += 2
            return (yield from unary(first, self.args[self.at - 1], self.cwd))
        self.at += 1
        return bool(first)


def test(call: Call) -> Gen:
    """`test expression`, `[ expression ]`: 0 true, 1 false, 2 nonsense."""
    args = call.argv[1:]
    if call.name == "[":
        if not args or args[-1] != "]":
            yield Write(2, "[: missing ]\n")
            return 2
        args = args[:-1]
    if not args:
        return 1
    expression = _Expression(args, call.cwd)
    try:
        result = yield from expression.either()
        if expression.peek() is not None:
            extra = expression.peek()
            raise TestProblem(f"{extra}: unknown operand" if expression.at < 2 else "too many arguments")
    except TestProblem as problem:
        yield Write(2, f"{call.name}: {problem}\n")
        return 2
    return int(not result)


COMMANDS: dict[str, Program] = {
    "[": test,
    "test": test,
}
