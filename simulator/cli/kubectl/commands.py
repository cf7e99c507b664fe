"""The changing verbs of kubectl as commands of podsim. kubectl's own parser is imitated: its sentences are part of what is learnt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from simulator.cli.kubectl.flags import Flag, FlagError, Words, parse, require
from simulator.cli.kubectl.request import PROGRAM, Refusal, Request, Verb
from simulator.errors import Problem, UsageError
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


WITHOUT = {
    ("set", "selector"): "use patch",
    ("set", "serviceaccount"): "use patch",
    ("set", "subject"): "use patch",
    ("create", "token"): "there is no API server to show one to",
}
"""kubectl's commands below `create` and `set` that podsim refuses, and why or what to type instead."""


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
        return _fail(f"error: {error}\nSee '{PROGRAM} {verb.name} --help' for usage.\n")
    for flag in flags:
        if flag.deprecated and flag.name in words.given:
            click.echo(f"Flag --{flag.name} has been deprecated, {flag.deprecated}", err=True)
    try:
        require(words, flags)
        _check_output(words, verb)
        request = verb.understand(words)
    except FlagError as error:
        return _fail(f"error: {error}\n")
    except Refusal as error:
        see = f"\nSee '{PROGRAM} {verb.name} -h' for help and examples" if error.usage else ""
        head = "" if error.text.startswith("error: ") or ("\n" in error.text and error.text.startswith("cannot set")) else "error: "
        return _fail(f"{head}{error.text}{see}\n")
    return _perform(request, words)


def _fail(text: str) -> int:
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
        return _fail(f"error: {_unreadable(problem)}\n")
    setting = Setting(words["namespace"], _instant(words["at"], "--at"), _instant(words["for"], "--for") or 0, words["kubernetes"])
    outcome = perform(request, setting)
    _print(outcome.answer, words.flags.get("output") or "")
    if not outcome.done:
        click.echo("podsim: this is not over after an hour; the run goes on without waiting", err=True)
    return outcome.answer.code


def _unreadable(problem: Problem) -> str:
    from simulator.scenario.verbs.documents import unreadable_path

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
    from simulator.views.kubectl.output import print_data
    from simulator.views.kubectl.view import KubectlError

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
    from simulator.views.kubectl.output import name

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


# ---- commands with commands


class VerbGroup(click.Command):
    """`create`, `set`: what comes behind is a verb of its own; flags may stand before it."""

    def __init__(self, name: str, verbs: Sequence[Verb], short: str, itself: Verb | None = None) -> None:
        super().__init__(name, short_help=short)
        self.verbs, self.itself = list(verbs), itself

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything to the verb."""
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> int:
        """Find the verb and carry it out."""
        below = (str(self.name), _first_word(ctx.args)[0])
        if below in WITHOUT:
            return _fail(f"error: podsim does not know {' '.join(below)}: {WITHOUT[below]}\n")
        found, rest = self._find(ctx.args)
        if found is not None and (found.path != (self.name,) or not _asks_help(rest)):
            return run(found, rest)
        if _asks_help(ctx.args) or not _first_word(ctx.args)[0]:
            click.echo(self.overview(), nl=False)
            return 0 if _asks_help(ctx.args) else 1
        path, words = [str(self.name)], _all_words(ctx.args)
        while words and any(_leads(verb, (*path, words[0])) for verb in self.verbs):
            path.append(words.pop(0))
        if not words:
            click.echo(self.overview(), nl=False)
            return 1
        unknown = " ".join(words)
        return _fail(f"error: unknown command \"{unknown}\"\nSee '{PROGRAM} {' '.join(path)} -h' for help and examples\n")

    def _find(self, argv: list[str]) -> tuple[Verb | None, list[str]]:
        """The verb with the most words that fit, and what is left of the command line."""
        path, rest = [str(self.name)], list(argv)
        while True:
            word, place = _first_word(rest)
            if not word or not any(_leads(verb, (*path, word)) for verb in self.verbs):
                break
            path.append(word)
            del rest[place]
        exact = next((verb for verb in self.verbs if _leads(verb, tuple(path)) and len(verb.path) == len(path)), None)
        return exact or (self.itself if len(path) == 1 else None), rest

    def overview(self) -> str:
        """The commands below."""
        formatter = click.HelpFormatter(max_width=100)
        formatter.write_usage("podsim", f"{self.name} COMMAND")
        with formatter.section("Commands"):
            formatter.write_dl([(" ".join(verb.path[1:]), verb.short) for verb in self.verbs])
        with formatter.section("Examples"):
            for verb in (verb for verb in self.verbs if verb.examples):
                formatter.write(f"  podsim {verb.examples[0]}\n")
        return (help_of(self.itself) + "\n" if self.itself is not None else "") + formatter.getvalue()


def _asks_help(argv: Sequence[str]) -> bool:
    return "-h" in argv or "--help" in argv


def _first_word(argv: Sequence[str]) -> tuple[str, int]:
    """The first word that is no flag, nor the value of `-n`, and where it stands."""
    takes_value = False
    for place, word in enumerate(argv):
        if word == "--":
            break
        if not word.startswith("-") and not takes_value:
            return word, place
        takes_value = word in ("-n", "--namespace", "--at", "--for", "-f", "--filename", "-o", "--output")
    return "", -1


def _all_words(argv: Sequence[str]) -> list[str]:
    """All words that are no flags, nor values of flags."""
    words: list[str] = []
    rest = list(argv)
    while True:
        word, place = _first_word(rest)
        if not word:
            return words
        words.append(word)
        del rest[place]


def _leads(verb: Verb, path: tuple[str, ...]) -> bool:
    """Whether these words are the verb's, or its beginning."""
    last = (verb.path[-1], *verb.aliases)
    if len(path) == len(verb.path):
        return verb.path[:-1] == path[:-1] and path[-1] in last
    return verb.path[: len(path)] == path


def _commands() -> list[click.Command]:
    from simulator.cli.kubectl import access, creating, ending, marking, routes, secrets, setting

    verbs = (*creating.VERBS, *access.VERBS, *routes.VERBS, *secrets.VERBS, *setting.VERBS, *marking.VERBS, *ending.VERBS)
    single: list[click.Command] = [VerbCommand(verb) for verb in verbs if len(verb.path) == 1 and verb.path != ("create",)]
    itself = next(verb for verb in verbs if verb.path == ("create",))
    create = VerbGroup("create", [verb for verb in verbs if verb.path[0] == "create" and len(verb.path) > 1], itself.short, itself)
    change = VerbGroup("set", [verb for verb in verbs if verb.path[0] == "set"], "Change images, resources, variables.")
    return [*single, create, change]


def rollout_verbs() -> list[click.Command]:
    """Those of `rollout` that change something."""
    from simulator.cli.kubectl.ending import VERBS

    return [VerbCommand(verb) for verb in VERBS if verb.path[0] == "rollout"]


COMMANDS: list[click.Command] = _commands()
