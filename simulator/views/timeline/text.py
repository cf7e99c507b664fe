"""The timeline as lines of text: containers as bars on a time axis, probes and readiness below, Services last.

Every line is a list of parts, each with the name of a style, so that a terminal can add colour; words and signs alone are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.tables.pods import summary
from simulator.kubectl.view import View
from simulator.metrics.timeline import ContainerLane, PodLane, ServiceLane, Span, Tick, Timeline, timeline
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.units import HOUR, MINUTE, SECOND, short_duration
from simulator.views.legend import ACTION, FAIL, LEGEND, PASS, READY, RUNNING, furthest_behind
from simulator.views.styled import Line, Part
from simulator.views.timeline.stretches import last_of, marks, stretches

STEPS = (
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 6, 12, 24)),
)
PODS_PER_WORKLOAD = 4
"""At most this many pods of a workload are drawn; the others are counted."""
NARROWEST = 20
"""The fewest columns of an axis."""


class Focus(NamedTuple):
    """What to draw: pods whose name or workload matches one of the globs (none: all), from `since` to `until` (ns; None: chosen to fit).

    `every`: draw each pod, however many a workload has.
    """

    pods: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    every: bool = False

    def shows(self, pod: PodLane) -> bool:
        """Whether a pod is selected."""
        names = (pod.key.name, pod.workload, pod.workload.partition("/")[2])
        return not self.pods or any(glob_matches(name, glob) for name in names for glob in self.pods)


class Scale(NamedTuple):
    """Maps instants to columns: `begin` to `end` (nanoseconds) over `columns`."""

    begin: int
    end: int
    columns: int

    def __call__(self, t: int) -> int:
        """The column of an instant; the nearest one when it lies outside."""
        return min(self.columns - 1, max(0, (t - self.begin) * self.columns // max(1, self.end - self.begin)))


def draw(snapshot: Snapshot, width: int = 100, namespace: str | None = None, focus: Focus = Focus()) -> list[Line]:  # noqa: B008 (a frozen value)
    """The timeline up to the snapshot's instant; by default the axis ends soon after the last change."""
    story = timeline(snapshot, namespace)
    story = story._replace(pods=tuple(pod for pod in story.pods if focus.shows(pod)))
    pods, hidden = (list(story.pods), dict[str, int]()) if focus.every else chosen(story)
    if not story.pods and not story.services:
        return []
    label_width = label_columns(story, pods, width)
    end = axis_end(story) if focus.until is None else min(focus.until, story.end)
    scale = Scale(min(focus.since or 0, end - 1), end, max(NARROWEST, width - label_width - 2))
    done = [fact.t for fact in snapshot.facts("action")]
    lines = [*axis(scale, label_width), *actions(done, scale, label_width)]
    view = View(snapshot)
    for pod in pods:
        lines += pod_rows(pod, scale, label_width, view, story.end)
    lines += [[Part(f"{count} more pods of {workload}", "dim")] for workload, count in hidden.items()]
    lines += service_rows(story.services, scale, label_width, story.end)
    if scale.end < story.end and focus.until is None:
        lines.append([Part(f"After {short_duration(scale.end)} nothing new happened until {short_duration(story.end)}.", "dim")])
    return [*lines, *legend(lines, width)]


