"""`podsim timeline`: containers as bars on a time axis."""

from __future__ import annotations

import click

from simulator.cli.source import SourceOptions, parse_instant, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError


@command(short_help="Draw containers as bars: restarts, probes, readiness.")
@click.argument("words", nargs=-1, metavar="[POD|WORKLOAD...]")
@click.option("--pod", "globs", multiple=True, metavar="GLOB", help="Show only pods whose name or workload matches; same as NAME.")
@click.option("--since", metavar="DURATION", help="Start of the time axis.")
@click.option("--until", "--to", "until", metavar="DURATION", help="End of the time axis. Default: when nothing new happens any more.")
@click.option("--width", type=click.IntRange(40, 1000), help="Width in columns. Default: the terminal's.")
@click.option("--all", "every", is_flag=True, help="Show every pod, however many a workload has.")
@source_options()
def timeline(
    source: SourceOptions,
    words: tuple[str, ...],
    globs: tuple[str, ...],
    since: str | None,
    until: str | None,
    width: int | None,
    every: bool,
) -> None:
    """Draw what containers did: pulls, starts, exits, back-offs, probes, readiness; with Services below and users' actions above.

    A name can be a prefix, a glob, or `deployment/web`.

    \b
    Examples:
      podsim timeline
      podsim timeline web --since 20s --until 1m
      podsim timeline --pod 'web-*' -f app.yaml --width 160
    """
    from simulator.cli import paint
    from simulator.metrics.timeline import timeline as story
    from simulator.views.timeline.text import Focus, draw

    snapshot = snapshot_from(source)
    names = [word.rpartition("/")[2] for word in (*words, *globs)]
    begin, end = parse_instant(since, "--since"), parse_instant(until, "--until")
    if begin is not None and begin >= (snapshot.t if end is None else end):
        raise UsageError("--since must come before the end of the axis")
    focus = Focus(tuple(name if {"*", "?", "["} & set(name) else f"{name}*" for name in names), begin, end, every)
    namespace = None if source.all_namespaces else source.namespace or None
    if names and not any(focus.shows(pod) for pod in story(snapshot, namespace).pods):
        raise UsageError("no matching pod")
    lines = draw(snapshot, width or paint.width(), namespace, focus)
    if not lines:
        raise UsageError("no pods and no Services in this run")
    paint.show(lines)


COMMANDS: list[click.Command] = [timeline]
