"""What a change of manifests does: both start-ups under the same luck, and the rollout from the old to the new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from simulator.cluster import Cluster
from simulator.errors import UsageError
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
from simulator.whatif.base import read_base
from simulator.whatif.changes import Change, changes
from simulator.whatif.plan import Measure, Plan, measures
from simulator.whatif.statistics import Interval, mean_difference
from simulator.whatif.sweep import Options, play

STARTUP = ("time-to-ready", "time-to-finished", "restarts", "back-offs", "service-reachable", "downtime", "failed-requests")
ROLLOUT = ("restarts", "back-offs", "downtime", "failed-requests")
"""Counts and times whose growth after the change is the rollout's."""
CALM = 10
"""Seconds that the old state is left in peace before the new one is applied."""
NOTHING = {"s": 0.05, "": 0.0}
"""By unit: a difference that is not worth a sentence."""

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Since:
    """A metric's growth after `t` nanoseconds."""

    name: str
    about: str
    t: int

    def __call__(self, snapshot: Snapshot) -> float | None:
        """What came after `t`."""
        before, after = (_read(_story(snapshot, t), self.name, self.about) for t in (self.t, snapshot.t))
        return None if after is None else after - (before or 0)


@dataclass(frozen=True)
class RolledOut:
    """How long the rollout took that a change at `t` began; 0 when it began none."""

    about: str
    t: int

    def __call__(self, snapshot: Snapshot) -> float | None:
        """Seconds, or None when it was not complete."""
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
    """A number of one subject: run by run with the old manifests and with the new ones, of the same seeds; empty: it is not there."""

    subject: Key
    metric: str
    unit: str
    old: Values
    new: Values

    @property
    def differs(self) -> bool:
        """Whether it is worth a sentence."""
        if not self.old or not self.new:
            return bool(self.old) != bool(self.new)
        return any(_differ(a, b, self.unit) for a, b in zip(self.old, self.new, strict=True))

    @property
    def happens(self) -> bool:
        """Of a rollout: whether it is the change's doing."""
        return self.differs if self.old else any(value != 0 for value in self.new)

    @property
    def difference(self) -> Interval | None:
        """By how much the new one is larger, on average; None when it has not come to pass in every run."""
        first, second = [v for v in self.old if v is not None], [v for v in self.new if v is not None]
        if not first or len(first) != len(self.old) or len(second) != len(self.new) or len(first) != len(second):
            return None
        return mean_difference(first, second)


class Comparison(NamedTuple):
    """All of it. `applied`: seconds at which the new manifests were applied to what the old ones had become; old values of
    `rollout` are those of the same time without the change.

    `never_within`: the time that a start-up gets when nobody has said how long, in nanoseconds.
    `refused`: what the API server said to the change; `removed` are objects that only the old manifests have, and that apply leaves alone.
    """

    changes: tuple[Change, ...]
    startup: tuple[Row, ...]
    rollout: tuple[Row, ...]
    applied: float
    seeds: tuple[int, ...]
    kubernetes: str
    refused: tuple[str, ...] = ()
    partial: bool = False
    never_within: int | None = None

    @property
    def removed(self) -> list[Key]:
        """What apply does not delete."""
        return [change.key for change in self.changes if change.old == "removed" and not change.path]

    @property
    def differs(self) -> bool:
        """Whether start-up is another one, or the change makes something happen."""
        return bool(self.refused) or any(row.differs for row in self.startup) or any(row.happens for row in self.rollout)


