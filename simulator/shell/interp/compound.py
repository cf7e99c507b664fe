"""Conditions and loops: if, while, for, select, case, `(( ))` and `[[ ]]` (POSIX 2.9.4, and bash's additions)."""

from __future__ import annotations

from simulator.process.effects import Effects, Read, Write
from simulator.process.errno import Errno
from simulator.process.pacing import Turns
from simulator.process.unknown_text import is_unknown_text
from simulator.shell.dialects import BAD_FOR, LACKS, as_commands
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.dynamic import refresh
from simulator.shell.expand.fields import expand_all, expand_pieces, expand_text
from simulator.shell.expand.pattern import matches
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.goals import goal_of_if, goal_of_while, is_if_optional
from simulator.shell.interp.conditions import holds
from simulator.shell.interp.control import Break, Exit
from simulator.shell.interp.lists import run_subshell
from simulator.shell.interp.shell import Run, Shell
from simulator.shell.primaries import assume_helpful
from simulator.shell.syntax import nodes
from simulator.shell.syntax.nodes import Script, Word
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError

_LOOP = "while true; do ...; done"
"""How a loop is called in what podsim reports about it."""


def run_if(shell: Shell, node: nodes.If, tail: bool) -> Run:
    """`if`; without a branch that runs, its status is 0."""
    optional = is_if_optional(node, shell.rest, in_loop=shell.loops > 0)
    if (yield from shell.condition(node.condition, goal_of_if(node), optional=optional)):
        return (yield from shell.run(node.body, tail=tail))
    return (yield from shell.run(node.orelse, tail=tail)) if node.orelse else 0


def run_while(shell: Shell, node: nodes.While, tail: bool) -> Run:
    """`while` and `until`: the status of the last body, not of the condition that ended the loop; 0 if none ran."""
    del tail
    status, turns = 0, Turns(_LOOP)
    while (yield from _in_loop(shell, _continues(shell, node))):
        status = shell.variables.status
        if (yield from _in_loop(shell, _body(shell, node.body))) is False:
            return 0
        status = shell.variables.status
        yield from turns.next(_state(shell))
    return status


def _state(shell: Shell) -> object:
    """What a turn of a loop may have changed in its shell."""
    variables = shell.variables
    return dict(variables.values), tuple(variables.args), variables.status, shell.cwd


def _continues(shell: Shell, node: nodes.While) -> Effects[bool]:
    status = shell.variables.status
    result = (yield from shell.condition(node.condition, goal_of_while(node))) != node.until
    shell.variables.status = status
    return result


def _body(shell: Shell, body: Script) -> Effects[bool]:
    yield from shell.run(body)
    return True


def _in_loop(shell: Shell, part: Effects[bool]) -> Effects[bool]:
    """Run a part of a loop: its answer, or False after `break` and True after `continue`; outer levels are passed on."""
    shell.loops += 1
    try:
        return (yield from part)
    except Break as leave:
        shell.variables.status = 0
        if leave.levels > 1 and shell.loops > 1:
            raise Break(leave.levels - 1, again=leave.again) from leave
        return leave.again
    finally:
        shell.loops -= 1


def _loop_values(shell: Shell, words: tuple[Word, ...] | None) -> Effects[list[str]]:
    """What `for` and `select` go through: the words, or the positional parameters when there is no `in`."""
    return list(shell.variables.args) if words is None else (yield from expand_all(shell, words))


def run_for(shell: Shell, node: nodes.For, tail: bool) -> Run:
    """`for name in words`."""
    del tail
    status = 0  # of a loop without a turn; until the first command in it `$?` is what it was before
    for value in (yield from _loop_values(shell, node.words)):
        shell.variables.set(node.name, value)
        continues = yield from _in_loop(shell, _body(shell, node.body))
        status = shell.variables.status
        if not continues:
            break
    return status


def run_select(shell: Shell, node: nodes.Select, tail: bool) -> Run:
    """`select name in words`: prints a menu and reads a number, repeatedly, until `break` or the end of the input."""
    del tail
    values = yield from _loop_values(shell, node.words)
    while values:
        menu = "".join(f"{number}) {value}\n" for number, value in enumerate(values, start=1))
        yield Write(2, menu + (shell.variables.get("PS3") or "#? "))
        line = yield Read(0, "line")
        if isinstance(line, Errno) or not line:
            return 1
        reply = line.removesuffix("\n")
        shell.variables.set("REPLY", reply)
        is_choice = reply.isdigit() and 0 < int(reply) <= len(values)
        shell.variables.set(node.name, values[int(reply) - 1] if is_choice else "")
        if not (yield from _in_loop(shell, _body(shell, node.body))):
            return shell.variables.status
    return 0


def run_counting_for(shell: Shell, node: nodes.CountingFor, tail: bool) -> Run:
    """bash's `for ((start; condition; step))`; an empty condition is true."""
    del tail
    if shell.dialect:
        yield from shell.complain(BAD_FOR[shell.dialect])
        raise Exit(2)
    evaluate((yield from expand_text(shell, node.start)), shell.variables)
    status, turns = 0, Turns(_LOOP)
    while True:
        condition = yield from expand_text(shell, node.condition)
        if condition.strip() and not evaluate(condition, shell.variables):
            return status
        continues = yield from _in_loop(shell, _body(shell, node.body))
        status = shell.variables.status
        if not continues:
            return status
        evaluate((yield from expand_text(shell, node.step)), shell.variables)
        yield from turns.next(_state(shell))


def run_case(shell: Shell, node: nodes.Case, tail: bool) -> Run:
    """`case`: patterns are expanded one at a time, and none after the first match (POSIX 2.9.4.3)."""
    subject = yield from expand_text(shell, node.word)
    status, chosen = 0, False
    for item in node.items:
        if not chosen:
            for pattern in item.patterns:
                chosen = matches((yield from expand_pieces(shell, pattern)), subject)
                if not chosen and is_unknown_text(subject):
                    chosen = yield from assume_helpful(f"case {subject}")
                if chosen:
                    break
        if chosen:
            status = yield from shell.run(item.body, tail=tail and item.end == ";;")
            if item.end == ";;":
                return status
            # `;&` runs the next body without a test, `;;&` continues with the next patterns.
            chosen = item.end == ";&"
    return status


def run_arithmetic(shell: Shell, node: nodes.ArithmeticCommand, tail: bool) -> Run:
    """`((expression))`: 0 when the value is not 0. An error in it is a failure, it does not end the shell."""
    del tail
    if shell.dialect:
        return (yield from _as_commands(shell, node.expression))
    yield from shell.checkpoint()
    try:
        expression = yield from expand_text(shell, node.expression)
        yield from refresh(shell, expression)
        status = int(evaluate(expression, shell.variables) == 0)
    except ExpansionError as error:
        yield from shell.complain(f"((: {error}")
        status = 1
    yield from shell.failed(status)
    return status


def _as_commands(shell: Shell, expression: Word) -> Run:
    try:
        script = parse(as_commands(expression))
    except ShellSyntaxError as error:
        yield from shell.complain(str(error))
        raise Exit(2) from error
    return (yield from run_subshell(shell, nodes.Subshell(script), tail=False))


def run_condition(shell: Shell, node: nodes.Condition, tail: bool) -> Run:
    """`[[ ... ]]`."""
    del tail
    yield from shell.checkpoint()
    if "[[" in LACKS.get(shell.dialect, ()):
        yield from shell.complain("[[: not found")
        yield from shell.failed(127)
        return 127
    status = int(not (yield from holds(shell, node)))
    yield from shell.failed(status)
    return status
