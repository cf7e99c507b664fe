"""`podsim diff`: what a change of manifests does."""

from __future__ import annotations

import json
from typing import Any

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.progress import progress
from simulator.cli.refusals import report_problems
from simulator.cli.source import parse_instant
from simulator.cli.usage import command

DIFFERENT = 1


@command(short_help="Compare start-up and rollout of two sets of manifests.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("-f", "--with", "both", multiple=True, metavar="PATH", help="Extra manifests or Scenario for both sides. Repeatable.")
@options.recursive
@options.fail_fast
@click.option("--runs", type=click.IntRange(1), default=1, metavar="N", help="Number of seeds, the same for both sides.")
@options.first_seed
@options.namespace
@options.release
@click.option("--duration", metavar="DURATION", help="Simulated time for each start-up, and for the rollout.")
@options.nodes
@options.report_format
@click.option("--exit-code", is_flag=True, help="Exit with 1 if something differs.")
@options.workers
def diff(old: str, new: str, both: tuple[str, ...], output: str, exit_code: bool, **given: Any) -> None:
    """Run OLD, NEW and the rollout from OLD to NEW, and report the differences.

    OLD and NEW are manifests, directories or Scenarios. Both start-ups use the same seeds, so all differences come from the change.
    For the rollout, NEW is applied once OLD has settled.

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
        echo(json.dumps(compare_text.as_json(comparison), indent=2, ensure_ascii=False))
    elif output == "markdown":
        echo(compare_text.as_markdown(comparison, old, new), nl=False)
    else:
        from simulator.cli import paint

        paint.show(compare_text.as_text(comparison, old, new))
    if comparison.partial:
        click.get_current_context().exit(shown.interruption.code)
    if exit_code and comparison.differs:
        click.get_current_context().exit(DIFFERENT)


COMMANDS: list[click.Command] = [diff]
