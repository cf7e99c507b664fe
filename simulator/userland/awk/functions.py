"""awk's builtin functions."""

from __future__ import annotations

import math
import re
from typing import Protocol

from simulator.process.problems import NotSimulatedError, UsageError
from simulator.process.strftime import strftime
from simulator.shell.printf import formatted
from simulator.shell.regex.pattern import Match, Pattern, compiled
from simulator.shell.regex.posix import extended, reason
from simulator.units import SECOND
from simulator.userland.awk.syntax import Tree
from simulator.userland.awk.values import Text, Value, number, text_of


class Evaluation(Protocol):
    """What the functions need of a run."""

    variables: dict[str, Value]
    arrays: dict[str, dict[str, Value]]
    record: str
    now: int

    def value(self, tree: Tree) -> Value:
        """The value of an expression."""

    def pattern(self, tree: Tree) -> Pattern:
        """The regular expression that an operand of `~` means. Raises UsageError for a bad one."""

    def assign(self, target: Tree, value: Value) -> Value:
        """Store into a variable, an element or a field."""


def call_function(run: Evaluation, name: str, args: list[Tree]) -> Value:
    """Call one of the builtin functions. Raises NotSimulatedError for the others."""
    if name in ("sub", "gsub", "split", "match"):
        return _edit(run, name, args)
    if name == "length" and args and args[0][0] == "name" and args[0][1] in run.arrays:
        return float(len(run.arrays[args[0][1]]))
    values = [run.value(a) for a in args]
    texts = [text_of(v) for v in values] or [run.record]
    match name:
        case "length":
            return float(len(texts[0]))
        case "substr":
            start = round(number(values[1]))
            end = len(texts[0]) + 1 if len(values) < 3 else start + round(number(values[2]))
            return texts[0][max(start, 1) - 1 : max(end, 1) - 1]
        case "index":
            return float(texts[0].find(texts[1]) + 1)
        case "toupper":
            return texts[0].upper()
        case "tolower":
            return texts[0].lower()
        case "sprintf":
            return formatted(texts[0], texts[1:])[0]
        case "int":
            return float(int(number(values[0])))
        case "close" | "fflush":
            return 0.0
        case "systime":
            return float(run.now // SECOND)
        case "strftime":
            return strftime(texts[0], int(number(values[1])) * SECOND if len(values) > 1 else run.now)
        case "sqrt" | "exp" | "log" | "sin" | "cos":
            return float(getattr(math, name)(number(values[0])))
    raise NotSimulatedError(f"function {name}()")


def _edit(run: Evaluation, name: str, args: list[Tree]) -> Value:
    """The functions that change their arguments."""
    if name == "split":
        parts = _split(text_of(run.value(args[0])), _separator(run, args))
        run.arrays[args[1][1]] = {str(i): Text(p) for i, p in enumerate(parts, 1)}
        return float(len(parts))
    if name == "match":
        match = run.pattern(args[1]).search(text_of(run.value(args[0])))
        run.variables["RSTART"] = float(match.start() + 1 if match else 0)
        run.variables["RLENGTH"] = float(match.end() - match.start() if match else -1)
        return run.variables["RSTART"]
    target = args[2] if len(args) > 2 else ("$", ("number", 0.0))
    new = text_of(run.value(args[1]))

    def one(match: Match) -> str:
        return re.sub(r"\\&|&", lambda m: (match[0] or "") if m[0] == "&" else "&", new)

    result, count = run.pattern(args[0]).subn(one, text_of(run.value(target)), count=0 if name == "gsub" else 1)
    if count:
        run.assign(target, result)
    return float(count)


def expression(text: str) -> Pattern:
    """A regular expression of the program. Raises UsageError for a bad one."""
    try:
        return compiled(extended(text))
    except re.error as error:
        raise UsageError(f"bad regex '{text}': {reason(error)}") from None


def _separator(run: Evaluation, args: list[Tree]) -> Pattern | None:
    """What `split` splits at: its third argument or FS; None for a single blank, which means any run of them.

    POSIX XCU, awk: a single character other than a blank stands for itself, more are a regular expression.
    """
    if len(args) > 2 and args[2][0] == "regex":
        return run.pattern(args[2])
    text = text_of(run.value(args[2]) if len(args) > 2 else run.variables["FS"])
    if text == " ":
        return None
    return compiled(re.escape(text)) if len(text) == 1 else expression(text)


def _split(text: str, separator: Pattern | None) -> list[str]:
    """The parts of a text."""
    if separator is None:
        return text.split()
    return separator.split(text) if text else []
