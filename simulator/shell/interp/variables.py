"""Builtins about variables, parameters and options."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.process.effects import Call, Now, Unsupported, Write
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.dynamic import SECOND
from simulator.shell.interp.main import set_option
from simulator.shell.interp.reading import mapfile, read
from simulator.shell.quoting import quote
from simulator.shell.syntax.words import NAME
from simulator.userland.processes.clock import strftime
from simulator.userland.text.output import formatted, printf

if TYPE_CHECKING:
    from simulator.shell.interp.shell import Run, Shell

_SET_LETTERS = frozenset("abefhkmnptuvxBCEHPT")


def _assigned(shell: Shell, text: str) -> str | None:
    """Do the assignment in `name=value`, `name+=value`; the name, None if it is none."""
    name, equals, value = text.partition("=")
    append = name.endswith("+")
    name = name.removesuffix("+")
    if not NAME.fullmatch(name):
        return None
    variables = shell.variables
    if equals and name in variables.integers:
        variables.set(name, str(evaluate(f"({variables.get(name) or 0})+({value})" if append else value or "0", variables)))
    elif equals:
        variables.set(name, (variables.get(name) or "") + value if append else value)
    return name


def _declare(kind: str) -> Callable[[Shell, list[str]], Run]:
    """`export`, `readonly`, `local` and `declare` differ in what they mark."""

    def builtin(shell: Shell, args: list[str]) -> Run:
        variables = shell.variables
        flags = {c for a in args if a[:1] in "-+" and len(a) > 1 for c in a[1:]}
        names = [a for a in args if not (a[:1] in "-+" and len(a) > 1)]
        if kind == "declare" and "p" in flags and names:
            return (yield from _print_declarations(shell, names))
        if not names and kind != "local":
            marked = variables.exported if kind == "export" else variables.readonly if kind == "readonly" else set(variables.values)
            for name in sorted(marked):
                yield Write(1, f"{'declare -x' if shell.bash else kind} {name}={quote(variables.get(name) or '')}\n")
            return 0
        status = 0
        for text in names:
            bare = text.partition("=")[0].removesuffix("+")
            if kind in ("local", "declare") and "g" not in flags:
                fresh = bool(variables.frames) and bare not in variables.frames[-1]
                variables.make_local(bare)
                if "=" not in text and kind == "local" and fresh and shell.bash:
                    variables.values.pop(bare, None)
            if "n" in flags and kind != "export" and "=" in text:
                variables.references[bare] = text.partition("=")[2]
                continue
            if "i" in flags:
                variables.integers.add(bare)
            if flags & {"A", "a"} and not isinstance(variables.values.get(bare), dict):
                variables.values[bare] = {}
            assigned = _assigned(shell, text)
            if assigned is None:
                what = f"`{text}': not a valid identifier" if shell.bash else f"{text}: bad variable name"
                yield from shell.complain(f"{kind}: {what}")
                status = 1 if shell.bash else 2
                continue
            if kind == "export" or "x" in flags:
                (variables.exported.discard if "n" in flags else variables.exported.add)(assigned)
            if kind == "readonly" or "r" in flags:
                variables.readonly.add(assigned)
        return status

    return builtin


def _print_declarations(shell: Shell, names: list[str]) -> Run:
    """`declare -p name ...`."""
    variables, status = shell.variables, 0
    for name in names:
        value = variables.values.get(name)
        if value is None:
            yield from shell.complain(f"declare: {name}: not found")
            status = 1
            continue
        letters = "A" if variables.is_map(name) else "a" if isinstance(value, dict) else ""
        letters += "".join(
            letter for letter, held in (("i", variables.integers), ("r", variables.readonly), ("x", variables.exported)) if name in held
        )
        if isinstance(value, dict):
            shown = "(" + " ".join(f'[{key}]="{value[key]}"' for key in variables.keys(name)) + ")"
        else:
            shown = '"' + re.sub(r'(["$`\\])', r"\\\1", value) + '"'
        yield Write(1, f"declare -{letters or '-'} {name}={shown}\n")
    return status


def _unset(shell: Shell, args: list[str]) -> Run:
    yield from ()
    functions = "-f" in args
    for text in (a for a in args if not a.startswith("-")):
        name, bracket, index = text.partition("[")
        if functions or (name not in shell.variables.values and name in shell.functions):
            shell.functions.pop(name, None)
        elif bracket:
            key = index.removesuffix("]")
            shell.variables.unset(name, key if shell.variables.is_map(name) else evaluate(key, shell.variables))
        else:
            shell.variables.unset(name)
    return 0


def _set(shell: Shell, args: list[str]) -> Run:
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
                yield from shell.complain(f"set: illegal option -{letter}")
                return 2
    return 0


def _shift(shell: Shell, args: list[str]) -> Run:
    count = int(args[0]) if args and args[0].isdigit() else 1
    if count > len(shell.variables.args):
        if not shell.bash:
            yield from shell.complain("shift: can't shift that many")
            return 2
        return 1
    shell.variables.args = shell.variables.args[count:]
    return 0


def _printf(shell: Shell, args: list[str]) -> Run:
    """bash' `printf -v name` and `%(format)T`; without them it is the ordinary one, which runs in this process too."""
    if shell.bash and (at := next((i for i, arg in enumerate(args[:3]) if "%(" in arg), None)) is not None:
        given = int(args[at + 1]) * SECOND if args[at + 1 : at + 2] and args[at + 1].isdigit() else (yield Now())
        text = re.sub(r"%\(([^)]*)\)T", lambda match: strftime(match[1] or "%H:%M:%S", given), args[at])
        args = [*args[:at], text, *args[at + 2 :]]
    if not (shell.bash and len(args) > 2 and args[0] == "-v"):
        return (yield from printf(Call(("printf", *args), {}, shell.cwd)))
    text, left, stopped = formatted(args[2], args[3:])
    while left and not stopped:
        rest = left
        more, left, stopped = formatted(args[2], rest)
        text, left = text + more, left if len(left) < len(rest) else []
    shell.variables.set(args[1], text)
    return 0


