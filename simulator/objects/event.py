"""v1 Event."""

from __future__ import annotations

from simulator.objects.base import KubeStruct, shown, shown_struct
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import ObjectReference


class EventSource(KubeStruct, frozen=True):
    component: str = ""
    host: str = ""


class EventSeries(KubeStruct, frozen=True):
    count: int | None = None
    last_observed_time: str | None = None


class Event(KubeStruct, frozen=True):
    involved_object: ObjectReference = shown_struct(ObjectReference)
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    action: str = ""
    api_version: str = shown("v1")
    count: int | None = None
    event_time: str | None = shown(None)
    first_timestamp: str | None = shown(None)
    kind: str = shown("Event")
    last_timestamp: str | None = shown(None)
    message: str = ""
    reason: str = ""
    related: ObjectReference | None = None
    reporting_component: str = shown("")
    reporting_instance: str = shown("")
    series: EventSeries | None = None
    source: EventSource = shown_struct(EventSource)
    type: str = ""
