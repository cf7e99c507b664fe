"""`podsim test`: hold Scenarios against what is expected of them, as pytest does with tests."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import options
from simulator.cli.paint import echo
from simulator.cli.source import parse_instant
from simulator.cli.usage import command
from simulator.errors import JournalError, Problem
from simulator.units import SECOND

if TYPE_CHECKING:
    from simulator.testing.task import Result, Task

FAILED, NO_TESTS = 1, 5
"""As pytest has them."""
MOST_SEEDS = 10_000


@command(short_help="Run tests and check their expectations.")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("-j", "--workers", type=click.IntRange(1, 256), metavar="N", help="Number of worker processes. Default: one per core.")
@click.option("-k", "--keyword", default="", metavar="EXPRESSION", help="Run only matching tests: 'web and not order'.")
@click.option("-x", "--exit-first", is_flag=True, help="Stop at the first file with a failure.")
@click.option("--seeds", type=click.IntRange(1, MOST_SEEDS), default=1, metavar="N", help="Check with each of N seeds.")
@click.option("--strict", is_flag=True, help="Fail expectations that rest on assumptions instead of the Scenario or the catalogue.")
@options.recursive
@options.fail_fast
@click.option("-v", "--verbose", is_flag=True, help="Also show expectations that hold, with the observed values.")
@click.option("--golden", default="", metavar="FOLDER", help="Directory of golden journals. Default: next to the tests, if there are any.")
@click.option("--update-golden", is_flag=True, help="Rewrite golden journals, for review as a diff.")
@click.option("--tolerance", metavar="DURATION", help="Allowed difference from golden times. Default: as recorded in the golden journal.")
@click.option("--junit-xml", metavar="FILE", help="Write a JUnit report.")
@click.option("--report", default="", metavar="FOLDER", help="Write the report page of each failed test to FOLDER.")
@click.option("--github-summary", metavar="FILE", help="Append a Markdown summary to FILE. Default: $GITHUB_STEP_SUMMARY, if set.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
def test(paths: tuple[str, ...], output: str, **given: Any) -> int:
    """Run tests and check their expectations.

    PATH is a Scenario with `expect`, a file of expectations (*.podsim.yaml), a directory of such files, or a glob. Default: the
    current directory.

    \b
    Examples:
      podsim test
      podsim test scenarios/ -k 'web and not order' -x
      podsim test web.podsim.yaml --seeds 50
      podsim test tests --junit-xml podsim.xml -j 4
      podsim test tests --report pages
      podsim test tests --update-golden

    Exit codes: 0 all expectations hold, 1 an expectation failed, 2 a test cannot be read, 5 no tests were collected.
    """
    from simulator.cli import paint
    from simulator.testing import report
    from simulator.testing.workers import results

    begin = time.perf_counter()
    tasks = _tasks(paths, given)
    done: list[Result] = []
    stream = results(tasks, given["workers"])
    for result in stream:
        done.append(result)
        if output == "text" and (result.verdicts or result.error or result.wrote):
            paint.show([report.progress(result, paint.width())])
        if given["exit_first"] and (result.failures or result.error):
            stream.close()
            break
    total = report.total(done, time.perf_counter() - begin)
    if output == "json":
        echo(json.dumps(report.as_json(done), indent=2, ensure_ascii=False))
    else:
        _print(done, total, given["verbose"])
    if not done:
        echo("There are no tests: podsim init app.yaml writes a first one.", err=True)
    _write(done, total, given["junit_xml"], given["github_summary"])
    return _code(done)


def _tasks(paths: Sequence[str], given: dict[str, Any]) -> list[Task]:
    from simulator.testing.find import find_tests
    from simulator.testing.golden.check import Golden
    from simulator.testing.keyword import fits
    from simulator.testing.task import Task

    fits(given["keyword"], "")
    tolerance = parse_instant(given["tolerance"], "--tolerance")
    golden = Golden(given["golden"], None if tolerance is None else tolerance / SECOND)
    tests = find_tests(paths or ["."], without_expectations=given["update_golden"] or bool(given["golden"]))
    seeds, update = given["seeds"], given["update_golden"]
    switches = {name: given[name] for name in ("strict", "recursive", "fail_fast", "report")}
    return [Task(path, 0, seeds, given["keyword"], golden, update, several=seeds > 1, **switches) for path in tests]


def _print(done: list[Result], total: str, verbose: bool) -> None:
    from simulator.cli import paint
    from simulator.testing import report
    from simulator.views.styled import Part

    lines = [*([[], *report.holding(done)] if verbose else []), *report.failures(done)]
    lines += [[Part(f"wrote {file}")] for result in done for file in (result.wrote, *result.pages) if file]
    lines += report.cautions(done)
    bad = any(result.failures or result.error for result in done)
    paint.show([*lines, [], [Part(total, "bold red" if bad else "bold green")]] if lines else [[Part(total, "bold green")]])


def _write(done: list[Result], total: str, junit_xml: str | None, github_summary: str | None) -> None:
    """The files that CI systems read; annotations only where GitHub runs us."""
    from simulator.testing import github
    from simulator.views.github_job import job_from

    job = job_from(os.environ, str(Path.cwd()))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for note in github.as_annotations(done):
            click.echo(job.command(note), err=True)
    try:
        if junit_xml:
            from simulator.testing.junit import junit
            from simulator.whole_files import write_whole

            write_whole(junit_xml, junit(done))
        job.add_summary(github.summary(done, total), github_summary)
    except OSError as error:
        raise JournalError([Problem(str(error.filename), 0, 0, "", error.strerror or str(error))]) from error


def _code(done: list[Result]) -> int:
    errors = [result.code for result in done if result.error]
    if errors:
        return max(errors)
    if any(result.failures for result in done):
        return FAILED
    return 0 if any(result.verdicts or result.wrote for result in done) else NO_TESTS


COMMANDS: list[click.Command] = [test]
