"""The running command as a command line."""

from __future__ import annotations

import shlex

import click
from click.core import ParameterSource


def again_command(*without: str) -> str:
    """The command line without these options; empty when it can't be repeated: standard input has been read, or Python called us."""
    context = click.get_current_context(silent=True)
    if context is None:
        return ""
    arguments: list[str] = []
    words: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in without or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        values = [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
        if "-" in values:
            return ""
        if isinstance(parameter, click.Argument):
            arguments += values
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            words.append(parameter.opts[-1])
        else:
            words += [word for one in values for word in (parameter.opts[0], one)]
    return shlex.join(["podsim", str(context.info_name), *arguments, *words])
