"""`podsim plot`: pictures of a run for slides and documents."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, parse_instant, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError

FORMATS = (".png", ".svg", ".pdf")


@command(short_help="Draw a timeline, or the rollout of a Deployment, as a picture.")
@click.argument("what", metavar="timeline|rollout", type=click.Choice(["timeline", "rollout"]))
@click.argument("name", required=False, default="", metavar="[WORKLOAD]")
@click.option("-o", "--output", required=True, metavar="FILE", help="File to write: .png, .svg or .pdf.")
@options.theme
@click.option("--since", metavar="DURATION", help="Start of a rollout's time axis.")
@click.option("--until", metavar="DURATION", help="End of the time axis. Default: when nothing new happens any more.")
@source_options()
def plot(source: SourceOptions, what: str, name: str, output: str, theme: str, since: str | None, until: str | None) -> None:
    """Draw a run as a picture: containers as bars over time, or the pods of each revision during a rollout.

    A timeline of many containers has one row for each workload; with the name of one, a row for each of its containers.

    \b
    Examples:
      podsim plot timeline -o start.png --until 90s
      podsim plot timeline deployment/web -o web.png
      podsim plot rollout deployment/web -o rollout.svg --since 15s
      podsim plot timeline -f app.yaml -o app.pdf --theme dark
    """
    if Path(output).suffix not in FORMATS:
        raise UsageError(f"-o {output}: must end in {', '.join(FORMATS)}")
    snapshot = snapshot_from(source)
    begin, end = parse_instant(since, "--since") or 0, parse_instant(until, "--until")
    try:
        if what == "timeline":
            from simulator.views.timeline.picture import draw_picture

            draw_picture(snapshot, output, end=end, namespace=source.namespace or None, look=theme, name=name)
        else:
            from simulator.views.timeline.rollout import draw_rollout

            named = name.rpartition("/")[2]
            if not named:
                raise UsageError("name the Deployment: podsim plot rollout deployment/web -o rollout.png")
            namespace = source.namespace or snapshot.header.namespace or "default"
            draw_rollout(snapshot, output, named, namespace, since=begin, until=end, look=theme)
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror or error}") from error
    echo(output)


COMMANDS: list[click.Command] = [plot]
