"""The effect of a change of manifests: both start-ups with the same seeds, and the rollout from the old ones to the new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from simulator.errors import Problem, UsageError
from simulator.journal.snapshot import Snapshot
from simulator.manifest.files import is_rendered
from simulator.metrics import Story, measure
from simulator.metrics.table import metric
from simulator.objects.kinds import Key
from simulator.scenario.inputs import Choices, Inputs
from simulator.scenario.spec import Action
from simulator.units import SECOND
from simulator.whatif.base import read_base
from simulator.whatif.bystanders import reasons
from simulator.whatif.changes import Change, changes
from simulator.whatif.comparing import Comparing, Name, Worlds, ends_of, measured, names_of
from simulator.whatif.engines.select import select_engine
from simulator.whatif.plan import Outcome, Task
from simulator.whatif.statistics import Interval, mean_difference
from simulator.whatif.sweep import Options
from simulator.whatif.trunk import Trunk

CALM = 10
"""Seconds that the old state is left alone before the new one is applied."""
NOTHING = {"s": 0.05, "": 0.0}
"""By unit: differences up to this are not reported."""

Values = tuple[float | None, ...]


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
    `removed`: objects only in the old manifests, which apply does not delete; `reasons`: why unchanged workloads and Services moved.
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
    reasons: tuple[tuple[Key, str], ...] = ()

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
        raise UsageError("standard input cannot be compared: the files are read several times")
    before, after = read_base([*both, *old], choices), read_base([*both, *new], choices)
    trunk, new_trunk = Trunk(before.inputs), Trunk(after.inputs)
    # Both start-ups are observed equally long.
    horizon = max(trunk.play().t, new_trunk.play().t)
    first_old, first_new = (one.inputs._replace(horizon=horizon) for one in (before, after))
    at = _applied_at(trunk.until(horizon))
    worlds = Worlds(first_old, first_new, before._replace(choices=_with_change(choices, first_new, first_old, at)).arm())
    ends = ends_of(trunk, new_trunk, worlds)
    first = measured(ends, at)
    seed = before.inputs.scenario.seed
    seeds = tuple(range(seed, seed + runs))
    plan = Comparing(worlds, at, names_of(first), seeds[1:])
    outcomes, partial = _outcomes(plan, options)
    sides = [[values, *others] for values, *others in zip(first, *(plan.split(outcome) for outcome in outcomes), strict=True)]
    differences = tuple(changes(before.inputs.loaded.manifests, after.inputs.loaded))
    why = reasons(Story(ends.old), Story(ends.new), (change.key for change in differences))
    return Comparison(
        differences,
        _rows(sides[0], sides[1]),
        _rows(sides[2], sides[3]),
        at / SECOND,
        seeds,
        before.inputs.scenario.kubernetes,
        _refused(ends.changed, at),
        tuple(dict.fromkeys([*before.inputs.problems, *after.inputs.problems])),
        partial,
        horizon if after.inputs.scenario.duration is None else None,
        tuple(sorted(why.items())),
    )


def _outcomes(plan: Comparing, options: Options) -> tuple[list[Outcome], bool]:
    """The other seeds, in their order; and whether Ctrl-C came before the last one."""
    tasks = plan.tasks()
    done: dict[Task, Outcome] = {}
    report = options.progress or (lambda done, of: None)
    if tasks:
        report(1, 1 + len(tasks))
    try:
        for outcomes in select_engine(options.engine, options.workers, options.scheduler, len(tasks))(plan, tasks) if tasks else ():
            done.update((outcome.task, outcome) for outcome in outcomes)
            report(1 + len(done), 1 + len(tasks))
    except KeyboardInterrupt:
        return [done[task] for task in tasks if task in done], True
    return [done[task] for task in tasks], False


def _rows(old: Sequence[dict[Name, float | None]], new: Sequence[dict[Name, float | None]]) -> tuple[Row, ...]:
    """A row for each metric of either side, in the order of the new one. What a side has no value for has no values."""

    def values(side: Sequence[dict[Name, float | None]], name: Name) -> Values:
        return tuple(run[name] for run in side) if name in side[0] else ()

    names = dict.fromkeys([*new[0], *old[0]])
    return tuple(Row(*name, metric(name[1]).unit, values(old, name), values(new, name)) for name in names)


def _refused(changed: Snapshot, at: int) -> tuple[str, ...]:
    """kubectl's errors, without the diffs that it prints below them."""
    complaints = [log.line for log in changed.logs() if log.component == "kubectl" and not log.stream and log.t >= at]
    return tuple(line for line in complaints if line[:1].isalpha())


def _applied_at(end: Snapshot) -> int:
    """When the old state has settled, in whole seconds; the end of the run when it never does."""
    settled = measure(end, "settled") or 0
    return (int(settled) + CALM) * SECOND


def _applying(file: str, new: Inputs, at: int) -> Action:
    """Applies a file; what helm or kustomize made of a folder has been read already."""
    made = tuple(source for source in new.loaded.sources if source.name == file) if is_rendered(file) else ()
    return Action(at, "apply", file if made else str(Path(file).resolve()), {}, "apply", sources=made)


def _with_change(choices: Choices, new: Inputs, old: Inputs, at: int) -> Choices:
    """The choices of the run in which the new manifests, and their programs, are applied at `at` (ns)."""
    actions = [_applying(file, new, at) for file in new.files]
    if new.scenario.programs != old.scenario.programs:
        actions.insert(0, Action(at, "programs", new.scenario.programs, {}, "programs"))
    return choices._replace(duration=at + max(new.horizon, old.horizon), actions=(*choices.actions, *actions))


def _differ(one: float | None, other: float | None, unit: str) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > NOTHING[unit]
