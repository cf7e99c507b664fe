"""What all questions share: facts and events by object, places in files, and which objects have been explained already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.dialect import Dialect
from simulator.journal.records import Fact, Write
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.view import View
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Object, key_of, kind_of_key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import status_of
from simulator.units import parse_time
from simulator.views.why.because import Because, note
from simulator.views.why.runs import Run, runs_in, runs_of

Explainer = Callable[["Inquiry", Any], Because]
DEEPEST = 6
"""The longest chain of objects that one answer follows."""
PODS = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec")
"""The path of a pod's spec in a manifest: of a pod, of a workload, of a CronJob."""


class Inquiry:
    """A question and all that follow from it."""

    def __init__(self, snapshot: Snapshot, explainers: Mapping[str, Explainer], other: Explainer) -> None:
        self.snapshot = snapshot
        self.view = View(snapshot)
        self.t = snapshot.t
        self.dialect = Dialect(snapshot.header.kubernetes)
        self._epoch = parse_time(snapshot.header.start_time)
        self._explainers = explainers
        self._other = other
        self._open: list[Key] = []
        self._explained: set[Key] = set()
        self._facts: dict[Key, list[Fact]] = {}
        for fact in snapshot.facts():
            self._facts.setdefault(fact.about, []).append(fact)
        self._events: dict[Key, list[tuple[Write, Event]]] = {}
        for write in snapshot.writes():
            if isinstance(write.item, Event) and write.type != "DELETED":
                about = write.item.involved_object
                self._events.setdefault(Key(about.kind, about.namespace, about.name), []).append((write, write.item))

    # ---- other objects

    def about(self, key: Key, *, fresh: bool = False) -> Because:
        """Why an object is as it is.

        An object on the way from the root to here closes a cycle, a deadlock. One that was explained before is only referred to,
        unless `fresh`, which forgets all explanations.
        """
        item = self.snapshot.get(key)
        if item is None:
            return Because(f"there is no {name_of(key)}", about=name_of(key))
        if key in self._open:
            members = [name_of(one) for one in self._open[self._open.index(key) :]]
            # The same words wherever the question began: the first by name comes first.
            first = members.index(min(members))
            cycle = [*members[first:], *members[: first + 1]]
            return Because(f"circular wait: {' → '.join(cycle)}: a deadlock that never resolves", about=name_of(key))
        if fresh:
            self._explained.clear()
        if key in self._explained or len(self._open) >= DEEPEST:
            return note(f"{name_of(key)}: see above" if key in self._explained else f"{name_of(key)}: podsim why shows more")
        self._open.append(key)
        tree = self._explainers.get(key.kind, self._other)(self, item)
        self._open.pop()
        self._explained.add(key)
        return tree._replace(about=name_of(key))

    def has_explained(self, key: Key) -> bool:
        """Whether an object has been explained."""
        return key in self._explained

    # ---- records

    def facts(self, key: Key, what: str = "", since: int = 0, **data: object) -> list[Fact]:
        """The facts about an object whose `what` begins so and that have these data, oldest first."""
        facts = self._facts.get(key, ())
        pairs = data.items()
        return [f for f in facts if f.t >= since and f.what.startswith(what) and all(f.data.get(name) == value for name, value in pairs)]

    def events(self, item: Object, *reasons: str) -> list[tuple[int, Event]]:
        """The events about an object with their times; only of these reasons, if any are given."""
        return [(write.t, event) for write, event in self.event_writes(item, *reasons)]

    def event_writes(self, item: Object, *reasons: str) -> list[tuple[Write, Event]]:
        """The same with the writes, whose causes have the rule behind each event (none in a recorded real cluster)."""
        uid = item.metadata.uid
        events = self._events.get(key_of(item), ())
        return [(w, e) for w, e in events if e.involved_object.uid in ("", uid) and (not reasons or e.reason in reasons)]

    def writes(self, item: Object) -> list[Write]:
        """The changes of an object since it was created."""
        uid = item.metadata.uid
        return [write for write in self.snapshot.writes(key_of(item)) if write.item.metadata.uid == uid]

    def born(self, item: Object) -> int:
        """When an object was created."""
        writes = self.writes(item)
        return writes[0].t if writes else 0

    def since(self, item: Any, holds: Callable[[Any], bool]) -> int | None:
        """Since when something has been true of an object without interruption; None: it is not."""
        begin = None
        for write in self.writes(item):
            if not holds(write.item):
                begin = None
            elif begin is None:
                begin = write.t
        return begin

    def instant(self, timestamp: str | None) -> int | None:
        """A timestamp of an object as nanoseconds since the start."""
        return None if not timestamp else parse_time(timestamp) - self._epoch

    def runs(self, pod: Pod, container: str) -> list[Run]:
        """The runs of a container, oldest first."""
        facts = self.facts(key_of(pod), "container.", self.born(pod), container=container)
        result = runs_of(facts)
        if result:
            return result
        status = status_of(pod, container)
        return [] if status is None else runs_in(status, self.instant)

    # ---- places in files

    def place(self, item: Object, path: str = "") -> str:
        """The file and line of a field: `app.yaml:31`, or empty. For what a controller created, those of its owner's template."""
        for key in self.owners(item):
            applied = self.facts(key, "applied")
            if applied:
                data = applied[-1].data
                line = _line(data.get("fields", {}), path) if path else data.get("line")
                return f"{data.get('file')}:{line}" if line else ""
        return ""

    def container_place(self, pod: Pod, container: str, field: str = "") -> str:
        """The file and line of a container's field."""
        kind = "initContainers" if any(c.name == container for c in pod.spec.init_containers) else "containers"
        return self.pod_place(pod, f"{kind}[{container}]{'.' if field else ''}{field}")

    def pod_place(self, pod: Pod, field: str) -> str:
        """The file and line of a field of a pod's spec."""
        return self.place(pod, field)

    def owners(self, item: Object) -> list[Key]:
        """The object and its controllers, from the bottom up."""
        keys = [key_of(item)]
        while owner := next((ref for ref in item.metadata.owner_references if ref.controller), None):
            keys.append(Key(owner.kind, keys[0].namespace, owner.name))
            above = self.snapshot.get(keys[-1])
            if above is None or len(keys) > DEEPEST:
                break
            item = above
        return keys


def _line(fields: Mapping[str, int], path: str) -> int:
    """The line of a field, given by its full path or by its path in a pod's spec."""
    return fields.get(path, 0) or next((fields[f"{prefix}.{path}"] for prefix in reversed(PODS) if f"{prefix}.{path}" in fields), 0)


def name_of(key: Key) -> str:
    """An object's name as users write it: `pod/web-1`."""
    return f"{kind_of_key(key).singular}/{key.name}"


def named(item: Object) -> str:
    """`name_of` for an object."""
    return name_of(key_of(item))
