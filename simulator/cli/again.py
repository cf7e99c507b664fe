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
        if parameter.name in without or not _is_typed(parameter, context):
            continue
        if "-" in (values := _values(parameter, context)):
            return ""
        if isinstance(parameter, click.Argument):
            arguments += values
        else:
            words += _option(parameter, values)
    return shlex.join(["podsim", str(context.info_name), *arguments, *words])


def typed_options(*names: str) -> list[str]:
    """Some options of the command line as words, if they were typed."""
    context = click.get_current_context()
    typed = (parameter for parameter in context.command.params if parameter.name in names and _is_typed(parameter, context))
    return [word for parameter in typed for word in _option(parameter, _values(parameter, context))]


def _is_typed(parameter: click.Parameter, context: click.Context) -> bool:
    return context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE


def _values(parameter: click.Parameter, context: click.Context) -> list[str]:
    value = context.params[parameter.name or ""]
    return [str(one) for one in value] if isinstance(value, tuple) else [str(value)]


def _option(parameter: click.Parameter, values: list[str]) -> list[str]:
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return [min(parameter.opts, key=len)]
    return [word for one in values for word in (parameter.opts[0], one)]
