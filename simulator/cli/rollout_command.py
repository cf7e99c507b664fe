"""`podsim rollout`: how a roll-out goes, what came before it, and kubectl's verbs that change one."""

from __future__ import annotations

from typing import Any

import click

from simulator.cli.hints import hint
from simulator.cli.kubectl_options import KubectlCommand, go_duration, last_typed, show
from simulator.cli.source import SourceOptions, namespace_of, parse_instant, source_options, view_from
from simulator.cli.usage import Group


class RolloutGroup(Group):
    """`rollout`: what looks at one, and the verbs that change one."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verbs are imported only when one is asked for."""
        return super().get_command(ctx, cmd_name) or next((verb for verb in _verbs() if verb.name == cmd_name), None)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        return [*super().list_commands(ctx), *(str(verb.name) for verb in _verbs())]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown word is refused in kubectl's words."""
        if args and self.get_command(ctx, args[0]) is None:
            click.echo(f"error: unknown command \"{args[0]}\"\nSee 'kubectl rollout -h' for help and examples", err=True)
            hint(args[0], self.list_commands(ctx))
            ctx.exit(1)
        return super().resolve_command(ctx, args)


def _verbs() -> list[click.Command]:
    from simulator.cli.kubectl.commands import rollout_verbs

    return rollout_verbs()


@click.group(cls=RolloutGroup, short_help="How a roll-out went; pause, resume, restart or undo it.")
def rollout() -> None:
    """How a roll-out goes, and what came before it.

    \b
    Examples:
      podsim rollout status deployment/web
      podsim rollout restart deployment/web
      podsim rollout history deployment/web
    """


@rollout.command(cls=KubectlCommand, short_help="The roll-out's progress, line by line.")
@click.argument("args", nargs=-1, metavar="TYPE/NAME")
@click.option("-w/-W", "--watch/--no-watch", "follow", default=True, help="Until it is over, or only how it stands.")
@click.option("--revision", type=int, default=0, metavar="NUMBER", help="Only this revision.")
@click.option("--timeout", callback=go_duration, metavar="DURATION", help="How long to wait. Default: up to --at.")
@click.option(
    "--start",
    metavar="DURATION",
    help="The instant at which kubectl was started. Default: when the object was made, or the last command was typed.",
)
@source_options()
def status(source: SourceOptions, args: tuple[str, ...], timeout: str | None, start: str | None, **given: Any) -> None:
    """Print what `kubectl rollout status` had printed at that instant; exit code 1 if the roll-out failed or is not over.

    \b
    Examples:
      podsim rollout status deployment/web
      podsim rollout status deployment/web --start 20s --timeout 30s
    """
    from simulator.kubectl.read.rollout import StatusOptions, rollout_status

    limit = parse_instant(timeout, "--timeout")
    view = view_from(source)
    begin = last_typed(view) if start is None else parse_instant(start, "--start")
    options = StatusOptions(namespace=namespace_of(source, view), start=begin, timeout=limit, **given)
    show(rollout_status(list(args), options, view))


@rollout.command(cls=KubectlCommand, short_help="The revisions of a workload.")
@click.argument("args", nargs=-1, metavar="TYPE/NAME")
@click.option("--revision", type=int, default=0, metavar="NUMBER", help="The pod template of this revision.")
@click.option(
    "-o", "--output", default="", metavar="FORMAT", help="The objects that hold the revisions: yaml, json, name, jsonpath=TEMPLATE."
)
@source_options()
def history(source: SourceOptions, args: tuple[str, ...], revision: int, output: str) -> None:
    """Print revisions as `kubectl rollout history` would at that instant.

    \b
    Examples:
      podsim rollout history deployment/web
      podsim rollout history deployment/web --revision=1
    """
    from simulator.kubectl.read.rollout import rollout_history

    view = view_from(source)
    show(rollout_history(list(args), namespace_of(source, view), view, revision, output))


COMMANDS: list[click.Command] = [rollout]
