"""Builtins that decide what runs next: exit, return, break, eval, `.`, command and type."""

from __future__ import annotations

from simulator.process.effects import Call, Effects, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_file
from simulator.process.problems import NotSimulatedError
from simulator.shell.interp.control import Break, Exit, Return
from simulator.shell.interp.shell import Builtin, Run, Shell
from simulator.shell.interp.simple import IN_PROCESS, run_words

_KEYWORDS = frozenset(
    {"if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "function", "{", "}", "!", "[["}
)


def _status(shell: Shell, args: list[str]) -> int:
    """The status that `exit` and `return` are given; without one, that of the last command."""
    text = args[0] if args else ""
    if not text:
        return shell.variables.status
    return int(text) & 255 if text.lstrip("-").isdigit() else 2


def nothing(shell: Shell, args: list[str]) -> Run:
    """`:`, and builtins that change nothing here."""
    del shell, args
    yield from ()
    return 0


def leave_shell(shell: Shell, args: list[str]) -> Run:
    """`exit [n]`."""
    yield from ()
    raise Exit(_status(shell, args))


def leave_function(shell: Shell, args: list[str]) -> Run:
    """`return [n]`."""
    yield from ()
    raise Return(_status(shell, args))


def leave_loop(*, again: bool) -> Builtin:
    """`break [n]`, or `continue [n]` with `again`; outside of a loop both do nothing, as in bash and dash."""

    def builtin(shell: Shell, args: list[str]) -> Run:
        yield from ()
        if shell.loops == 0:
            return 0
        raise Break(max(int(args[0]), 1) if args and args[0].isdigit() else 1, again=again)

    return builtin


def evaluate_words(shell: Shell, args: list[str]) -> Run:
    """`eval word ...`."""
    return (yield from shell.evaluate(" ".join(args)))


def source(shell: Shell, args: list[str]) -> Run:
    """`. file`, and `source file` of bash, which may pass arguments."""
    if not args:
        yield from shell.complain(".: filename argument required")
        return 2
    path = args[0]
    # POSIX XCU, dot: a name without a slash is looked up in PATH; bash tries the working directory after it.
    candidates = [path] if "/" in path else [f"{d}/{path}" for d in (shell.variables.get("PATH") or "").split(":") if d] + [path]
    text: str | Errno = Errno.ENOENT
    for candidate in candidates:
        text = yield from read_file(Call((".",), {}, shell.cwd), candidate)
        if isinstance(text, str):
            break
    if isinstance(text, Errno):
        yield from shell.complain(f"{path}: {text}" if shell.bash else f".: can't open '{path}': {text}")
        if shell.bash:
            return 1
        raise Exit(2)  # POSIX 2.8.1: a failure of this special builtin ends the shell
    outer = shell.variables.args
    if len(args) > 1:
        shell.variables.args = args[1:]
    try:
        return (yield from shell.evaluate(text))
    except Return as leave:
        return leave.status
    finally:
        if len(args) > 1:
            shell.variables.args = outer


def command(shell: Shell, args: list[str]) -> Run:
    """`command name` skips functions; `command -v name` prints what a name means. Also bash's `builtin`."""
    if args and args[0] in ("-v", "-V"):
        status = 1 if shell.bash else 127
        for name in args[1:]:
            meaning = yield from _meaning(shell, name)
            if meaning:
                status = 0
                yield Write(1, f"{meaning[0] if args[0] == '-v' else f'{name} is {meaning[1]}'}\n")
        return status
    words = args[1:] if args and args[0] in ("-p", "--") else args
    return (yield from run_words(shell, words, [], tail=False, functions=False)) if words else 0


def describe(shell: Shell, args: list[str]) -> Run:
    """`type name ...`: dash prints "not found" to standard output, bash to standard error with its prefix."""
    status = 0
    for name in (a for a in args if not a.startswith("-")):
        meaning = yield from _meaning(shell, name)
        if meaning is not None:
            yield Write(1, f"{name} is {meaning[1]}\n")
        elif shell.bash:
            status = 1
            yield Write(2, f"{shell.prefix}type: {name}: not found\n")
        else:
            status = 127
            yield Write(1, f"{name}: not found\n")
    return status


def _meaning(shell: Shell, name: str) -> Effects[tuple[str, str] | None]:
    """What `command -v` and `type` print for a name; None when it is nothing."""
    if name in _KEYWORDS:
        return name, "a shell keyword"
    if name in shell.functions:
        return name, "a function"
    if name in shell.tables.builtins or name in IN_PROCESS or name in shell.tables.programs.builtins or name == "exec":
        return name, "a shell builtin"
    path = yield from shell.tables.programs.find(Call((name,), shell.variables.environment(), shell.cwd))
    return (path, path) if path else None


def coprocess(shell: Shell, args: list[str]) -> Run:
    """bash's `coproc`."""
    del shell
    yield from ()
    raise NotSimulatedError(f"the coprocess {' '.join(args)}")


def alias(shell: Shell, args: list[str]) -> Run:
    """`alias`: named as not simulated. bash expands no aliases in scripts unless expand_aliases is on."""
    del shell
    yield Unsupported("alias", " ".join(args))
    return 0
