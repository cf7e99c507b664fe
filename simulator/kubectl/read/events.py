"""`kubectl events`."""

from __future__ import annotations

import msgspec

from simulator.golang.pflag import Flag
from simulator.golang.sort import go_sorted
from simulator.golang.tabwriter import TableWriter
from simulator.journal.changes import changes
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.print import output
from simulator.kubectl.print.describe.events import interval
from simulator.kubectl.read.names import only_one
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.verb import Caller, Reading, Verb, output_format
from simulator.kubectl.view import Pending, Printed, View, escaped
from simulator.objects.base import JSON
from simulator.objects.event import Event
from simulator.objects.kinds import BY_NAME, Kind
from simulator.units import parse_time

_FORMATS = ("json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "name", "yaml")
_FIELDS = {
    "": "kind apiVersion metadata involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series action "
    "related reportingComponent reportingInstance",
    "metadata": "name generateName namespace uid resourceVersion creationTimestamp deletionTimestamp labels annotations ownerReferences",
    "involvedObject": "kind namespace name uid apiVersion resourceVersion fieldPath",
    "related": "kind namespace name uid apiVersion resourceVersion fieldPath",
}
"""The order in which Go writes the fields of an Event and of its parts."""


class EventOptions(msgspec.Struct, frozen=True):
    """The flags of `kubectl events`. `about`: TYPE/NAME."""

    namespace: str | None = "default"
    about: str = ""
    types: tuple[str, ...] = ()
    output: str = ""
    headers: bool = True


def events(options: EventOptions, view: View) -> Printed:
    """What `kubectl events` prints."""
    try:
        chosen = _Filter(options, view)
        view.authorize("list", BY_NAME["Event"], options.namespace)
        matching = [event for event in view.snapshot.typed(Event, options.namespace) if chosen.matches(event)]
        if not matching:
            where = "" if options.namespace is None else f" in {options.namespace} namespace"
            return Printed(err=f"No events found{where}.\n")
        matching = go_sorted(matching, lambda a, b: time_of(a) < time_of(b))
        if options.output:
            return Printed(_data(matching, options.output))
        heads = [header(options)] if options.headers else []
        return Printed(TableWriter().table([*heads, *(row(event, options, view) for event in matching)]))
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


def _data(matching: list[Event], form: str) -> str:
    """The list as an object of its own kind, in the order of its Go struct; `-o name` prints nothing, since kubectl cannot name a list."""
    if not form.partition("=")[0].startswith(("json", "yaml", "name")):
        output.is_table(form if form.partition("=")[0] in output.NOT_PRINTED else "")
        raise KubectlError(output.no_printer(form, (*_FORMATS, *output.NOT_PRINTED)))
    if form == "name":
        return ""
    whole = {"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": [_ordered(output.as_json(event), "") for event in matching]}
    return output.dump_json(whole, sort_keys=False) if form == "json" else output.print_data([whole], form, single=True)


def _ordered(data: JSON, part: str) -> JSON:
    fields = _FIELDS.get(part, "").split()
    known = {name: data[name] for name in fields if name in data} | data
    return {name: _ordered(value, name) if isinstance(value, dict) else value for name, value in known.items()}


def watch_events(options: EventOptions, view: View, caller: Caller) -> Printed:
    """What `kubectl events -w` has printed by now: what was there in the order of names, then what came. Default start: t=0."""
    start, pending = caller.start or view.snapshot.at(0), Pending(("Event",)) if caller.live else None
    try:
        chosen = _Filter(options, view)
        for verb in ("list", "watch"):
            view.authorize(verb, BY_NAME["Event"], options.namespace)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)
    there = [(event, start.t) for event in start.typed(Event, options.namespace)]
    came = [(change.item, change.t) for change in changes("Event", start, view.snapshot) if change.type != "DELETED"]
    seen = [(event, t) for event, t in (*there, *came) if isinstance(event, Event) and chosen.matches(event)]
    if options.output:
        divided = "---\n" if options.output == "yaml" else ""
        return Printed(divided.join(_one(event, options.output) for event, _ in seen), pending=pending)
    writer, text = TableWriter(), ""
    for event, t in seen:
        heads = [header(options)] if options.headers and not text else []
        text += writer.table([*heads, row(event, options, view.at(t))])
    return Printed(text, pending=pending)


def _one(event: Event, form: str) -> str:
    """One event as data."""
    data = output.as_json(event)
    return output.dump_json(_ordered(data, ""), sort_keys=False) if form == "json" else output.print_data([data], form, single=True)


class _Filter:
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
            kind = kinds_of(type_, view.snapshot)[0]
            self._about = kind, self._full_name(kind, name, view)

    def _full_name(self, kind: Kind, name: str, view: View) -> str:
        """The object's name, from a prefix too; of an object that is gone, the name as given."""
        if view.exact:
            return name
        try:
            return only_one(kind, self._namespace or "", name, view).item.metadata.name
        except KubectlError as error:
            if error.code == 1:
                return name
            raise

    def matches(self, event: Event) -> bool:
        if self._namespace not in (None, event.metadata.namespace) or (self._types and event.type.lower() not in self._types):
            return False
        if self._about is None:
            return True
        ref, (kind, name) = event.involved_object, self._about
        return (ref.kind, ref.api_version, ref.name) == (kind.name, kind.api_version, name)


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


# ---- the command line


def _prints(words: Words, view: View, caller: Caller) -> Printed:
    options = EventOptions(caller.namespaces(words), words["for"], tuple(words["types"]), output_format(words), not words["no-headers"])
    return watch_events(options, view, caller) if words["watch"] else events(options, view)


VERBS: tuple[Verb, ...] = (
    Verb(("events",), "", "List events, oldest first.", (
        Flag("for", metavar="TYPE/NAME", help="Show only events about this object."),
        Flag("types", "slice", metavar="TYPE", help="Show only events of these types: Normal, Warning."),
        Flag("output", short="o", metavar="FORMAT", help="yaml, json, name, jsonpath=TEMPLATE, custom-columns=SPEC."),
        Flag("no-headers", "bool", help="Don't print column headers."),
        Flag("watch", "bool", "w", help="After the list, print each new event up to --at."),
    ), Reading(_prints, "Print events as `kubectl events` would at that time."), (
        "events -A",
        "events --for deployment/web",
        "events --types Warning -w --at 40s",
    )),
)  # fmt: skip
