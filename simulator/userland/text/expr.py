"""expr: arithmetic, comparisons and patterns on the command line (POSIX XCU, expr)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from simulator.process.effects import Call, Process, Program
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.variables import ExpansionError, Variables
from simulator.shell.regex.pattern import compiled
from simulator.shell.regex.posix import basic
from simulator.userland.streams import complain, out

_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_OPERATORS = {"+", "-", "*", "/", "%", "(", ")", "|", "&", *_COMPARISONS}
_AS_ARITHMETIC = {"=": "==", "|": "||", "&": "&&"}


def expr(call: Call) -> Process:
    """`expr 1 + 2`, comparisons, `text : pattern`, length, substr: status 1 when the result is 0 or empty, 2 for no expression."""
    args = list(call.argv[1:])
    match args:
        case ["length", text]:
            result = str(len(text))
        case ["substr", text, start, size]:
            result = text[int(start) - 1 : int(start) - 1 + int(size)]
        case [text, ":", pattern] | ["match", text, pattern]:
            result = _matched(text, pattern)
        case [left, compare, right] if compare in _COMPARISONS and not (_is_integer(left) and _is_integer(right)):
            # POSIX: integers compare as numbers, everything else as text.
            result = str(int(_COMPARISONS[compare](left, right)))
        case _:
            if any(not _is_integer(a) and a not in _OPERATORS for a in args):
                return (yield from complain(call, "non-integer argument" if args else "missing operand", 2))
            try:
                result = str(evaluate(" ".join(_AS_ARITHMETIC.get(a, a) for a in args), Variables()))
            except ExpansionError as error:
                return (yield from complain(call, "division by zero" if "division" in str(error) else "syntax error", 2))
    yield from out(result + "\n")
    return int(result in ("", "0"))


def _matched(text: str, pattern: str) -> str:
    """`text : pattern`: with a group what it matched, or nothing; without one, how many characters match. Always from the start."""
    expression = compiled(basic(pattern))
    match = expression.match(text)
    if expression.groups:
        return (match[1] or "") if match else ""
    return str(match.end() if match else 0)


def _is_integer(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


COMMANDS: dict[str, Program] = {"expr": expr}
