"""The runs of a comparison: with each seed the old start-up, which continues without the change, the new start-up, and the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story, metric, readings
from simulator.metrics.story import ROLLED, WorkloadStory
from simulator.objects.kinds import Key
from simulator.scenario.inputs import Inputs
from simulator.whatif.plan import Outcome, Task
from simulator.whatif.trunk import Trunk

STARTUP = ("time-to-ready", "time-to-finished", "restarts", "back-offs", "service-reachable", "downtime", "failed-requests")
GROWING = ("restarts", "back-offs", "downtime", "failed-requests")
"""Metrics whose growth after the change belongs to the rollout."""
ROLLOUT = "rollout-complete"

Name = tuple[Key, str]
"""A subject and a metric."""
Values = dict[Name, float | None]


class Worlds(NamedTuple):
    """The inputs of both sides, and those of the old side to which the change is applied."""

    old: Inputs
    new: Inputs
    change: Inputs

    def seeded(self, seed: int) -> Worlds:
        """The same with another seed."""
        return Worlds(*(one._replace(scenario=one.scenario._replace(seed=seed)) for one in self))


class Ends(NamedTuple):
    """How the runs with one seed ended."""

    old: Snapshot
    new: Snapshot
    unchanged: Snapshot
    changed: Snapshot


class Sides(NamedTuple):
    """What was measured: both start-ups, and what the change brought beside what would have happened anyway."""

    old: Values
    new: Values
    unchanged: Values
    changed: Values


def ends_of(old: Trunk, new: Trunk, worlds: Worlds) -> Ends:
    """Run all sides; `old` and `new` are the runs of two of them."""
    started, unchanged = old.until(worlds.old.horizon), old.until(worlds.change.horizon)
    return Ends(started, new.until(worlds.new.horizon), unchanged, old.branch(worlds.change))


def measured(ends: Ends, at: int) -> Sides:
    """Measure the runs of one seed, in which the change was applied at `at` (ns)."""
    changed = _rollout(ends.changed, at)
    # What happens without the change is not its effect.
    unchanged = {name: value for name, value in _rollout(ends.unchanged, at).items() if name in changed}
    return Sides(_values(ends.old, STARTUP), _values(ends.new, STARTUP), unchanged, changed)


class Comparing(NamedTuple):
    """A plan for engines: one task for each seed. `names`: what the first seed had a value for, side by side."""

    worlds: Worlds
    at: int
    names: tuple[tuple[Name, ...], ...]
    seeds: tuple[int, ...]

    def tasks(self) -> list[Task]:
        """One for each seed."""
        return [Task((), seed) for seed in self.seeds]

    def player(self) -> Comparing:
        """What runs the tasks."""
        return self

    def play(self, task: Task) -> Outcome:
        """Run all sides with one seed. Values are those of `names`, side after side."""
        assert task.seed is not None, "one task for each seed"
        worlds = self.worlds.seeded(task.seed)
        sides = measured(ends_of(Trunk(worlds.old), Trunk(worlds.new), worlds), self.at)
        return Outcome(task, tuple(_value(side, name) for names, side in zip(self.names, sides, strict=True) for name in names))

    def split(self, outcome: Outcome) -> list[Values]:
        """The values of an outcome, side by side."""
        rest = iter(outcome.values)
        return [{name: next(rest) for name in names} for names in self.names]


def _value(side: Values, name: Name) -> float | None:
    """A value of one seed: a rollout that did not begin with it took no time."""
    return side.get(name, 0.0 if name[1] == ROLLOUT else None)


def _values(snapshot: Snapshot, metrics: Iterable[str]) -> Values:
    """The metrics of everything that has them, by subject."""
    story = Story(snapshot)
    return {(reading.key, name): reading.value for name in metrics for reading in readings(story, metric(name)) if reading.key is not None}


def _rollout(end: Snapshot, at: int) -> Values:
    """How long the rollouts that began at `at` or later took (None: not complete), and by how much the other metrics grew since."""
    complete, before = _values(end, (ROLLOUT,)), _values(end.at(at), GROWING)
    started = [workload.key for workload in Story(end).workloads if workload.key.kind in ROLLED and _begun(workload, at)]
    result: Values = {(key, ROLLOUT): complete.get((key, ROLLOUT)) for key in started}
    for name, after in _values(end, GROWING).items():
        result[name] = None if after is None else after - (before.get(name) or 0)
    return result


def _begun(workload: WorkloadStory, at: int) -> bool:
    """Whether its spec changed at `at` or later."""
    generations = [(t, item.metadata.generation) for t, item in workload.states]
    last = generations[-1][1]
    return next(t for t, generation in generations if generation == last) >= at


def names_of(sides: Sequence[Values]) -> tuple[tuple[Name, ...], ...]:
    """What each side has a value for."""
    return tuple(tuple(side) for side in sides)
