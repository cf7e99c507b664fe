"""`kubectl events`."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.objects.event import Event
from simulator.objects.kinds import Kind
from simulator.units import parse_time
from simulator.views.kubectl import output
from simulator.views.kubectl.changes import changes, then
from simulator.views.kubectl.describe.events import interval
from simulator.views.kubectl.gosort import go_sorted
from simulator.views.kubectl.resolve import kinds_of, only_one
from simulator.views.kubectl.tabwriter import TableWriter
from simulator.views.kubectl.view import KubectlError, Printed, View, escaped


@dataclass(frozen=True)
class EventOptions:
    """The flags of `kubectl events`. `about`: TYPE/NAME."""

    namespace: str | None = "default"
    about: str = ""
    types: tuple[str, ...] = ()
    output: str = ""
    headers: bool = True


def events(options: EventOptions, view: View) -> Printed:
    """What `kubectl events` prints."""
    try:
        wanted = _Wanted(options, view)
        found = [event for event in view.snapshot.typed(Event, options.namespace) if wanted.matches(event)]
        if not found:
            where = "" if options.namespace is None else f" in {options.namespace} namespace"
            return Printed(err=f"No events found{where}.\n")
        found = go_sorted(found, lambda a, b: time_of(a) < time_of(b))
        if options.output not in ("", "wide"):
            output.is_table(options.output)
            return Printed(output.print_data([output.as_json(event) for event in found], options.output, single=False))
        heads = [header(options)] if options.headers else []
        return Printed(TableWriter().table([*heads, *(row(event, options, view) for event in found)]))
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


def watch_events(options: EventOptions, view: View, start: int = 0) -> Printed:
    """What `kubectl events -w`, started at `start`, has printed by now."""
    try:
        wanted = _Wanted(options, view)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)
    writer = TableWriter()
    text = ""
    for change in changes("Event", -1, view):
        event = change.item
        if change.t < start or change.type == "DELETED" or not isinstance(event, Event) or not wanted.matches(event):
            continue
        heads = [header(options)] if options.headers and not text else []
        text += writer.table([*heads, row(event, options, then(view, change.t))])
    return Printed(text)


class _Wanted:
    """Which events are asked for. Raises KubectlError for types that there are not, and objects of no known type."""

    def __init__(self, options: EventOptions, view: View) -> None:
        self._namespace = options.namespace
        self._types = {one.lower() for one in options.types}
        if self._types - {"normal", "warning"}:
            raise KubectlError("error: valid --types are Normal or Warning")
        self._about: tuple[Kind, str] | None = None
        if options.about:
            type_, slash, name = options.about.partition("/")
            if not slash:
                raise KubectlError("error: --for must be in resource/name form")
            self._about = kinds_of(type_, view)[0], self._full_name(kinds_of(type_, view)[0], name, view)

    def _full_name(self, kind: Kind, name: str, view: View) -> str:
        """The object's name, from a prefix too; of an object that is gone, the name as given."""
        try:
            return only_one(kind, self._namespace or "", name, view).item.metadata.name
        except KubectlError as error:
            if error.code == 1:
                return name
            raise

    def matches(self, event: Event) -> bool:
        if self._namespace not in (None, event.metadata.namespace) or (self._types and event.type.lower() not in self._types):
            return False
        ref = event.involved_object
        return self._about is None or (ref.kind, ref.name) == (self._about[0].name, self._about[1])


def time_of(event: Event) -> int:
    """What events are sorted by: when it happened last, in nanoseconds since the epoch."""
    stamp = event.series.last_observed_time if event.series else event.last_timestamp or event.event_time
    return parse_time(stamp) if stamp else 0


def header(options: EventOptions) -> list[str]:
    """The titles of the columns."""
    return [*["NAMESPACE"] * (options.namespace is None), "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]


def row(event: Event, options: EventOptions, view: View) -> list[str]:
    """The cells of one event."""
    about = event.involved_object
    cells = [event.type, event.reason, f"{about.kind}/{about.name}", event.message.strip()]
    # A line break in a message breaks the row, as it does in kubectl.
    return [*[event.metadata.namespace] * (options.namespace is None), interval(event, view), *map(escaped, cells)]
