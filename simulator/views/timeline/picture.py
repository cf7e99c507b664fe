"""The timeline as a picture for slides and documents: containers as bars on a time axis, probes, readiness, Services below.

Colours are Okabe and Ito's, which colour-blind readers can tell apart; init containers are hatched for prints in grey.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import ContainerLane, PodLane, ServiceLane, Span, Timeline, timeline
from simulator.units import SECOND
from simulator.views.picture import ink, new_figure, save, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PULL, INIT, RUNNING, READY, FAILED, SERVICE = "#56B4E9", "#E69F00", "#0072B2", "#009E73", "#D55E00", "#009E73"
NOT_READY_ALPHA = 0.45
INIT_LOOK = {"color": INIT, "hatch": "///", "edgecolor": "white"}
RUNNING_LOOK = {"color": RUNNING, "alpha": NOT_READY_ALPHA}
BAR, LANE, HEADING = 0.62, 1.0, 0.9
"""Heights: of a bar, of a container's lane, of a pod's heading; 1 is `INCHES_PER_LANE`."""
INCHES_PER_LANE = 0.34
INCHES_WIDE = 9.5
SHORTEST_WITH_NUMBER = 0.02
"""The share of the axis from which on a bar has its number written in it."""


class _Row(NamedTuple):
    """A row of the picture; `y` counts downwards from the top."""

    y: float
    label: str
    heading: bool


def draw_picture(
    snapshot: Snapshot, file: str | Path, *, end: int | None = None, namespace: str | None = None, look: str = "light"
) -> None:
    """Draw the timeline up to the snapshot's instant, or up to `end` (nanoseconds), into a file; the suffix of its name is the format."""
    with theme(look):
        save(_figure(timeline(snapshot, namespace), snapshot.t if end is None else end), file)


def _figure(story: Timeline, end: int) -> Figure:
    rows: list[_Row] = []
    figure = new_figure(figsize=(INCHES_WIDE, 1.0), layout="constrained")
    axes = figure.add_subplot()
    y = 0.0
    for pod in story.pods:
        rows.append(_Row(y, pod.key.name, heading=True))
        y += HEADING
        for lane in pod.containers:
            _draw_container(axes, lane, pod, y, end)
            rows.append(_Row(y, lane.name, heading=False))
            y += LANE
    if story.services:
        rows.append(_Row(y, "Services: ready endpoints", heading=True))
        y += HEADING
    for service in story.services:
        _draw_service(axes, service, y, end)
        rows.append(_Row(y, service.key.name, heading=False))
        y += LANE
    _dress(axes, rows, y, end)
    _legend(figure)
    figure.set_size_inches(INCHES_WIDE, 1.1 + INCHES_PER_LANE * y)
    return figure


def _draw_container(axes: Axes, lane: ContainerLane, pod: PodLane, y: float, end: int) -> None:
    for span in lane.pulls:
        _bar(axes, span, y, end, color=PULL, height=BAR / 3)
    look: dict[str, Any] = INIT_LOOK if lane.init else RUNNING_LOOK
    for bar in lane.bars:
        _bar(axes, Span(bar.begin, bar.end), y, end, **look)
        if bar.end is not None and bar.end <= end and bar.exit_code and pod.deleted is None:
            axes.plot(bar.end / SECOND, y, marker="x", color=FAILED, markersize=6, markeredgewidth=2, zorder=5)
    if not lane.init:
        for span in lane.ready:
            _bar(axes, span, y, end, color=READY)
    for ticks in lane.probes.values():
        for tick in ticks:
            if tick.t <= end:
                axes.plot(tick.t / SECOND, y + BAR / 2, marker="|", color=ink() if tick.passed else FAILED, markersize=7, zorder=4)


def _draw_service(axes: Axes, service: ServiceLane, y: float, end: int) -> None:
    for i, (t, count) in enumerate(service.ready):
        until = service.ready[i + 1][0] if i + 1 < len(service.ready) else None
        if count and t <= end:
            _bar(axes, Span(t, until), y, end, color=SERVICE, alpha=0.6)
            if (end if until is None else until) - t > end * SHORTEST_WITH_NUMBER:
                axes.text(max(t, 0) / SECOND, y, f" {count}", va="center", ha="left", fontsize=9, color=ink())


def _bar(axes: Axes, span: Span, y: float, end: int, *, height: float = BAR, **look: Any) -> None:
    begin, until = max(span.begin, 0), end if span.end is None else min(span.end, end)
    if until >= begin:
        axes.barh(y, (until - begin) / SECOND, left=begin / SECOND, height=height, linewidth=0, zorder=3, **look)


def _dress(axes: Axes, rows: list[_Row], height: float, end: int) -> None:
    """Labels and grid, without spines that are not needed."""
    axes.set_xlim(0, end / SECOND)
    axes.set_ylim(height - 0.3, -0.7)
    axes.set_yticks([row.y for row in rows], [row.label if row.heading else f"{row.label}  " for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row.heading else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("seconds since the manifests were applied")
    axes.grid(axis="x", zorder=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=PULL, label="pulling its image"),
        Patch(facecolor=INIT, hatch="///", edgecolor="white", label="init container"),
        Patch(color=RUNNING, alpha=NOT_READY_ALPHA, label="running, not ready"),
        Patch(color=READY, label="ready"),
        Line2D([], [], color=ink(), marker="|", linestyle="", label="first successful probe"),
        Line2D([], [], color=FAILED, marker="|", linestyle="", label="probe failed"),
        Line2D([], [], color=FAILED, marker="x", linestyle="", markeredgewidth=2, label="failed"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=8)
