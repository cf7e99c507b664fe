"""Simple commands: assignments, then a function, a builtin, or a program in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from simulator.process.effects import Call, Effect, Now, Rename, Spawn, Unsupported, Write
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.fields import expand_all, expand_text
from simulator.shell.expand.variables import Array, ExpansionError, Value
from simulator.shell.interp.control import Exit, Leave, Return
from simulator.shell.interp.redirects import RedirectError, Saved, apply, undo
from simulator.shell.quoting import quote
from simulator.shell.syntax.nodes import Assign, Simple
from simulator.userland.basics import NotSimulatedError, UsageProblem

if TYPE_CHECKING:
    from simulator.shell.interp.shell import Run, Shell

SPECIAL = frozenset(
    {":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "trap", "unset"}
)
"""POSIX' special builtins: assignments before them last, and their failures end a POSIX shell."""

IN_PROCESS = frozenset({"echo", "printf", "test", "[", "true", "false", "pwd", "kill"})
"""Programs that every shell has built in: they run without a process of their own."""


def run_simple(shell: Shell, node: Simple, tail: bool) -> Run:
    """Expand and run one simple command."""
    shell.line = node.line
    shell.substituted = None
    saved: Saved = []
    replaced = False
    try:
        words = yield from _words(shell, node)
        replaced = bool(words) and words[0] == "exec"
        yield from apply(shell, node.redirects, saved)
        status = yield from _execute(shell, node, words, tail=tail and not shell.traps)
    except RedirectError as error:
        yield from undo(saved)
        yield from shell.complain(str(error))
        status, saved = 1, []
        if node.words and not shell.bash and words[0] in SPECIAL:
            raise Exit(2) from error
    except (Leave, ExpansionError):
        yield from undo(saved)
        raise
    if not (replaced and len(words) == 1):
        yield from undo(saved)
    yield from shell.close_substitutions()
    shell.variables.status = status
    if shell.bash:
        shell.variables.values["PIPESTATUS"] = {0: str(status)}
    yield from shell.checkpoint()
    yield from shell.failed(status)
    return status


def _words(shell: Shell, node: Simple) -> Generator[Effect, Any, list[str]]:
    """The command and its arguments; an argument that is an assignment stays one word."""
    out: list[str] = []
    for word in node.words:
        if isinstance(word, Assign):
            out.append((yield from _declaration(shell, word, out[0] if out else "")))
        else:
            out += yield from expand_all(shell, (word,))
    return out


def _declaration(shell: Shell, assign: Assign, command: str) -> Generator[Effect, Any, str]:
    if not isinstance(assign.value, tuple):
        return f"{assign.name}{'+' if assign.append else ''}=" + (yield from expand_text(shell, assign.value))
    if command in ("local", "declare", "typeset"):
        shell.variables.make_local(assign.name)
    yield from assign_value(shell, assign)
    return assign.name


def assign_value(shell: Shell, assign: Assign) -> Generator[Effect, Any, None]:
    """Do `name=value` in all its forms."""
    variables = shell.variables
    value: Value
    if isinstance(assign.value, tuple):
        old = variables.values.get(assign.name)
        array: Array = dict(enumerate(variables.elements(assign.name))) if assign.append and not variables.is_map(assign.name) else {}
        if variables.is_map(assign.name) and isinstance(old, dict):
            array = dict(old) if assign.append else {}
        yield from _fill(shell, assign, array)
        variables.set(assign.name, array)
        return
    value = yield from expand_text(shell, assign.value)
    if assign.name in variables.integers:
        value = str(evaluate(f"({variables.get(assign.name) or 0})+({value})" if assign.append else value or "0", variables))
        variables.set(assign.name, value)
        return
    if assign.name == "SECONDS" and shell.bash:
        variables.seconds_from = (yield Now()) - (int(value) if value.isdigit() else 0) * 10**9
        variables.values.pop("SECONDS", None)
        return
    if assign.index is not None:
        index = yield from expand_text(shell, assign.index)
        key = index if variables.is_map(assign.name) or variables.values.get(assign.name) == {} else evaluate(index, variables)
        variables.set_element(assign.name, key, value)
    elif isinstance(variables.values.get(assign.name), dict):
        variables.set_element(assign.name, 0, (variables.get(assign.name) or "") + value if assign.append else value)
    else:
        variables.set(assign.name, (variables.get(assign.name) or "") + value if assign.append else value)


def _fill(shell: Shell, assign: Assign, array: Array) -> Generator[Effect, Any, None]:
    """The elements of `(a b [key]=c)`."""
    assert isinstance(assign.value, tuple)
    at = len(array)
    for word in assign.value:
        for text in (yield from expand_all(shell, (word,))):
            key, bracket, item = text[1:].partition("]=") if text.startswith("[") else ("", "", text)
            if not bracket:
                array[at] = text
                at += 1
            elif key.isdigit():
                array[int(key)] = item
                at = int(key) + 1
            else:
                array[key] = item


