"""`podsim metrics`: the numbers of a run."""

from __future__ import annotations

import json

import click

from simulator.cli.paint import echo
from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError


@command(short_help="Measure a run: time to ready, restarts, downtime.")
@click.argument("about", required=False, default="", metavar="[OBJECT]")
@click.option("-m", "--metric", "names", multiple=True, metavar="NAME", help="Metric to show. Repeatable. Default: all.")
@click.option("--list", "catalogue", is_flag=True, help="List all metrics, with definitions.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="Output format: text, json or csv.",
)
@source_options()
def metrics(source: SourceOptions, about: str, names: tuple[str, ...], catalogue: bool, output: str) -> None:
    """Measure a run: each workload and Service, or each OBJECT.

    OBJECT is deployment/web, pod/app-*, deployment/web:server (a container) or shop/service/web (with a namespace). A workload's
    time is that of its slowest pod; its counts are sums over its pods. 'never': did not happen during the run.

    \b
    Examples:
      podsim metrics -f app.yaml
      podsim metrics 'pod/app-*' -m time-to-ready --at 40s
      podsim metrics -o csv --from run.journal
      podsim metrics --list
    """
    from simulator.cli import paint
    from simulator.metrics import METRICS, measure_all
    from simulator.views import metrics_table

    if catalogue:
        paint.show(metrics_table.catalogue())
        return
    snapshot = snapshot_from(source)
    measurements = measure_all(snapshot, names or [row.name for row in METRICS], about)
    if output == "json":
        echo(json.dumps(metrics_table.as_json(measurements), indent=2))
    elif output == "csv":
        echo(metrics_table.as_csv(measurements), nl=False)
    elif measurements:
        paint.show(metrics_table.as_text(measurements, snapshot.header.namespace or "default"))
    else:
        raise UsageError(f"nothing to measure: {', '.join(names)}")


COMMANDS: list[click.Command] = [metrics]
