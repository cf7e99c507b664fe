"""What `[[ ... ]]` decides."""

from __future__ import annotations

import re

from simulator.process.effects import Effects
from simulator.process.fileio import ReverseReliance
from simulator.process.unknown_text import is_unknown_text
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.fields import expand_pieces, expand_text
from simulator.shell.expand.pattern import matches
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.interp.shell import Shell
from simulator.shell.primaries import assume_helpful, binary, unary
from simulator.shell.regex.pattern import compiled
from simulator.shell.regex.posix import extended
from simulator.shell.syntax.nodes import Condition, Word


def holds(shell: Shell, node: Condition | Word) -> Effects[bool]:
    """Is the condition true? Raises ExpansionError for a bad regular expression."""
    if isinstance(node, Word):
        return bool((yield from expand_text(shell, node)))
    op, first = node.op, node.operands[0]
    if op == "!":
        yield ReverseReliance()
        result = yield from holds(shell, first)
        yield ReverseReliance()
        return not result
    if op in ("&&", "||"):
        left = yield from holds(shell, first)
        return left if left == (op == "||") else (yield from holds(shell, node.operands[1]))
    assert isinstance(first, Word)
    left_text = yield from expand_text(shell, first)
    if len(node.operands) == 1:
        if op == "-v":
            return _is_set(shell, left_text)
        if op == "-o":
            return left_text in shell.variables.options
        return (yield from unary(op, left_text, shell.cwd))
    second = node.operands[1]
    assert isinstance(second, Word)
    if op in ("==", "=", "!="):
        # The right side is a pattern, but for what is quoted in it; neither side is split into fields.
        if is_unknown_text(left_text):
            return (yield from assume_helpful(f"[[ {left_text} {op} ... ]]"))
        return matches((yield from expand_pieces(shell, second)), left_text) == (op != "!=")
    if op == "=~" and is_unknown_text(left_text):
        return (yield from assume_helpful(f"[[ {left_text} =~ ... ]]"))
    if op == "=~":
        return (yield from _regex(shell, left_text, second))
    right_text = yield from expand_text(shell, second)
    if op in ("-eq", "-ne", "-lt", "-le", "-gt", "-ge"):
        # bash: the operands are arithmetic here, `[[ 1+1 -eq 2 ]]`; those of `test` must be integers.
        left_text, right_text = (str(evaluate(t, shell.variables)) for t in (left_text, right_text))
    return (yield from binary(op, left_text, right_text, shell.cwd))


def _is_set(shell: Shell, name: str) -> bool:
    """`[[ -v name ]]`, `[[ -v array[key] ]]`."""
    if element := re.fullmatch(r"(\w+)\[(.+)\]", name):
        keys = shell.variables.keys(element[1])
        return element[2] in map(str, keys) or (element[2] in ("@", "*") and bool(keys))
    return shell.variables.get(name) is not None


def _regex(shell: Shell, text: str, word: Word) -> Effects[bool]:
    pieces = yield from expand_pieces(shell, word)
    # Quoted parts match as plain text: bash since 3.2.
    expression = "".join(re.escape(piece) if quoted else extended(piece) for piece, quoted in pieces)
    try:
        match = compiled(expression).search(text)
    except re.error as error:
        raise ExpansionError(f"[[: {expression}: invalid regular expression") from error
    shell.variables.values["BASH_REMATCH"] = dict(enumerate(g or "" for g in (match[0], *match.groups()))) if match else {}
    return match is not None
