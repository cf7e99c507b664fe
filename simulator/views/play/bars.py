"""The timeline of a film at an instant: on an axis that does not move, with a line at the current time."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import chain, islice

from simulator.kubectl.view import View
from simulator.metrics.cut import pods_until, services_until
from simulator.metrics.timeline import PodLane
from simulator.views.play.film import Film, most_at_once
from simulator.views.story.lines import shortened
from simulator.views.styled import Line, Part
from simulator.views.timeline.text import NARROWEST, Scale, actions, axis, label_columns, pod_cells, pod_rows, row, service_rows

NOW = "│"
SERVICE = "svc/"


class Detail(IntEnum):
    """How much is drawn: everything; no probes; a row for each pod; a row for each pod that still exists."""

    ALL = 0
    NO_PROBES = 1
    ROW_A_POD = 2
    PRESENT = 3


def rows_above(film: Film) -> int:
    """The number of rows above the pods: the axis, and the user's actions."""
    return 2 + bool(film.actions)


def height(film: Film, columns: int, detail: Detail) -> int:
    """The most rows needed at any instant."""
    rows = len(bars(film, film.end, columns, detail))
    if detail is not Detail.PRESENT:
        return rows
    left = sum(pod.life.end is None or pod.life.end > film.end for pod in film.drawn)
    return rows - left + most_at_once(film.drawn)


def bars(film: Film, t: int, columns: int, detail: Detail, first: int = 0, most: int | None = None) -> list[Line]:
    """The rows at `t` (nanoseconds), `columns` wide; below the axis only `most` rows from `first` on are drawn."""
    labels = _label_columns(film, columns, detail)
    scale = Scale(film.begin, film.end, max(NARROWEST, columns - labels - 2))
    lines = axis(scale, labels)
    if film.actions:
        lines += actions((done for done in film.actions if done <= t), scale, labels) or [[]]
    pods = (_one_row_each if detail >= Detail.ROW_A_POD else _pods)(film, t, scale, labels, detail)
    below = chain(pods, _hidden(film, t), _services(film, t, scale, labels, detail))
    lines += islice(below, first, None if most is None else first + most)
    now = labels + scale(max(film.begin, t - 1)) + 1
    return [lines[0], *(_marked(line, now) for line in lines[1:])] if now < labels + scale.columns else lines


def _label_columns(film: Film, columns: int, detail: Detail) -> int:
    """The same at every instant, so that nothing moves sideways when a pod with a longer name appears."""
    if detail < Detail.ROW_A_POD:
        return label_columns(film.story, list(film.drawn), columns)
    names = ["  actions", *(pod.key.name for pod in film.drawn)] + [SERVICE + service.key.name for service in film.story.services]
    return min(max(map(len, names)) + 2, max(14, columns // 3))


def _pods(film: Film, t: int, scale: Scale, labels: int, detail: Detail) -> Iterator[Line]:
    view = View(film.snapshot.at(t))
    for pod in pods_until(film.drawn, t):
        yield from pod_rows(pod if detail is Detail.ALL else _without_probes(pod), scale, labels, view, t)


def _without_probes(pod: PodLane) -> PodLane:
    return pod._replace(containers=tuple(lane._replace(probes={}) for lane in pod.containers))


def _one_row_each(film: Film, t: int, scale: Scale, labels: int, detail: Detail) -> Iterator[Line]:
    for pod in pods_until(film.drawn, t):
        if detail is Detail.ROW_A_POD or pod.life.end is None:
            yield row(_label(pod.key.name, labels), pod_cells(pod, scale, t), labels)


def _hidden(film: Film, t: int) -> Iterator[Line]:
    for workload, births in film.hidden.items():
        count = sum(birth <= t for birth in births)
        if count:
            yield [Part(f"{count} more pods of {workload}", "dim")]


def _label(name: str, labels: int) -> str:
    return shortened(name, labels - 2)


def _services(film: Film, t: int, scale: Scale, labels: int, detail: Detail) -> Iterator[Line]:
    """With a heading, or without one when rows are scarce: then each name has a prefix."""
    services = services_until(film.story.services, t)
    lines = service_rows(services, scale, labels, t)
    if detail < Detail.ROW_A_POD:
        yield from lines
        return
    for service, line in zip(services, lines[1:], strict=True):
        yield [Part(_label(SERVICE + service.key.name, labels).ljust(labels)), *line[1:]]


def _marked(line: Line, now: int) -> Line:
    """A line with the mark of the current time where nothing else is drawn."""
    used = sum(len(part.text) for part in line)
    if used <= now:
        return [*line, Part(" " * (now - used)), Part(NOW, "bold")]
    if line[-1].text[now - used :].strip("─┬ "):
        return line
    rest = line[-1].text
    return [*line[:-1], Part(rest[: now - used], line[-1].style), Part(NOW, "bold"), Part(rest[now - used + 1 :], line[-1].style)]
