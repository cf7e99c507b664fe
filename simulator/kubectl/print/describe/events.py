"""The events of an object, as `describe` shows them."""

from __future__ import annotations

from simulator.golang.sort import go_sorted
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.view import View
from simulator.objects.event import Event
from simulator.objects.kinds import Object
from simulator.objects.labels import MIRROR_POD
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.units import SECOND, parse_time


def events_about(item: Object, view: View) -> list[Event]:
    """The events whose involved object is `item`.

    A pod is looked up without its kind; a node also by its name as uid, which is what kubelets write.
    """
    meta = item.metadata
    uid = meta.annotations.get(MIRROR_POD, meta.uid) if isinstance(item, Pod) else meta.uid
    kind = "" if isinstance(item, Pod) else item.kind
    everything = view.events(None if isinstance(item, Node) else meta.namespace)

    def about(event: Event, uid: str) -> bool:
        ref = event.involved_object
        same = ref.name == meta.name and ref.namespace == meta.namespace
        return same and (not kind or ref.kind == kind) and (not uid or ref.uid == uid)

    result = [event for event in everything if about(event, uid)]
    if isinstance(item, Node) and uid != meta.name:
        result += [event for event in everything if about(event, meta.name)]
    return result


def interval(event: Event, view: View) -> str:
    """When: `12s`, or `4s (x3 over 12s)` for what happened several times."""
    first = view.age(event.event_time or event.first_timestamp)
    if event.series:
        return f"{view.age(event.series.last_observed_time)} (x{event.series.count or 0} over {first})"
    if (event.count or 0) > 1:
        return f"{view.age(event.last_timestamp)} (x{event.count} over {first})"
    return first


def last_seen(event: Event) -> int:
    """The second of `lastTimestamp`; events without one come first."""
    return parse_time(event.last_timestamp) // SECOND if event.last_timestamp else -1


def describe_events(item: Object, sheet: Sheet, view: View) -> None:
    """The table of events, or `<none>`."""
    events = go_sorted(events_about(item, view), lambda a, b: last_seen(a) < last_seen(b))
    if not events:
        sheet.row("Events", "<none>")
        return
    sheet.flush()
    sheet.line("Events:")
    sheet.line("Type\tReason\tAge\tFrom\tMessage", 1)
    sheet.line("----\t------\t----\t----\t-------", 1)
    for event in events:
        source = event.source.component or event.reporting_component
        message = event.message.strip()
        if event.involved_object.field_path and view.dialect.events_name_the_field:
            message = f"{event.involved_object.field_path}: {message}"
        sheet.line("\t".join([event.type, event.reason, interval(event, view), source, message]), 1)
