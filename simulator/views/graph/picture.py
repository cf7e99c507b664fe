"""The graph as a picture: dependents are left of what they depend on; a Service is drawn with the one workload behind it.

Colours are Okabe and Ito's, which colour-blind readers can tell apart.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx

from simulator.objects.kinds import Key
from simulator.units import seconds
from simulator.views.graph.formats import label
from simulator.views.graph.model import Dependencies, Link, Place
from simulator.views.picture import DATES, new_figure
from simulator.views.picture import save as save_figure
from simulator.views.picture import theme as steady

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORK, SERVICE, NEVER = "#0072B2", "#E69F00", "#D55E00"
GAP, ROW, BOX, MARGIN = 1.7, 1.0, 0.62, 0.35
"""Inches: between columns, from one row to the next, the height of a box, around it all."""
CHARACTER, NARROWEST = 0.095, 1.5
"""Inches: the width of a character of a name, the least width of a box."""
LEGEND = "solid: waits for    dotted: may call    thick: selected by a Service"
LINES: dict[str, dict[str, Any]] = {
    "calls": {"linestyle": ":", "linewidth": 1.1},
    "waits": {"linewidth": 1.8},
    "selects": {"linewidth": 2.6},
}


class Theme(NamedTuple):
    """Colours of the background, of text and of weak lines."""

    paper: str
    ink: str
    weak: str


THEMES = {"light": Theme("#ffffff", "#1c2430", "#7a8594"), "dark": Theme("#12161c", "#e6eaf0", "#8d98a6")}


class Box(NamedTuple):
    """A node as it is drawn: two lines of text, whether it is a workload, is never ready, exists."""

    name: str
    state: str
    is_work: bool
    is_never: bool
    exists: bool

    @property
    def width(self) -> float:
        """Inches."""
        return max(NARROWEST, len(self.name) * CHARACTER + 0.3, len(self.state) * CHARACTER * 0.8 + 0.3)


class Drawing(NamedTuple):
    """Boxes, and links between them."""

    boxes: dict[Key, Box]
    links: list[Link]


def save(graph: Dependencies, file: str | Path, theme: str = "light") -> None:
    """Draw into a file; the suffix of its name is the format."""
    with steady():
        save_figure(figure(graph, theme), file)


def svg(graph: Dependencies, theme: str = "light") -> str:
    """The picture as an SVG element, for pages."""
    text = StringIO()
    with steady():
        figure(graph, theme).savefig(text, format="svg", metadata=DATES[".svg"])
    return text.getvalue().partition("<svg")[1] + text.getvalue().partition("<svg")[2]


def figure(graph: Dependencies, theme: str = "light") -> Figure:
    """The picture."""
    drawing, look = drawn(graph), THEMES[theme]
    spots = _spots(drawing)
    right = max((x + drawing.boxes[key].width / 2 for key, (x, _) in spots.items()), default=4.0) + MARGIN
    low = min((y for _, y in spots.values()), default=0.0) - BOX / 2 - 2 * MARGIN
    high = BOX / 2 + MARGIN
    made = new_figure(figsize=(max(right, 5.0), high - low), facecolor=look.paper)
    axes = made.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, max(right, 5.0))
    axes.set_ylim(low, high)
    for link in sorted(drawing.links, key=lambda one: one.kind != "calls"):
        _draw_link(axes, link, spots, drawing, look)
    for key, box in drawing.boxes.items():
        _draw_box(axes, box, spots[key], look)
    axes.text(MARGIN, low + MARGIN / 2, LEGEND, fontsize=9, color=look.weak)
    return made


def drawn(graph: Dependencies) -> Drawing:
    """The graph as drawn: a Service with one workload behind it is part of that workload's box."""
    behind: dict[Key, list[Key]] = {}
    for link in graph.links:
        if link.kind == "selects":
            behind.setdefault(link.source, []).append(link.target)
    alias = {service: workloads[0] for service, workloads in behind.items() if len(workloads) == 1}
    services: dict[Key, list[str]] = {}
    for service, workload in alias.items():
        services.setdefault(workload, []).append(service.name)
    stuck = {one.key for one in graph.stuck}
    boxes = {place.key: _box(place, services.get(place.key, []), place.key in stuck) for place in graph.places if place.key not in alias}
    links: dict[tuple[Key, Key, str], Link] = {}
    for link in graph.links:
        target = alias.get(link.target, link.target)
        if link.source not in alias and (link.source != target or link.kind == "waits"):
            links.setdefault((link.source, target, link.container), link._replace(target=target))
    return Drawing(boxes, list(links.values()))


