"""What `[[ ... ]]` decides."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simulator.process.effects import Effect
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.fields import expand_pieces, expand_text
from simulator.shell.expand.pattern import matches
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.regex import extended
from simulator.shell.syntax.nodes import Condition, Word
from simulator.userland.processes.testing import binary, unary

if TYPE_CHECKING:
    from simulator.shell.interp.shell import Shell


def holds(shell: Shell, node: Condition | Word) -> Generator[Effect, Any, bool]:
    """Is the condition true? A bad regular expression is false, and said so."""
    if isinstance(node, Word):
        return bool((yield from expand_text(shell, node)))
    op, first = node.op, node.operands[0]
    if op == "!":
        return not (yield from holds(shell, first))
    if op in ("&&", "||"):
        left = yield from holds(shell, first)
        return left if left == (op == "||") else (yield from holds(shell, node.operands[1]))
    assert isinstance(first, Word)
    left_text = yield from expand_text(shell, first)
    if len(node.operands) == 1:
        if op == "-v" and (element := re.fullmatch(r"(\w+)\[(.+)\]", left_text)):
            keys = shell.variables.keys(element[1])
            return element[2] in map(str, keys) or (element[2] in ("@", "*") and bool(keys))
        if op == "-v":
            return shell.variables.get(left_text) is not None
        if op == "-o":
            return left_text in shell.variables.options
        return (yield from unary(op, left_text, shell.cwd))
    second = node.operands[1]
    assert isinstance(second, Word)
    if op in ("==", "=", "!="):
        return matches((yield from expand_pieces(shell, second)), left_text) == (op != "!=")
    if op == "=~":
        return (yield from _regex(shell, left_text, second))
    right_text = yield from expand_text(shell, second)
    if op in ("-eq", "-ne", "-lt", "-le", "-gt", "-ge"):
        left_text, right_text = (str(evaluate(t, shell.variables)) for t in (left_text, right_text))
    return (yield from binary(op, left_text, right_text, shell.cwd))


def _regex(shell: Shell, text: str, word: Word) -> Generator[Effect, Any, bool]:
    pieces = yield from expand_pieces(shell, word)
    expression = "".join(re.escape(piece) if quoted else extended(piece) for piece, quoted in pieces)
    try:
        found = re.search(expression, text)
    except re.error as error:
        raise ExpansionError(f"[[: {expression}: invalid regular expression") from error
    shell.variables.values["BASH_REMATCH"] = dict(enumerate(g or "" for g in (found[0], *found.groups()))) if found else {}
    return found is not None
