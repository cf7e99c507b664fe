"""One test: a Scenario or a file of expectations, run with one or several seeds and checked. Plain data, for worker processes."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from typing import NamedTuple

from simulator.cluster import Cluster
from simulator.errors import InvariantError, ScenarioError, SimulatorError
from simulator.expectations.evaluate import check_names, evaluator
from simulator.expectations.verdict import Verdict, few
from simulator.journal.journal import Journal
from simulator.scenario.inputs import Choices, Inputs, gather
from simulator.scenario.spec import Expectation
from simulator.testing.golden.check import Golden, hold, write

BAD_INPUT, OUR_BUG = 2, 3


class Task(NamedTuple):
    """Run a test with that many `seeds`, starting `first` after the Scenario's own, and check the expectations that match `keyword`.

    `update`: write its golden journal.

    `strict`: expectations that rest on assumptions fail; `recursive`: its manifests' directories are read with those below them.

    `fail_fast`: an object that is refused keeps the test from running; else it is a verdict that does not hold.

    `report`: the folder for the pages of runs that fail; empty: none.

    `several`: this or another task runs the test with other seeds, so failures are reported with their seeds.
    """

    path: str
    first: int = 0
    seeds: int = 1
    keyword: str = ""
    golden: Golden = Golden()
    update: bool = False
    several: bool = False
    strict: bool = False
    recursive: bool = False
    fail_fast: bool = True
    report: str = ""


class Result(NamedTuple):
    """The result of a test: a verdict for each expectation, or an error that kept it from running, with its exit code.

    `took`: real time in seconds; `left_out`: how many expectations the keyword excluded; `wrote`: the golden journal that was written;
    `warnings`: kubectl's, about its manifests; `checks`: the real time of each verdict's own check, in seconds; `pages`: the report pages
    that were written.
    """

    path: str
    name: str
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""
    code: int = 0
    took: float = 0.0
    left_out: int = 0
    wrote: str = ""
    warnings: tuple[str, ...] = ()
    checks: tuple[float, ...] = ()
    pages: tuple[str, ...] = ()

    @property
    def times(self) -> list[float]:
        """The real time of each verdict: that of its own check, and an equal share of the runs, which all of them need."""
        share = (self.took - sum(self.checks)) / max(1, len(self.checks))
        return [check + share for check in self.checks]

    @property
    def failures(self) -> list[Verdict]:
        """The verdicts that do not hold."""
        return [verdict for verdict in self.verdicts if not verdict.holds]

    def with_verdict(self, verdict: Verdict, took: float) -> Result:
        """The result with one more verdict, whose check took that many seconds."""
        return self._replace(verdicts=(*self.verdicts, verdict), checks=(*self.checks, took))


def perform(task: Task) -> Result:
    """Run a test. Problems in its input become an error in the result."""
    begin = time.perf_counter()
    try:
        result = _play(task)
    except InvariantError as error:
        result = Result(task.path, task.path, error=f"{error}; this is a bug in podsim", code=OUR_BUG)
    except SimulatorError as error:
        result = Result(task.path, task.path, error=str(error), code=BAD_INPUT)
    return result._replace(took=time.perf_counter() - begin)


def _play(task: Task) -> Result:
    from simulator.testing.keyword import fits

    inputs = gather([task.path], Choices(recursive=task.recursive, fail_fast=task.fail_fast))
    scenario = inputs.scenario
    check_names(scenario.expect)
    golden = task.golden.place(task.path)
    if not scenario.expect and golden is None and not task.update:
        raise ScenarioError(f"{task.path}: no expectations: add `expect` or a golden journal (--update-golden)")
    name = scenario.name or task.path
    expectations = tuple(item for item in scenario.expect if fits(task.keyword, f"{task.path} {name} {item.text}"))
    compares = golden is not None and fits(task.keyword, f"{task.path} {name} golden journal")
    stored = inputs.before.stored, inputs.loaded.stored
    warnings = tuple(str(problem) for problem in inputs.warnings if problem not in stored)
    result = Result(
        task.path, name, warnings=warnings, left_out=len(scenario.expect) - len(expectations) + (golden is not None and not compares)
    )
    if not (expectations or compares or task.update):
        return result
    result = _under_seeds(inputs, expectations, task, result)
    if task.first:
        return result
    for refusal in _refusals(inputs):
        result = result.with_verdict(refusal, 0.0)
    journal = Cluster(inputs).run_to_rest() if compares or task.update else None
    if journal is not None and task.update:
        return result._replace(wrote=write(journal, task.golden.target(task.path)))
    if journal is not None and golden is not None:
        result = result.with_verdict(*_timed(lambda: hold(journal, golden, task.golden.tolerance, task.path)))
    if result.failures and not result.pages and task.report:
        return result._replace(pages=_pages(journal or Cluster(inputs).run_to_rest(), task, 0))
    return result


def _refusals(inputs: Inputs) -> list[Verdict]:
    """The verdict that fails a test for objects that are left out: a test of something else than its manifests must not be green."""
    problems = inputs.problems
    if not problems:
        return []
    expected = "the API server accepts every object"
    return [Verdict("objects accepted", problems[0].file, problems[0].line, False, expected, few([str(problem) for problem in problems]))]


def _under_seeds(inputs: Inputs, expectations: tuple[Expectation, ...], task: Task, result: Result) -> Result:
    """The result with verdicts that hold when they hold with every seed. The first run that fails gets a page."""
    for offset in range(task.first, task.first + task.seeds) if expectations else ():
        seed = inputs.scenario.seed + offset
        journal = Cluster(inputs._replace(scenario=inputs.scenario._replace(seed=seed))).run_to_rest()
        verdict_on = evaluator(journal.at(), f"-f {shlex.quote(task.path)}", seed if offset else None)
        verdicts, checks = zip(*[_timed(partial(verdict_on, item)) for item in expectations], strict=True)
        if task.strict:
            verdicts = tuple(verdict.strict for verdict in verdicts)
        if task.several:
            verdicts = tuple(one if one.holds else one._replace(seeds=(seed,)) for one in verdicts)
        pages = () if result.pages or all(one.holds for one in verdicts) else _pages(journal, task, offset)
        run = result._replace(verdicts=verdicts, checks=checks, pages=pages)
        result = merged(result, run) if result.verdicts else run
    return result


def _timed(check: Callable[[], Verdict]) -> tuple[Verdict, float]:
    """A verdict, and the real time of its check in seconds."""
    begin = time.perf_counter()
    verdict = check()
    return verdict, time.perf_counter() - begin


def _pages(journal: Journal, task: Task, offset: int) -> tuple[str, ...]:
    """The page of a run that fails, if it is wanted."""
    if not task.report:
        return ()
    from simulator.testing.pages import write_page

    return (write_page(journal, task.report, task.path, journal.header.seed if offset else None),)


def merged_verdict(old: Verdict, new: Verdict) -> Verdict:
    """The verdict over both runs; the first failure is reported, with all seeds that fail."""
    return (new if old.holds else old)._replace(seeds=(*old.seeds, *new.seeds))


def merged(one: Result, other: Result) -> Result:
    """Two results of one test with different seeds as one."""
    if one.error or other.error:
        return one if one.error else other
    shared = [merged_verdict(old, new) for old, new in zip(one.verdicts, other.verdicts, strict=False)]
    rest = one.verdicts[len(other.verdicts) :]
    checks = tuple(map(sum, zip_longest(one.checks, other.checks, fillvalue=0.0)))
    return one._replace(verdicts=(*shared, *rest), took=one.took + other.took, checks=checks, pages=(*one.pages, *other.pages))