def compare(
    old: Sequence[str],
    new: Sequence[str],
    both: Sequence[str] = (),
    runs: int = 1,
    choices: Choices = Choices(),  # noqa: B008 (a frozen value)
    options: Options = Options(),  # noqa: B008 (a frozen value)
) -> Comparison:
    """Play both start-ups and the rollout between them, `runs` times with the same seeds.

    `both` are paths that go with either side: a Scenario, what the application needs. Raises InputError.
    """
    if "-" in (*old, *new, *both):
        raise UsageError("a comparison reads its files several times: standard input can be read once")
    before, after = read_base([*both, *old], choices), read_base([*both, *new], choices)
    first = Cluster(before.inputs).run()
    at = _applied_at(first)
    between = read_base([*both, *old], _with_change(choices, after.inputs, before.inputs, at))
    changed = Cluster(between.inputs).run()
    seed = before.inputs.scenario.seed
    seeds = tuple(range(seed, seed + runs))
    found = []
    partial = False
    # What happens anyway is not the change's doing: the old state is played on, for as long as the rollout.
    still = read_base([*both, *old], choices._replace(duration=between.inputs.horizon))
    rollout = _rollout(changed, at)
    anyway = {name: measure for name, measure in rollout.items() if name in _rollout(Cluster(still.inputs).run(), at)}
    columns = (_startup(first), _startup(Cluster(after.inputs).run()), rollout, anyway)
    for base, wanted in zip((before, after, between, still), columns, strict=True):
        result = play(Plan(base, (), tuple(wanted.values()), seeds), options)
        partial = partial or result.partial
        found.append({name: tuple(o.values[i] for o in result.outcomes) for i, name in enumerate(wanted)})
    return Comparison(
        tuple(changes(before.inputs.loaded.manifests, after.inputs.loaded.manifests)),
        tuple(_row(name, found[0].get(name, ()), found[1].get(name, ())) for name in dict.fromkeys([*found[1], *found[0]])),
        tuple(_row(name, found[3].get(name, ()), values) for name, values in found[2].items()),
        at / SECOND,
        seeds,
        before.inputs.scenario.kubernetes,
        _refused(changed, at),
        partial,
        after.inputs.horizon if after.inputs.scenario.duration is None else None,
    )


def _refused(journal: Journal, at: int) -> tuple[str, ...]:
    """What kubectl complained about, without the differences that it prints below a complaint."""
    complaints = [log.line for log in journal.at().logs() if log.component == "kubectl" and not log.stream and log.t >= at]
    return tuple(line for line in complaints if line[:1].isalpha())


Name = tuple[Key, str]


def _startup(journal: Journal) -> dict[Name, Measure]:
    """What is measured of a start-up, by subject."""
    return {(key, name): measures([f"{name}@{_about(key)}"])[0] for key, name in _subjects(journal.at(), STARTUP)}


def _rollout(journal: Journal, at: int) -> dict[Name, Measure]:
    """What is measured of a rollout, by subject."""
    end = journal.at()
    found = {}
    for workload in Story(end).workloads:
        rolled = RolledOut(_about(workload.key), at)
        if workload.key.kind in ROLLED and rolled.begun(end):
            found[workload.key, "rollout-complete"] = Measure(f"rollout-complete@{_about(workload.key)}", "s", "", rolled)
    for key, name in _subjects(end, ROLLOUT):
        found[key, name] = Measure(f"{name}@{_about(key)}", metric(name).unit, "", Since(name, _about(key), at))
    return found


def _subjects(snapshot: Snapshot, names: Sequence[str]) -> list[tuple[Key, str]]:
    story = Story(snapshot)
    return [(reading.key, name) for name in names for reading in readings(story, metric(name)) if reading.key is not None]


def _about(key: Key) -> str:
    return f"{key.namespace}/{key.kind}/{key.name}"


def _row(name: Name, old: Values, new: Values) -> Row:
    return Row(name[0], name[1], metric(name[1]).unit, old, new)


@lru_cache(maxsize=4)
def _story(snapshot: Snapshot, t: int) -> Story:
    """Many numbers are read from one run, one after the other."""
    return Story(snapshot.at(t))


def _read(story: Story, name: str, about: str) -> float | None:
    return worst(reading.value for reading in readings(story, metric(name), selection(about)))


def _applied_at(journal: Journal) -> int:
    """When the old state has come to rest, in whole seconds; at the run's end when it never does."""
    settled = measure(journal.at(), "settled") or 0
    return (int(settled) + CALM) * SECOND


def _with_change(choices: Choices, new: Inputs, old: Inputs, at: int) -> Choices:
    """The choices of the run in which the new manifests, and what their containers do, come at `at`."""
    actions = [Action(at, "apply", str(Path(file).resolve()), {}, "apply") for file in new.files]
    if new.scenario.programs != old.scenario.programs:
        actions.insert(0, Action(at, "programs", new.scenario.programs, {}, "programs"))
    return choices._replace(duration=at + max(new.horizon, old.horizon), actions=(*choices.actions, *actions))


def _differ(one: float | None, other: float | None, unit: str) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > NOTHING[unit]
