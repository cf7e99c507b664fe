"""awk's builtin functions."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from simulator.process.problems import NotSimulatedError
from simulator.process.strftime import strftime
from simulator.shell.printf import formatted
from simulator.userland.awk.syntax import Tree
from simulator.userland.awk.values import Text, Value, number, text_of

if TYPE_CHECKING:
    from simulator.userland.awk.run import Awk


def call_function(run: Awk, name: str, args: list[Tree]) -> Value:
    """The builtin functions."""
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
            return float(run.now // 10**9)
        case "strftime":
            return strftime(texts[0], int(number(values[1])) * 10**9 if len(values) > 1 else run.now)
        case "sqrt" | "exp" | "log" | "sin" | "cos":
            return float(getattr(math, name)(number(values[0])))
    raise NotSimulatedError(f"function {name}()")


def _edit(run: Awk, name: str, args: list[Tree]) -> Value:
    """The functions that change their arguments."""
    if name == "split":
        text = text_of(run.value(args[0]))
        separator = run.pattern(args[2]) if len(args) > 2 and args[2] != ("string", " ") else None
        separator = text_of(run.variables["FS"]) if separator is None and run.variables["FS"] != " " and len(args) < 3 else separator
        parts = (
            text.split() if separator is None else re.split(separator if len(separator) > 1 else re.escape(separator), text) if text else []
        )
        run.arrays[args[1][1]] = {str(i): Text(p) for i, p in enumerate(parts, 1)}
        return float(len(parts))
    if name == "match":
        found = re.search(run.pattern(args[1]), text_of(run.value(args[0])))
        run.variables["RSTART"] = float(found.start() + 1 if found else 0)
        run.variables["RLENGTH"] = float(len(found[0]) if found else -1)
        return run.variables["RSTART"]
    target = args[2] if len(args) > 2 else ("$", ("number", 0.0))
    new = text_of(run.value(args[1]))

    def one(match: re.Match[str]) -> str:
        return re.sub(r"\\&|&", lambda m: match[0] if m[0] == "&" else "&", new)

    result, count = re.subn(run.pattern(args[0]), one, text_of(run.value(target)), count=0 if name == "gsub" else 1)
    if count:
        run.assign(target, result)
    return float(count)
