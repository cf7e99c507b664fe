"""`podsim story`: everything that happened, one line each."""

from __future__ import annotations

from typing import Any

import click

from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, parse_instant, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError


@command(short_help="List everything that happened: when, who, what, why.")
@click.argument("words", nargs=-1, metavar="[KIND/NAME...]")
@click.option(
    "--only", "only", metavar="THINGS", multiple=True, help="Show only these kinds of entries: probe,start,exit,... ('help' lists them)."
)
@click.option(
    "--component", "components", metavar="GLOB", multiple=True, help="Show only what this component did: kubelet, scheduler, user, ..."
)
@click.option("--since", metavar="DURATION", help="Begin at this time.")
@click.option("--until", metavar="DURATION", help="End at this time.")
@click.option("--all", "everything", is_flag=True, help="Show details, too: every status change, and Events that repeat other entries.")
@click.option("--unfolded", is_flag=True, help="Do not fold repeated entries.")
@click.option("--clock", is_flag=True, help="Show wall-clock time instead of seconds since the start.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
@source_options()
def story(source: SourceOptions, words: tuple[str, ...], only: tuple[str, ...], output: str, **given: Any) -> None:
    """List what happened to objects and everything they control, or to the whole cluster.

    A name can be a prefix or a glob. Repeated entries are folded into one, with their count.

    \b
    Examples:
      podsim story pod/app-tier
      podsim story deployment/web service/web --since 10s --until 1m
      podsim story --only probe,ready,exit --component kubelet
      podsim story -f app.yaml --clock
    """
    from simulator.cli import paint
    from simulator.views.story.collect import Choice
    from simulator.views.story.collect import story as collect_story
    from simulator.views.story.entry import THINGS, as_json
    from simulator.views.story.lines import lines
    from simulator.views.why.question import targets

    things = tuple(thing for given in only for thing in given.split(","))
    unknown = [thing for thing in things if thing not in THINGS]
    if unknown:
        known = "\n".join(f"  {name:<9} {text}" for name, text in THINGS.items())
        raise UsageError(f"--only {','.join(unknown)}: unknown; known:\n{known}")
    snapshot = snapshot_from(source)
    namespace = None if source.all_namespaces else source.namespace or snapshot.header.namespace or None
    about = targets(snapshot, words, namespace, ever=True) if words else None
    begin, end = parse_instant(given["since"], "--since"), parse_instant(given["until"], "--until")
    choice = Choice(things, given["components"], begin, end, given["everything"], not given["unfolded"])
    collected = collect_story(snapshot, about, choice)
    if output == "json":
        import msgspec

        echo(msgspec.json.format(msgspec.json.encode([as_json(entry) for entry in collected.entries]), indent=2).decode())
        return
    paint.show(lines(collected, snapshot, paint.width(), clock=given["clock"]))


COMMANDS: list[click.Command] = [story]
