"""`podsim init`: a first file of expectations for a user's manifests."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.refusals import note_refusals, report_inputs
from simulator.cli.usage import command
from simulator.errors import UsageError
from simulator.whole_files import write_whole

SUFFIX = ".podsim.yaml"


@command(short_help="Write a first test for your manifests, based on a run of them.")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("-o", "--output", default="", metavar="FILE", help="File to write; '-': standard output. Default: named after PATH.")
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
@options.recursive
@options.namespace
@options.release
def init(paths: tuple[str, ...], output: str, *, force: bool, recursive: bool, **given: Any) -> None:
    """Run manifests and write the outcome as expectations: when each workload is ready, that nothing restarts, what waits for what.

    Each expectation has a comment, and times have a margin of 50 %. Keep what you intend, change the rest, and run `podsim test` in CI.

    \b
    Examples:
      podsim init app.yaml
      podsim init scenarios/redis-late -o late.podsim.yaml
      podsim init app.yaml -o -
    """
    from simulator.cluster import Cluster
    from simulator.scenario.inputs import Choices, gather, scenario_file
    from simulator.testing.draft import About, count, draft

    if not paths or "-" in paths:
        raise UsageError("name manifests, a directory or a Scenario for the test to read: podsim init app.yaml")
    file = output or output_for(paths[0])
    if file != "-" and Path(file).exists() and not force:
        raise UsageError(f"{file} already exists: choose another -o FILE, or use --force")
    inputs = gather(paths, Choices(recursive=recursive, fail_fast=False, **given))
    report_inputs(inputs)
    if inputs.problems:
        raise UsageError("nothing written: podsim test fails as long as objects are refused")
    scenario = next(filter(None, map(scenario_file, paths)), "")
    if scenario and len(paths) > 1:
        raise UsageError("name either a Scenario, which names its manifests, or manifests")
    journal = Cluster(inputs).run_to_rest()
    note_refusals(journal)
    folder = str(Path(file).parent) if file != "-" else "."
    seen = [os.path.relpath(path, folder) for path in ([scenario] if scenario else inputs.files)]
    about = About(_name(paths[0]), seen[0] if scenario else "", () if scenario else seen, given["namespace"], given["kubernetes"] or "")
    text = draft(journal.at(), about)
    if file == "-":
        echo(text, nl=False)
        return
    try:
        write_whole(file, text)
    except OSError as error:
        raise UsageError(f"-o {file}: {error.strerror or error}") from error
    echo(f"wrote {file} with {count(text)} expectations; check them with: podsim test {shlex.quote(file)}")


def output_for(path: str) -> str:
    """The file that is written for a path unless another one is named."""
    return _name(path) + SUFFIX


def _name(path: str) -> str:
    """The name of a test of a path: of its file without suffixes, or of its folder."""
    place = Path(path).resolve()
    name = place.parent.name if place.name == "scenario.yaml" else place.name.partition(".")[0] if place.is_file() else place.name
    return name or "app"


COMMANDS: list[click.Command] = [init]
