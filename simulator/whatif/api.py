"""Sweeps from Python: `simulator.sweep(...)` gives a `Sweep` that shows itself as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from simulator.journal.journal import Journal
from simulator.objects.base import JSON
from simulator.scenario.inputs import Choices
from simulator.units import parse_duration
from simulator.views.timeline_text import plain
from simulator.whatif.plan import Own
from simulator.whatif.rows import Arm, arms, as_csv, as_json
from simulator.whatif.sweep import Options, Progress, Result, Values, make_plan, play, replay
from simulator.whatif.text import as_text


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

    def plot(self, file: str | Path, *, dark: bool = False) -> None:
        """Lines over one axis, a heat map over two, a distribution over none. Raises UsageError for more axes."""
        from simulator.whatif.plot import draw

        draw(self.result, file, dark=dark)

    def __len__(self) -> int:
        return len(self.arms)

    def __repr__(self) -> str:
        return plain(as_text(self.result, self._command)).rstrip("\n")

    def _repr_html_(self) -> str:
        return f'<pre style="line-height: 1.2">{escape(repr(self))}</pre>'


def sweep(
    paths: str | Path | Sequence[str | Path],
    set: Mapping[str, Values] | None = None,  # noqa: A002 (the word of the command line)
    *,
    metrics: Sequence[str | Own] = (),
    runs: int = 1,
    seed: int | None = None,
    kubernetes: str | None = None,
    namespace: str | None = None,
    duration: str | float | None = None,
    nodes: int | None = None,
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
    given = [str(paths)] if isinstance(paths, str | Path) else [str(path) for path in paths]
    span = None if duration is None else parse_duration(duration)
    choices = Choices(namespace=namespace, seed=seed, kubernetes=kubernetes, duration=span, nodes=nodes, exact=exact)
    plan = make_plan(given, set or {}, metrics, runs, choices)
    result = play(plan, Options(engine, workers, scheduler, resume, progress))
    return Sweep(result, f"podsim run {' '.join(given)}")
