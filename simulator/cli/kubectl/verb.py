"""One of kubectl's changing verbs as a command of podsim. kubectl's own parser is imitated: its sentences are part of what is learnt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from simulator.cli.hints import hint
from simulator.errors import Problem, UsageError
from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Flag, FlagError, Words, parse, require
from simulator.kubectl.request import Request
from simulator.kubectl.verb import PROGRAM, Verb
from simulator.units import parse_duration

ABOUT_RUN = (
    Flag("at", metavar="DURATION", help="When it is done: 40s, 2m36s. Default: at the end of the last run."),
    Flag("for", metavar="DURATION", default="30s", help="How much longer to play then."),
    Flag("kubernetes", metavar="RELEASE", help="The release to imitate, when there is no last run."),
    Flag("namespace", short="n", metavar="NAMESPACE", help="Default: the run's own, or 'default'."),
)
ACCEPTED = tuple(Flag(name) for name in ("context", "kubeconfig", "cluster", "user", "server", "request-timeout", "as", "token"))
SILENT = ("Accepted, without effect.", "Refused.", "")
PRINTED = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml"
"""What `-o` may be where there are no tables."""


class VerbCommand(click.Command):
    """A verb that reads its own command line."""

    def __init__(self, verb: Verb, name: str = "") -> None:
        super().__init__(name or verb.path[-1], short_help=verb.short)
        self.verb = verb

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything to the verb."""
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> int:
        """Carry it out."""
        return run(self.verb, ctx.args)


def run(verb: Verb, argv: Sequence[str]) -> int:
    """Carry out a command line behind its verb; the exit code."""
    own = list(argv[: argv.index("--") if "--" in argv else None])
    if "-h" in own or "--help" in own:
        click.echo(help_of(verb), nl=False)
        return 0
    flags = (*verb.flags, *ABOUT_RUN, *ACCEPTED)
    try:
        words = parse(argv, flags)
    except FlagError as error:
        code = fail(f"error: {error}\nSee '{PROGRAM} {verb.name} --help' for usage.\n")
        hint(str(error).rpartition(" ")[2], [f"--{flag.name}" for flag in flags])
        return code
    for flag in flags:
        if flag.deprecated and flag.name in words.given:
            click.echo(f"Flag --{flag.name} has been deprecated, {flag.deprecated}", err=True)
    try:
        request = _understood(verb, words, flags)
    except FlagError as error:
        return fail(f"error: {error}\n")
    except Refusal as error:
        see = f"\nSee '{PROGRAM} {verb.name} -h' for help and examples" if error.usage else ""
        head = "" if error.text.startswith("error: ") or ("\n" in error.text and error.text.startswith("cannot set")) else "error: "
        return fail(f"{head}{error.text}{see}\n")
    return _perform(request, words)


def _understood(verb: Verb, words: Words, flags: Sequence[Flag]) -> Request:
    """What the command line asks for; its warnings are printed, also before a refusal. Raises FlagError, Refusal."""
    try:
        require(words, flags)
        _check_output(words, verb)
        return verb.understand(words)
    finally:
        for warning in words.warnings:
            click.echo(f"Warning: {warning}", err=True)


def fail(text: str) -> int:
    """Say what is wrong; the exit code."""
    click.echo(text, err=True, nl=False)
    return 1


def _check_output(words: Words, verb: Verb) -> None:
    """Refuse a format that there is not. Raises Refusal."""
    form = (words.flags.get("output") or "").partition("=")[0]
    if verb.path == ("delete",) or not form:
        return
    if form not in PRINTED.split(","):
        raise Refusal(f'unable to match a printer suitable for the output format "{form}", allowed formats are: {PRINTED}')


def _perform(request: Request, words: Words) -> int:
    from simulator.cli.kubectl.session import Setting, perform

    if problem := next((item for item in request.sources if isinstance(item, Problem)), None):
        return fail(f"error: {_unreadable(problem)}\n")
    setting = Setting(words["namespace"], _instant(words["at"], "--at"), _instant(words["for"], "--for") or 0, words["kubernetes"])
    outcome = perform(request, setting)
    _print(outcome.answer, words.flags.get("output") or "")
    if not outcome.done:
        click.echo("podsim: this is not over after an hour; the run goes on without waiting", err=True)
    return outcome.answer.code


def _unreadable(problem: Problem) -> str:
    from simulator.kubectl.write.documents import unreadable_path

    return unreadable_path(problem)


def _instant(text: str | None, option: str) -> int | None:
    if not text:
        return None
    try:
        return max(parse_duration(text), 0)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error


def _print(answer: Any, form: str) -> None:
    """Both streams, in order; with `-o` the objects instead of the lines that name them."""
    from simulator.kubectl.errors import KubectlError
    from simulator.kubectl.print.output import print_data

    printed = 0
    for part in answer.parts:
        text = part.text
        if part.item is not None and form == "name":
            text = f"{text.split(' ')[0]}\n" if '"' not in text else _identity(part.item)
        elif part.item is not None and form:
            try:
                text = ("---\n" if printed and form == "yaml" else "") + print_data([_shown(part.item)], form, single=True)
            except KubectlError as error:
                click.echo(f"{error}", err=True)
                answer.code = error.code
                return
            printed += 1
        click.echo(text, nl=False, err=part.stream == "stderr")
        sys.stdout.flush()


def _identity(item: dict[str, Any]) -> str:
    from simulator.kubectl.print.output import name

    return f"{name(item)}\n"


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in item.get("metadata", {}).items() if key != "managedFields"}
    return {**item, "metadata": metadata}


# ---- help


def help_of(verb: Verb) -> str:
    """What -h prints."""
    formatter = click.HelpFormatter(max_width=100)
    formatter.write_usage("podsim", f"{' '.join(verb.path[:-1])} {verb.use}".strip())
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(verb.short)
        formatter.write_paragraph()
        formatter.write_text(
            f"Prints what {PROGRAM} prints, and continues the last run: it acts at its end, or at --at, and plays on for --for. "
            "Without a last run it acts on an empty cluster."
        )
    if verb.examples:
        with formatter.section("Examples"):
            for example in verb.examples:
                formatter.write(f"  podsim {example}\n")
    with formatter.section("Options"):
        formatter.write_dl([(_option(flag), flag.help) for flag in (*verb.flags, *ABOUT_RUN) if flag.help not in SILENT])
    return formatter.getvalue()


def _option(flag: Flag) -> str:
    head = f"-{flag.short}, --{flag.name}" if flag.short else f"--{flag.name}"
    return head if flag.kind == "bool" else f"{head} {flag.metavar or flag.kind.upper()}"
