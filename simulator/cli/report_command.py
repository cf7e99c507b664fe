"""`podsim report`: a run as one web page."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.progress import progress
from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError


@command(short_help="One page to scrub through a run: texts, logs, timeline, story.")
@click.option("-o", "--output", default="report.html", show_default=True, metavar="FILE", help="Where to write it; '-': standard output.")
@click.option("--title", default="", metavar="TEXT", help="The page's title. Default: the Scenario's name.")
@source_options()
def report(source: SourceOptions, output: str, title: str) -> None:
    """Write a page that shows a run at any instant: get, describe, events, logs, story and why, beside the timeline.

    The page is one file that fetches nothing: mail it, attach it to a build, open it from disk. A link to an instant is its
    address: `report.html#t=31.2s&show=describe&on=Pod/default/web-1`.

    \b
    Examples:
      podsim report                            # the last run, as report.html
      podsim report -f app.yaml -o app.html
      podsim report --from run.journal --title "Friday's outage"
    """
    from simulator.views.page.page import page

    with progress("report") as shown:
        shown.report("the run")
        snapshot = snapshot_from(source)
        shown.report(f"the page of {len(snapshot.records())} records")
        text = page(snapshot, title or snapshot.header.scenario or "A run of podsim", source.kubectl)
    if output == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror}") from error
    click.echo(f"{output} ({len(text.encode()) // 1000} kB): open it in a browser")


COMMANDS: list[click.Command] = [report]
