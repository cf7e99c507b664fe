"""One test: a Scenario or a file of expectations, run with one or several seeds and checked. Plain data, for worker processes."""

from __future__ import annotations

import shlex
import time
from typing import NamedTuple

from simulator.cluster import Cluster
from simulator.errors import InvariantError, ScenarioError, SimulatorError
from simulator.expectations.evaluate import check_names, evaluate
from simulator.expectations.verdict import Verdict, few
from simulator.scenario.inputs import Choices, Inputs, gather
from simulator.scenario.spec import Expectation
from simulator.testing.golden.check import Golden, hold, write

BAD_INPUT, OUR_BUG = 2, 3


class Task(NamedTuple):
    """Run a test with that many `seeds`, starting `first` after the Scenario's own, and check the expectations that match `keyword`.

    `update`: write its golden journal.

    `strict`: expectations that rest on assumptions fail; `recursive`: its manifests' directories are read with those below them.

    `fail_fast`: an object that is refused keeps the test from running; else it is a verdict that does not hold.

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


class Result(NamedTuple):
    """The result of a test: a verdict for each expectation, or an error that kept it from running, with its exit code.

    `took`: real time in seconds; `left_out`: how many expectations the keyword excluded; `wrote`: the golden journal that was written;
    `warnings`: kubectl's, about its manifests.
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

    @property
    def failures(self) -> list[Verdict]:
        """The verdicts that do not hold."""
        return [verdict for verdict in self.verdicts if not verdict.holds]


def perform(task: Task) -> Result:
    """Run a test. Problems in its input become an error in the result."""
    begin = time.perf_counter()
    try:
        result = _play(task)
    except InvariantError as error:
        result = Result(task.path, task.path, error=f"{error}; a bug of podsim", code=OUR_BUG)
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
        raise ScenarioError(f"{task.path}: nothing is expected in it: say `expect`, or keep a golden journal (--update-golden)")
    name = scenario.name or task.path
    expectations = tuple(item for item in scenario.expect if fits(task.keyword, f"{task.path} {name} {item.text}"))
    compares = golden is not None and fits(task.keyword, f"{task.path} {name} golden journal")
    warnings = tuple(str(problem) for problem in inputs.warnings)
    result = Result(
        task.path, name, warnings=warnings, left_out=len(scenario.expect) - len(expectations) + (golden is not None and not compares)
    )
    if not (expectations or compares or task.update):
        return result
    verdicts = [*_under_seeds(inputs, expectations, task), *(_refusals(inputs) if not task.first else ())]
    if task.first:
        return result._replace(verdicts=tuple(verdicts))
    journal = Cluster(inputs).run() if compares or task.update else None
    if journal is not None and task.update:
        return result._replace(verdicts=tuple(verdicts), wrote=write(journal, task.golden.target(task.path)))
    if journal is not None and golden is not None:
        verdicts.append(hold(journal, golden, task.golden.tolerance, task.path))
    return result._replace(verdicts=tuple(verdicts))


def _refusals(inputs: Inputs) -> list[Verdict]:
    """The verdict that fails a test for objects that are left out: a test of something else than its manifests must not be green."""
    problems = inputs.problems
    if not problems:
        return []
    expected = "the API server accepts every object"
    return [Verdict("objects accepted", problems[0].file, problems[0].line, False, expected, few([str(problem) for problem in problems]))]


def _under_seeds(inputs: Inputs, expectations: tuple[Expectation, ...], task: Task) -> list[Verdict]:
    """Verdicts that hold when they hold with every seed."""
    verdicts: list[Verdict] = []
    for offset in range(task.first, task.first + task.seeds) if expectations else ():
        seed = inputs.scenario.seed + offset
        journal = Cluster(inputs._replace(scenario=inputs.scenario._replace(seed=seed))).run()
        results = evaluate(journal.at(), expectations, f"-f {shlex.quote(task.path)}", seed if offset else None)
        if task.strict:
            results = [verdict.strict for verdict in results]
        if task.several:
            results = [one if one.holds else one._replace(seeds=(seed,)) for one in results]
        verdicts = [merged_verdict(old, new) for old, new in zip(verdicts, results, strict=True)] if verdicts else results
    return verdicts


def merged_verdict(old: Verdict, new: Verdict) -> Verdict:
    """The verdict over both runs; the first failure is reported, with all seeds that fail."""
    return (new if old.holds else old)._replace(seeds=(*old.seeds, *new.seeds))


def merged(one: Result, other: Result) -> Result:
    """Two results of one test with different seeds as one."""
    if one.error or other.error:
        return one if one.error else other
    shared = [merged_verdict(old, new) for old, new in zip(one.verdicts, other.verdicts, strict=False)]
    rest = one.verdicts[len(other.verdicts) :]
    return one._replace(verdicts=(*shared, *rest), took=one.took + other.took)
