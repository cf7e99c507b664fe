"""`podsim sweep`: runs with other values or other seeds, and one table of results."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import options
from simulator.cli.interruption import interruptible
from simulator.cli.paint import echo
from simulator.cli.progress import progress
from simulator.cli.refusals import report_refused
from simulator.cli.source import parse_instant
from simulator.cli.usage import command
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.whatif.plan import Plan
    from simulator.whatif.sweep import Result


@command(short_help="Run with several values of a field and compare.")
@options.inputs
@click.option(
    "--set", "axes", multiple=True, metavar="ADDRESS=VALUES", help="Field and values to try. Repeatable: all combinations are run."
)
@click.option(
    "-m",
    "--metric",
    "names",
    multiple=True,
    metavar="NAME[@OBJECT]",
    help="Metric to measure. Repeatable. Default: time-to-ready and restarts.",
)
@click.option("--runs", type=click.IntRange(1), default=1, metavar="N", help="Seeds per combination, the same for all.")
@options.first_seed
@options.namespace
@options.release
@click.option("--duration", metavar="DURATION", help="Simulated time of each run.")
@options.nodes
@click.option("--plot", metavar="FILE", help="Also draw the result: lines for one --set, a heat map for two, a distribution for none.")
@options.theme
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="Output format: text, json or csv.",
)
@options.workers
@click.option("--engine", type=click.Choice(["serial", "processes", "dask"]), default=None, help="Where to run. Default: processes.")
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="Dask scheduler address: tcp://host:8786. Default: workers on this machine."
)
@click.option("--resume", metavar="FILE", help="Save results to FILE as they come in, and continue from those already in it.")
def sweep(paths: tuple[str, ...], more: tuple[str, ...], output: str, plot: str | None, theme: str, **given: Any) -> None:
    """Run the same manifests with several values of a field, and compare the runs.

    An ADDRESS is a field of a manifest (deployment/web.replicas, or of a container: deployment/web:server.image), what a container
    does (program/server.listen.from), an image (images/nginx.pull), another value of a Scenario (cluster.network.proxySync), or
    kubernetes, seed, nodes, duration, replicas. VALUES are a list (1,2,5), a range (0..30/5, 2s..40s#8), a range by a factor
    (1s..64s*2), or YAML. `podsim metrics --list` lists what can be measured.

    \b
    Examples:
      podsim sweep app.yaml --set 'deployment/web:server.readinessProbe.periodSeconds=1,2,5,10'
      podsim sweep app.yaml --set 'program/server.listen.from=2s..40s/2s' -m restarts --plot out.png
      podsim sweep app.yaml --set kubernetes=1.29..1.36 --set replicas=1..3 -m time-to-ready
      podsim sweep app.yaml --runs 50 --plot spread.png
      podsim sweep app.yaml --runs 5000 --resume runs.jsonl --engine dask --scheduler tcp://host:8786
    """
    from simulator.scenario.inputs import Choices
    from simulator.whatif.sweep import Options, assignment, make_plan, play

    all_paths = [*paths, *more]
    choices = Choices(
        namespace=given["namespace"],
        seed=given["seed"],
        kubernetes=given["kubernetes"],
        duration=parse_instant(given["duration"], "--duration"),
        nodes=given["nodes"],
        recursive=given["recursive"],
        fail_fast=given["fail_fast"],
    )
    axes = _axes([assignment(text) for text in given["axes"]])
    plan = make_plan(all_paths, axes, given["names"], given["runs"], choices)
    report_refused(plan.base.inputs)
    if plot:
        from simulator.whatif.plot import check_plot

        check_plot(plan, plot)
    with interruptible() as interruption, _progress() as report:
        where = given["engine"] or ("dask" if given["scheduler"] else "")
        result = play(plan, Options(where, given["workers"], given["scheduler"], given["resume"], report))
    _print(result, output, _command(all_paths, given))
    if plot and not result.partial:
        from simulator.whatif.plot import draw

        draw(result, plot, theme)
    _finish(plan, result, interruption.code)


def _axes(pairs: list[tuple[str, str]]) -> dict[str, str]:
    twice = {address for address, _ in pairs if [other for other, _ in pairs].count(address) > 1}
    if twice:
        raise UsageError(f"--set {min(twice)}: given twice; put all values in one list")
    return dict(pairs)


def _command(paths: list[str], given: dict[str, Any]) -> str:
    """The command that replays one run of the same inputs."""
    flags = [f" --{name} {shlex.quote(str(given[name]))}" for name in ("namespace", "kubernetes", "duration", "nodes") if given[name]]
    return f"podsim run {shlex.join(paths)}{''.join(flags)}"


def _print(result: Result, output: str, command: str) -> None:
    from simulator.whatif import rows
    from simulator.whatif import sweep_text as text

    if output == "json":
        echo(json.dumps(rows.as_json(result), indent=2, ensure_ascii=False))
    elif output == "csv":
        echo(rows.as_csv(result), nl=False)
    else:
        from simulator.cli import paint

        paint.show(text.as_text(result, command))


def _finish(plan: Plan, result: Result, interrupted: int) -> None:
    """Exit with the code of an interrupted or refused sweep."""
    if result.partial:
        echo(f"interrupted: {len(result.outcomes)} of {len(plan.tasks())} runs are in {result.kept}; continue with --resume", err=True)
        click.get_current_context().exit(interrupted)
    if all(outcome.refused for outcome in result.outcomes):
        raise UsageError("every value was refused; nothing was run")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar with an estimate of the time that is left on a terminal; a line now and then anywhere else."""
    if not sys.stderr.isatty():
        with progress("sweep") as shown:
            yield shown.runs
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("runs", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


COMMANDS: list[click.Command] = [sweep]
