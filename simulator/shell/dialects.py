"""What bash has and the `sh` of an image may not: dash is the one of Debian and Ubuntu, ash that of BusyBox."""

from __future__ import annotations

from simulator.shell.syntax import nodes
from simulator.shell.syntax.nodes import Word

DASH, ASH = "dash", "ash"
_BASH_ONLY = frozenset({"builtin", "coproc", "declare", "disown", "enable", "mapfile", "popd", "pushd", "readarray", "shopt", "typeset"})
LACKS: dict[str, frozenset[str]] = {ASH: _BASH_ONLY, DASH: _BASH_ONLY | {"let", "source", "[["}}
"""Builtins that are commands to be looked for there, by dialect; "" is bash, or a shell that is not known, and lacks none."""
BAD_OPERATORS = {ASH: "^,@", DASH: "^,@/"}
"""First characters of the operators of `${name...}` that are a bad substitution; substrings (`${name:1:2}`) are one in dash."""
BAD_SUBSTITUTION = {ASH: "syntax error: bad substitution", DASH: "Bad substitution"}
BAD_FOR = {ASH: "syntax error: bad for loop variable", DASH: "Syntax error: Bad for loop variable"}


def as_commands(expression: Word) -> str:
    """The script that `((expression))` is without arithmetic commands: a subshell in a subshell."""
    texts = []
    for part in expression.parts:
        match part:
            case nodes.Lit(text):
                texts.append(text)
            case nodes.Param(name, op=""):
                texts.append(f"${{{name}}}")
    return "".join(texts)
