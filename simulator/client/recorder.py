"""The recorder of v1 Events that the kubelet and the controllers use."""

from __future__ import annotations

from contextlib import suppress

from simulator.api import ApiError, ApiServer
from simulator.client.correlator import Correlator, Observation, Outcome, Who
from simulator.engine import Engine
from simulator.journal.records import NO_CAUSE, Cause
from simulator.objects.base import evolve
from simulator.objects.event import Event, EventSource
from simulator.objects.kinds import Key, Object, kind_name
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import ObjectReference
from simulator.units import format_time

NORMAL = "Normal"
WARNING = "Warning"


def reference(item: Object, field_path: str = "") -> ObjectReference:
    """The reference to the object that an event is about."""
    meta = item.metadata
    return ObjectReference(
        kind=item.kind,
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        api_version=item.api_version,
        resource_version=meta.resource_version,
        field_path=field_path,
    )


def send(api: ApiServer, event: Event, cause: Cause) -> None:
    """Create an event. One that the server refuses, as in a terminating namespace, is dropped."""
    with suppress(ApiError):
        api.create(event, cause)


class Recorder:
    """Writes Events as one component; `host` is the node it runs on, empty for the control plane.

    `spam_by_type`: whether the spam filter counts normal events and warnings apart.
    """

    def __init__(self, engine: Engine, api: ApiServer, component: str, host: str = "", *, spam_by_type: bool = True) -> None:
        self._engine = engine
        self._api = api
        self._source = EventSource(component=component, host=host)
        self._correlator = Correlator(spam_by_type=spam_by_type)
        self._names: dict[Who, str] = {}

    def event(self, about: Object, type_: str, reason: str, message: str, *, field_path: str = "", cause: Cause = NO_CAUSE) -> None:
        """Report that something happened to `about`."""
        target = reference(about, field_path)
        who = (self._source.component, self._source.host, kind_name(about), target.namespace, target.name, target.uid)
        outcome = self._correlator.correlate(Observation(who, field_path, type_, reason, message), self._engine.now)
        if not outcome.sent:
            return
        if outcome.repeats > 1 and self._count_up(outcome, target, cause):
            return
        self._create(outcome, target, type_, reason, cause)

    def _count_up(self, outcome: Outcome, target: ObjectReference, cause: Cause) -> bool:
        """Patch the earlier event; False when there is none."""
        key = Key("Event", target.namespace or "default", self._names.get(outcome.key, ""))
        before = self._api.store.get(key)
        if not isinstance(before, Event):
            return False
        self._api.update(
            evolve(before, count=outcome.repeats, message=outcome.message, last_timestamp=self._engine.timestamp()),
            cause,
        )
        return True

    def _create(self, outcome: Outcome, target: ObjectReference, type_: str, reason: str, cause: Cause) -> None:
        namespace = target.namespace or "default"
        stamp = self._engine.wall
        while self._api.store.get(Key("Event", namespace, f"{target.name}.{stamp:x}")) is not None:
            stamp += 1
        name = self._names[outcome.key] = f"{target.name}.{stamp:x}"
        send(
            self._api,
            Event(
                metadata=ObjectMeta(name=name, namespace=namespace),
                involved_object=target,
                type=type_,
                reason=reason,
                message=outcome.message,
                count=outcome.repeats,
                first_timestamp=format_time(self._engine.epoch + outcome.first),
                last_timestamp=self._engine.timestamp(),
                source=self._source,
                reporting_component="" if outcome.aggregated else self._source.component,
                reporting_instance="" if outcome.aggregated else self._source.host,
            ),
            cause,
        )