def _box(place: Place, services: list[str], is_never: bool) -> Box:
    ready = "not ready" if place.ready is None else f"ready at {seconds(max(0, place.ready)):.1f} s"
    state = "never ready" if is_never else ready if place.exists else "there is none"
    shown = ", ".join(f"svc {name}" for name in services[:2]) + (" ..." if len(services) > 2 else "")
    return Box(place.name, f"{shown} · {state}" if shown else state, place.is_work, is_never, place.exists)


def _spots(drawing: Drawing) -> dict[Key, tuple[float, float]]:
    """The middle of each box, in inches: right of all that depends on it; the members of a cycle in consecutive columns."""
    strong: Any = nx.DiGraph()
    strong.add_nodes_from(drawing.boxes)
    strong.add_edges_from((link.source, link.target) for link in drawing.links)
    condensed: Any = nx.condensation(strong)
    first: dict[int, int] = {}
    columns: dict[int, list[Key]] = {}
    for number in nx.lexicographical_topological_sort(condensed, key=lambda one: str(min(condensed.nodes[one]["members"]))):
        first[number] = max((first[one] + len(condensed.nodes[one]["members"]) for one in condensed.predecessors(number)), default=0)
        for i, key in enumerate(sorted(condensed.nodes[number]["members"])):
            columns.setdefault(first[number] + i, []).append(key)
    spots: dict[Key, tuple[float, float]] = {}
    x = MARGIN
    for column in sorted(columns):
        width = max(drawing.boxes[key].width for key in columns[column])
        for row, key in enumerate(columns[column]):
            spots[key] = x + width / 2, -row * ROW
        x += width + GAP
    return spots


def _draw_box(axes: Axes, box: Box, spot: tuple[float, float], look: Theme) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = spot
    color = NEVER if box.is_never else WORK if box.is_work else SERVICE
    corners = f"round,pad=0,rounding_size={0.07 if box.is_work else BOX / 2}"
    corner = (x - box.width / 2, y - BOX / 2)
    line = "-" if box.exists else "--"
    axes.add_patch(
        FancyBboxPatch(
            corner, box.width, BOX, boxstyle=corners, facecolor=look.paper, edgecolor=color, linewidth=2.2, linestyle=line, zorder=3
        )
    )
    axes.text(x, y + 0.09, box.name, ha="center", va="center", fontsize=11, color=look.ink, zorder=4)
    warns = box.is_never or not box.exists
    axes.text(x, y - 0.15, box.state, ha="center", va="center", fontsize=8.5, color=NEVER if warns else look.weak, zorder=4)


def _draw_link(axes: Axes, link: Link, spots: dict[Key, tuple[float, float]], drawing: Drawing, look: Theme) -> None:
    from matplotlib.patches import FancyArrowPatch

    (x1, y1), (x2, y2) = spots[link.source], spots[link.target]
    never = link.kind == "waits" and link.end is None
    color = NEVER if never else look.weak if link.kind == "calls" else look.ink
    side = -1 if x1 > x2 else 1
    halves = [drawing.boxes[key].width / 2 for key in (link.source, link.target)]
    # Two that wait for each other have one arrow above the other.
    shift = 0.14 * side if any(other.source == link.target and other.target == link.source for other in drawing.links) else 0.0
    begin, end = (x1 + side * halves[0], y1 + shift), (x2 - side * halves[1], y2 + shift)
    if link.source == link.target:
        begin, end = (x1 - halves[0] / 2, y1 - BOX / 2), (x1 + halves[0] / 2, y1 - BOX / 2)
    bend = 0.6 if link.source == link.target else 0.0
    arrow = FancyArrowPatch(
        begin, end, arrowstyle="-|>", mutation_scale=14, color=color, connectionstyle=f"arc3,rad={bend}", zorder=2, **LINES[link.kind]
    )
    axes.add_patch(arrow)
    text = label(link)
    if text:
        middle = (begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2 + (0.16 if shift >= 0 else -0.16)
        axes.text(*middle, text, ha="center", va="center", fontsize=8.5, color=NEVER if never else look.ink, zorder=5)
