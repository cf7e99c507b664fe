"""`podsim report`: a run as one web page."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli import last_run
from simulator.cli.progress import progress
from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError
from simulator.whole_files import write_whole

if TYPE_CHECKING:
    pass


@command(short_help="Write a run as one interactive HTML page.")
@click.option("-o", "--output", default="report.html", show_default=True, metavar="FILE", help="File to write; '-': standard output.")
@click.option("--title", default="", metavar="TEXT", help="Title of the page. Default: the Scenario's name.")
@source_options()
def report(source: SourceOptions, output: str, title: str) -> None:
    """Write an HTML page that shows a run at any time: get, describe, events, logs, story, why and the manifest,
    next to the timeline.

    The page is one self-contained file: mail it, attach it to a build, open it from disk. Its address links to a time:
    `report.html#t=31.2s&show=describe&on=Pod/default/web-1`.

    \b
    Examples:
      podsim report                            # the last run, as report.html
      podsim report -f app.yaml -o app.html
      podsim report --from run.journal --title "Friday's outage"
    """
    from simulator.views.page.manifests import texts
    from simulator.views.page.page import page

    with progress("report") as shown:
        shown.report("the run")
        snapshot = snapshot_from(source)
        shown.report(f"the page of {len(snapshot.records())} records")
        text = page(snapshot, title or snapshot.header.scenario or "podsim run", source.kubectl, texts(snapshot, _folders(source)))
    if output == "-":
        click.echo(text, nl=False)
        return
    try:
        write_whole(output, text)
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror}") from error
    click.echo(f"{output} ({len(text.encode()) // 1000} kB): open it in a browser")


def _folders(source: SourceOptions) -> list[Path]:
    """Where its files may be: here, beside a Scenario, beside a saved journal."""
    paths = [Path(path) for path in (*source.paths, *([source.journal] if source.journal else []))]
    if not paths:
        with suppress(UsageError):
            inputs = last_run.recall_inputs()
            paths = [Path(inputs.scenario.file)] if inputs is not None and inputs.scenario.file else []
    return [Path(), *(path if path.is_dir() else path.parent for path in paths)]


COMMANDS: list[click.Command] = [report]
