"""Builtins about positional parameters and options: set, shift, getopts, shopt."""

from __future__ import annotations

from simulator.process.effects import Unsupported, Write
from simulator.shell.interp.options import set_option
from simulator.shell.interp.shell import Run, Shell
from simulator.shell.quoting import quote

_SET_LETTERS = frozenset("abefhkmnptuvxBCEHPT")


def set_parameters(shell: Shell, args: list[str]) -> Run:
    """`set`, `set -e`, `set -o name`, `set -- a b`."""
    variables = shell.variables
    if not args:
        for name in sorted(variables.values):
            yield Write(1, f"{name}={quote(variables.get(name) or '')}\n")
        return 0
    queue = list(args)
    while queue:
        arg = queue.pop(0)
        if arg in ("--", "-"):
            variables.args = queue
            return 0
        if arg[:1] not in "-+" or len(arg) == 1:
            variables.args = [arg, *queue]
            return 0
        for letter in arg[1:]:
            if letter == "o" and queue:
                set_option(variables.options, queue.pop(0), on=arg[0] == "-")
            elif letter in _SET_LETTERS:
                set_option(variables.options, letter, on=arg[0] == "-")
            else:
                return (yield from shell.refuse(f"set: illegal option -{letter}", 2))
    return 0


def shift(shell: Shell, args: list[str]) -> Run:
    """`shift [n]`: more than there are ends dash, with a message; bash fails silently."""
    count = int(args[0]) if args and args[0].isdigit() else 1
    if count > len(shell.variables.args):
        return 1 if shell.bash else (yield from shell.refuse("shift: can't shift that many", 2))
    shell.variables.args = shell.variables.args[count:]
    return 0


def getopts(shell: Shell, args: list[str]) -> Run:
    """`getopts optstring name [arg ...]` (POSIX XCU, getopts): one option per call; where it stands is in OPTIND and `option_at`."""
    variables = shell.variables
    if len(args) < 2:
        yield from shell.complain("getopts: usage: getopts optstring name [arg ...]")
        return 2
    letters, name = args[0], args[1]
    words = args[2:] or variables.args
    index = int(variables.get("OPTIND") or "1")
    if index == 1 and shell.option_at > 0 and not words:
        shell.option_at = 0  # the script has reset OPTIND to parse other arguments
    word = words[index - 1] if index - 1 < len(words) else ""
    if shell.option_at == 0 and (not word.startswith("-") or word in ("-", "--")):
        variables.set("OPTIND", str(index + (word == "--")))
        variables.set(name, "?")
        return 1
    at = shell.option_at or 1
    letter, rest = word[at], word[at + 1 :]
    silent = letters.startswith(":")
    variables.unset("OPTARG")
    position = letters.find(letter)
    if letter == ":" or position < 0:
        variables.set(name, "?")
        yield from _option_error(shell, "illegal option", letter, silent=silent)
    elif letters[position + 1 : position + 2] == ":":
        if rest or index < len(words):
            variables.set(name, letter)
            index += not rest
            variables.set("OPTARG", rest or words[index - 1])
        else:
            variables.set(name, ":" if silent else "?")
            yield from _option_error(shell, "option requires an argument", letter, silent=silent)
        rest = ""
    else:
        variables.set(name, letter)
    shell.option_at = at + 1 if rest else 0
    variables.set("OPTIND", str(index if rest else index + 1))
    return 0


def _option_error(shell: Shell, problem: str, letter: str, *, silent: bool) -> Run:
    """With a leading colon in the optstring the script gets the letter in OPTARG, without one the user a message."""
    if silent:
        shell.variables.set("OPTARG", letter)
    else:
        yield Write(2, f"{shell.variables.name}: {problem} -- {letter}\n")
    return 0


_SHOPT = frozenset({"checkwinsize", "dotglob", "expand_aliases", "failglob", "histappend", "inherit_errexit", "nullglob", "sourcepath"})
"""The options of bash's shopt that are obeyed, or that change nothing in a script."""


def shopt(shell: Shell, args: list[str]) -> Run:
    """`shopt -s name ...`, `shopt -u name ...`."""
    for name in (a for a in args if not a.startswith("-")):
        set_option(shell.variables.options, name, on="-s" in args)
        if name not in _SHOPT:
            yield Unsupported("shopt", name)
    return 0
