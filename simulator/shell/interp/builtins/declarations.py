"""Builtins that declare variables and take them away: export, readonly, local, declare, unset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from simulator.process.effects import Write
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.variables import Variables
from simulator.shell.interp.assignments import added
from simulator.shell.interp.shell import Builtin, Run, Shell
from simulator.shell.quoting import quote
from simulator.shell.syntax.words import NAME


class _Declaration(NamedTuple):
    """Which builtin it is (export, readonly, local, declare), and the letters of its options."""

    kind: str
    letters: frozenset[str]

    @property
    def exports(self) -> bool:
        return self.kind == "export" or "x" in self.letters

    @property
    def is_local(self) -> bool:
        """bash: `declare` inside a function is local as well, unless -g."""
        return self.kind in ("local", "declare") and "g" not in self.letters

    @property
    def is_reference(self) -> bool:
        """`declare -n` makes a reference; `export -n` takes the export away."""
        return "n" in self.letters and self.kind != "export"


def declaring(kind: str) -> Builtin:
    """`export`, `readonly`, `local` and `declare` differ in what they mark."""

    def builtin(shell: Shell, args: list[str]) -> Run:
        options = [a for a in args if _is_option(a)]
        declaration = _Declaration(kind, frozenset(c for a in options for c in a[1:]))
        names = [a for a in args if not _is_option(a)]
        if kind == "declare" and "p" in declaration.letters and names:
            return (yield from _print_declarations(shell, names))
        if not names and kind != "local":
            return (yield from _print_marked(shell, kind))
        status = 0
        for text in names:
            if not _declare(shell, declaration, text):
                message = f"`{text}': not a valid identifier" if shell.bash else f"{text}: bad variable name"
                status = yield from shell.refuse(f"{kind}: {message}", 1)
        return status

    return builtin


def _is_option(text: str) -> bool:
    return text[:1] in "-+" and len(text) > 1


def _declare(shell: Shell, declaration: _Declaration, text: str) -> bool:
    """Do one `name` or `name=value`; False when the name is none."""
    variables, letters = shell.variables, declaration.letters
    name = text.partition("=")[0].removesuffix("+")
    if declaration.is_local:
        is_new = bool(variables.frames) and name not in variables.frames[-1]
        variables.make_local(name)
        if "=" not in text and declaration.kind == "local" and is_new and shell.bash:
            variables.values.pop(name, None)  # a bare `local x` is unset in bash; in dash it keeps the outer value
    if declaration.is_reference and "=" in text:
        variables.references[name] = text.partition("=")[2]
        return True
    if "i" in letters:
        variables.integers.add(name)
    if letters & {"A", "a"} and not isinstance(variables.values.get(name), dict):
        variables.values[name] = {}
    if not _assign(variables, text):
        return False
    if declaration.exports and "n" in letters:
        variables.exported.discard(name)
    elif declaration.exports:
        variables.exported.add(name)
    if declaration.kind == "readonly" or "r" in letters:
        variables.readonly.add(name)
    return True


def _assign(variables: Variables, text: str) -> bool:
    """Do the assignment in `name=value`, `name+=value`; False when the name is none."""
    name, equals, value = text.partition("=")
    append = name.endswith("+")
    name = name.removesuffix("+")
    if not NAME.fullmatch(name):
        return False
    if equals and name in variables.integers:
        variables.set(name, str(evaluate(added(variables, name, value, append=append), variables)))
    elif equals:
        variables.set(name, (variables.get(name) or "") + value if append else value)
    return True


def _print_marked(shell: Shell, kind: str) -> Run:
    """`export`, `readonly` or `declare` without names: what they marked, as commands that mark it again."""
    variables = shell.variables
    marked: Mapping[str, set[str]] = {"export": variables.exported, "readonly": variables.readonly}
    for name in sorted(marked.get(kind, set(variables.values))):
        yield Write(1, f"{'declare -x' if shell.bash else kind} {name}={quote(variables.get(name) or '')}\n")
    return 0


def _print_declarations(shell: Shell, names: list[str]) -> Run:
    """`declare -p name ...`."""
    variables, status = shell.variables, 0
    for name in names:
        value = variables.values.get(name)
        if value is None:
            yield from shell.complain(f"declare: {name}: not found")
            status = 1
            continue
        if isinstance(value, dict):
            shown = "(" + " ".join(f'[{key}]="{value[key]}"' for key in variables.keys(name)) + ")"
        else:
            shown = '"' + re.sub(r'(["$`\\])', r"\\\1", value) + '"'
        yield Write(1, f"declare -{_attributes(variables, name) or '-'} {name}={shown}\n")
    return status


def _attributes(variables: Variables, name: str) -> str:
    """The letters that `declare -p` prints: A or a for arrays, i, r, x."""
    marks = {
        "A": variables.is_map(name),
        "a": isinstance(variables.values.get(name), dict) and not variables.is_map(name),
        "i": name in variables.integers,
        "r": name in variables.readonly,
        "x": name in variables.exported,
    }
    return "".join(letter for letter, marked in marks.items() if marked)


def unset(shell: Shell, args: list[str]) -> Run:
    """`unset [-v] name ...`, `unset -f function ...`, `unset array[key]`."""
    yield from ()
    functions = "-f" in args
    variables = shell.variables
    for text in (a for a in args if not a.startswith("-")):
        name, bracket, index = text.partition("[")
        # POSIX XCU, unset: without an option a name that is no variable may be a function.
        if functions or (name not in variables.values and name in shell.functions):
            shell.functions.pop(name, None)
        elif bracket:
            key = index.removesuffix("]")
            variables.unset(name, key if variables.is_map(name) else evaluate(key, variables))
        else:
            variables.unset(name)
    return 0
