"""`podsim run`: play manifests and show what happened."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.refusals import made, note_refusals, report_inputs
from simulator.cli.source import parse_instant
from simulator.cli.usage import command
from simulator.errors import JournalError, Problem, UsageError
from simulator.units import short_duration

if TYPE_CHECKING:
    from simulator.expectations.verdict import Verdict
    from simulator.journal.journal import Journal
    from simulator.manifest.load import Manifest
    from simulator.scenario.inputs import Choices, Inputs
    from simulator.views.report.run import About
    from simulator.views.styled import Line


NOT_AS_EXPECTED = 1


@command(short_help="Simulate manifests and report what happened.")
@options.inputs
@click.option("--strict", is_flag=True, help="Fail if an expectation rests on an assumption; without expectations, if a workload does.")
@options.one_run
@click.option(
    "--validate",
    type=click.Choice(["strict", "warn", "ignore"]),
    default="strict",
    show_default=True,
    help="How to handle fields that the API does not know.",
)
@click.option("--exact", is_flag=True, help="Use the median of every delay.")
@options.changes
@click.option("--save", metavar="FILE", help="Save the journal, for --from.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "journal", "json"]),
    default="text",
    help="Output format: text, journal (JSON lines) or json (all objects at the end).",
)
@click.option("--at", metavar="DURATION", help="Report the state at this time instead of the end.")
@click.option("--fail-not-ready", is_flag=True, help="Exit with 1 if a workload is not ready, or not done, at the end.")
@click.option("-v", "--verbose", is_flag=True, help="List all objects, and all assumptions with their overrides.")
def run(paths: tuple[str, ...], more: tuple[str, ...], output: str, save: str | None, at: str | None, **given: Any) -> int:
    """Simulate manifests and report what happened.

    PATH is a manifest, a directory of manifests, '-' for standard input, a Scenario, or a folder with a scenario.yaml.

    Objects that the API server would refuse are reported and left out, as kubectl does; the rest runs. The Scenario's expectations
    (`expect`) are checked at the end of the run. The exit code is 1 if an object was refused, an expectation failed, or helm or Argo CD
    did not succeed (`--as`), and 2 if nothing was run.

    \b
    Examples:
      podsim run app.yaml db.yaml -n shop
      podsim run app.yaml --fail-fast
      kustomize build . | podsim run -
      podsim run scenarios/await-redis --at 2m36s
      podsim run app.yaml --nodes 3 --kubernetes 1.32 --seed 7 --duration 10m
      podsim run app.yaml --set 'deployment/web:server.readinessProbe.periodSeconds=1'
      helm template shop ./shop | podsim run - --as helm --wait --timeout 2m
      podsim run app.yaml -o journal > run.journal
      podsim run debug --image=busybox -- sleep 60   # kubectl run: add a pod to the last run
    """
    from simulator.cluster import Cluster
    from simulator.scenario.inputs import Choices, gather

    instant = parse_instant(at, "--at")
    changes, strict = given.pop("changes"), given.pop("strict")
    must_be_ready, verbose = given.pop("fail_not_ready"), given.pop("verbose")
    duration = parse_instant(given.pop("duration"), "--duration")
    choices = Choices(duration=duration, apply=options.applied(given), only_namespace=given["namespace"] is not None, **given)
    inputs = _changed([*paths, *more], choices, changes) if changes else gather([*paths, *more], choices)
    report_inputs(inputs, stored=output != "text")
    cluster = Cluster(inputs)
    if inputs.scenario.expect:
        _check(inputs)
    journal = cluster.run_to_rest()
    inputs = inputs._replace(horizon=cluster.horizon)
    if instant is not None and instant > cluster.horizon:
        raise UsageError(f"--at {at}: the run ended at {short_duration(cluster.horizon)}; --duration makes it longer")
    if save:
        _save(journal, save)
    note_refusals(journal)
    how = _Printing(inputs, instant, f"--from {shlex.quote(save)}" if save else "", strict, verbose)
    verdicts = _print(journal, output, how)
    failed = not all(verdict.holds for verdict in verdicts)
    failed |= strict and not verdicts and _report_assumed(journal)
    failed |= bool(inputs.scenario.apply) and _report_undelivered(journal, output)
    failed |= must_be_ready and _report_not_ready(journal)
    return NOT_AS_EXPECTED if failed else 0


class _Printing(NamedTuple):
    """How a run is printed: its inputs, the instant (None: the end), the option with which suggested commands read this run, and flags."""

    inputs: Inputs
    at: int | None
    look: str
    strict: bool
    verbose: bool


def _check(inputs: Inputs) -> None:
    """Refuse before the run what cannot be expected."""
    from simulator.expectations.evaluate import check_names

    check_names(inputs.scenario.expect)


def _changed(paths: list[str], choices: Choices, changes: tuple[str, ...]) -> Inputs:
    """The inputs with other values, checked as if they had been written so."""
    from simulator.whatif.base import read_base
    from simulator.whatif.sweep import assignment, settings

    base, assigned = settings(read_base(paths, choices), [assignment(text) for text in changes])
    return base.arm(assigned)


def _print(journal: Journal, output: str, how: _Printing) -> list[Verdict]:
    """Print the run, and return what became of expectations."""
    if output == "journal":
        from simulator.journal.lines import export

        sys.stdout.writelines(export(journal))
    elif output == "json":
        _print_json(journal, how.at)
    else:
        return _report(journal, how)
    verdicts = _verdicts(journal, how)
    for verdict in verdicts:
        if not verdict.holds:
            echo("\n    ".join([f"{verdict.place}: {verdict.text}", *verdict.lines()]), err=True)
    return verdicts


def _verdicts(journal: Journal, how: _Printing) -> list[Verdict]:
    """The verdicts on the Scenario's expectations; if `strict`, those that rest on assumptions do not hold."""
    if not how.inputs.scenario.expect:
        return []
    from simulator.expectations.evaluate import evaluate

    verdicts = evaluate(journal.at(), how.inputs.scenario.expect, how.look)
    return [verdict.strict for verdict in verdicts] if how.strict else verdicts


