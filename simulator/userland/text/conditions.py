"""`test` and `[`."""

from __future__ import annotations

from simulator.process.effects import Call, Effects, Process, Program, Write
from simulator.process.fileio import ReverseReliance
from simulator.shell.primaries import BINARY, UNARY, TestError, binary, unary


class _Expression:
    """The arguments of `test`, by POSIX' rules for up to four and by precedence for more."""

    def __init__(self, args: tuple[str, ...], cwd: str) -> None:
        self.args, self.cwd, self.at = args, cwd, 0

    def peek(self, ahead: int = 0) -> str | None:
        return self.args[self.at + ahead] if self.at + ahead < len(self.args) else None

    def either(self) -> Effects[bool]:
        result = yield from self.both()
        while self.peek() == "-o":
            self.at += 1
            right = yield from self.both()
            result = result or right
        return result

    def both(self) -> Effects[bool]:
        result = yield from self.one()
        while self.peek() == "-a":
            self.at += 1
            right = yield from self.one()
            result = result and right
        return result

    def one(self) -> Effects[bool]:
        first = self.peek()
        if first is None:
            raise TestError("argument expected")
        if self.peek(1) in BINARY and self.peek(2) is not None:
            left, op, right = self.args[self.at : self.at + 3]
            self.at += 3
            return (yield from binary(op, left, right, self.cwd))
        if first == "!" and self.peek(1) is not None:
            self.at += 1
            yield ReverseReliance()
            result = yield from self.one()
            yield ReverseReliance()
            return not result
        if first == "(" and self.peek(1) is not None:
            self.at += 1
            result = yield from self.either()
            if self.peek() != ")":
                raise TestError("closing paren expected")
            self.at += 1
            return result
        if first in UNARY and self.peek(1) is not None:
            self.at += 2
            return (yield from unary(first, self.args[self.at - 1], self.cwd))
        self.at += 1
        return bool(first)


def test(call: Call) -> Process:
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
            raise TestError(f"{extra}: unknown operand" if expression.at < 2 else "too many arguments")
    except TestError as problem:
        yield Write(2, f"{call.name}: {problem}\n")
        return 2
    return int(not result)


COMMANDS: dict[str, Program] = {
    "[": test,
    "test": test,
}
