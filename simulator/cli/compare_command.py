"""`podsim compare`: a real cluster held against simulations of its manifests."""

from __future__ import annotations

import json
from typing import Any

import click

from simulator.cli import options
from simulator.cli.progress import progress
from simulator.cli.refusals import report_problems
from simulator.cli.usage import command
from simulator.errors import UsageError

DIFFERENT = 1
SEEDS = 8


@command(short_help="Hold a real cluster against its simulation.")
@options.inputs
@click.option(
    "--from", "sources", multiple=True, metavar="FILE", help="Output of kubectl get -o json or yaml; '-': standard input. Repeatable."
)
@click.option(
    "--runs", type=click.IntRange(2), default=SEEDS, show_default=True, metavar="N", help="Number of seeds: what varies is noise."
)
@options.first_seed
@options.namespace
@options.release
@options.nodes
@options.report_format
def compare(sources: tuple[str, ...], output: str, runs: int, paths: tuple[str, ...], **given: Any) -> None:
    """Run the manifests of a real cluster several times, and list where the cluster and the runs disagree beyond the noise.

    What a Scenario among PATH states is what the cluster is held against; the rest is fitted to the cluster, as `podsim infer` does.
    Pods and events are required; more kinds improve the result. Exits with 1 if anything differs.

    \b
    Examples:
      podsim compare --from events.json app.yaml
      kubectl get pods,events -o json | podsim compare --from - app.yaml
      podsim compare --from pods.json --from events.json --from nodes.json app.yaml -o markdown
    """
    from simulator.cli import paint
    from simulator.cli.cluster_objects import objects_of
    from simulator.reality import text
    from simulator.reality.compare import compare as held_against
    from simulator.scenario.inputs import Choices
    from simulator.whatif.base import read_base

    if not sources:
        raise UsageError("name the output of `kubectl get pods,events -o json`: podsim compare --from real.json manifests/")
    objects = [item for source in sources for item in objects_of(source)]
    choices = Choices(
        namespace=given["namespace"],
        seed=given["seed"],
        kubernetes=given["kubernetes"],
        nodes=given["nodes"],
        recursive=given["recursive"],
        fail_fast=given["fail_fast"],
    )
    base = read_base((*paths, *given["more"]), choices)
    with progress("compare") as shown:
        result = held_against(base, objects, runs, shown.runs)
    report_problems(result.problems)
    if output == "json":
        paint.echo(json.dumps(text.as_data(result), indent=2, ensure_ascii=False))
    elif output == "markdown":
        paint.echo(text.as_markdown(result), nl=False)
    else:
        paint.show(text.as_text(result))
    if result.findings:
        click.get_current_context().exit(DIFFERENT)


COMMANDS: list[click.Command] = [compare]
