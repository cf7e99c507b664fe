"""How much memory a command takes by its own words: load generators, buffers, and short programs that fill memory. Pure."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable

from simulator.objects.process import ENDLESS_MEMORY

Argv = tuple[str, ...]
_UNITS = {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"(\d+)\s*([BKMGT]?)(?:i?B?)", re.IGNORECASE)
_USUAL_WORKER = 256 * 2**20
"""What a worker of stress takes without --vm-bytes (stress(1), stress-ng(1))."""


def memory_of(argv: Argv) -> int:
    """The bytes that a command surely takes; 0: its words do not say."""
    rule = RULES.get(argv[0].rpartition("/")[2]) if argv else None
    return 0 if rule is None else rule(argv)


def heap_limit(argv: Argv) -> int:
    """How far the heap of a JVM or of Node.js may grow by its options (the last one counts); 0: they do not say."""
    sizes = [_size(match[1] + match[2]) for word in argv for match in re.finditer(r"-Xm[xs](\d+)([kmgKMG]?)", word)]
    sizes += [int(match[1]) * 2**20 for word in argv for match in re.finditer(r"--max[-_]old[-_]space[-_]size=(\d+)", word)]
    return max(sizes, default=0)


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    return 0 if match is None else int(match[1]) * _UNITS[match[2].upper()]


def _option(argv: Argv, *names: str) -> str:
    for word, following in zip(argv, (*argv[1:], ""), strict=True):
        option, equals, given = word.partition("=")
        if option in names:
            return given if equals else following
    return ""


def _stress(argv: Argv) -> int:
    workers = _option(argv, "--vm", "-m")
    if not workers.isdigit():
        return _size(_option(argv, "-mem-total", "--mem-total"))
    return int(workers) * (_size(_option(argv, "--vm-bytes")) or _USUAL_WORKER)


def _dd(argv: Argv) -> int:
    return max((_size(word[3:]) for word in argv if word.startswith(("bs=", "ibs=", "obs="))), default=0)


def _tail(argv: Argv) -> int:
    return ENDLESS_MEMORY if "/dev/zero" in argv else 0


def _java(argv: Argv) -> int:
    """A JVM takes its first heap only with AlwaysPreTouch; else pages count when they are used."""
    text = " ".join(argv)
    first = re.findall(r"-Xms(\d+[kmgKMG]?)", text)
    return _size(first[-1]) if first and "-XX:+AlwaysPreTouch" in text else 0


def _python(argv: Argv) -> int:
    text = _option(argv, "-c")
    if re.search(r"while\s+(?:True|1)\s*:.*(?:\.append\(|\+=)", text, re.DOTALL):
        return ENDLESS_MEMORY
    sizes = re.findall(r"bytearray\(([\d_*() +]+?)\)(?!\s*\*)|(?:['\"]\w?['\"]|b['\"].{0,4}['\"])\s*\*\s*([\d_*() +]+)", text)
    return max((_number(one or other) for one, other in sizes), default=0)


_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {ast.Mult: operator.mul, ast.Add: operator.add, ast.Pow: operator.pow}


def _number(text: str) -> int:
    """The value of an expression of whole numbers; 0 for another one."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return 0


def _value(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Pow) and right > 64:
            raise ValueError
        return _OPERATORS[type(node.op)](left, right)
    raise ValueError


RULES: dict[str, Callable[[Argv], int]] = {
    "dd": _dd, "java": _java, "python": _python, "python3": _python, "stress": _stress, "stress-ng": _stress, "tail": _tail,
}  # fmt: skip
"""Commands whose words say what memory they take, by name."""
