"""The commands whose success the loops of a script wait for, as far as its text shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from simulator.shell.goals import goal_of_if, goal_of_left
from simulator.shell.syntax import nodes
from simulator.shell.syntax.nodes import Command, Script, Word

Values = Mapping[str, Sequence[str]]
"""The values that variables may have, by name."""


class Wait(NamedTuple):
    """A command that a loop tries until it succeeds; `is_bounded`: the loop gives up after some tries."""

    words: tuple[str, ...]
    is_bounded: bool = False


class _Scope(NamedTuple):
    values: Values
    functions: Mapping[str, Command]
    is_bounded: bool = False
    in_loop: bool = False


def waits(script: Script, values: Values) -> Iterator[Wait]:
    """What the loops of a script wait for; `values`: what its environment says."""
    functions = {node.name: node.body for node in script.commands for node in _bare(node) if isinstance(node, nodes.Function)}
    yield from _within(script, _Scope(values, functions))


def _bare(command: Command) -> Iterator[Command]:
    """A command without the pipeline of one command that the grammar puts around it."""
    yield from _bare(command.commands[0]) if isinstance(command, nodes.Pipeline) and len(command.commands) == 1 else (command,)


def _within(command: Command, scope: _Scope) -> Iterator[Wait]:
    match command:
        case Script(commands) | nodes.Pipeline(commands):
            for item in commands:
                yield from _within(item, scope)
        case nodes.AndOr(left, op, right):
            if scope.in_loop and goal_of_left(command) is True and op == "&&":
                yield from _tested(left, True, scope)
            yield from _within(left, scope)
            yield from _within(right, scope)
        case nodes.Group(inner) | nodes.Subshell(inner) | nodes.Background(inner):
            yield from _within(inner, scope)
        case nodes.Redirected(inner, _):
            yield from _within(inner, scope)
        case nodes.If(condition, body, orelse):
            if scope.in_loop and (goal := goal_of_if(command)) is not None:
                yield from _tested(condition, goal, scope)
            for part in (condition, body, orelse):
                yield from _within(part, scope) if part is not None else ()
        case nodes.While(condition, body, until):
            yield from _tested(condition, until, scope._replace(is_bounded=False))
            yield from _within(body, scope._replace(is_bounded=False, in_loop=True))
        case nodes.For(name, words, body):
            options = [value for word in words or () for value in _texts(word, scope)]
            yield from _within(body, scope._replace(values={**scope.values, name: options}, is_bounded=True, in_loop=True))
        case nodes.CountingFor(body=body):
            yield from _within(body, scope._replace(is_bounded=True, in_loop=True))
        case nodes.Simple():
            yield from _called(command, scope)


def _called(command: nodes.Simple, scope: _Scope) -> Iterator[Wait]:
    """What the loops of a function wait for with the arguments of a call."""
    for words in _command_lines(command, scope):
        if words and words[0] in scope.functions:
            values = {**scope.values, **{str(number): [word] for number, word in enumerate(words) if number}}
            functions = {name: body for name, body in scope.functions.items() if name != words[0]}
            yield from _within(scope.functions[words[0]], _Scope(values, functions))


def _tested(command: Command, goal: bool, scope: _Scope) -> Iterator[Wait]:
    """The commands that must succeed so that a condition has its `goal`."""
    match command:
        case Script(commands) if commands:
            yield from _tested(commands[-1], goal, scope)
        case nodes.Pipeline(commands, negated):
            yield from _tested(commands[-1], goal != negated, scope)
        case nodes.AndOr(left, op, right):
            if (op == "&&") == goal:  # else one of them is enough
                yield from _tested(left, goal, scope)
                yield from _tested(right, goal, scope)
        case nodes.Group(inner) | nodes.Subshell(inner):
            yield from _tested(inner, goal, scope)
        case nodes.Redirected(inner, _):
            yield from _tested(inner, goal, scope)
        case nodes.Simple() if goal:
            yield from (Wait(_inner(words), scope.is_bounded) for words in _command_lines(command, scope))


def _inner(words: tuple[str, ...]) -> tuple[str, ...]:
    """The command behind `timeout 5`."""
    if words[:1] == ("timeout",):
        rest = words[1:]
        while rest and (rest[0].startswith("-") or rest[0][:1].isdigit()):
            rest = rest[1:]
        return rest
    return words


def _command_lines(command: nodes.Simple, scope: _Scope) -> Iterator[tuple[str, ...]]:
    """The command lines that a simple command may be; none if a word of it cannot be known."""
    yield from product(*(_texts(word, scope) for word in command.words if isinstance(word, Word)))


def _texts(word: Word, scope: _Scope) -> list[str]:
    """The texts that a word may be."""
    parts: list[Sequence[str]] = []
    for part in word.parts:
        match part:
            case nodes.Lit(text):
                parts.append((text,))
            case nodes.Param(name, op="", index=None):
                parts.append(scope.values.get(name, ()))
            case _:
                return []
    return ["".join(texts) for texts in product(*parts)]
