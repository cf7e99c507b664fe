"""What podsim prints about a command line that it cannot parse.

click parses. Its sentences change from release to release, so none of them is printed: the sentences here are made from the kind of
mistake, the option or argument, and the value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import click

BAD_INPUT = 2
SOME_REFUSED = "some objects were refused"
UNCHECKED = "the journal has no END line"
"""The note in the root context's object with which a command that succeeds exits with 1: it ran without some objects."""
LISTED_CHOICES = "Choose from:"


class Misuse(click.UsageError):
    """A mistake on the command line, in podsim's words."""


class Command(click.Command):
    """A command whose mistakes are `Misuse`."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. Raises Misuse."""
        try:
            rest = super().parse_args(ctx, list(args))
        except click.UsageError as error:
            raise misuse(error, ctx, args) from error
        if rest and not ctx.resilient_parsing:
            plural = "s" if len(rest) > 1 else ""
            raise Misuse(f"Got unexpected extra argument{plural} ({' '.join(rest)})", ctx)
        return rest


class Group(click.Group):
    """A group whose mistakes are `Misuse`; without a command it prints its help to standard error and exits with 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. Raises Misuse."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True, color=ctx.color)
            ctx.exit(BAD_INPUT)
        try:
            return super().parse_args(ctx, list(args))
        except click.UsageError as error:
            raise misuse(error, ctx, args) from error


Function = TypeVar("Function", bound=Callable[..., Any])


def command(name: str | None = None, **settings: Any) -> Callable[[Function], Command]:
    """As `click.command`."""
    return click.command(name, cls=Command, **settings)


def complain(text: str) -> None:
    """Print on standard error what is wrong. Where it cannot be written, the exit code has to do."""
    from simulator.cli.paint import echo

    with suppress(OSError):
        echo(text, err=True)


def show(error: click.ClickException) -> None:
    """Print a mistake with the command's usage on standard error."""
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        complain(f"{ctx.get_usage()}\nTry '{ctx.command_path} --help' for help.\n")
    complain(f"Error: {error.message}")


def misuse(error: click.UsageError, ctx: click.Context, args: Sequence[str]) -> Misuse:
    """What click refused about the words `args` of a command, in podsim's words."""
    if isinstance(error, click.NoSuchOption):
        return Misuse(no_such_option(error.option_name, ctx), ctx)
    if isinstance(error, click.BadOptionUsage):
        # Without its usage: the option exists, only its value is missing.
        return Misuse(_misused_option(error.option_name, ctx))
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return Misuse(_missing(error.param), ctx)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return Misuse(f"Invalid value for {_named(error.param)}: {_wrong_value(error, error.param, ctx, args)}", ctx)
    return Misuse(error.message, ctx)


def no_such_option(name: str, ctx: click.Context) -> str:
    """An unknown option, with the options that resemble it."""
    if name in ("-k", "--kustomize"):
        return f"No such option '{name}': name the directory of the kustomization, as in `podsim {ctx.info_name} kustomize:DIRECTORY`."
    from difflib import get_close_matches

    long = [option for param in ctx.command.get_params(ctx) for option in (*param.opts, *param.secondary_opts) if option.startswith("--")]
    near = [f"'{option}'" for option in sorted(get_close_matches(name, long))] if name.startswith("--") else []
    meant = f" Did you mean {near[0]}?" if len(near) == 1 else f" (Did you mean one of: {', '.join(near)}?)" if near else ""
    return f"No such option '{name}'.{meant}"


def _misused_option(name: str, ctx: click.Context) -> str:
    flags = [option for param in ctx.command.get_params(ctx) if getattr(param, "is_flag", False) for option in param.opts]
    return f"Option '{name}' does not take a value." if name in flags else f"Option '{name}' requires an argument."


def _missing(param: click.Parameter) -> str:
    kind = "argument" if isinstance(param, click.Argument) else "option"
    if not isinstance(param.type, click.Choice):
        return f"Missing {kind} {_named(param)}."
    return f"Missing {kind} {_named(param)}. {LISTED_CHOICES}\n\t" + ",\n\t".join(param.type.choices)


def _named(param: click.Parameter) -> str:
    """An option in all its spellings; an argument as the usage line has it."""
    if isinstance(param, click.Option):
        return " / ".join(f"'{option}'" for option in param.opts)
    if param.metavar is None and isinstance(param.type, click.Choice):
        return f"'{{{'|'.join(param.type.choices)}}}'"
    return f"'{param.metavar or param.human_readable_name.upper()}'"


def _wrong_value(error: click.BadParameter, param: click.Parameter, ctx: click.Context, args: Sequence[str]) -> str:
    """Why a value is refused: by its type, or by a check of ours, whose sentence is in the error."""
    typed = ctx.command.make_parser(ctx).parse_args(list(args))[0].get(param.name or "")
    for value in typed if isinstance(typed, list | tuple) else [typed]:
        if value is not None and (wrong := unfit(value, param.type)):
            return wrong
    return error.message


def unfit(value: str, kind: Any) -> str:
    """Why a word is not a value of a type; empty when it is one, or the type is none of those that commands use."""
    if isinstance(kind, click.Choice):
        choices = [str(choice) for choice in kind.choices]
        return "" if value in choices else f"'{value}' is not one of {', '.join(map(repr, choices))}."
    for number, name, plain, ranged in ((int, "integer", click.INT, click.IntRange), (float, "float", click.FLOAT, click.FloatRange)):
        if isinstance(kind, type(plain) | ranged):
            bounds = (kind.min, kind.max) if isinstance(kind, ranged) else None
            return _unfit_number(value, number, name, bounds)
    return ""


def _unfit_number(value: str, number: type[int | float], name: str, bounds: tuple[float | None, float | None] | None) -> str:
    try:
        given = number(value)
    except ValueError:
        return f"'{value}' is not a valid {name}{' range' if bounds else ''}."
    least, most = bounds or (None, None)
    if (least is None or given >= least) and (most is None or given <= most):
        return ""
    return f"{given} is not in the range {_range(least, most)}."


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return f"x<={most}"
    return f"x>={least}" if most is None else f"{least}<=x<={most}"
