"""Sweeps and comparisons from Python: `simulator.sweep(...)` and `simulator.diff(...)` give what shows itself as a table or a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.journal.journal import Journal
from simulator.objects.base import JSON
from simulator.public.moment import Text
from simulator.scenario.inputs import Choices
from simulator.units import parse_duration
from simulator.views.styled import plain
from simulator.whatif import compare_text
from simulator.whatif.compare import Comparison, compare
from simulator.whatif.plan import Own
from simulator.whatif.rows import Arm, arms, as_csv, as_json
from simulator.whatif.sweep import Options, Progress, Result, Values, make_plan, play, replay
from simulator.whatif.text import as_text

Paths = str | Path | Sequence[str | Path]


class Sweep:
    """What came of a sweep. Shows itself as a table; `arms` has the values, `result` everything."""

    def __init__(self, result: Result, command: str = "podsim run") -> None:
        self.result = result
        self._command = command

    @property
    def arms(self) -> list[Arm]:
        """One for each point of the grid, the last axis fastest."""
        return arms(self.result)

    @property
    def metrics(self) -> list[str]:
        """The names of what was measured, in the order of the values."""
        return [measure.name for measure in self.result.plan.measures]

    def values(self, metric: str) -> list[list[float | None]]:
        """For each point of the grid the values of all its runs; None has not come to pass. Raises ValueError for what was not measured."""
        column = self.metrics.index(metric)
        return [arm.values(column) for arm in self.arms]

    def journal(self, arm: int = 0, seed: int | None = None) -> Journal:
        """One run of the sweep played again, of the first seed if none is given. Raises InputError when that arm was refused."""
        task = next(outcome.task for outcome in self.arms[arm].outcomes if seed in (None, outcome.task.seed))
        return replay(self.result.plan, task)

    def to_csv(self, file: str | Path | None = None) -> str:
        """A line for each run; also into a file."""
        text = as_csv(self.result)
        if file is not None:
            Path(file).write_text(text, encoding="utf-8")
        return text

    def to_json(self) -> JSON:
        """All of it as plain values."""
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
    set: Mapping[str, Values] | None = None,  # noqa: A002 (the word of the command line)
    *,
    metrics: Sequence[str | Own] = (),
    runs: int = 1,
    seed: int | None = None,
    kubernetes: str | None = None,
    namespace: str | None = None,
    duration: str | float | None = None,
    nodes: int | str | None = None,
    exact: bool = False,
    engine: str = "",
    workers: int | None = None,
    scheduler: str = "",
    resume: str | Path | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Play the same inputs with other values, and measure each run, as `podsim sweep` does.

    `set`: address -> values, as text (`"0..30/5"`) or as a list; `metrics`: names (`restarts@deployment/web`) or functions that take the
    snapshot at the end of a run and return a number or None. Raises ManifestError, ScenarioError or UsageError.
    """
    given = _listed(paths)
    span = None if duration is None else parse_duration(duration)
    choices = Choices(namespace=namespace, seed=seed, kubernetes=kubernetes, duration=span, nodes=nodes, exact=exact)
    plan = make_plan(given, set or {}, metrics, runs, choices)
    result = play(plan, Options(engine, workers, scheduler, resume, progress))
    return Sweep(result, f"podsim run {' '.join(given)}")


class Difference:
    """What a change of manifests does. Shows itself as `podsim diff` prints it; `comparison` has everything."""

    def __init__(self, comparison: Comparison, old: str, new: str) -> None:
        self.comparison = comparison
        self._names = old, new

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return self.comparison.differs

    def to_markdown(self) -> str:
        """A comment on a pull request."""
        return compare_text.as_markdown(self.comparison, *self._names)

    def to_json(self) -> JSON:
        """All of it as plain values."""
        return compare_text.as_json(self.comparison)

    def __repr__(self) -> str:
        return plain(compare_text.as_text(self.comparison, *self._names)).rstrip("\n")

    def _repr_html_(self) -> str:
        return Text(repr(self))._repr_html_()


def diff(
    old: Paths,
    new: Paths,
    both: Paths = (),
    *,
    runs: int = 1,
    seed: int | None = None,
    kubernetes: str | None = None,
    namespace: str | None = None,
    duration: str | float | None = None,
    nodes: int | str | None = None,
    workers: int | None = None,
) -> Difference:
    """Play both start-ups and the rollout from old to new, as `podsim diff` does; `both` goes with either side. Raises InputError."""
    span = None if duration is None else parse_duration(duration)
    choices = Choices(namespace=namespace, seed=seed, kubernetes=kubernetes, duration=span, nodes=nodes)
    one, other = _listed(old), _listed(new)
    return Difference(compare(one, other, _listed(both), runs, choices, Options(workers=workers)), " ".join(one), " ".join(other))


def _listed(paths: Paths) -> list[str]:
    return [str(paths)] if isinstance(paths, str | Path) else [str(path) for path in paths]
