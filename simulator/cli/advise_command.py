"""`podsim advise`: the budgets that probes give, what is wrong with them, and what to write instead."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.progress import progress
from simulator.cli.refusals import report_refused
from simulator.cli.usage import command
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.advice.advise import Advice
    from simulator.whatif.base import Base


FORMATS = ("text", "json", "sarif", "github", "gitlab")


@command(short_help="Check time budgets, find common mistakes, solve for settings.")
@options.inputs
@options.changes
@click.option("--explain", metavar="RULE", help="Explain a rule; `all`: every rule.")
@click.option("--strict", is_flag=True, help="Exit with 1 if there is a finding of severity error.")
@click.option(
    "--solve", "wish", metavar="WISH", help="Find the smallest budget for which this goal holds: 'P(restart during start) < 0.01'."
)
@click.option("--start", "starts", multiple=True, metavar="NAME=TIME", help="Distribution of a container's start-up time.")
@click.option("--for", "container", default="", metavar="NAME", help="Container to solve for: deployment/api:server.")
@click.option(
    "--knob", default="", metavar="FIELD", help="Setting to vary: failureThreshold, livenessProbe.initialDelaySeconds, preStop, ..."
)
@click.option("--runs", type=click.IntRange(20), default=None, metavar="N", help="Runs per candidate. Default: as many as the goal needs.")
@options.workers
@options.namespace
@options.release
@options.nodes
@options.seed
@click.option(
    "-o", "--output", type=click.Choice(FORMATS), default="text", show_default=True, help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
)
def advise(paths: tuple[str, ...], more: tuple[str, ...], changes: tuple[str, ...], output: str, **given: Any) -> None:
    """Compute the time budgets that probes, hooks and rollouts imply, and look for common mistakes.

    Both bounds of a budget follow the kubelet's arithmetic and can actually occur. Each finding shows the offending line, a run that
    demonstrates it with the command to repeat it, and a fix.

    \b
    Examples:
      podsim advise app.yaml
      podsim advise app.yaml --set 'deployment/web:server.readinessProbe.periodSeconds=2'
      podsim advise app.yaml --strict -o json
      podsim advise app.yaml -o sarif > podsim.sarif
      podsim advise --explain prestop-missing
      podsim advise app.yaml --solve 'P(restart during start) < 0.1' --start 'server=lognormal(median=8s,sigma=0.4)'
      podsim advise app.yaml --solve 'p90(time-to-ready) < 20s' --knob readinessProbe.periodSeconds
      podsim advise app.yaml --solve 'P(request lost during rollout) < 0.1' --knob preStop
    """
    if given["explain"]:
        echo(_explained(given["explain"]), nl=False)
        return
    all_paths = [*paths, *more]
    if not all_paths:
        raise UsageError("name a manifest, a directory, or a Scenario: podsim advise app.yaml")
    from simulator.advice.advise import advise as advice_for
    from simulator.scenario.inputs import Choices
    from simulator.whatif.base import read_base
    from simulator.whatif.sweep import assignment

    chosen = ("namespace", "seed", "kubernetes", "nodes", "recursive", "fail_fast")
    base = read_base(all_paths, Choices(**{name: given[name] for name in chosen}))
    report_refused(base.inputs)
    if given["wish"]:
        if output not in ("text", "json"):
            raise UsageError(f"-o {output} is for findings; --solve prints text or json")
        _solve(base, output, given)
        return
    repeated = ("namespace", "kubernetes", "nodes", "seed")
    flags = "".join(f" --{name} {shlex.quote(str(given[name]))}" for name in repeated if given[name] is not None)
    with progress("advise") as shown:
        advice = advice_for(base, tuple(assignment(text) for text in changes), flags, report=shown.report)
    _print(advice, output)
    if given["strict"] and advice.has_errors:
        click.get_current_context().exit(1)


def _print(advice: Advice, output: str) -> None:
    if output == "text":
        from simulator.advice.text import as_text
        from simulator.cli import paint

        paint.show(as_text(advice))
        return
    from simulator.advice import for_ci
    from simulator.advice.text import as_json
    from simulator.views.github_job import job_from

    job = job_from(os.environ, str(Path.cwd()))
    if output == "github":
        for note in for_ci.as_annotations(advice):
            click.echo(job.command(note))
        job.add_summary(for_ci.as_summary(advice))
        return
    plain: dict[str, Callable[[], object]] = {
        "json": lambda: as_json(advice),
        "sarif": lambda: for_ci.as_sarif(advice, job),
        "gitlab": lambda: for_ci.as_code_quality(advice, job),
    }
    echo(json.dumps(plain[output](), indent=2, ensure_ascii=False))


def _solve(base: Base, output: str, given: dict[str, Any]) -> None:
    """Search, print, and exit with 1 under --strict when there is no solution."""
    from simulator.advice.goals import parse_goal
    from simulator.advice.solve import solve
    from simulator.advice.solve_text import as_json, as_lines
    from simulator.advice.start_times import parse_start_time

    starts = tuple(parse_start_time(text) for text in given["starts"])
    with progress("advise") as shown:
        shown.report(f"looking for the smallest value with which {given['wish']}")
        solution = solve(base, parse_goal(given["wish"]), starts, given["knob"], given["container"], given["runs"] or 0, given["workers"])
    echo(json.dumps(as_json(solution), indent=2) if output == "json" else "\n".join(as_lines(solution)))
    if given["strict"] and solution.best is None:
        click.get_current_context().exit(1)


def _explained(name: str) -> str:
    from simulator.advice.rule_table import explained
    from simulator.advice.rules import RULES, rule

    return "\n".join(explained(one) for one in (RULES if name == "all" else (rule(name),)))


COMMANDS: list[click.Command] = [advise]