def label_columns(story: Timeline, pods: list[PodLane], width: int) -> int:
    """The width of the labels on the left."""
    labels = ["    readiness", *(lane.key.name for lane in story.services)]
    labels += [f"  {lane.name}" for pod in pods for lane in pod.containers]
    return min(max(map(len, labels)) + 2, max(14, width // 3))


def chosen(story: Timeline) -> tuple[list[PodLane], dict[str, int]]:
    """The pods to draw, and how many pods of each workload are left out."""
    drawn, count, hidden = [], dict[str, int](), dict[str, int]()
    for pod in story.pods:
        count[pod.workload] = count.get(pod.workload, 0) + 1
        if pod.workload and count[pod.workload] > PODS_PER_WORKLOAD:
            hidden[pod.workload] = hidden.get(pod.workload, 0) + 1
        else:
            drawn.append(pod)
    return drawn, hidden


def axis_end(story: Timeline) -> int:
    """A round instant a little after the last change, but not after the end."""
    return quiet_end(story.settled(), story.end)


def quiet_end(settled: int, end: int) -> int:
    """Where an axis ends whose last change was at `settled`, in a run that ends at `end`."""
    least = max(10 * SECOND, settled * 6 // 5)
    step = round_step(least, 5)
    rounded = -(-least // step) * step
    return rounded if rounded < end * 3 // 4 else max(end, 1 * SECOND)


def round_step(span: int, most: int) -> int:
    """The smallest round duration that divides `span` (nanoseconds) into at most `most` parts."""
    return next((step for step in STEPS if span <= step * most), STEPS[-1])


def axis(scale: Scale, label_width: int) -> list[Line]:
    """Two lines: round instants, and a ruler below them."""
    step = round_step(scale.end - scale.begin, max(2, scale.columns // 9))
    numbers, ticks = [" "] * (scale.columns + 8), ["─"] * scale.columns
    for t in range(-(-scale.begin // step) * step, scale.end + 1, step):
        # The last column belongs to the instant at which the axis ends.
        x = scale(t) if t < scale.end else scale.columns - 1
        ticks[x] = "┬"
        text = short_duration(t)
        start = x if x + len(text) <= scale.columns else scale.columns - len(text)
        if start == 0 or numbers[start - 1] == " ":
            numbers[start : start + len(text)] = text
    pad = " " * label_width
    return [[Part(pad + "".join(numbers).rstrip(), "dim")], [Part(pad + "".join(ticks), "dim")]]


def actions(instants: Iterable[int], scale: Scale, label_width: int) -> list[Line]:
    """A mark at each user action."""
    cells = [" "] * scale.columns
    for t in instants:
        if scale.begin <= t <= scale.end:
            cells[scale(t)] = ACTION
    return [row("  actions", "".join(cells), label_width)] if ACTION in cells else []


def pod_rows(pod: PodLane, scale: Scale, label_width: int, view: View, end: int) -> list[Line]:
    """A pod's heading with its state, its containers, their probes; `end` is the last instant of the story."""
    item = view.snapshot.get(Key("Pod", pod.key.namespace, pod.key.name))
    state = "gone" if pod.life.end is not None else "unknown"
    if isinstance(item, Pod) and pod.life.end is None:
        shown = summary(item, view)
        state = f"{shown.ready}/{shown.total} {shown.status}"
    where = f" on {pod.node}" if pod.node else ""
    lines: list[Line] = [[Part(f"{pod.key.namespace}/{pod.key.name}", "bold"), Part(f"  {state}{where}", "dim")]]
    for lane in pod.containers:
        lines.append(row(f"  {lane.name}", container_cells(lane, pod, scale, end), label_width))
        rows = ((kind, _ticks(ticks, scale)) for kind, ticks in lane.probes.items())
        lines += [row(f"    {kind}", cells, label_width, style="dim") for kind, cells in rows if cells.strip()]
    if [lane.ready for lane in pod.containers if not lane.init] != [pod.ready]:
        lines.append(row("  Ready", _painted(pod.ready, READY, scale, end), label_width))
    return lines


def container_cells(lane: ContainerLane, pod: PodLane, scale: Scale, end: int) -> str:
    """The bar of one container: waiting, pulling, running, ready, and how it ended."""
    cells = [" "] * scale.columns
    for begin, until, sign in stretches(lane, pod, end):
        _fill(cells, scale, begin, until, sign)
    for t, sign in marks(lane, pod):
        if scale.begin <= t <= scale.end:
            cells[scale(t)] = sign
    return "".join(cells)


def pod_cells(pod: PodLane, scale: Scale, end: int) -> str:
    """A pod as one row: the container that is furthest behind. It is ready only where its condition says so too."""
    cells = merged_cells([container_cells(lane, pod, scale, end) for lane in pod.containers])
    ready = _painted(pod.ready, READY, scale, last_of(pod, end))
    return "".join(RUNNING if sign == READY and there != READY else sign for sign, there in zip(cells, ready, strict=True))


def merged_cells(rows: Sequence[str]) -> str:
    """Several bars as one."""
    return "".join(map(furthest_behind, zip(*rows, strict=True)))


def _fill(cells: list[str], scale: Scale, begin: int, end: int, sign: str) -> None:
    if begin >= scale.end or end < scale.begin:
        return
    first, last = scale(max(begin, scale.begin)), scale(min(end, scale.end) - 1)
    for x in range(first, max(first, last) + 1):
        cells[x] = sign


def _painted(spans: tuple[Span, ...], sign: str, scale: Scale, end: int) -> str:
    cells = [" "] * scale.columns
    for span in spans:
        _fill(cells, scale, span.begin, end if span.end is None else span.end, sign)
    return "".join(cells)


def _ticks(ticks: tuple[Tick, ...], scale: Scale) -> str:
    cells = [" "] * scale.columns
    for tick in ticks:
        if scale.begin <= tick.t <= scale.end:
            cells[scale(tick.t)] = PASS if tick.passed else FAIL
    return "".join(cells)


def service_rows(services: tuple[ServiceLane, ...], scale: Scale, label_width: int, end: int) -> list[Line]:
    """A row for each Service: the number of ready endpoints, written where it changes; `end` is the last instant of the story."""
    if not services:
        return []
    lines: list[Line] = [[Part("Services: ready endpoints", "bold")]]
    for service in services:
        cells = [" "] * scale.columns
        for i, (t, count) in enumerate(service.ready):
            until = service.ready[i + 1][0] if i + 1 < len(service.ready) else min(scale.end, end)
            _fill(cells, scale, t, until, READY if count else " ")
        before = [t for t, _ in service.ready if t <= scale.begin]
        for t, count in service.ready:
            if max(before, default=t) <= t <= scale.end:
                text = str(count)
                start = min(scale(t), scale.columns - len(text))
                cells[start : start + len(text)] = text
        lines.append(row(f"  {service.key.name}", "".join(cells), label_width))
    return lines


def row(label: str, cells: str, label_width: int, style: str = "") -> Line:
    """A label and its cells; a run of equal cells is one part."""
    cells = cells.rstrip()
    short = label if len(label) < label_width else label[: label_width - 2] + "…"
    line = [Part(short.ljust(label_width), style)]
    begin = 0
    for x in range(1, len(cells) + 1):
        if x == len(cells) or cells[x] != cells[begin]:
            line.append(Part(cells[begin:x], LEGEND[cells[begin]].style if cells[begin] in LEGEND else ""))
            begin = x
    return line


def legend(lines: list[Line], width: int) -> list[Line]:
    """The signs that occur with their meanings, on as many lines as needed."""
    # A row's cells are parts of one sign each; other parts are words.
    used = {part.text[0] for line in lines for part in line[1:] if len(set(part.text)) == 1}
    legend: list[Line] = []
    space = 0
    for sign, entry in LEGEND.items():
        if sign not in used:
            continue
        needed = len(entry.meaning) + 5
        if needed > space:
            legend.append([])
            space = width
        gap = Part("   " if legend[-1] else "")
        legend[-1] += [gap, Part(sign, entry.style), Part(f" {entry.meaning}", "dim")]
        space -= needed
    return legend
