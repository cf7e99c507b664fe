"""Story entries of Events and of printed lines."""

from __future__ import annotations

from simulator.journal.records import LogLine, Write
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.views.story.entry import Entry, Thing, Tone
from simulator.views.why.words import brief

SHOWN_BY_OBJECTS = frozenset(
    ("Scheduled", "Created", "Started", "SuccessfulCreate", "SuccessfulDelete", "FailedScheduling", "RegisteredNode", "ScalingReplicaSet")
)
"""Reasons of Events that only repeat what changes of objects show."""
SHOWN_BY_FACTS = frozenset(("Unhealthy", "BackOff"))
"""Reasons of Events that repeat facts, in a journal that has facts."""
THINGS: dict[str, Thing] = {
    "Pulling": "pull",
    "Pulled": "pull",
    "Killing": "signal",
    "NodeNotReady": "node",
    "BackOff": "back-off",
    "Unhealthy": "probe",
}
LONGEST = 200


def event_entry(write: Write, event: Event, *, exact: bool) -> Entry:
    """The entry of an Event. `exact`: the journal has facts."""
    target = event.involved_object
    container = target.field_path.partition("{")[2].rstrip("}")
    who = event.source.component or event.reporting_component
    name = "" if not container or container in event.message else f"{container}: "
    by_facts = exact and event.reason in SHOWN_BY_FACTS
    detail = event.reason in SHOWN_BY_OBJECTS or by_facts or "already present on machine" in event.message
    tone: Tone = "bad" if event.type == "Warning" else ""
    # `--only probe` shall show each probe once.
    thing: Thing = "event" if by_facts else THINGS.get(event.reason, "event")
    reason = "" if thing in ("pull", "signal") else f"{event.reason}: "
    # The size of the image is left out: it adds nothing to the story.
    message = brief(event.message.partition(" Image size: ")[0], LONGEST)
    about = Key(target.kind, target.namespace, target.name)
    return Entry(write.t, who, about, thing, f"{name}{reason}{message}", detail=detail, tone=tone)


def log_entry(line: LogLine) -> Entry:
    """The entry of a printed line."""
    if line.component == "kubectl":
        # A fact reports the action itself; only kubectl's error messages add something.
        detail = line.stream == "stdout"
        about = Key("", line.namespace, "kubectl")
        return Entry(line.t, "user", about, "user", brief(line.line, LONGEST), detail=detail, tone="" if line.stream else "bad")
    if line.component:
        about = Key("Pod", line.namespace, line.pod) if line.pod else Key("Node", "", line.node)
        return Entry(line.t, line.component, about, "log", brief(line.line, LONGEST), detail=True)
    return Entry(line.t, "container", Key("Pod", line.namespace, line.pod), "log", f"{line.container} prints: {brief(line.line, LONGEST)}")
