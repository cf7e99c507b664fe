"""A verb of kubectl as a command of podsim: it reads its own command line, as kubectl's parser would."""

from __future__ import annotations

from collections.abc import Sequence

import click

from simulator.cli.hints import hint
from simulator.cli.kubectl.flags import flags_of
from simulator.cli.kubectl.help import help_of, parameters
from simulator.golang.pflag import Flag, FlagError
from simulator.kubectl.errors import KubectlError, Refusal
from simulator.kubectl.files import HostFiles
from simulator.kubectl.flags import CONNECTION, Words, parse, require
from simulator.kubectl.request import Request
from simulator.kubectl.verb import PROGRAM, Reading, Understand, Verb, check_output


class KubectlCommand(click.Command):
    """A verb that reads its own command line."""

    def __init__(self, verb: Verb, name: str = "") -> None:
        super().__init__(name or verb.path[-1], short_help=verb.short)
        self.verb = verb

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything to the verb."""
        ctx.args = args
        return args

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its flags, for completion."""
        return parameters(self.verb)

    def invoke(self, ctx: click.Context) -> None:
        """Carry it out, and end with its exit code."""
        ctx.exit(run(self.verb, ctx.args))


def run(verb: Verb, argv: Sequence[str]) -> int:
    """Carry out a command line behind its verb; the exit code."""
    own = list(argv[: argv.index("--") if "--" in argv else None])
    if "-h" in own or "--help" in own:
        click.echo(help_of(verb), nl=False)
        return 0
    flags = (*flags_of(verb), *CONNECTION)
    try:
        words = parse(argv, flags, HostFiles())
    except FlagError as error:
        code = fail(f"error: {error}\nSee '{PROGRAM} {verb.name} --help' for usage.\n")
        hint(str(error).rpartition(" ")[2], [f"--{flag.name}" for flag in flags])
        return code
    for flag in flags:
        if flag.deprecated and flag.name in words.given:
            click.echo(f"Flag --{flag.name} has been deprecated, {flag.deprecated}", err=True)
    return _read(verb.does, words) if isinstance(verb.does, Reading) else _write(verb, verb.does, words, flags)


def _read(reading: Reading, words: Words) -> int:
    from simulator.cli.kubectl.looking_back import look

    try:
        reading.check(words)
        printed = look(reading, words)
    except KubectlError as error:
        return fail(f"{error}\n")
    click.echo(printed.out, nl=False)
    click.echo(printed.err, nl=False, err=True)
    return printed.code


def _write(verb: Verb, understand: Understand, words: Words, flags: Sequence[Flag]) -> int:
    from simulator.cli.kubectl.changing import carry_out

    try:
        request = _understood(verb, understand, words, flags)
    except FlagError as error:
        return fail(f"error: {error}\n")
    except Refusal as error:
        see = f"\nSee '{PROGRAM} {verb.name} -h' for help and examples" if error.usage else ""
        return fail(f"{error}{see}\n")
    return carry_out(request, words)


def _understood(verb: Verb, understand: Understand, words: Words, flags: Sequence[Flag]) -> Request:
    """What the command line asks for; its warnings are printed, also before a refusal. Raises FlagError, Refusal."""
    try:
        require(words, flags)
        check_output(words, verb)
        return understand(words)
    finally:
        for warning in words.warnings:
            click.echo(f"Warning: {warning}", err=True)


def fail(text: str) -> int:
    """Say what is wrong; the exit code."""
    click.echo(text, err=True, nl=False)
    return 1
