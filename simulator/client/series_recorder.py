"""The recorder of the events.k8s.io API, which the scheduler uses (client-go/tools/events/event_broadcaster.go)."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.recorder import reference, send
from simulator.engine import Engine
from simulator.journal.records import NO_CAUSE, Cause
from simulator.objects.base import evolve
from simulator.objects.event import Event, EventSeries
from simulator.objects.kinds import Key, Object
from simulator.objects.meta import ObjectMeta
from simulator.units import MINUTE

LONGEST_NOTE = 1024
NOTE_END = " ..."
SERIES_FINISHED_AFTER = 6 * MINUTE
"""finishTime: after this long without events a series has ended; the next event begins a new one."""
SERIES_REFRESH = 30 * MINUTE
"""refreshTime: how often the count of a running series is written."""

Series = tuple[str, ...]


class _Sent:
    """An event that was sent: its name, how often it occurred, when last (ns), and the count that the API has."""

    __slots__ = ("last", "name", "seen", "written_at")

    def __init__(self, name: str, now: int) -> None:
        self.name = name
        self.seen = 1
        self.last = self.written_at = now


class SeriesRecorder:
    """Writes Events as one component. The note is no part of a series' identity: a series keeps its first note."""

    def __init__(self, engine: Engine, api: ApiServer, component: str, host: str) -> None:
        self._engine = engine
        self._api = api
        self._component = component
        self._instance = f"{component}-{host}"
        self._series: dict[Series, _Sent] = {}

    def event(
        self, about: Object, type_: str, reason: str, action: str, note: str, *, related: Object | None = None, cause: Cause = NO_CAUSE
    ) -> None:
        """Report that something happened to `about`. The second of a series writes a count of 2; later ones at the refresh interval."""
        target = reference(about)
        other = () if related is None else (related.kind, related.metadata.namespace, related.metadata.name)
        identity = (type_, action, reason, target.kind, target.namespace, target.name, target.uid, target.resource_version, *other)
        now = self._engine.now
        sent = self._series.get(identity)
        if sent is not None and now - sent.last < SERIES_FINISHED_AFTER:
            sent.seen += 1
            sent.last = now
            if sent.seen == 2 or now - sent.written_at >= SERIES_REFRESH:
                sent.written_at = now
                self._count_up(target.namespace or "default", sent, cause)
            return
        stamp = self._engine.wall
        namespace = target.namespace or "default"
        while self._api.store.get(Key("Event", namespace, f"{target.name}.{stamp:x}")) is not None:
            stamp += 1
        self._series[identity] = _Sent(f"{target.name}.{stamp:x}", now)
        send(
            self._api,
            Event(
                metadata=ObjectMeta(name=f"{target.name}.{stamp:x}", namespace=namespace),
                involved_object=target,
                type=type_,
                reason=reason,
                action=action,
                message=note if len(note) <= LONGEST_NOTE else note[: LONGEST_NOTE - len(NOTE_END)] + NOTE_END,
                event_time=self._engine.micro_timestamp(),
                related=None if related is None else reference(related),
                reporting_component=self._component,
                reporting_instance=self._instance,
            ),
            cause,
        )

    def _count_up(self, namespace: str, sent: _Sent, cause: Cause) -> None:
        before = self._api.store.get(Key("Event", namespace, sent.name))
        if isinstance(before, Event):
            series = EventSeries(count=sent.seen, last_observed_time=self._engine.micro_timestamp())
            self._api.update(evolve(before, series=series), cause)
