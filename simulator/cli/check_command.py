"""`podsim check`: the invariants of a run."""

from __future__ import annotations

import json

import click

from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command


@command(short_help="Check that a run obeys Kubernetes' invariants.")
@click.option("--list", "catalogue", is_flag=True, help="List the invariants, with rules and sources.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
@source_options()
def check(source: SourceOptions, catalogue: bool, output: str) -> None:
    """Check what must be true of every run: revisions rise, counts match pods, budgets are kept. Exits with 1 if an invariant does
    not hold: a bug in podsim, or a journal that something else wrote. `podsim test` checks expectations of your own.

    \b
    Examples:
      podsim check
      podsim check -f app.yaml
      podsim check --from run.journal -o json
      podsim check --list
    """
    from simulator.cli import paint
    from simulator.invariants import broken
    from simulator.views import invariants

    if catalogue:
        paint.show(invariants.catalogue())
        return
    run = snapshot_from(source)
    failing = list(broken(run))
    named = ["--from", source.journal] if source.journal else [word for path in source.paths for word in ("-f", path)]
    if output == "json":
        echo(json.dumps(invariants.as_json(failing, run, named), indent=2, ensure_ascii=False))
    else:
        paint.show(invariants.lines(failing, run, named))
    if failing:
        click.get_current_context().exit(1)


COMMANDS: list[click.Command] = [check]
