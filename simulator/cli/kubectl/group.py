"""`create`, `set`, `rollout`: commands of kubectl that have commands below them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from simulator.cli.hints import hint
from simulator.cli.kubectl.command import KubectlCommand, fail, run
from simulator.cli.kubectl.help import help_of
from simulator.cli.usage import Group
from simulator.kubectl.verb import PROGRAM, Verb
from simulator.kubectl.words import all_words, find, first_word, next_words

WITHOUT = {
    ("set", "selector"): "use patch",
    ("set", "serviceaccount"): "use patch",
    ("set", "subject"): "use patch",
    ("create", "token"): "no API server would accept it",
}
"""kubectl's commands below `create` and `set` that podsim refuses, and why or what to type instead."""


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
        below = (str(self.name), first_word(ctx.args)[0])
        if below in WITHOUT:
            return fail(f"error: podsim does not support {' '.join(below)}: {WITHOUT[below]}\n")
        match, rest, path = find(str(self.name), ctx.args)
        if match is not None and (match.path != (self.name,) or not _asks_help(rest)):
            code = run(match, rest)
            if code and match is self.itself:
                hint(first_word(rest)[0], next_words([str(self.name)]))
            return code
        if _asks_help(ctx.args) or not first_word(ctx.args)[0]:
            click.echo(self.overview(), nl=False)
            return 0 if _asks_help(ctx.args) else 1
        unknown = all_words(rest)
        if not unknown:
            click.echo(self.overview(), nl=False)
            return 1
        code = fail(f"error: unknown command \"{' '.join(unknown)}\"\nSee '{PROGRAM} {' '.join(path)} -h' for help and examples\n")
        hint(unknown[0], next_words(path))
        return code

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


class RolloutGroup(Group):
    """`rollout`: what looks at one, and the verbs that change one."""

    ABOUT = """Show or change the rollout of a workload.

    \b
    Examples:
      podsim rollout status deployment/web
      podsim rollout restart deployment/web
      podsim rollout history deployment/web
    """
    SHORT = "Show, pause, resume, restart or undo a rollout."

    def __init__(self, verbs: Sequence[Verb]) -> None:
        commands: dict[str, click.Command] = {verb.path[-1]: KubectlCommand(verb) for verb in verbs}
        super().__init__("rollout", commands=commands, help=self.ABOUT, short_help=self.SHORT)
        self.verbs = list(verbs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order of kubectl's help."""
        return ["history", "status", *(verb.path[-1] for verb in self.verbs if verb.path[-1] not in ("history", "status"))]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown word is refused in kubectl's words."""
        if args and self.get_command(ctx, args[0]) is None:
            click.echo(f"error: unknown command \"{args[0]}\"\nSee 'kubectl rollout -h' for help and examples", err=True)
            hint(args[0], self.list_commands(ctx))
            ctx.exit(1)
        return super().resolve_command(ctx, args)
