"""`podsim gallery`: the scenarios that come with podsim."""

from __future__ import annotations

import shutil
from itertools import groupby
from pathlib import Path

import click

from simulator.cli.paint import echo
from simulator.cli.usage import command
from simulator.errors import UsageError
from simulator.scenario.gallery import Exhibit, exhibits


@command(short_help="List, read, run or copy the bundled scenarios.")
@click.argument("name", required=False, default="")
@click.option("--readme", is_flag=True, help="Print what the scenario covers and what to watch for, instead of running it.")
@click.option("--copy", "target", metavar="FOLDER", help="Copy the scenario's files to this directory, instead of running it.")
@click.pass_context
def gallery(context: click.Context, name: str, readme: bool, target: str | None) -> None:
    """List the bundled scenarios, or run one.

    \b
    Examples:
      podsim gallery                           # list them
      podsim gallery cascading-liveness        # run it
      podsim gallery deadlock --readme         # what to watch for
      podsim gallery rollout-stuck --copy .    # copy its files
    """
    available = exhibits()
    if not name:
        if readme or target:
            raise UsageError("name a scenario: `podsim gallery` lists them")
        echo(_listed(available))
        return
    chosen = next((one for one in available if one.name == name), None)
    if chosen is None:
        from difflib import get_close_matches

        near = get_close_matches(name, [one.name for one in available], n=1)
        raise UsageError(
            f"no scenario {name!r} in the gallery" + (f"; did you mean {near[0]!r}?" if near else "; `podsim gallery` lists them")
        )
    if readme:
        echo(chosen.readme, nl=False)
    elif target is not None:
        _copy(chosen, Path(target))
    else:
        from simulator.cli.run_command import run

        context.invoke(run, paths=(str(chosen.folder),), more=(), output="text", save=None, at=None, duration=None)


def _listed(available: list[Exhibit]) -> str:
    width = max(len(one.name) for one in available)
    groups = groupby(available, lambda one: one.group)
    return "\n\n".join("\n".join([group, *(f"  {one.name:<{width}}  {one.title}" for one in members)]) for group, members in groups)


def _copy(chosen: Exhibit, target: Path) -> None:
    place = target / chosen.name
    if place.exists():
        raise UsageError(f"{place} already exists")
    try:
        shutil.copytree(chosen.folder, place, ignore=shutil.ignore_patterns("expected"))
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise UsageError(f"--copy {target}: {error.strerror or error}") from error
    echo(f"{place}: podsim run {place}")


COMMANDS: list[click.Command] = [gallery]
