"""What all questions share: the snapshot's facts and events at hand, where things are written down, who was asked about already."""

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
"""From one object to the next, and no further: a longer chain is asked about on its own."""
PODS = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec")
"""Where a pod's spec stands in a manifest: of a pod, of a workload, of a CronJob."""


class Inquiry:
    """One question and all that follow from it."""

    def __init__(self, snapshot: Snapshot, explainers: Mapping[str, Explainer], other: Explainer) -> None:
        self.snapshot = snapshot
        self.view = View(snapshot)
        self.t = snapshot.t
        self.dialect = Dialect(snapshot.header.kubernetes)
        self._epoch = parse_time(snapshot.header.start_time)
        self._explainers = explainers
        self._other = other
        self._asked: list[Key] = []
        self._told: set[Key] = set()
        self._facts: dict[Key, list[Fact]] = {}
        for fact in snapshot.facts():
            self._facts.setdefault(fact.about, []).append(fact)
        self._events: dict[Key, list[tuple[Write, Event]]] = {}
        for write in snapshot.writes():
            if isinstance(write.item, Event) and write.type != "DELETED":
                about = write.item.involved_object
                self._events.setdefault(Key(about.kind, about.namespace, about.name), []).append((write, write.item))

    # ---- asking on

    def about(self, key: Key, *, anew: bool = False) -> Because:
        """Why an object is as it is. Who was asked about on the way here closes a circle; what was told is told again only `anew`."""
        item = self.snapshot.get(key)
        if item is None:
            return Because(f"there is no {name_of(key)}", about=name_of(key))
        if key in self._asked:
            circle = [name_of(one) for one in [*self._asked[self._asked.index(key) :], key]]
            return Because(f"each waits for the next: {' → '.join(circle)}: a deadlock, nothing will change it", about=name_of(key))
        if anew:
            self._told.clear()
        if key in self._told or len(self._asked) >= DEEPEST:
            return note(f"{name_of(key)}: see above" if key in self._told else f"{name_of(key)}: ask about it on its own")
        self._asked.append(key)
        found = self._explainers.get(key.kind, self._other)(self, item)
        self._asked.pop()
        self._told.add(key)
        return found._replace(about=name_of(key))

    def has_told(self, key: Key) -> bool:
        """Whether an object has been told of."""
        return key in self._told

    # ---- what is known

    def facts(self, key: Key, what: str = "", since: int = 0, **data: object) -> list[Fact]:
        """The facts about an object whose word begins with `what` and that say so, oldest first."""
        found = self._facts.get(key, ())
        wanted = data.items()
        return [f for f in found if f.t >= since and f.what.startswith(what) and all(f.data.get(name) == value for name, value in wanted)]

    def events(self, item: Object, *reasons: str) -> list[tuple[int, Event]]:
        """When events about an object were written, and the events; only of these reasons, if any are given."""
        return [(write.t, event) for write, event in self.event_writes(item, *reasons)]

    def event_writes(self, item: Object, *reasons: str) -> list[tuple[Write, Event]]:
        """The same with the writes, whose causes name the rule behind each event; a recorded real cluster names none."""
        uid = item.metadata.uid
        found = self._events.get(key_of(item), ())
        return [(w, e) for w, e in found if e.involved_object.uid in ("", uid) and (not reasons or e.reason in reasons)]

    def writes(self, item: Object) -> list[Write]:
        """The changes of an object since it was created."""
        uid = item.metadata.uid
        return [write for write in self.snapshot.writes(key_of(item)) if write.item.metadata.uid == uid]

    def born(self, item: Object) -> int:
        """When an object was created."""
        writes = self.writes(item)
        return writes[0].t if writes else 0

    def since(self, item: Any, holds: Callable[[Any], bool]) -> int | None:
        """Since when something has been true of an object without a break; None: it is not."""
        found = None
        for write in self.writes(item):
            if not holds(write.item):
                found = None
            elif found is None:
                found = write.t
        return found

    def instant(self, timestamp: str | None) -> int | None:
        """A timestamp of an object as nanoseconds since the start."""
        return None if not timestamp else parse_time(timestamp) - self._epoch

    def runs(self, pod: Pod, container: str) -> list[Run]:
        """The runs of a container, oldest first."""
        facts = self.facts(key_of(pod), "container.", self.born(pod), container=container)
        found = runs_of(facts)
        if found:
            return found
        status = status_of(pod, container)
        return [] if status is None else runs_in(status, self.instant)

    # ---- where it is written down

    def place(self, item: Object, path: str = "") -> str:
        """Where a field of an object is written: `app.yaml:31`; empty when nobody knows. Of what a controller made, as its owner has it."""
        for key in self._owners(item):
            applied = self.facts(key, "applied")
            if applied:
                data = applied[-1].data
                line = _line(data.get("fields", {}), path) if path else data.get("line")
                return f"{data.get('file')}:{line}" if line else ""
        return ""

    def container_place(self, pod: Pod, container: str, field: str = "") -> str:
        """Where a field of a container is written."""
        kind = "initContainers" if any(c.name == container for c in pod.spec.init_containers) else "containers"
        return self.pod_place(pod, f"{kind}[{container}]{'.' if field else ''}{field}")

    def pod_place(self, pod: Pod, field: str) -> str:
        """Where a field of a pod's spec is written."""
        return self.place(pod, field)

    def _owners(self, item: Object) -> list[Key]:
        """The object and its controllers, from the bottom up."""
        found = [key_of(item)]
        while owner := next((ref for ref in item.metadata.owner_references if ref.controller), None):
            found.append(Key(owner.kind, found[0].namespace, owner.name))
            above = self.snapshot.get(found[-1])
            if above is None or len(found) > DEEPEST:
                break
            item = above
        return found


def _line(fields: Mapping[str, int], path: str) -> int:
    """The line of a field: as it is called, or within a pod's spec."""
    return fields.get(path, 0) or next((fields[f"{prefix}.{path}"] for prefix in reversed(PODS) if f"{prefix}.{path}" in fields), 0)


def name_of(key: Key) -> str:
    """An object as a user names it: `pod/web-1`."""
    return f"{kind_of_key(key).singular}/{key.name}"


def named(item: Object) -> str:
    """As `name_of`, of an object."""
    return name_of(key_of(item))
