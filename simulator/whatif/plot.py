"""Pictures of results: lines over one axis, a heat map over two, a histogram and a cumulative share (ECDF) over seeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simulator.errors import UsageError
from simulator.units import SECOND, parse_duration
from simulator.views.metrics_table import number
from simulator.views.picture import ink, new_figure, required_matplotlib, save, theme
from simulator.whatif.plan import ALWAYS, Measure, Plan
from simulator.whatif.rows import Arm, arms, short_names
from simulator.whatif.statistics import Distribution, distribution
from simulator.whatif.sweep import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg", ".pdf")
WIDE, HIGH = 7.2, 2.9
"""Size of one panel in inches."""
BINS = 30
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")


class Inks(NamedTuple):
    """The colours of measured values, of runs in which the value is missing, and the colour map."""

    line: str
    never: str
    heat: str


INKS = {"light": Inks("#0072B2", "#D55E00", "YlGnBu"), "dark": Inks("#56B4E9", "#E69F00", "viridis")}
"""By theme; safe for the colour-blind."""


def check_plot(plan: Plan, file: str | Path) -> None:
    """Raises UsageError when there is no picture for such a plan, before anything runs."""
    if Path(file).suffix not in FORMATS:
        raise UsageError(f"--plot {file}: must end in {', '.join(FORMATS)}")
    if len(plan.axes) > 2:
        raise UsageError(f"--plot: a picture can show one or two fields, not {len(plan.axes)}; -o csv has them all")
    if not plan.axes and len(plan.seeds) == 1:
        raise UsageError("--plot: there is only one run; add --set or --runs")
    required_matplotlib()


def draw(result: Result, file: str | Path, look: str = "light") -> None:
    """Draw into a file; its suffix is the format. Raises UsageError when there is no picture for such a result."""
    check_plot(result.plan, file)
    with theme(look):
        drawn = figure(result, INKS[look])
        try:
            save(drawn, file)
        except OSError as error:
            raise UsageError(f"--plot {file}: {error.strerror or error}") from error


def figure(result: Result, inks: Inks = INKS["light"]) -> Figure:
    """One panel for each metric."""
    result_arms = arms(result)
    columns = _columns(result)
    axes = len(result.plan.axes)
    drawn = new_figure(figsize=(WIDE, HIGH * len(columns) + 0.3), layout="constrained")
    for row, (index, measure) in enumerate(columns):
        if axes == 0:
            _distribution(drawn, (len(columns), row), result_arms[0].values(index), measure, inks)
            continue
        panel = drawn.add_subplot(len(columns), 1, row + 1)
        draw_panel = _lines if axes == 1 else _heat
        draw_panel(panel, result, result_arms, index, measure, inks)
    return drawn


def _columns(result: Result) -> list[tuple[int, Measure]]:
    """The measures that get a panel: not those of `ALWAYS` that are 0 in every run."""
    columns = list(enumerate(result.plan.measures))
    if len(result.plan.seeds) == 1:
        return columns
    flat = {index for index, measure in columns if measure.name in ALWAYS and not any(v for arm in arms(result) for v in arm.values(index))}
    return [item for item in columns if item[0] not in flat] or columns[:1]


def _label(measure: Measure) -> str:
    name = measure.name.replace("@", "\n")
    return f"{name} [{measure.unit}]" if measure.unit else name


def scale(texts: Sequence[str]) -> list[float] | None:
    """Positions of the values on an axis: numbers as they are, durations in seconds; None: they are only words."""
    positions = []
    for text in texts:
        try:
            positions.append(float(text) if _NUMBER.fullmatch(text) else parse_duration(text) / SECOND)
        except ValueError:
            return None
    return positions


def _lines(panel: Axes, result: Result, result_arms: Sequence[Arm], index: int, measure: Measure, inks: Inks) -> None:
    """The value, or the median with a band from 5 to 95 %, over the only axis; missing values are marks at the top."""
    axis = result.plan.axes[0]
    positions = None if axis.address == "kubernetes" else scale(axis.texts)
    at = dict(zip(axis.texts, positions or range(len(axis.texts)), strict=False))
    points = [(at[arm.texts[axis.address]], distribution(arm.values(index))) for arm in result_arms if not arm.refused]
    _band(panel, [(x, d) for x, d in points if d.p50 is not None], many=len(result.plan.seeds) > 1, inks=inks)
    never = [x for x, d in points if d.p50 is None]
    if never:
        panel.plot(never, [0.97] * len(never), "x", color=inks.never, transform=panel.get_xaxis_transform(), label="never")
    if positions is None:
        panel.set_xticks(range(len(axis.texts)), axis.texts)
    durations = positions is not None and any(not _NUMBER.fullmatch(text) for text in axis.texts)
    panel.set_xlabel(axis.address + (" [s]" if durations else ""))
    panel.set_ylabel(_label(measure))
    panel.set_ylim(bottom=0)
    panel.grid(visible=True, linewidth=0.6)
    panel.spines[["top", "right"]].set_visible(False)
    if never or len(result.plan.seeds) > 1:
        panel.legend(frameon=False, fontsize="small")


def _band(panel: Axes, points: Sequence[tuple[float, Distribution]], *, many: bool, inks: Inks) -> None:
    xs = [x for x, _ in points]
    panel.plot(xs, [d.p50 or 0.0 for _, d in points], "o-", color=inks.line, markersize=4, label="median" if many else "_nolegend_")
    if many:
        bounded = [(x, d.p5, d.p95) for x, d in points if d.p5 is not None and d.p95 is not None]
        band = [list(part) for part in zip(*bounded, strict=True)] or [[], [], []]
        panel.fill_between(band[0], band[1], band[2], color=inks.line, alpha=0.2, linewidth=0, label="5 to 95 %")


def _heat(panel: Axes, result: Result, result_arms: Sequence[Arm], index: int, measure: Measure, inks: Inks) -> None:
    """The value, or the median, in a cell for each pair of values; refused arms and missing values are labelled."""
    down, across = result.plan.axes
    cells = {(arm.texts[down.address], arm.texts[across.address]): arm for arm in result_arms}
    grid = [[_middle(cells.get((y, x)), index) for x in across.texts] for y in down.texts]
    numbers = [[float("nan") if value is None else value for value in row] for row in grid]
    image = panel.imshow(numbers, cmap=inks.heat, aspect="auto", origin="lower")
    panel.figure.colorbar(image, ax=panel, label=_label(measure) + (", median" if len(result.plan.seeds) > 1 else ""))
    low, high = image.get_clim()
    for row, y in enumerate(down.texts):
        for column, x in enumerate(across.texts):
            arm, value = cells.get((y, x)), grid[row][column]
            label = _cell_text(arm, value, measure)
            shade = image.cmap(0.5 if value is None or high == low else (value - low) / (high - low))
            readable = "#111111" if sum(shade[:3]) > 1.5 else "#FFFFFF"
            colour = ink() if value is None else readable
            panel.text(column, row, label, ha="center", va="center", color=colour, fontsize="small")
    names = short_names([down.address, across.address])
    panel.set_xticks(range(len(across.texts)), across.texts)
    panel.set_yticks(range(len(down.texts)), down.texts)
    panel.set_xlabel(names[across.address])
    panel.set_ylabel(names[down.address])


def _cell_text(arm: Arm | None, value: float | None, measure: Measure) -> str:
    if arm is None:
        return ""
    return "refused" if arm.refused else number(value, measure.unit)


def _middle(arm: Arm | None, index: int) -> float | None:
    values = [] if arm is None else arm.values(index)
    return distribution(values).p50 if values else None


def _distribution(drawn: Figure, place: tuple[int, int], values: Sequence[float | None], measure: Measure, inks: Inks) -> None:
    """How often each value occurred, and the cumulative share of runs."""
    rows, row = place
    known = sorted(value for value in values if value is not None)
    spread = distribution(values)
    left, right = drawn.add_subplot(rows, 2, 2 * row + 1), drawn.add_subplot(rows, 2, 2 * row + 2)
    left.hist(known, bins=BINS, color=inks.line)
    left.set_ylabel("runs")
    shares = [(i + 1) / len(values) for i in range(len(known))]
    right.step([*known[:1], *known], [0, *shares] if known else [], where="post", color=inks.line)
    right.set_ylabel("share of runs by then")
    right.set_ylim(0, 1.02)
    right.margins(x=0.15)
    for name, value, share in (("p50", spread.p50, 0.5), ("p95", spread.p95, 0.95)):
        if value is not None:
            right.plot([value], [share], "o", color=inks.never, markersize=4)
            label = f"{name} {number(value, measure.unit)}"
            right.annotate(label, (value, share), xytext=(5, -10), textcoords="offset points", fontsize="small")
    if spread.never:
        right.set_title(f"never in {spread.never} of {spread.runs} runs", fontsize="small", color=inks.never)
    for panel in (left, right):
        panel.set_xlabel(_label(measure))
        panel.grid(visible=True, linewidth=0.6)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
