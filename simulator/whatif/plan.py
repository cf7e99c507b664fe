"""The runs of a sweep: arms (one value of each axis) times seeds, and what is measured in each run. Plain data, for other processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple, Protocol

from simulator.cluster import Cluster
from simulator.errors import InputError, NotModelledError, UsageError
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Metric, Story, metric, readings, worst
from simulator.metrics.selection import check, selection
from simulator.scenario.inputs import Inputs
from simulator.whatif.base import Base, Field, Setting

Own = Callable[[Snapshot], float | None]
"""A user's metric: a function of the snapshot at the end of a run."""
ALWAYS = ("restarts", "back-offs")
"""Measured in every distribution, whatever the metrics: they show what went wrong."""


class Axis(NamedTuple):
    """An address with its field, and the values to try, as text and as parsed from YAML."""

    address: str
    field: Field
    texts: tuple[str, ...]
    values: tuple[Any, ...]


class Measure(NamedTuple):
    """A column: its name and unit, and its metric: one of the table, `about` some object (empty: the worst of all), or a user's own."""

    name: str
    unit: str
    about: str = ""
    own: Own | None = None

    def read(self, story: Story) -> float | None:
        """Its value; None: did not happen during the run."""
        if self.own is not None:
            return self.own(story.snapshot)
        return worst(reading.value for reading in readings(story, self.metric, selection(self.about)))

    @property
    def metric(self) -> Metric:
        """The row of the table."""
        return metric(self.name.partition("@")[0])

    def check(self, story: Story) -> None:
        """Raises UsageError when `about` selects nothing."""
        if self.own is None and self.about:
            check(selection(self.about), story)


def measures(names_and_functions: Sequence[str | Own]) -> tuple[Measure, ...]:
    """Columns from names (`restarts`, `restarts@deployment/web`) and functions. Raises UsageError."""
    result = []
    for item in names_and_functions:
        if isinstance(item, str):
            name, _, about = item.partition("@")
            row = metric(name)
            selection(about)
            result.append(Measure(f"{row.name}@{about}" if about else row.name, row.unit, about))
        else:
            result.append(Measure(getattr(item, "__name__", type(item).__name__), "", "", item))
    names = [measure.name for measure in result]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"measured twice: {', '.join(twice)}")
    return tuple(result)


class Task(NamedTuple):
    """One run: the index of the value of each axis, and the seed (None: the one of the inputs)."""

    arm: tuple[int, ...]
    seed: int | None


class Outcome(NamedTuple):
    """The result of a task: the values in the order of the plan's measures, or why the API server or the reader refused the arm."""

    task: Task
    values: tuple[float | None, ...] = ()
    refused: str = ""


class Playing(Protocol):
    """What runs the tasks of a plan in one process."""

    def play(self, task: Task) -> Outcome:
        """Run a task and measure."""
        ...


class Tasks(Protocol):
    """What engines run: plain data that makes a player in each process."""

    def player(self) -> Playing:
        """What runs the tasks."""
        ...


class Plan(NamedTuple):
    """All runs. The `seeds` are the same for each arm, so that arms share their random draws."""

    base: Base
    axes: tuple[Axis, ...]
    measures: tuple[Measure, ...]
    seeds: tuple[int | None, ...] = (None,)

    def arms(self) -> list[tuple[int, ...]]:
        """The grid; the last axis varies fastest."""
        return list(product(*(range(len(axis.values)) for axis in self.axes)))

    def tasks(self) -> list[Task]:
        """Every run, seed by seed within each arm."""
        return [Task(arm, seed) for arm in self.arms() for seed in self.seeds]

    def settings(self, arm: Sequence[int]) -> list[Setting]:
        """What an arm changes."""
        return [Setting(axis.field, axis.values[i]) for axis, i in zip(self.axes, arm, strict=True)]

    def texts(self, arm: Sequence[int]) -> dict[str, str]:
        """An arm as users write it: address -> value."""
        return {axis.address: axis.texts[i] for axis, i in zip(self.axes, arm, strict=True)}

    def player(self) -> Player:
        """What runs the tasks."""
        return Player(self)


class Player:
    """Runs the tasks of a plan; the inputs of an arm are made once for all its seeds."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._arm: tuple[int, ...] | None = None
        self._inputs: Inputs | str = ""

    def play(self, task: Task) -> Outcome:
        """Run a task and measure. Raises InvariantError for a bug of podsim."""
        inputs = self.inputs(task)
        if isinstance(inputs, str):
            return Outcome(task, (), inputs)
        try:
            story = Story(Cluster(inputs).run().at())
        except NotModelledError as error:
            return Outcome(task, (), str(error))
        return Outcome(task, tuple(measure.read(story) for measure in self.plan.measures))

    def inputs(self, task: Task) -> Inputs | str:
        """The inputs of a task, or why they are refused."""
        if task.arm != self._arm:
            self._arm = task.arm
            try:
                self._inputs = self.plan.base.arm(self.plan.settings(task.arm))
            except InputError as error:
                self._inputs = str(error)
        if isinstance(self._inputs, str) or task.seed is None:
            return self._inputs
        return self._inputs._replace(scenario=self._inputs.scenario._replace(seed=task.seed))