def _report_assumed(journal: Journal) -> bool:
    """Print the workloads whose outcome rests on assumptions to standard error; whether there are any."""
    from simulator.metrics.evidence import evidence, in_words
    from simulator.metrics.story import Story

    assumed = [one for one in evidence(Story(journal.at())) if one.level == "assumed"]
    for one in assumed:
        lines = "".join(f"\n    {in_words(assumption)}" for assumption in one.assumptions)
        echo(f"error: {one.workload} rests on assumptions:{lines}", err=True)
    return bool(assumed)


def _print_json(journal: Journal, at: int | None) -> None:
    """The header, the instant and every object at it, as one JSON document."""
    from simulator.views.export.objects import document

    click.echo(document(journal.at(at)), nl=False)


def _report_undelivered(journal: Journal, output: str) -> bool:
    """Whether helm or Argo CD did not succeed; without a report, why is printed to standard error."""
    from simulator.views.report.delivery import failure

    why = failure(journal.at())
    if why and output != "text":
        echo(why, err=True)
    return bool(why)


def _report_not_ready(journal: Journal) -> bool:
    """Print the workloads that are not ready or done to standard error; whether there are any."""
    from simulator.metrics.story import Story
    from simulator.views.report.verdict import outcomes

    down = [str(one.key) for one in outcomes(Story(journal.at())) if one.since is None]
    if down:
        echo(f"error: not ready: {', '.join(down)}", err=True)
    return bool(down)


def _report(journal: Journal, how: _Printing) -> list[Verdict]:
    from simulator.cli import last_run, paint
    from simulator.cli.again import again_command, typed_options
    from simulator.views.report.run import report
    from simulator.views.report.suggestions import Again

    inputs = how.inputs
    if not last_run.remember(journal, inputs) and not how.look:
        # -f of logs is --follow.
        how = how._replace(look=" ".join(f"--filename {shlex.quote(path)}" for path in inputs.named))
    verdicts = _verdicts(journal, how)
    is_open = inputs.scenario.duration is None and how.at is None
    command = again_command("duration", "at")
    paths = shlex.join([*inputs.named, *typed_options("recursive", "namespace")]) if command else ""
    again = Again(command, is_open, paths, _test_of(inputs, paths) if paths else "")
    paint.show(report(journal.at(how.at), _about(how, verdicts)._replace(again=again), paint.width()))
    return verdicts


def _test_of(inputs: Inputs, paths: str) -> str:
    """The command that tests what is run; without a Scenario's expectations or a file of `podsim init`, the one that writes this file."""
    from simulator.cli.init_command import output_for

    if inputs.scenario.expect:
        return f"podsim test {shlex.join(inputs.named)}"
    file = output_for(inputs.named[0])
    return f"podsim test {shlex.quote(file)}" if Path(file).exists() else f"podsim init {paths}"


def _about(how: _Printing, verdicts: list[Verdict]) -> About:
    from simulator.views.report.inputs import LoadedObject
    from simulator.views.report.run import About

    inputs, scenario = how.inputs, how.inputs.scenario
    loaded = [
        LoadedObject(item.file, item.line, item.object.kind, _full_name(item), when)
        for when, part in ((short_duration(-scenario.before.since), inputs.before), ("", inputs.loaded))
        for item in part.manifests
    ]
    expected: tuple[Line, ...] = ()
    if verdicts:
        from simulator.testing.report import verdict_lines

        expected = tuple(verdict_lines(verdicts))
    title, notes = scenario.name or " ".join(inputs.named), tuple(made(inputs))
    return About(title, tuple(loaded), notes, look=how.look, expected=expected, verbose=how.verbose)


def _full_name(item: Manifest) -> str:
    meta = item.object.metadata
    name = meta.name or f"{meta.generate_name}*"
    return f"{meta.namespace}/{name}" if meta.namespace else name


def _save(journal: Journal, file: str) -> None:
    from simulator.whole_files import write_whole

    try:
        write_whole(file, journal.saved())
    except OSError as error:
        raise JournalError([Problem(file, 0, 0, "", error.strerror or str(error))]) from error


COMMANDS: list[click.Command] = [run]
