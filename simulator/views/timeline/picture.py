"""The timeline as a picture for slides and documents: containers as bars on a time axis, probes, readiness, Services below.

A run with more containers than fit on a page has one row for each workload, as on the terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.metrics.story import Story
from simulator.metrics.timeline import ContainerLane, PodLane, ServiceLane, Timeline, timeline
from simulator.units import SECOND
from simulator.views.legend import ACTION, DONE, FAIL, FAILED, LEGEND, PASS, READY, STOPPED, THEMES
from simulator.views.picture import new_figure, save, theme
from simulator.views.timeline.folded import labels_of, shown_workloads
from simulator.views.timeline.stretches import Mark, Stretch, marks, merged, of_pod, painted, stretches
from simulator.views.timeline.text import Focus, axis_end

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR, LANE, HEADING, PROBES = 0.62, 1.0, 0.9, 0.55
"""Heights: of a bar of full height, of a lane, of a pod's heading, of a row of probes; 1 is `INCHES_PER_LANE`."""
INCHES_PER_LANE = 0.34
INCHES_WIDE = 9.5
MOST_LANES = 40
"""A picture with more containers than this is folded."""
MOST_SERVICES = 30
SHORTEST_WITH_NUMBER = 0.02
"""The share of the axis from which on a bar has its number written in it."""
THIN = 0.2
"""Bars lower than this are lines."""
HATCHES = {"solid": "", "stripes": "|||", "slashes": "///", "backslashes": "\\\\\\", "hollow": ""}
MARKERS = {FAILED: "x", DONE: "o", STOPPED: "s", PASS: "|", FAIL: "|", ACTION: "v"}


class _Row(NamedTuple):
    """A row of the picture: its label, and what is drawn in it."""

    label: str
    height: float = LANE
    heading: bool = False
    stretches: Sequence[Stretch] = ()
    marks: Sequence[Mark] = ()
    counts: Sequence[tuple[int, int]] = ()


def draw_picture(
    snapshot: Snapshot,
    file: str | Path,
    *,
    end: int | None = None,
    namespace: str | None = None,
    look: str = "light",
    name: str = "",
) -> None:
    """Draw the timeline into a file; the suffix of its name is the format.

    The axis ends at `end` (nanoseconds), by default soon after the last change. `name`: draw the pods of one workload only, each container
    of them. Raises UsageError when there are none.
    """
    story = timeline(snapshot, namespace)
    if name:
        focus = Focus((f"{name.rpartition('/')[2]}*",))
        story = story._replace(pods=tuple(pod for pod in story.pods if focus.shows(pod)), services=())
        if not story.pods:
            raise UsageError(f"no pods of {name}")
    until = axis_end(story) if end is None else end
    folded = not name and sum(len(pod.containers) for pod in story.pods) > MOST_LANES
    rows = _folded(snapshot, story, namespace) if folded else [row for pod in story.pods for row in _of_pod(pod, story.end)]
    rows += _of_services(story.services)
    actions = [(fact.t, ACTION) for fact in snapshot.facts("action")]
    if actions:
        rows.insert(0, _Row("user actions", marks=actions))
    with theme(look):
        save(_Drawing(rows, until, look).figure(), file)


def _folded(snapshot: Snapshot, story: Timeline, namespace: str | None) -> list[_Row]:
    shown = [one for one in shown_workloads(Story(snapshot)) if namespace in (None, one.key.namespace)]
    rows = [merged(of_pod(pod.lane, story.end) for pod in one.pods) for one in shown]
    failures = [[mark for pod in one.pods for lane in pod.lane.containers for mark in marks(lane, pod.lane)] for one in shown]
    return [
        _Row(label.strip(), stretches=row, marks=[mark for mark in failed if mark[1] == FAILED])
        for label, row, failed in zip(labels_of(shown), rows, failures, strict=True)
    ]


def _of_pod(pod: PodLane, end: int) -> list[_Row]:
    rows = [_Row(pod.key.name, HEADING, heading=True)]
    for lane in pod.containers:
        rows.append(_Row(lane.name, stretches=painted(stretches(lane, pod, end)), marks=marks(lane, pod)))
        ticks = _ticks(lane)
        if ticks:
            rows.append(_Row("", PROBES, marks=ticks))
    return rows


def _ticks(lane: ContainerLane) -> list[Mark]:
    return [(tick.t, PASS if tick.passed else FAIL) for ticks in lane.probes.values() for tick in ticks]


def _of_services(services: tuple[ServiceLane, ...]) -> list[_Row]:
    if not services:
        return []
    rows = [_Row("Services: ready endpoints", HEADING, heading=True)]
    rows += [_Row(service.key.name, counts=service.ready) for service in services[:MOST_SERVICES]]
    more = len(services) - MOST_SERVICES
    return [*rows, _Row(f"and {more} more Services", HEADING)] if more > 0 else rows


