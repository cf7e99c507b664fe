"""Simple commands (POSIX 2.9.1): assignments, then a function, a builtin, or a program in a process of its own."""

from __future__ import annotations

from simulator.process.effects import Call, Effects, Rename, Spawn, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.shell.dialects import LACKS
from simulator.shell.expand.fields import expand_all
from simulator.shell.expand.variables import ExpansionError, Value
from simulator.shell.interp.assignments import assign, assign_argument
from simulator.shell.interp.control import Exit, Leave, Return
from simulator.shell.interp.redirects import RedirectError, Saved, apply, undo
from simulator.shell.interp.shell import DASH_LINE, Builtin, Run, Shell
from simulator.shell.quoting import quote
from simulator.shell.syntax.nodes import Assign, Simple

SPECIAL = frozenset(
    {":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "trap", "unset"}
)
"""The special builtins of POSIX 2.14: assignments before them last, and their failures end the shell. bash obeys neither outside of
its POSIX mode."""

_NOT_FOUND = "not found"
IN_PROCESS = frozenset({"echo", "printf", "test", "[", "true", "false", "pwd"})
"""Programs that every shell has built in: they run without a process of their own."""


def run_simple(shell: Shell, node: Simple, tail: bool) -> Run:
    """Expand and run one simple command."""
    shell.line = node.line
    shell.substituted = None
    saved: Saved = []
    words: list[str] = []
    try:
        words = yield from _words(shell, node)
        yield from apply(shell, node.redirects, saved)
        # A trap must run in this process after the command, so the command cannot replace the shell.
        status = yield from _execute(shell, node, words, tail=tail and not shell.traps)
    except RedirectError as error:
        yield from undo(saved)
        yield from shell.complain(str(error))
        status, saved = 1, []
        if words and not shell.bash and words[0] in SPECIAL:
            raise Exit(2) from error  # POSIX 2.8.1: a redirection error of a special builtin ends the shell
    except (Leave, ExpansionError):
        yield from undo(saved)
        raise
    if words != ["exec"]:  # `exec > file` without a command redirects the shell itself, from here on
        yield from undo(saved)
    yield from shell.close_substitutions()
    shell.variables.status = status
    if shell.bash:
        shell.variables.values["PIPESTATUS"] = {0: str(status)}
    yield from shell.checkpoint()
    yield from shell.failed(status)
    return status


def _words(shell: Shell, node: Simple) -> Effects[list[str]]:
    """The command and its arguments; an argument that is an assignment stays one word."""
    out: list[str] = []
    for word in node.words:
        if isinstance(word, Assign):
            out.append((yield from assign_argument(shell, word, out[0] if out else "")))
        else:
            out += yield from expand_all(shell, (word,))
    return out


def _execute(shell: Shell, node: Simple, words: list[str], *, tail: bool) -> Run:
    variables = shell.variables
    before: dict[str, Value | None] = {}
    exports: list[str] = []
    # POSIX 2.9.1: without a command name, or before a special builtin, assignments last; else they are for this command's environment.
    lasting = not words or (not shell.bash and words[0] in SPECIAL and words[0] not in shell.functions)
    for node_assign in node.assigns:
        if not lasting:
            before.setdefault(node_assign.name, variables.values.get(node_assign.name))
            exports.append(node_assign.name)
        yield from assign(shell, node_assign)
    yield from _trace(shell, node, words)
    if not words:
        return shell.substituted or 0  # POSIX 2.9.1: the status of the last command substitution, else 0
    extra = [(name, variables.get(name) or "") for name in exports]
    try:
        return (yield from run_words(shell, words, extra, tail=tail))
    finally:
        for name, value in before.items():
            if value is None:
                variables.values.pop(name, None)
            else:
                variables.values[name] = value


def _trace(shell: Shell, node: Simple, words: list[str]) -> Effects[None]:
    """`set -x`: dash prints a command on one line, bash its assignments on lines of their own."""
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
    """Run an expanded command: POSIX 2.9.1.4, command search and execution, with functions before every builtin as in bash.

    Args:
        shell: The shell that runs it.
        words: Its name and arguments; at least the name.
        extra: Variables for its environment only.
        tail: Nothing follows it in this process.
        functions: False skips functions, as `command name` does.
    """
    name = words[0]
    if functions and name in shell.functions:
        return (yield from call_function(shell, name, words[1:]))
    if name == "exec":
        return (yield from _exec(shell, words[1:], extra))
    if name in LACKS.get(shell.dialect, ()):
        yield from shell.complain(f"{name}: {_NOT_FOUND}")
        return 127
    if name in shell.tables.builtins:
        return (yield from _builtin(shell, shell.tables.builtins[name], words))
    return (yield from run_program(shell, words, extra, tail=tail))


def _builtin(shell: Shell, run: Builtin, words: list[str]) -> Run:
    try:
        return (yield from run(shell, words[1:]))
    except UsageError as problem:
        yield from shell.complain(f"{words[0]}: {problem.text}")
        return problem.status
    except NotSimulatedError as problem:
        yield Unsupported(words[0], str(problem))
        yield from shell.complain(f"{words[0]}: {problem} is not simulated")
        return 2


def run_program(shell: Shell, words: list[str], extra: list[tuple[str, str]], *, tail: bool) -> Run:
    """Run what is neither a function nor a builtin: in a child, or in place of the shell when nothing follows.

    Real shells replace themselves by the last command of `-c` too: its signals then reach the program and not a shell around it.
    """
    call = Call(tuple(words), shell.variables.environment(extra), shell.cwd)
    launch = shell.tables.programs.launch
    if words[0] in IN_PROCESS or words[0] in shell.tables.programs.builtins:
        return (yield from launch(call, "builtin", shell.prefix, _NOT_FOUND))
    run = launch(call, _place(shell, tail=tail), shell.prefix, _missing(shell, words[0]))
    if tail and shell.may_exec:
        yield Rename(call.argv)
        raise Exit((yield from run))
    return (yield from shell.wait_for((yield Spawn(run, call.argv)), call.argv))


def _missing(shell: Shell, command: str) -> str:
    """What the shell says of a command that does not exist."""
    return _NOT_FOUND if not shell.bash else str(Errno.ENOENT) if "/" in command else "command not found"


def _place(shell: Shell, *, tail: bool) -> str:
    """What a command is to its container: perhaps its work when nothing follows, a question when its status is tested."""
    if tail or shell.place == "background":
        return shell.place
    return "condition" if shell.checked else "step"


def _exec(shell: Shell, words: list[str], extra: list[tuple[str, str]]) -> Run:
    """`exec [-a name] [-cl] [command [argument ...]]`."""
    while words and words[0] in ("-a", "-c", "-l", "--"):
        words = words[2:] if words[0] == "-a" else words[1:]
    if not words:
        return 0
    call = Call(tuple(words), shell.variables.environment(extra), shell.cwd)
    yield Rename(call.argv)
    shell.traps.clear()  # the shell is gone, and its EXIT trap with it
    # ash gives the line here even where it does not do so elsewhere.
    is_ash = not shell.bash and shell.line_format != DASH_LINE
    prefix = f"{shell.variables.name}: exec: line {shell.number}: " if is_ash else f"{shell.prefix}exec: "
    raise Exit((yield from shell.tables.programs.launch(call, shell.place, prefix, _NOT_FOUND)))


def call_function(shell: Shell, name: str, args: list[str]) -> Run:
    """Call a function (POSIX 2.9.5): it has positional parameters of its own and, in bash, locals.

    `break` inside does not reach a loop around the call, hence a loop count that starts at 0.
    """
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
