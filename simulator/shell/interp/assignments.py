"""Assignments: `name=value` in all its forms, before a command or as an argument of `export` and the like."""

from __future__ import annotations

from simulator.process.effects import Effects, Now
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.fields import expand_all, expand_text
from simulator.shell.expand.variables import Array, Variables
from simulator.shell.interp.shell import Shell
from simulator.shell.syntax.nodes import Assign, Word
from simulator.units import SECOND


def assign(shell: Shell, node: Assign) -> Effects[None]:
    """Do one assignment. Raises ExpansionError for a readonly name."""
    variables = shell.variables
    if isinstance(node.value, tuple):
        variables.set(node.name, (yield from _array(shell, node, node.value)))
        return
    value = yield from expand_text(shell, node.value)
    if node.name in variables.integers:
        # `declare -i`: the value is arithmetic, and += adds.
        variables.set(node.name, str(evaluate(added(variables, node.name, value, append=node.append), variables)))
    elif node.name == "SECONDS" and shell.bash:
        # bash counts on from the number that is assigned.
        variables.seconds_from = (yield Now()) - (int(value) if value.isdigit() else 0) * SECOND
        variables.values.pop("SECONDS", None)
    elif node.index is not None:
        index = yield from expand_text(shell, node.index)
        # An empty array may be one that `declare -A` has just made: it becomes a map with its first key.
        is_key = variables.is_map(node.name) or variables.values.get(node.name) == {}
        variables.set_element(node.name, index if is_key else evaluate(index, variables), value)
    else:
        value = (variables.get(node.name) or "") + value if node.append else value
        if isinstance(variables.values.get(node.name), dict):
            variables.set_element(node.name, 0, value)  # bash: an array without an index means its element 0
        else:
            variables.set(node.name, value)


def added(variables: Variables, name: str, value: str, *, append: bool) -> str:
    """The arithmetic text of an assignment to a variable that was declared with -i."""
    return f"({variables.get(name) or 0})+({value})" if append else value or "0"


def assign_argument(shell: Shell, node: Assign, command: str) -> Effects[str]:
    """The word that `export name=value` and its like get: not split (POSIX 2.9.1.1, declaration utilities).

    An array is assigned here already, since no word can carry it; the word is then the name alone.
    """
    if not isinstance(node.value, tuple):
        return f"{node.name}{'+' if node.append else ''}=" + (yield from expand_text(shell, node.value))
    if command in ("local", "declare", "typeset"):
        shell.variables.make_local(node.name)
    yield from assign(shell, node)
    return node.name


def _array(shell: Shell, node: Assign, words: tuple[Word, ...]) -> Effects[Array]:
    """The array that `name=(a b [key]=c)` makes; `+=` continues the one that exists."""
    array = _existing(shell.variables, node.name) if node.append else {}
    at = len(array)
    for word in words:
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
    return array


def _existing(variables: Variables, name: str) -> Array:
    old = variables.values.get(name)
    if variables.is_map(name) and isinstance(old, dict):
        return dict(old)
    return dict(enumerate(variables.elements(name)))
