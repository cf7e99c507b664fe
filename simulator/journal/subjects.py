"""What a record is about: the objects in whose story it is."""

from __future__ import annotations

from simulator.journal.records import Fact, LogLine, Record
from simulator.objects.discovery import EndpointSlice
from simulator.objects.event import Event
from simulator.objects.kinds import Key, key_of
from simulator.objects.labels import SERVICE_NAME


def subject(record: Record) -> Key:
    """The object: of an Event, the involved one; of an endpoint slice, its Service; of a printed line, the pod or the node."""
    if isinstance(record, Fact):
        return record.about
    if isinstance(record, LogLine):
        if record.component == "kubectl":
            return Key("", record.namespace, "kubectl")
        return Key("Node", "", record.node) if record.component and not record.pod else Key("Pod", record.namespace, record.pod)
    item = record.item
    if isinstance(item, Event):
        return Key(item.involved_object.kind, item.involved_object.namespace, item.involved_object.name)
    if isinstance(item, EndpointSlice) and SERVICE_NAME in item.metadata.labels:
        return Key("Service", item.metadata.namespace, item.metadata.labels[SERVICE_NAME])
    return key_of(item)