def _execute(shell: Shell, node: Simple, words: list[str], *, tail: bool) -> Run:
    variables = shell.variables
    kept: dict[str, Value | None] = {}
    exports: list[str] = []
    lasting = not words or (not shell.bash and words[0] in SPECIAL and words[0] not in shell.functions)
    for assign in node.assigns:
        if not lasting:
            kept.setdefault(assign.name, variables.values.get(assign.name))
            exports.append(assign.name)
        yield from assign_value(shell, assign)
    yield from _trace(shell, node, words)
    if not words:
        return shell.substituted or 0
    extra = [(name, variables.get(name) or "") for name in exports]
    try:
        return (yield from run_words(shell, words, extra, tail=tail))
    finally:
        for name, value in kept.items():
            if value is None:
                variables.values.pop(name, None)
            else:
                variables.values[name] = value


def _trace(shell: Shell, node: Simple, words: list[str]) -> Generator[Effect, Any, None]:
    """`set -x`."""
    if "x" not in shell.variables.options:
        return
    assigned = [f"{a.name}={quote(shell.variables.get(a.name) or '') if shell.variables.get(a.name) else ''}" for a in node.assigns]
    prompt = shell.variables.get("PS4") or "+ "
    if not shell.bash:
        if line := " ".join([*assigned, *(quote(w) if w else "''" for w in words)]):
            yield Write(2, f"{prompt}{line}\n")
        return
    for part in [*assigned, " ".join(quote(w) for w in words)]:
        if part:
            yield Write(2, f"{prompt}{part}\n")


def run_words(shell: Shell, words: list[str], extra: list[tuple[str, str]], *, tail: bool, functions: bool = True) -> Run:
    """Run an expanded command. `extra` goes into its environment; `functions` False skips functions (`command name`)."""
    from simulator.shell.interp.builtins import BUILTINS

    name = words[0]
    if functions and name in shell.functions:
        return (yield from call_function(shell, name, words[1:]))
    if name == "exec":
        return (yield from _exec(shell, words[1:], extra))
    if name in BUILTINS:
        return (yield from _builtin(shell, BUILTINS[name], words))
    return (yield from run_program(shell, words, extra, tail=tail))


def _builtin(shell: Shell, run: Callable[[Shell, list[str]], Run], words: list[str]) -> Run:
    try:
        return (yield from run(shell, words[1:]))
    except UsageProblem as problem:
        yield from shell.complain(f"{words[0]}: {problem.text}")
        return problem.status
    except NotSimulatedError as problem:
        yield Unsupported(words[0], str(problem))
        yield from shell.complain(f"{words[0]}: {problem} is not simulated")
        return 2


def run_program(shell: Shell, words: list[str], extra: list[tuple[str, str]], *, tail: bool) -> Run:
    """Run what is neither a function nor a builtin: in a child, or in place of the shell when nothing follows."""
    from simulator.userland.launch import launch

    call = Call(tuple(words), shell.variables.environment(extra), shell.cwd)
    if words[0] in IN_PROCESS:
        return (yield from launch(call, "step", shell.prefix))
    place = shell.place if tail or shell.place == "background" else "condition" if shell.checked else "step"
    run = launch(call, place, shell.prefix)
    if tail and shell.may_exec:
        yield Rename(call.argv)
        raise Exit((yield from run))
    return (yield from shell.wait_for((yield Spawn(run, call.argv))))


def _exec(shell: Shell, words: list[str], extra: list[tuple[str, str]]) -> Run:
    from simulator.userland.launch import launch

    while words and words[0] in ("-a", "-c", "-l", "--"):
        words = words[2:] if words[0] == "-a" else words[1:]
    if not words:
        return 0
    call = Call(tuple(words), shell.variables.environment(extra), shell.cwd)
    yield Rename(call.argv)
    shell.traps.clear()
    raise Exit((yield from launch(call, "last" if shell.place == "last" else shell.place, shell.prefix)))


def call_function(shell: Shell, name: str, args: list[str]) -> Run:
    """Call a function: its own positional parameters, its own locals."""
    variables = shell.variables
    outer, variables.args = variables.args, args
    loops, shell.loops = shell.loops, 0
    variables.frames.append({})
    names = variables.elements("FUNCNAME")
    variables.values["FUNCNAME"] = dict(enumerate([name, *names]))
    try:
        return (yield from shell.run(shell.functions[name]))
    except Return as leave:
        return leave.status
    finally:
        variables.leave_function()
        variables.values["FUNCNAME"] = dict(enumerate(names))
        variables.args, shell.loops = outer, loops
