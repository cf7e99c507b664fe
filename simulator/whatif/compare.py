"""The effect of a change of manifests: both start-ups with the same seeds, and the rollout from the old ones to the new."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from simulator.cluster import Cluster
from simulator.errors import Problem, UsageError
from simulator.journal.journal import Journal
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story, measure, readings, worst
from simulator.metrics.selection import selection
from simulator.metrics.story import ROLLED
from simulator.metrics.table import metric
from simulator.objects.kinds import Key
from simulator.scenario.inputs import Choices, Inputs
from simulator.scenario.spec import Action
from simulator.units import SECOND
from simulator.whatif.base import Base, read_base
from simulator.whatif.changes import Change, changes
from simulator.whatif.plan import Measure, Plan, measures
from simulator.whatif.statistics import Interval, mean_difference
from simulator.whatif.sweep import Options, play

STARTUP = ("time-to-ready", "time-to-finished", "restarts", "back-offs", "service-reachable", "downtime", "failed-requests")
ROLLOUT = ("restarts", "back-offs", "downtime", "failed-requests")
"""Metrics whose growth after the change belongs to the rollout."""
CALM = 10
"""Seconds that the old state is left alone before the new one is applied."""
NOTHING = {"s": 0.05, "": 0.0}
"""By unit: differences up to this are not reported."""

Values = tuple[float | None, ...]


class Since(msgspec.Struct, frozen=True):
    """By how much a metric grew after `t` (ns)."""

    name: str
    about: str
    t: int

    def __call__(self, snapshot: Snapshot) -> float | None:
        """The growth; None when the metric has no value at the end."""
        before, after = (_read(_story(snapshot, t), self.name, self.about) for t in (self.t, snapshot.t))
        return None if after is None else after - (before or 0)


class RolledOut(msgspec.Struct, frozen=True):
    """How long the rollout started by a change at `t` (ns) took; 0 when it started none."""

    about: str
    t: int

    def __call__(self, snapshot: Snapshot) -> float | None:
        """Seconds, or None when it was not complete at the end."""
        if not self.begun(snapshot):
            return 0.0
        return _read(_story(snapshot, snapshot.t), "rollout-complete", self.about)

    def begun(self, snapshot: Snapshot) -> bool:
        """Whether the workload's spec changed since `t`."""
        for workload in selection(self.about).workloads(_story(snapshot, snapshot.t)):
            generations = [(t, item.metadata.generation) for t, item in workload.states]
            last = generations[-1][1]
            return next(t for t, generation in generations if generation == last) >= self.t
        return False


class Row(NamedTuple):
    """A metric of one subject in every run, with the old manifests and with the new ones and the same seeds; empty: no such subject."""

    subject: Key
    metric: str
    unit: str
    old: Values
    new: Values

    @property
    def differs(self) -> bool:
        """Whether the difference is worth reporting."""
        if not self.old or not self.new:
            return bool(self.old) != bool(self.new)
        return any(_differ(a, b, self.unit) for a, b in zip(self.old, self.new, strict=True))

    @property
    def happens(self) -> bool:
        """For a rollout: whether the change caused it."""
        return self.differs if self.old else any(value != 0 for value in self.new)

    @property
    def difference(self) -> Interval | None:
        """How much larger the new values are on average; None when a value is missing in some run."""
        first, second = [v for v in self.old if v is not None], [v for v in self.new if v is not None]
        if not first or len(first) != len(self.old) or len(second) != len(self.new) or len(first) != len(second):
            return None
        return mean_difference(first, second)


class Comparison(NamedTuple):
    """The whole comparison. `applied`: when the new manifests were applied to the running old ones (s). Old values of `rollout` are those
    of the same period without the change.

    `never_within`: how long a start-up is observed (ns); None: the user chose the duration.
    `problems`: what is wrong with objects of either side that were left out; `refused`: the API server's errors about the change;
    `removed`: objects only in the old manifests, which apply does not delete.
    """

    changes: tuple[Change, ...]
    startup: tuple[Row, ...]
    rollout: tuple[Row, ...]
    applied: float
    seeds: tuple[int, ...]
    kubernetes: str
    refused: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    partial: bool = False
    never_within: int | None = None

    @property
    def refusals(self) -> list[str]:
        """Everything that was refused: objects of the manifests, and the change."""
        return [*(str(problem) for problem in self.problems), *self.refused]

    @property
    def removed(self) -> list[Key]:
        """The objects that apply does not delete."""
        return [change.key for change in self.changes if change.old == "removed" and not change.path]

    @property
    def differs(self) -> bool:
        """Whether the start-up changes, or the change causes anything."""
        return bool(self.refused) or any(row.differs for row in self.startup) or any(row.happens for row in self.rollout)


