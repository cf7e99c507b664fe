"""`sh` and `bash` as commands: where the script comes from, and a shell that is ready to run it."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program, Write
from simulator.process.errno import Errno
from simulator.process.fileio import IsTerminal, is_unknown, read_all, read_file
from simulator.process.pacing import Stopwatch
from simulator.process.unknown_text import UNKNOWN_TEXT
from simulator.process.world import InstallPackages, ShellKind, UnknownCommand
from simulator.shell.dialects import ASH, DASH
from simulator.shell.expand.variables import Variables
from simulator.shell.interp.builtins.table import BUILTINS
from simulator.shell.interp.options import invocation
from simulator.shell.interp.runners import RUNNERS
from simulator.shell.interp.shell import DASH_LINE, Programs, Shell, Tables
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError

_BASH_LIKE = frozenset({"bash", "zsh", "ksh"})
"""Shells that get bash's grammar and messages; `ash` and `dash` get dash's, and `sh` those of what it is in the image."""


def run_shell(call: Call, place: str, programs: Programs) -> Process:
    """Run `sh [options] [-c script [name [argument ...]] | file [argument ...]]`.

    Args:
        call: The command line, environment and working directory.
        place: What the script's last command is to its container (see `UnknownCommand`).
        programs: How to run and find everything that is not part of the shell.
    """
    given = invocation(call)
    kind = (yield ShellKind()) if call.name == "sh" else call.name
    bash = kind in _BASH_LIKE
    name, args = call.argv[0], given.operands
    if given.has_command and not args:
        yield Write(2, f"{name}: -c requires an argument\n")
        return 2
    types = False
    if given.has_command:
        # POSIX XCU, sh: the operand after the script is $0, the rest are $1 and so on.
        text, name, args = args[0], (args[1] if len(args) > 1 else name), args[2:]
    elif args:
        name, args = args[0], args[1:]
        content = yield from read_file(call, name)
        if not content and (yield from is_unknown(call, name)):
            # The script exists and podsim cannot read it: its host decides what it does.
            program: Program | None = yield UnknownCommand(Call((name, *args), call.env, call.cwd), place)
            if program is not None:
                return (yield from program(Call((name, *args), call.env, call.cwd)))
        if isinstance(content, Errno):
            yield Write(2, f"{call.argv[0]}: {name}: {content}\n" if bash else f"{call.argv[0]}: can't open '{name}': {content}\n")
            return 127 if bash else 2
        text = content
    elif (yield IsTerminal(0)):
        text, types = "", True
    else:
        text = yield from read_all()
    from_input = not (given.has_command or given.operands or types)
    if text.strip() == UNKNOWN_TEXT or (from_input and not text.strip()):
        # `curl https://get.example.com | sh`: what a download installs is not known.
        yield InstallPackages(call.name, ("",))
        return 0
    variables = Variables(name=name, args=args, options=given.options)
    variables.seconds_from = yield Stopwatch()
    _import_environment(variables, call, bash=bash)
    is_dash = kind == "dash"
    line_format = DASH_LINE if is_dash else "line {}: " if programs.names_lines and not bash else ""
    first_line = programs.first_line if given.has_command and not is_dash else 1
    may_exec = given.has_command and programs.execs_last
    dialect = "" if bash else DASH if is_dash else ASH if programs.is_busybox else ""
    shell = Shell(variables, Tables(RUNNERS, BUILTINS, programs), bash, call.cwd, place, may_exec, line_format, first_line, dialect)
    if types:
        from simulator.shell.interp.interactive import interact

        return (yield from interact(shell))
    try:
        script = parse(text, bash=bash)
    except ShellSyntaxError as error:
        yield Write(2, f"{shell.variables.name}: {error}\n")
        return 2
    return (yield from shell.main(script))


def _import_environment(variables: Variables, call: Call, *, bash: bool) -> None:
    """Set what a shell knows at its start. POSIX 2.5.3: variables of the environment are exported from the beginning."""
    variables.values.update(call.env)
    variables.exported.update(call.env)
    variables.values["PWD"] = call.cwd
    variables.values.setdefault("IFS", " \t\n")
    if bash:
        variables.values |= {"BASH_VERSION": "5.2.37(1)-release", "BASH_SUBSHELL": "0", "OSTYPE": "linux-gnu"}
