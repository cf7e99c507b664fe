"""How each kind of compound command runs. `tail`: nothing follows the command in this process."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from simulator.process.effects import Close, Effect, Pipe, Read, Spawn, Write
from simulator.process.errno import Errno
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.dynamic import refresh
from simulator.shell.expand.fields import expand_all, expand_pieces, expand_text
from simulator.shell.expand.pattern import matches
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.interp.conditions import holds
from simulator.shell.interp.control import Break, Leave
from simulator.shell.interp.redirects import RedirectError, Saved, apply, undo
from simulator.shell.interp.simple import run_simple
from simulator.shell.syntax import nodes
from simulator.shell.syntax.nodes import Command, Script

if TYPE_CHECKING:
    from simulator.shell.interp.shell import Run, Shell


def _script(shell: Shell, script: Script, tail: bool) -> Run:
    status, last = 0, len(script.commands) - 1
    for number, command in enumerate(script.commands):
        status = yield from shell.run(command, tail=tail and number == last)
    return status


def _and_or(shell: Shell, node: nodes.AndOr, tail: bool) -> Run:
    good = yield from shell.condition(node.left)
    if good != (node.op == "&&"):
        return shell.variables.status
    return (yield from shell.run(node.right, tail=tail))


def _pipeline(shell: Shell, node: nodes.Pipeline, tail: bool) -> Run:
    shell.checked += node.negated
    try:
        if len(node.commands) == 1:
            status = yield from shell.run(node.commands[0])
        else:
            status = yield from _stages(shell, node.commands, tail=tail)
    finally:
        shell.checked -= node.negated
    if node.negated:
        return int(status == 0)
    if len(node.commands) > 1:
        yield from shell.failed(status)
    return status


def _stages(shell: Shell, commands: tuple[Command, ...], *, tail: bool) -> Run:
    pids: list[int] = []
    source: int | None = None
    for number, command in enumerate(commands):
        last = number == len(commands) - 1
        fds = {} if source is None else {0: source}
        reader = writer = None
        if not last:
            reader, writer = yield Pipe()
            fds[1] = writer
        child = shell.fork(shell.place if tail else "step")
        pids.append((yield Spawn(child.main(Script((command,))), (shell.variables.name,), fds)))
        for used in (source, writer):
            if used is not None:
                yield Close(used)
        source = reader
    statuses = []
    for pid in pids:
        statuses.append((yield from shell.wait_for(pid)))  # noqa: PERF401 - a comprehension cannot yield
    yield from shell.checkpoint()
    failures = [s for s in statuses if s]
    if shell.bash:
        shell.variables.values["PIPESTATUS"] = {number: str(status) for number, status in enumerate(statuses)}
    return failures[-1] if "pipefail" in shell.variables.options and failures else statuses[-1]


def _background(shell: Shell, node: nodes.Background, tail: bool) -> Run:
    del tail
    child = shell.fork("background")
    pid = yield Spawn(child.main(Script((node.command,))), (shell.variables.name,))
    shell.variables.background = pid
    shell.jobs.append(pid)
    yield from shell.checkpoint()
    return 0


def _if(shell: Shell, node: nodes.If, tail: bool) -> Run:
    if (yield from shell.condition(node.condition)):
        return (yield from shell.run(node.body, tail=tail))
    return (yield from shell.run(node.orelse, tail=tail)) if node.orelse else 0


def _while(shell: Shell, node: nodes.While, tail: bool) -> Run:
    del tail
    status = 0
    while (yield from _in_loop(shell, _holds(shell, node))):
        status = shell.variables.status
        if (yield from _in_loop(shell, _body(shell, node.body))) is False:
            return 0
        status = shell.variables.status
    return status


def _holds(shell: Shell, node: nodes.While) -> Generator[Effect, Any, bool]:
    status = shell.variables.status
    result = (yield from shell.condition(node.condition)) != node.until
    shell.variables.status = status
    return result


def _body(shell: Shell, body: Script) -> Generator[Effect, Any, bool]:
    yield from shell.run(body)
    return True


def _in_loop(shell: Shell, part: Generator[Effect, Any, bool]) -> Generator[Effect, Any, bool]:
    """Run a part of a loop: its answer, or what `break` (False) and `continue` (True) say; outer levels are passed on."""
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


def _for(shell: Shell, node: nodes.For, tail: bool) -> Run:
    del tail
    values = list(shell.variables.args) if node.words is None else (yield from expand_all(shell, node.words))
    shell.variables.status = 0
    for value in values:
        shell.variables.set(node.name, value)
        if not (yield from _in_loop(shell, _body(shell, node.body))):
            break
    return shell.variables.status


def _select(shell: Shell, node: nodes.Select, tail: bool) -> Run:
    """`select name in words`: shows a menu, reads a number, again and again until `break` or the end of the input."""
    del tail
    values = list(shell.variables.args) if node.words is None else (yield from expand_all(shell, node.words))
    shell.variables.status = 0
    while values:
        yield Write(
            2, "".join(f"{number}) {value}\n" for number, value in enumerate(values, start=1)) + (shell.variables.get("PS3") or "#? ")
        )
        line = yield Read(0, "line")
        if isinstance(line, Errno) or not line:
            return 1
        reply = line.removesuffix("\n")
        shell.variables.set("REPLY", reply)
        shell.variables.set(node.name, values[int(reply) - 1] if reply.isdigit() and 0 < int(reply) <= len(values) else "")
        if not (yield from _in_loop(shell, _body(shell, node.body))):
            break
    return shell.variables.status


def _counting_for(shell: Shell, node: nodes.CountingFor, tail: bool) -> Run:
    del tail
    evaluate((yield from expand_text(shell, node.start)), shell.variables)
    shell.variables.status = 0
    while True:
        condition = yield from expand_text(shell, node.condition)
        if condition.strip() and not evaluate(condition, shell.variables):
            break
        if not (yield from _in_loop(shell, _body(shell, node.body))):
            break
        evaluate((yield from expand_text(shell, node.step)), shell.variables)
    return shell.variables.status


def _case(shell: Shell, node: nodes.Case, tail: bool) -> Run:
    subject = yield from expand_text(shell, node.word)
    status, falling = 0, False
    for item in node.items:
        if not falling:
            for pattern in item.patterns:
                if matches((yield from expand_pieces(shell, pattern)), subject):
                    falling = True
                    break
        if falling:
            status = yield from shell.run(item.body, tail=tail and item.end == ";;")
            if item.end == ";;":
                return status
            falling = item.end == ";&"
    return status


def _group(shell: Shell, node: nodes.Group, tail: bool) -> Run:
    return (yield from shell.run(node.script, tail=tail))


def _subshell(shell: Shell, node: nodes.Subshell, tail: bool) -> Run:
    child = shell.fork(shell.place if tail else "step")
    pid = yield Spawn(child.main(node.script), (shell.variables.name,))
    status = yield from shell.wait_for(pid)
    yield from shell.checkpoint()
    yield from shell.failed(status)
    return status


def _function(shell: Shell, node: nodes.Function, tail: bool) -> Run:
    del tail
    shell.functions[node.name] = node.body
    yield from shell.checkpoint()
    return 0


def _arithmetic(shell: Shell, node: nodes.ArithmeticCommand, tail: bool) -> Run:
    del tail
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


def _condition(shell: Shell, node: nodes.Condition, tail: bool) -> Run:
    del tail
    yield from shell.checkpoint()
    status = int(not (yield from holds(shell, node)))
    yield from shell.failed(status)
    return status


def _redirected(shell: Shell, node: nodes.Redirected, tail: bool) -> Run:
    saved: Saved = []
    try:
        yield from apply(shell, node.redirects, saved)
        status = yield from shell.run(node.command, tail=tail)
    except RedirectError as error:
        yield from undo(saved)
        yield from shell.complain(str(error))
        yield from shell.failed(1)
        return 1
    except (Leave, ExpansionError):
        yield from undo(saved)
        raise
    yield from undo(saved)
    return status


RUNNERS: dict[type, Callable[[Shell, Any, bool], Run]] = {
    nodes.Simple: run_simple,
    nodes.Pipeline: _pipeline,
    nodes.AndOr: _and_or,
    nodes.Background: _background,
    nodes.Script: _script,
    nodes.If: _if,
    nodes.While: _while,
    nodes.For: _for,
    nodes.Select: _select,
    nodes.CountingFor: _counting_for,
    nodes.Case: _case,
    nodes.Group: _group,
    nodes.Subshell: _subshell,
    nodes.Function: _function,
    nodes.ArithmeticCommand: _arithmetic,
    nodes.Condition: _condition,
    nodes.Redirected: _redirected,
}
