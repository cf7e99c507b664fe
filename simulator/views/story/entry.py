"""One line of a story."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simulator.objects.base import JSON
from simulator.objects.kinds import Key, kind_of_key
from simulator.units import SECOND

Thing = Literal[
    "user", "create", "delete", "schedule", "scale", "pull", "start", "exit", "wait", "port", "signal", "hook", "back-off", "probe",
    "ready", "status", "network", "traffic", "node", "event", "log", "system",
]  # fmt: skip
Tone = Literal["", "good", "bad"]
THINGS: dict[str, str] = {
    "user": "the user's applies and commands, and refused objects",
    "create": "objects created",
    "delete": "objects marked for deletion, or deleted",
    "schedule": "pods assigned to a node, or unschedulable",
    "scale": "changed replicas and templates",
    "pull": "images",
    "start": "container starts",
    "exit": "container exits",
    "wait": "requests of containers, and the answers",
    "port": "ports opened and closed",
    "signal": "SIGTERM, SIGKILL, and the kubelet's decision to stop a container",
    "hook": "postStart and preStop",
    "back-off": "back-off delays",
    "probe": "probes",
    "ready": "readiness of pods",
    "status": "status changes",
    "network": "endpoints of Services, and kube-proxy",
    "traffic": "requests of simulated clients",
    "node": "nodes",
    "event": "Events that no other entry shows",
    "log": "output of containers",
    "system": "objects that every cluster has",
}
"""The kinds of entries, as `--only` accepts them."""


class Entry(NamedTuple):
    """Something that happened at `t` (nanoseconds): the component that did it, the object, what, and why (may be empty).

    `place`: the file and line behind it. A `detail` adds little to other lines. `tone`: good, bad, or neither.
    `times`, `last`: how often it happened and when last, after repetitions have been folded.
    """

    t: int
    component: str
    about: Key
    thing: Thing
    text: str
    why: str = ""
    place: str = ""
    detail: bool = False
    tone: Tone = ""
    times: int = 1
    last: int = 0

    @property
    def name(self) -> str:
        """The object as a user names it."""
        return f"{kind_of_key(self.about).singular}/{self.about.name}" if self.about.kind else self.about.name


def as_json(entry: Entry) -> JSON:
    """An entry as plain data; times in seconds since the start."""
    data: JSON = {
        "t": round(entry.t / SECOND, 9),
        "component": entry.component,
        "kind": entry.about.kind,
        "namespace": entry.about.namespace,
        "name": entry.about.name,
        "thing": entry.thing,
        "text": entry.text,
    }
    data |= {name: value for name, value in (("why", entry.why), ("place", entry.place), ("tone", entry.tone)) if value}
    if entry.times > 1:
        data |= {"times": entry.times, "last": round(entry.last / SECOND, 9)}
    return data
