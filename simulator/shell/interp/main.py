"""`sh` and `bash` as commands: their options, and where the script comes from."""

from __future__ import annotations

from simulator.process.effects import Call, Now, Process, Program, Write
from simulator.process.errno import Errno
from simulator.process.world import ImageFile, UnknownCommand
from simulator.shell.expand.variables import Variables
from simulator.shell.interp.shell import Shell
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError
from simulator.userland.basics import full, read_file, slurp

_FULL = frozenset({"bash", "zsh", "ksh"})
_LONG = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "allexport": "a", "noclobber": "C", "verbose": "v"}
_IGNORED = frozenset("ilhmBHEvnbrs")  # login, interactive and the like: no difference here


def set_option(options: set[str], name: str, *, on: bool) -> None:
    """Switch an option of `set`, by letter or by the name that follows `-o`."""
    name = _LONG.get(name, name)
    if on:
        options.add(name)
    else:
        options.discard(name)


def run_shell(call: Call, place: str) -> Process:
    """Run `sh [options] [-c script [name [argument ...]] | file [argument ...]]`."""
    chosen, command, args = _options(call)
    bash = call.name in _FULL
    name = call.argv[0]
    if command and not args:
        yield Write(2, f"{name}: -c requires an argument\n")
        return 2
    if command:
        text, name, args = args[0], (args[1] if len(args) > 1 else name), args[2:]
    elif args:
        name, args = args[0], args[1:]
        found = yield from read_file(call, name)
        if found is Errno.ENOENT and (yield ImageFile(full(call, name))) is not None:
            # A script that the image holds, and nobody else knows.
            program: Program | None = yield UnknownCommand(Call((name, *args), call.env, call.cwd), place)
            if program is not None:
                return (yield from program(Call((name, *args), call.env, call.cwd)))
        if isinstance(found, Errno):
            yield Write(2, f"{call.argv[0]}: {name}: {found}\n" if bash else f"{call.argv[0]}: can't open '{name}': {found}\n")
            return 127 if bash else 2
        text = found
    else:
        text = yield from slurp()
    variables = Variables(name=name, args=args, options=chosen)
    variables.values.update(call.env)
    variables.exported.update(call.env)
    variables.values["PWD"] = call.cwd
    variables.values.setdefault("IFS", " \t\n")
    variables.seconds_from = yield Now()
    if bash:
        variables.values |= {"BASH_VERSION": "5.2.37(1)-release", "BASH_SUBSHELL": "0", "OSTYPE": "linux-gnu"}
    shell = Shell(variables, bash, call.cwd, place, may_exec=command)
    try:
        script = parse(text, bash=bash)
    except ShellSyntaxError as error:
        yield Write(2, f"{shell.variables.name}: {error}\n")
        return 2
    return (yield from shell.main(script))


def _options(call: Call) -> tuple[set[str], bool, list[str]]:
    """The options that are set, whether there is a -c, and what follows them."""
    chosen: set[str] = set()
    args = list(call.argv[1:])
    command = False
    while args and args[0][:1] in "-+" and len(args[0]) > 1:
        option = args.pop(0)
        if option == "--":
            break
        if option.startswith("--"):
            if option in ("--rcfile", "--init-file") and args:
                args.pop(0)
            continue
        for letter in option[1:]:
            if letter == "c":
                command = True
            elif letter in ("o", "O") and args:
                set_option(chosen, args.pop(0), on=option[0] == "-")
            elif letter not in _IGNORED:
                set_option(chosen, letter, on=option[0] == "-")
    return chosen, command, args
