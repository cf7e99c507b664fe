"""How commands are put together: lists, pipelines, background, groups, subshells, functions, redirected commands (POSIX 2.9.2 to 2.9.5)."""

from __future__ import annotations

from simulator.process.effects import Close, Pipe, Spawn
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.goals import goal_of_left, is_left_optional
from simulator.shell.interp.control import Leave
from simulator.shell.interp.redirects import RedirectError, Saved, apply, undo
from simulator.shell.interp.shell import Run, Shell
from simulator.shell.syntax import nodes
from simulator.shell.syntax.nodes import Command, Pipeline, Script


def run_script(shell: Shell, script: Script, tail: bool) -> Run:
    """Commands one after the other."""
    status, last = 0, len(script.commands) - 1
    for number, command in enumerate(script.commands):
        shell.rest = script.commands[number + 1 :]
        status = yield from shell.run(command, tail=tail and number == last)
    return status


def run_and_or(shell: Shell, node: nodes.AndOr, tail: bool) -> Run:
    """`a && b`, `a || b`: the left side's status is tested, so `set -e` does not apply to it."""
    optional = is_left_optional(node, shell.rest, in_loop=shell.loops > 0)
    succeeded = yield from shell.condition(node.left, goal_of_left(node), optional=optional)
    if succeeded != (node.op == "&&"):
        return shell.variables.status
    return (yield from shell.run(node.right, tail=tail))


def run_pipeline(shell: Shell, node: nodes.Pipeline, tail: bool) -> Run:
    """`a | b`, `! a`: the last command's status, or its negation; a negated pipeline is exempt from `set -e`."""
    if node.negated:
        return int((yield from shell.condition(Pipeline(node.commands, negated=False), goal=False)))
    if len(node.commands) == 1:
        return (yield from shell.run(node.commands[0]))
    status = yield from _stages(shell, node.commands, tail=tail)
    yield from shell.failed(status)
    return status


def _stages(shell: Shell, commands: tuple[Command, ...], *, tail: bool) -> Run:
    """Run every command in a subshell of its own, each reading what the one before it writes. POSIX 2.12 leaves that open for the last
    one; dash and bash (without lastpipe) fork it too, so `... | read x` sets nothing here either."""
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
                yield Close(used)  # an end that stays open here would keep its reader waiting forever
        source = reader
    statuses = []
    for pid in pids:
        statuses.append((yield from shell.wait_for(pid)))  # noqa: PERF401 - a comprehension cannot yield
    yield from shell.checkpoint()
    if shell.bash:
        shell.variables.values["PIPESTATUS"] = {number: str(status) for number, status in enumerate(statuses)}
    failures = [status for status in statuses if status]
    return failures[-1] if "pipefail" in shell.variables.options and failures else statuses[-1]


def run_background(shell: Shell, node: nodes.Background, tail: bool) -> Run:
    """`command &`: a subshell that is not waited for; `$!` is its pid."""
    del tail
    child = shell.fork("background")
    pid = yield Spawn(child.main(Script((node.command,))), (shell.variables.name,))
    shell.variables.background = pid
    shell.jobs.append(pid)
    yield from shell.checkpoint()
    return 0


def run_group(shell: Shell, node: nodes.Group, tail: bool) -> Run:
    """`{ a; b; }`."""
    return (yield from shell.run(node.script, tail=tail))


def run_subshell(shell: Shell, node: nodes.Subshell, tail: bool) -> Run:
    """`( a; b )`."""
    child = shell.fork(shell.place if tail else "step")
    pid = yield Spawn(child.main(node.script), (shell.variables.name,))
    status = yield from shell.wait_for(pid)
    yield from shell.checkpoint()
    yield from shell.failed(status)
    return status


def run_function(shell: Shell, node: nodes.Function, tail: bool) -> Run:
    """`name() body` defines a function."""
    del tail
    shell.functions[node.name] = node.body
    yield from shell.checkpoint()
    return 0


def run_redirected(shell: Shell, node: nodes.Redirected, tail: bool) -> Run:
    """A compound command with redirections, which last as long as it runs."""
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
