"""The data of the page: each object's row and description at every change, events, logs, the timeline. Plain JSON values.

Times are microseconds since the start of the run: whole numbers, which a browser can hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.listing import GetOptions, Rows
from simulator.kubectl.read.describe import description
from simulator.kubectl.read.events import EventOptions, header, row, time_of
from simulator.objects.base import JSON
from simulator.objects.event import Event
from simulator.objects.kinds import KINDS, Key, kind_of_key
from simulator.units import MICROSECOND, parse_time
from simulator.views.page.lanes import lanes
from simulator.views.page.manifests import Sources, manifests
from simulator.views.page.reasons import EVERYTHING, Reason, reasons
from simulator.views.page.related import Changes, lineage
from simulator.views.page.templates import TemplateView
from simulator.views.story.collect import Choice, story

ELSEWHERE = ("Event", "Lease")
"""Kinds without a table on the page: events have their own section, leases are only heartbeats."""
FIRST = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "EndpointSlice", "Node")
"""The most viewed kinds, in order; the others follow in the order of `objects/kinds.py`."""


def micro(t: int) -> int:
    """Nanoseconds as microseconds, the page's unit."""
    return t // MICROSECOND


class Texts:
    """Texts as lists of line numbers: versions of a description share most of their lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.texts: list[list[int]] = []
        self._line_numbers: dict[str, int] = {}
        self._text_numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text; equal texts share one."""
        if text not in self._text_numbers:
            self._text_numbers[text] = len(self.texts)
            self.texts.append([self._line(line) for line in text.split("\n")])
        return self._text_numbers[text]

    def _line(self, line: str) -> int:
        if line not in self._line_numbers:
            self._line_numbers[line] = len(self.lines)
            self.lines.append(line)
        return self._line_numbers[line]


def content(end: Snapshot, title: str, kubectl: str = "", sources: Sources = MappingProxyType({})) -> JSON:
    """Everything that the page shows of a run up to the snapshot's instant. `sources`: the text of the files that it was made from."""
    names = {key: f"{key.kind}/{key.namespace}/{key.name}" for key in end.known()}
    changes, texts = Changes(end.writes()), Texts()
    head = end.header
    return {
        "title": title,
        "start": parse_time(head.start_time) // MICROSECOND,
        "end": micro(end.t),
        "run": {
            "kubernetes": head.kubernetes,
            "kubectl": kubectl or head.kubectl,
            "seed": head.seed,
            "namespace": head.namespace or "default",
        },
        "assumptions": head.assumptions,
        "changes": sorted({micro(write.t) for write in end.writes() if write.item.kind not in ELSEWHERE}),
        "kinds": list(_kinds(end, changes, texts, kubectl)),
        "events": _events(end, kubectl),
        "logs": [
            [micro(one.t), one.namespace, one.pod, one.container, one.run, one.line] for one in end.logs() if one.pod and not one.component
        ],
        "lanes": lanes(end),
        "story": _story(end, names),
        "why": _why(end, changes, texts),
        "manifests": manifests(end, sources, {key: name for key, name in names.items() if key.kind not in ELSEWHERE}),
        "lines": texts.lines,
        "texts": texts.texts,
    }


def _story(end: Snapshot, names: dict[Key, str]) -> list[JSON]:
    """The story, each entry with the objects whose stories include it: its own and those that control it."""
    about = {key: [names[one] for one in lineage(end, key) if one in names] for key in names}
    return [
        {
            "t": micro(entry.t),
            "component": entry.component,
            "object": entry.name,
            "text": entry.text,
            "why": entry.why,
            "tone": entry.tone,
            "about": about.get(entry.about, []),
        }
        for entry in story(end, choice=Choice(fold=False)).entries
    ]


def _why(end: Snapshot, changes: Changes, texts: Texts) -> JSON:
    """The explanations of objects, by their names on the page, each with the places that it names; "" is everything that is not ready."""
    keys = [key for key in end.known() if key.kind not in ELSEWHERE]
    return {
        "" if key == EVERYTHING else f"{key.kind}/{key.namespace}/{key.name}": [_reason(reason, texts) for reason in versions]
        for key, versions in reasons(end, changes, keys).items()
    }


def _reason(reason: Reason, texts: Texts) -> list[Any]:
    return [micro(reason.t), texts.number(reason.text), list(reason.places)]


def _kinds(end: Snapshot, changes: Changes, texts: Texts, kubectl: str) -> Iterator[JSON]:
    order = {name: i for i, name in enumerate(dict.fromkeys((*FIRST, *(kind.name for kind in KINDS))))}
    keys = {key.kind: key for key in end.known() if key.kind not in ELSEWHERE}
    first = TemplateView(end, kubectl)
    for name in sorted(keys, key=lambda name: (order.get(name, len(order)), name)):
        kind = kind_of_key(keys[name])
        rows = Rows(kind, GetOptions(), first)
        yield {
            "kind": kind.name,
            "singular": kind.singular,
            "plural": kind.plural,
            "namespaced": kind.namespaced,
            "columns": rows.header(),
            "objects": [_object(key, rows, first, changes, texts) for key in sorted(end.known(name))],
        }


def _object(key: Key, rows: Rows, first: TemplateView, changes: Changes, texts: Texts) -> JSON:
    """An object's rows and descriptions, each with the instant from which on it holds; None: the object does not exist.

    `sampled`: it was described at some of its changes only.
    """
    row_versions: list[list[Any]] = []
    text_versions: list[list[Any]] = []
    instants = changes.instants.get(key, [])
    described = set(changes.described(key))
    about_it = sorted(changes.events.get((key.kind.partition(".")[0], key.name), []))
    for t in instants:
        view = TemplateView(first.snapshot.at(t), first.release, first.dialect)
        item = view.snapshot.get(key)
        _add_version(row_versions, t, None if item is None else rows.row(item, view))
        if t in described:
            if item is not None:
                view.about = [event for event in map(view.snapshot.get, about_it) if isinstance(event, Event)]
            _add_version(text_versions, t, None if item is None else texts.number(description(item, view)))
        elif item is None:
            _add_version(text_versions, t, None)
    sampled = {"sampled": True} if len(described) < len(instants) else {}
    return {"namespace": key.namespace, "name": key.name, "rows": row_versions, "describe": text_versions, **sampled}


def _add_version(versions: list[list[Any]], t: int, value: Any) -> None:
    """Append a version when it differs from the last one."""
    if not versions or versions[-1][1] != value:
        versions.append([micro(t), value])


def _events(end: Snapshot, kubectl: str) -> JSON:
    """Each version of each event: from when on it holds, its sort key, its cells."""
    options = EventOptions()
    versions: dict[Key, list[list[Any]]] = {}
    for write in end.writes():
        if not isinstance(write.item, Event):
            continue
        view = TemplateView(end.at(write.t), kubectl)
        cells = None if write.type == "DELETED" else [time_of(write.item) // MICROSECOND, *row(write.item, options, view)]
        versions.setdefault(write.key, []).append([micro(write.t), cells])
    return {"columns": header(options), "rows": [{"namespace": key.namespace, "versions": rows} for key, rows in versions.items()]}