def compare(
    old: Sequence[str],
    new: Sequence[str],
    both: Sequence[str] = (),
    runs: int = 1,
    choices: Choices = Choices(),  # noqa: B008 (a frozen value)
    options: Options = Options(),  # noqa: B008 (a frozen value)
) -> Comparison:
    """Run both start-ups and the rollout between them, `runs` times each, with the same seeds.

    `both`: paths for either side, such as a Scenario or dependencies. Raises InputError.
    """
    if "-" in (*old, *new, *both):
        raise UsageError("a comparison reads its files several times: standard input can be read once")
    before, after = read_base([*both, *old], choices), read_base([*both, *new], choices)
    first = Cluster(before.inputs).run()
    at = _applied_at(first)
    change = read_base([*both, *old], _with_change(choices, after.inputs, before.inputs, at))
    changed = Cluster(change.inputs).run()
    # What happens without the change is not its effect: the old state also runs on, for as long as the rollout.
    unchanged = read_base([*both, *old], choices._replace(duration=change.inputs.horizon))
    rollout = _rollout(changed, at)
    without_change = {name: rollout[name] for name in rollout if name in _rollout(Cluster(unchanged.inputs).run(), at)}
    seed = before.inputs.scenario.seed
    seeds = tuple(range(seed, seed + runs))
    sides = [
        _measured(before, _startup(first), seeds, options),
        _measured(after, _startup(Cluster(after.inputs).run()), seeds, options),
        _measured(change, rollout, seeds, options),
        _measured(unchanged, without_change, seeds, options),
    ]
    return Comparison(
        tuple(changes(before.inputs.loaded.manifests, after.inputs.loaded)),
        _rows(sides[0], sides[1]),
        _rows(sides[3], sides[2]),
        at / SECOND,
        seeds,
        before.inputs.scenario.kubernetes,
        _refused(changed, at),
        tuple(dict.fromkeys([*before.inputs.problems, *after.inputs.problems])),
        any(side.partial for side in sides),
        after.inputs.horizon if after.inputs.scenario.duration is None else None,
    )


Name = tuple[Key, str]
"""A subject and a metric."""


class _Side(NamedTuple):
    """The values of one side of a comparison. `partial`: not all runs finished."""

    values: dict[Name, Values]
    partial: bool


def _measured(base: Base, columns: dict[Name, Measure], seeds: tuple[int, ...], options: Options) -> _Side:
    result = play(Plan(base, (), tuple(columns.values()), seeds), options)
    return _Side({name: tuple(outcome.values[i] for outcome in result.outcomes) for i, name in enumerate(columns)}, result.partial)


def _rows(old: _Side, new: _Side) -> tuple[Row, ...]:
    """A row for each metric of either side, in the order of the new one."""
    names = dict.fromkeys([*new.values, *old.values])
    return tuple(
        Row(subject, name, metric(name).unit, old.values.get((subject, name), ()), new.values.get((subject, name), ()))
        for subject, name in names
    )


def _refused(journal: Journal, at: int) -> tuple[str, ...]:
    """kubectl's errors, without the diffs that it prints below them."""
    complaints = [log.line for log in journal.at().logs() if log.component == "kubectl" and not log.stream and log.t >= at]
    return tuple(line for line in complaints if line[:1].isalpha())


def _startup(journal: Journal) -> dict[Name, Measure]:
    """The measures of a start-up, by subject."""
    return {(key, name): measures([f"{name}@{_about(key)}"])[0] for key, name in _subjects(journal.at(), STARTUP)}


def _rollout(journal: Journal, at: int) -> dict[Name, Measure]:
    """The measures of a rollout, by subject."""
    end = journal.at()
    result = {}
    for workload in Story(end).workloads:
        rolled = RolledOut(_about(workload.key), at)
        if workload.key.kind in ROLLED and rolled.begun(end):
            result[workload.key, "rollout-complete"] = Measure(f"rollout-complete@{_about(workload.key)}", "s", "", rolled)
    for key, name in _subjects(end, ROLLOUT):
        result[key, name] = Measure(f"{name}@{_about(key)}", metric(name).unit, "", Since(name, _about(key), at))
    return result


def _subjects(snapshot: Snapshot, names: Sequence[str]) -> list[tuple[Key, str]]:
    story = Story(snapshot)
    return [(reading.key, name) for name in names for reading in readings(story, metric(name)) if reading.key is not None]


def _about(key: Key) -> str:
    return f"{key.namespace}/{key.kind}/{key.name}"


@lru_cache(maxsize=4)
def _story(snapshot: Snapshot, t: int) -> Story:
    """Several metrics are read from one run in a row."""
    return Story(snapshot.at(t))


def _read(story: Story, name: str, about: str) -> float | None:
    return worst(reading.value for reading in readings(story, metric(name), selection(about)))


def _applied_at(journal: Journal) -> int:
    """When the old state has settled, in whole seconds; the end of the run when it never does."""
    settled = measure(journal.at(), "settled") or 0
    return (int(settled) + CALM) * SECOND


def _with_change(choices: Choices, new: Inputs, old: Inputs, at: int) -> Choices:
    """The choices of the run in which the new manifests, and their programs, are applied at `at` (ns)."""
    actions = [Action(at, "apply", str(Path(file).resolve()), {}, "apply") for file in new.files]
    if new.scenario.programs != old.scenario.programs:
        actions.insert(0, Action(at, "programs", new.scenario.programs, {}, "programs"))
    return choices._replace(duration=at + max(new.horizon, old.horizon), actions=(*choices.actions, *actions))


def _differ(one: float | None, other: float | None, unit: str) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > NOTHING[unit]
