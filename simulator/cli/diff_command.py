"""`podsim diff`: what a change of manifests does."""

from __future__ import annotations

import json
from typing import Any

import click

from simulator.cli import options
from simulator.cli.progress import progress
from simulator.cli.refusals import report_problems
from simulator.cli.source import parse_instant
from simulator.cli.usage import command

DIFFERENT = 1
INTERRUPTED = 130


@command(short_help="What a change of manifests does to start-up and rollout.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("-f", "--with", "both", multiple=True, metavar="PATH", help="What goes with either side: a Scenario, a database.")
@options.recursive
@options.fail_fast
@click.option("--runs", type=click.IntRange(1), default=1, metavar="N", help="So many seeds, the same for both sides.")
@options.first_seed
@options.namespace
@options.release
@click.option("--duration", metavar="DURATION", help="How much time to play of each start-up, and of the rollout.")
@options.nodes
@click.option(
    "-o", "--output", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True, help="text, json, markdown."
)
@click.option("--exit-code", is_flag=True, help="End with 1 when something differs.")
@options.workers
def diff(old: str, new: str, both: tuple[str, ...], output: str, exit_code: bool, **given: Any) -> None:
    """Play OLD and NEW, and the rollout from one to the other, and say what differs.

    OLD and NEW are manifests, directories or Scenarios. Both start-ups have the same luck, so that what differs is the change's
    doing. For the rollout, NEW is applied once OLD has come to rest.

    \b
    Examples:
      podsim diff old.yaml new.yaml
      podsim diff old/ new/ --with scenario.yaml --runs 20
      podsim diff old.yaml new.yaml -o markdown > comment.md
      podsim diff old.yaml new.yaml --exit-code
    """
    from simulator.scenario.inputs import Choices
    from simulator.whatif import compare_text
    from simulator.whatif.compare import compare
    from simulator.whatif.sweep import Options

    choices = Choices(
        namespace=given["namespace"],
        seed=given["seed"],
        kubernetes=given["kubernetes"],
        duration=parse_instant(given["duration"], "--duration"),
        nodes=given["nodes"],
        recursive=given["recursive"],
        fail_fast=given["fail_fast"],
    )
    with progress("diff") as shown:
        shown.report("both start-ups and the rollout")
        comparison = compare([old], [new], both, given["runs"], choices, Options(workers=given["workers"], progress=shown.runs))
    report_problems(comparison.problems)
    if output == "json":
        click.echo(json.dumps(compare_text.as_json(comparison), indent=2, ensure_ascii=False))
    elif output == "markdown":
        click.echo(compare_text.as_markdown(comparison, old, new), nl=False)
    else:
        from simulator.cli import paint

        paint.show(compare_text.as_text(comparison, old, new))
    if comparison.partial:
        click.get_current_context().exit(INTERRUPTED)
    if exit_code and comparison.differs:
        click.get_current_context().exit(DIFFERENT)


COMMANDS: list[click.Command] = [diff]