def _getopts(shell: Shell, args: list[str]) -> Run:
    variables = shell.variables
    if len(args) < 2:
        yield from shell.complain("getopts: usage: getopts optstring name [arg ...]")
        return 2
    letters, name = args[0], args[1]
    given = args[2:] or variables.args
    index = int(variables.get("OPTIND") or "1")
    if index == 1 and shell.option_at > 0 and len(given) < 1:
        shell.option_at = 0
    word = given[index - 1] if index - 1 < len(given) else ""
    if shell.option_at == 0 and (not word.startswith("-") or word in ("-", "--")):
        variables.set("OPTIND", str(index + (word == "--")))
        variables.set(name, "?")
        return 1
    at = shell.option_at or 1
    letter, rest = word[at], word[at + 1 :]
    silent = letters.startswith(":")
    variables.unset("OPTARG")
    takes = letters.find(letter)
    if letter == ":" or takes < 0:
        variables.set(name, "?")
        if silent:
            variables.set("OPTARG", letter)
        else:
            yield Write(2, f"{variables.name}: illegal option -- {letter}\n")
    elif letters[takes + 1 : takes + 2] == ":":
        variables.set(name, letter)
        if not rest and index >= len(given):
            variables.set(name, ":" if silent else "?")
            if silent:
                variables.set("OPTARG", letter)
            else:
                yield Write(2, f"{variables.name}: option requires an argument -- {letter}\n")
        else:
            index += not rest
            variables.set("OPTARG", rest or given[index - 1])
        rest = ""
    else:
        variables.set(name, letter)
    shell.option_at = at + 1 if rest else 0
    variables.set("OPTIND", str(index if rest else index + 1))
    return 0


_SHOPT = frozenset({"checkwinsize", "dotglob", "expand_aliases", "failglob", "histappend", "inherit_errexit", "nullglob", "sourcepath"})
"""What bash's options of this kind are obeyed, or change nothing in a script."""


def _shopt(shell: Shell, args: list[str]) -> Run:
    names = [a for a in args if not a.startswith("-")]
    for name in names:
        set_option(shell.variables.options, name, on="-s" in args)
        if name not in _SHOPT:
            yield Unsupported("shopt", name)
    return 0


VARIABLE_BUILTINS: dict[str, Callable[[Shell, list[str]], Run]] = {
    "declare": _declare("declare"),
    "export": _declare("export"),
    "getopts": _getopts,
    "local": _declare("local"),
    "mapfile": mapfile,
    "printf": _printf,
    "read": read,
    "readarray": mapfile,
    "readonly": _declare("readonly"),
    "set": _set,
    "shift": _shift,
    "shopt": _shopt,
    "typeset": _declare("declare"),
    "unset": _unset,
}
