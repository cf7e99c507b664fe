"""Which part of a command line the cursor is in: a command's name, an option's name, an option's value, or an argument."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from simulator.cli.table import KUBECTL

IN_FRONT = click.Option(["-n", "--namespace"], metavar="NAMESPACE")
"""The option that kubectl accepts before the verb."""


class Cursor(msgspec.Struct, frozen=True):
    """The place of the word that is being typed.

    `command` has the words of the command, `typed` is the beginning of the word, `given` has the values of options so far, by name.
    `option`: the word is its value; else `arguments` are those before it. `names`: what may stand here by the command's own definition
    (commands below it, names of options), with their help. `prefix`: what stands before the value in the same word (`--at=`).
    """

    command: tuple[str, ...]
    typed: str
    given: dict[str, str] = {}
    option: click.Option | None = None
    argument: click.Argument | None = None
    arguments: tuple[str, ...] = ()
    names: dict[str, str] = {}
    prefix: str = ""


def cursor(root: click.Group, words: Sequence[str], typed: str) -> Cursor:
    """The place behind these words of a command line (without the program)."""
    context = click.Context(root, **root.context_settings)
    path, rest = _first_command(words)
    if not path and rest[-1:] and rest[-1] in IN_FRONT.opts:
        return Cursor((), typed, option=IN_FRONT)
    if not path:
        return Cursor((), typed, names=_options(root.get_params(context)) if typed.startswith("-") else _commands(root, context))
    command = root.get_command(context, path[0])
    if command is None:
        return Cursor(tuple(path), typed)
    if _is_kubectl(path[0]):
        return _of_kubectl(path[0], rest, typed)
    return _in(tuple(path), command.get_params(context), rest, typed)


def _of_kubectl(word: str, words: Sequence[str], typed: str) -> Cursor:
    from simulator.cli.kubectl.help import parameters
    from simulator.kubectl.words import find, next_words, verbs

    verb, rest, path = find(word, words)
    below = {} if typed.startswith("-") else {one.path[len(path)]: one.short for one in verbs(word) if one.path[len(path) :][:1]}
    below = {name: short for name, short in below.items() if name in next_words(path)} if len(path) < 3 else {}
    if verb is None:
        return Cursor(tuple(path), typed, names=below)
    place = _in(tuple(path), parameters(verb), rest, typed)
    return msgspec.structs.replace(place, names=place.names | below) if place.option is None and not place.arguments else place


def _in(path: tuple[str, ...], params: Sequence[click.Parameter], words: Sequence[str], typed: str) -> Cursor:
    """The place behind the words of a command with these parameters."""
    named = {name: param for param in params if isinstance(param, click.Option) for name in (*param.opts, *param.secondary_opts)}
    given: dict[str, str] = {}
    arguments: list[str] = []
    waiting: click.Option | None = None
    only_arguments = False
    for word in words:
        if waiting is not None:
            given[waiting.opts[-1]], waiting = word, None
        elif word == "--" and not only_arguments:
            only_arguments = True
        elif word.startswith("-") and word != "-" and not only_arguments:
            name, equals, value = word.partition("=")
            option = named.get(name)
            if option is not None and equals:
                given[option.opts[-1]] = value
            elif option is not None and not _is_switch(option):
                waiting = option
        else:
            arguments.append(word)
    place = Cursor(path, typed, given, waiting, arguments=tuple(arguments))
    if waiting is not None:
        return place
    name, equals, value = typed.partition("=")
    if equals and name in named and not only_arguments:
        return msgspec.structs.replace(place, option=named[name], typed=value, prefix=f"{name}=")
    if typed.startswith("-") and not only_arguments:
        return msgspec.structs.replace(place, names=_options(params))
    return msgspec.structs.replace(place, argument=_argument(params, len(arguments)))


def _first_command(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The command's name, and the words behind it with the `-n NAME` that kubectl accepts in front."""
    rest, front = list(words), list[str]()
    while rest and rest[0].startswith("-"):
        takes_value = rest[0] in ("-n", "--namespace")
        front += rest[: 1 + takes_value]
        del rest[: 1 + takes_value]
    return rest[:1], [*front, *rest[1:]]


def _argument(params: Sequence[click.Parameter], number: int) -> click.Argument | None:
    """The argument with that number, from 0; the last one may take all that follow."""
    positional = [param for param in params if isinstance(param, click.Argument)]
    if number < len(positional):
        return positional[number]
    return positional[-1] if positional and positional[-1].nargs == -1 else None


def _commands(root: click.Group, context: click.Context) -> dict[str, str]:
    from simulator.cli.table import ROWS

    return {name: ROWS[name].short for name in root.list_commands(context)}


def _options(params: Sequence[click.Parameter]) -> dict[str, str]:
    """The long names of options, with their help; the short one where there is no other."""
    options = [param for param in params if isinstance(param, click.Option) and not param.hidden]
    return {(name if name.startswith("--") else option.opts[0]): option.help or "" for option in options for name in _long(option)}


def _long(option: click.Option) -> list[str]:
    names = [*option.opts, *option.secondary_opts]
    return [name for name in names if name.startswith("--")] or names[:1]


def _is_switch(option: click.Option) -> bool:
    return option.is_flag or option.count


def _is_kubectl(word: str) -> bool:
    from simulator.cli.table import ROWS

    return ROWS[word].home == KUBECTL