class _Drawing:
    """Draws rows from the top down, and a legend of what they contain."""

    def __init__(self, rows: list[_Row], end: int, look: str) -> None:
        self.rows, self.end = rows, end
        self.theme = THEMES[look]
        self.used: set[str] = set()

    def figure(self) -> Figure:
        """The picture; call it within `picture.theme`."""
        figure = new_figure(figsize=(INCHES_WIDE, 1.0), layout="constrained")
        axes = figure.add_subplot()
        y, middles = 0.0, list[float]()
        for row in self.rows:
            middles.append(y)
            for begin, until, sign in row.stretches:
                self._bar(axes, begin, until, y, sign)
            for t, sign in row.marks:
                self._mark(axes, t, y, sign)
            self._counts(axes, row.counts, y)
            y += row.height
        self._dress(axes, middles, y)
        self._legend(figure)
        figure.set_size_inches(INCHES_WIDE, 1.2 + INCHES_PER_LANE * y)
        return figure

    def _color(self, sign: str) -> str:
        return LEGEND[sign].colors[self.theme]

    def _look(self, sign: str) -> dict[str, Any]:
        """A bar's colour and pattern; the pattern has the colour of the background."""
        import matplotlib

        back, color = matplotlib.rcParams["axes.facecolor"], self._color(sign)
        if LEGEND[sign].pattern == "hollow":
            return {"facecolor": back, "edgecolor": color, "linewidth": 1.2}
        return {"facecolor": color, "edgecolor": back, "linewidth": 0, "hatch": HATCHES[LEGEND[sign].pattern]}

    def _bar(self, axes: Axes, begin: int, until: int, y: float, sign: str) -> None:
        begin, until = max(begin, 0), min(until, self.end)
        if until > begin:
            self.used.add(sign)
            height = BAR * LEGEND[sign].height
            axes.barh(y, (until - begin) / SECOND, left=begin / SECOND, height=height, zorder=3, **self._look(sign))

    def _mark(self, axes: Axes, t: int, y: float, sign: str) -> None:
        if 0 <= t <= self.end and sign in MARKERS:
            self.used.add(sign)
            axes.plot(t / SECOND, y, color=self._color(sign), zorder=5, **self._marker(sign))

    def _marker(self, sign: str) -> dict[str, Any]:
        """Probes that pass are thin lines; those that fail are short and thick."""
        width = {FAILED: 2.0, FAIL: 2.6}.get(sign, 1.2)
        return {"marker": MARKERS[sign], "markersize": 4.5 if sign in (STOPPED, DONE) else 7, "markeredgewidth": width, "linestyle": "none"}

    def _counts(self, axes: Axes, counts: Sequence[tuple[int, int]], y: float) -> None:
        """The number of ready endpoints: written where it changes, and as the height of the bar."""
        most = max((count for _, count in counts), default=0)
        for i, (t, count) in enumerate(counts):
            until = counts[i + 1][0] if i + 1 < len(counts) else self.end
            begin, until = max(t, 0), min(until, self.end)
            if begin >= until:
                continue
            if count:
                self.used.add(READY)
                height = BAR * count / most
                left, bottom = begin / SECOND, y + BAR / 2 - height / 2
                axes.barh(bottom, (until - begin) / SECOND, left=left, height=height, color=self._color(READY), linewidth=0, zorder=3)
            if until - begin > self.end * SHORTEST_WITH_NUMBER:
                import matplotlib

                color = matplotlib.rcParams["axes.facecolor" if count else "text.color"]
                axes.text(begin / SECOND, y, f" {count}", va="center", ha="left", fontsize=9, fontweight="bold", color=color, zorder=4)

    def _dress(self, axes: Axes, middles: list[float], height: float) -> None:
        """Labels and grid, without spines that are not needed."""
        axes.set_xlim(0, self.end / SECOND)
        axes.set_ylim(height - 0.3, -0.7)
        labelled = [(y, row) for y, row in zip(middles, self.rows, strict=True) if row.label]
        axes.set_yticks([y for y, _ in labelled], [row.label if row.heading else f"{row.label}  " for _, row in labelled])
        for label, (_, row) in zip(axes.get_yticklabels(), labelled, strict=True):
            label.set_fontweight("bold" if row.heading else "normal")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("seconds since the manifests were applied")
        axes.grid(axis="x", zorder=0)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)

    def _legend(self, figure: Figure) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        handles = [
            Line2D([], [], color=self._color(sign), label=entry.meaning, **self._marker(sign))
            if sign in MARKERS
            else Line2D([], [], color=self._color(sign), label=entry.meaning, linewidth=2)
            if entry.height < THIN
            else Patch(label=entry.meaning, **self._look(sign))
            for sign, entry in LEGEND.items()
            if sign in self.used
        ]
        if handles:
            figure.legend(handles=handles, loc="outside lower center", ncols=min(5, len(handles)), frameon=False, fontsize=8)
