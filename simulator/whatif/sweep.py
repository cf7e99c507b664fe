"""Runs a grid of changed inputs, or one input with many seeds, and returns the results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from simulator.cluster import Cluster
from simulator.errors import InputError, UsageError
from simulator.journal.journal import Journal
from simulator.limits import beyond, limit
from simulator.metrics import Story
from simulator.metrics.table import DEFAULT
from simulator.scenario.inputs import Choices
from simulator.units import parse_duration
from simulator.whatif import values
from simulator.whatif.addresses import CHOICES, resolve
from simulator.whatif.base import Base, Setting, read_base
from simulator.whatif.engines.select import select_engine
from simulator.whatif.plan import ALWAYS, Axis, Measure, Outcome, Own, Plan, Player, Task, measures
from simulator.whatif.results_file import ResultsFile, fingerprint

Values = str | int | float | Iterable[Any]
Progress = Callable[[int, int], None]


class Options(NamedTuple):
    """How to run. `workers` None: one for each processor; `resume`: a file that keeps outcomes; `progress(done, of)` follows the runs."""

    engine: str = ""
    workers: int | None = None
    scheduler: str = ""
    resume: str | Path | None = None
    progress: Progress | None = None


class Result(NamedTuple):
    """A plan and its outcomes, in the plan's order. `partial`: it was interrupted; `kept`: the file with the outcomes."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    partial: bool = False
    kept: Path | None = None


def axis(base: Base, address: str, values_given: Values) -> tuple[Base, Axis]:
    """An axis, and a base that contains its field. Raises UsageError."""
    base, field = resolve(base, address)
    if isinstance(values_given, str):
        texts = values.texts(values_given, releases=address == "kubernetes")
        parsed = [text if address == "kubernetes" else values.parsed(text) for text in texts]
    else:
        parsed = [values_given] if isinstance(values_given, int | float) else list(values_given)
        texts = ["null" if value is None else str(value) for value in parsed]
    if not parsed:
        raise UsageError(f"{address}: no values")
    if field.where == "choice":
        parsed = [_choice(address, value) for value in parsed]
    return base, Axis(address, field, tuple(texts), tuple(parsed))


def _choice(address: str, value: Any) -> Any:
    try:
        if address in ("seed", "nodes"):
            number = int(value)
            if str(number) != str(value) or (address == "nodes" and number < 1):
                raise ValueError("must be a whole number" if address == "seed" else "must be a whole number, 1 or more")
            return number
        return parse_duration(value) if address == "duration" else str(value)
    except (ValueError, TypeError) as error:
        raise UsageError(f"{address}={value}: {error}") from error


def make_plan(
    paths: Sequence[str],
    axes: Mapping[str, Values],
    metrics: Sequence[str | Own] = DEFAULT,
    runs: int = 1,
    choices: Choices = Choices(),  # noqa: B008 (a frozen value)
    stdin: TextIO | None = None,
) -> Plan:
    """The plan, read, resolved and checked; only the base itself runs, once. Raises InputError for problems in the input."""
    if runs < 1:
        raise UsageError("must be at least one run")
    if runs > limit("runs"):
        raise beyond("runs", f"{runs} runs")
    base = read_base(paths, choices, stdin)
    grid = []
    for address, texts_or_values in axes.items():
        base, one = axis(base, address, texts_or_values)
        grid.append(one)
    if (arms := math.prod(len(one.values) for one in grid)) * runs > limit("runs"):
        raise beyond("runs", f"{arms} combinations with {runs} runs each")
    columns = measures(metrics or DEFAULT)
    _check(base, columns)
    if runs == 1:
        return Plan(base, tuple(grid), columns)
    if "seed" in axes:
        raise UsageError("use either --set seed=... or several runs, which have their own seeds")
    always = tuple(column for column in measures(ALWAYS) if column.name not in {known.name for known in columns})
    first = base.inputs.scenario.seed
    return Plan(base, tuple(grid), (*columns, *always), tuple(range(first, first + runs)))


def _check(base: Base, columns: Sequence[Measure]) -> None:
    """Check that the subjects of the measures exist in a run of the unchanged inputs."""
    if any(column.about for column in columns):
        story = Story(Cluster(base.inputs).run().at())
        for column in columns:
            column.check(story)


def play(plan: Plan, options: Options = Options()) -> Result:  # noqa: B008 (a frozen value)
    """Run what has no outcome yet. Ctrl-C gives a partial result, which is kept in a file."""
    tasks = plan.tasks()
    kept = ResultsFile(options.resume, plan) if options.resume else None
    known = _known(kept, tasks) if kept else {}
    waiting = [task for task in tasks if task not in known]
    report = options.progress or (lambda done, of: None)
    report(len(known), len(tasks))
    partial = False
    try:
        for outcomes in select_engine(options.engine, options.workers, options.scheduler, len(waiting))(plan, waiting) if waiting else ():
            if kept is not None:
                kept.keep(outcomes)
            known.update((outcome.task, outcome) for outcome in outcomes)
            report(len(known), len(tasks))
    except KeyboardInterrupt:
        partial = True
        kept = _rescue(plan, known.values()) if kept is None else ResultsFile(kept.path, plan)
        # Outcomes that were written just before Ctrl-C may be in the file only.
        known |= _known(kept, tasks)
    return Result(plan, tuple(known[task] for task in tasks if task in known), partial, None if kept is None else kept.path)


def _known(kept: ResultsFile, tasks: Iterable[Task]) -> dict[Task, Outcome]:
    return {task: outcome for task in tasks if (outcome := kept.known(task)) is not None}


def _rescue(plan: Plan, outcomes: Iterable[Outcome]) -> ResultsFile:
    """A new file for outcomes that no option said to keep."""
    names = [f"sweep-{fingerprint(plan)[:8]}{suffix}.jsonl" for suffix in ("", *(f"-{n}" for n in range(2, 100)))]
    kept = ResultsFile(next(name for name in names if not Path(name).exists()), plan)
    kept.keep(outcomes)
    return kept


def settings(base: Base, pairs: Sequence[tuple[str, str]]) -> tuple[Base, list[Setting]]:
    """One value for each address, as `podsim run --set` takes them. Raises UsageError."""
    result = []
    for address, text in pairs:
        base, one = axis(base, address, text)
        if len(one.values) != 1:
            raise UsageError(f"{address}={text}: a run takes one value; podsim sweep takes several")
        result.append(Setting(one.field, one.values[0]))
    return base, result


def replay(plan: Plan, task: Task) -> Journal:
    """The journal of one task of a plan. Raises InputError when its arm is refused."""
    inputs = Player(plan).inputs(task)
    if isinstance(inputs, str):
        raise InputError(inputs)
    return Cluster(inputs).run()


def assignment(text: str) -> tuple[str, str]:
    """`ADDRESS=VALUES`; an `=` in brackets belongs to the address. Raises UsageError."""
    depth = 0
    for i, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == "=" and depth == 0 and i > 0:
            return text[:i], text[i + 1 :]
    raise UsageError(f"{text!r}: use ADDRESS=VALUES, as in deployment/web.replicas=1,2,5 or {next(iter(CHOICES))}=1.30..1.36")
