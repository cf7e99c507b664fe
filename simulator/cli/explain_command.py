"""`podsim explain`: the complete Scenario of a run, with what was assumed and why, ready to be edited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simulator.cli import options
from simulator.cli.refusals import note_refusals, report_inputs
from simulator.cli.source import parse_instant
from simulator.cli.usage import command
from simulator.errors import ScenarioError, UsageError


@command(short_help="Print the complete Scenario of a run, assumptions included.")
@options.inputs
@options.one_run
@click.option(
    "--save",
    metavar="FILE",
    help="File to write, with paths relative to it. Default: standard output, with paths relative to the current directory.",
)
def explain(paths: tuple[str, ...], more: tuple[str, ...], save: str | None, **given: Any) -> None:
    """Print the complete Scenario of a run: your settings and all assumptions, each with its reason.

    Running it gives the same events at the same times. Edit a line to change only that.

    \b
    Examples:
      podsim explain -f app.yaml
      podsim explain -f app.yaml > s.yaml; podsim run s.yaml
      podsim explain app.yaml db.yaml --nodes 3 --save shop.yaml
    """
    from simulator.cluster import Cluster
    from simulator.scenario.inputs import Choices, gather

    if not (paths or more):
        raise UsageError("name a manifest, a directory or a Scenario: podsim explain -f app.yaml")
    duration = parse_instant(given.pop("duration"), "--duration")
    inputs = gather([*paths, *more], Choices(duration=duration, apply=options.applied(given), **given))
    report_inputs(inputs)
    cluster = Cluster(inputs)
    note_refusals(cluster.run_to_rest())
    write_scenario(cluster.explain(str(Path(save).parent) if save else "."), save)


def write_scenario(text: str, file: str | None) -> None:
    """Print a Scenario, or keep it in a file. Raises ScenarioError when that cannot be written."""
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        from simulator.whole_files import write_whole

        write_whole(file, text)
    except OSError as error:
        from simulator.errors import Problem

        raise ScenarioError([Problem(file, 0, 0, "", error.strerror or str(error))]) from error


COMMANDS: list[click.Command] = [explain]
