"""Sweeps and comparisons from Python: `simulator.sweep` and `simulator.diff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from simulator.journal.journal import Journal
from simulator.objects.base import JSON
from simulator.public.options import ClusterOptions, Paths, check_names, choices, path_list
from simulator.public.text import Text
from simulator.public.times import When
from simulator.views.styled import plain
from simulator.whatif import compare_text
from simulator.whatif.compare import Comparison, compare
from simulator.whatif.plan import Own
from simulator.whatif.rows import Arm, arms, as_csv, as_json
from simulator.whatif.sweep import Options, Progress, Result, Values, make_plan, play, replay
from simulator.whatif.sweep_text import as_text
from simulator.whole_files import write_whole


class DiffOptions(ClusterOptions, total=False):
    """Also: how long each run lasts, and in how many processes the runs execute (None: one for each processor)."""

    duration: When
    workers: int | None


class SweepOptions(DiffOptions, total=False):
    """Also: whether every delay takes its median, and how the runs execute.

    `engine`: `"serial"`, `"processes"` or `"dask"`, `scheduler`: the address of a Dask scheduler; `resume`: a file that keeps results, so
    that an interrupted sweep can continue; `progress`: called with the number of finished runs and of all runs.
    """

    exact: bool
    engine: str
    scheduler: str
    resume: str | Path | None
    progress: Progress | None


class Sweep:
    """The result of a sweep. It prints as a table; `arms` has the values, `result` everything."""

    def __init__(self, result: Result, command: str = "podsim run") -> None:
        self.result = result
        self._command = command

    @property
    def arms(self) -> list[Arm]:
        """One for each point of the grid; the last axis varies fastest."""
        return arms(self.result)

    @property
    def refused(self) -> tuple[str, ...]:
        """What is wrong with objects that were left out of all runs, with their places; empty unless `fail_fast=False`."""
        return tuple(str(problem) for problem in self.result.plan.base.inputs.problems)

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics, in the order of the values."""
        return [measure.name for measure in self.result.plan.measures]

    def values(self, metric: str) -> list[list[float | None]]:
        """The values of all runs, for each point of the grid; None: did not happen during the run. Raises ValueError for another metric."""
        column = self.metrics.index(metric)
        return [arm.values(column) for arm in self.arms]

    def journal(self, arm: int = 0, seed: int | None = None) -> Journal:
        """One run of the sweep, repeated; with the first seed if none is given. Raises InputError when that arm was refused."""
        task = next(outcome.task for outcome in self.arms[arm].outcomes if seed in (None, outcome.task.seed))
        return replay(self.result.plan, task)

    def to_csv(self, file: str | Path | None = None) -> str:
        """A line for each run; also written to `file` when it is given."""
        text = as_csv(self.result)
        if file is not None:
            write_whole(file, text)
        return text

    def to_json(self) -> JSON:
        """Everything as plain values."""
        return as_json(self.result)

    def plot(self, file: str | Path, theme: str = "light") -> None:
        """Lines over one axis, a heat map over two, a distribution over none. Raises UsageError for more axes."""
        from simulator.whatif.plot import draw

        draw(self.result, file, theme)

    def __len__(self) -> int:
        return len(self.arms)

    def __repr__(self) -> str:
        return plain(as_text(self.result, self._command)).rstrip("\n")

    def _repr_html_(self) -> str:
        return Text(repr(self))._repr_html_()


def sweep(
    paths: Paths,
    set: Mapping[str, Values] | None = None,  # noqa: A002 (the name of the command's option)
    *,
    metrics: Sequence[str | Own] = (),
    runs: int = 1,
    **options: Unpack[SweepOptions],
) -> Sweep:
    """Run the same inputs with several values of a field, and measure each run, as `podsim sweep` does.

    Args:
        paths: Manifests, directories or a Scenario.
        set: The values of each field, by address: as text (`"0..30/5"`) or as a list.
        metrics: Names (`restarts@deployment/web`), or functions from the snapshot at the end of a run to a number or None.
        runs: How many seeds each combination of values runs with.
        **options: `namespace`, `seed`, `kubernetes`, `nodes`, `recursive`, `fail_fast`, `duration`, `exact`, `engine`,
            `workers`, `scheduler`, `resume`, `progress`: see `SweepOptions`.

    Raises:
        ManifestError, ScenarioError, UsageError: With every problem in the input.
    """
    check_names(options, SweepOptions.__optional_keys__)
    files, given = path_list(paths), dict[str, Any](options)
    execution = Options(**{name: given[name] for name in given if name in Options._fields})
    plan = make_plan(files, set or {}, metrics, runs, choices({name: given[name] for name in given if name not in Options._fields}))
    return Sweep(play(plan, execution), f"podsim run {' '.join(files)}")


class Difference:
    """The effect of a change of manifests. It prints as `podsim diff` does; `comparison` has everything."""

    def __init__(self, comparison: Comparison, old: str, new: str) -> None:
        self.comparison = comparison
        self._names = old, new

    @property
    def refused(self) -> tuple[str, ...]:
        """What is wrong with objects of either side that were left out, with their places; empty unless `fail_fast=False`."""
        return tuple(str(problem) for problem in self.comparison.problems)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return self.comparison.differs

    def to_markdown(self) -> str:
        """A comment on a pull request."""
        return compare_text.as_markdown(self.comparison, *self._names)

    def to_json(self) -> JSON:
        """Everything as plain values."""
        return compare_text.as_json(self.comparison)

    def __repr__(self) -> str:
        return plain(compare_text.as_text(self.comparison, *self._names)).rstrip("\n")

    def _repr_html_(self) -> str:
        return Text(repr(self))._repr_html_()


def diff(old: Paths, new: Paths, both: Paths = (), *, runs: int = 1, **options: Unpack[DiffOptions]) -> Difference:
    """Run both start-ups and the rollout from old to new, as `podsim diff` does.

    Args:
        old: The manifests before the change.
        new: The manifests after it.
        both: A Scenario or manifests for both sides.
        runs: How many seeds each side runs with.
        **options: `namespace`, `seed`, `kubernetes`, `nodes`, `recursive`, `fail_fast`, `duration`, `workers`: see `DiffOptions`.

    Raises:
        ManifestError, ScenarioError, UsageError: With every problem in the input.
    """
    check_names(options, DiffOptions.__optional_keys__)
    execution = Options(workers=options.get("workers"))
    inputs = choices({name: value for name, value in options.items() if name != "workers"})
    before, after = path_list(old), path_list(new)
    comparison = compare(before, after, path_list(both), runs, inputs, execution)
    return Difference(comparison, " ".join(before), " ".join(after))
