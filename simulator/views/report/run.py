"""The report of `podsim run`: what was loaded and assumed, the timeline, the final table of pods, and suggested commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.golang.ages import rfc1123
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.listing import GetOptions, Group, print_tables
from simulator.kubectl.resolve import listed
from simulator.kubectl.view import View
from simulator.metrics.evidence import evidence, summary
from simulator.metrics.story import Story
from simulator.objects.event import Event
from simulator.objects.kinds import BY_NAME
from simulator.units import short_duration
from simulator.views.report.suggestions import Again, commands, no_room, not_over
from simulator.views.styled import Line, Part
from simulator.views.timeline.text import draw

MOST_WARNINGS = 6
MOST_PATHS = 3


class LoadedObject(NamedTuple):
    """One object of the input: its file and line, its name, and when it was applied if not at t=0."""

    file: str
    line: int
    kind: str
    name: str
    when: str = ""


class About(NamedTuple):
    """What the report shows beside the journal, results of expectations included.

    `look` is the option with which the suggested commands read this run (`--from run.journal`), or empty; `again` how to repeat the run.
    """

    title: str
    loaded: tuple[LoadedObject, ...]
    notes: tuple[str, ...] = ()
    look: str = ""
    again: Again = Again()
    expected: tuple[Line, ...] = ()


def report(snapshot: Snapshot, about: About, width: int = 100) -> list[Line]:
    """The whole report about the run up to the snapshot's instant."""
    lines = [_title(snapshot, about)]
    lines += _section("Loaded", (_loaded(item, about.loaded) for item in about.loaded))
    lines += _section("Noted", ([Part(f"  {note}")] for note in about.notes))
    lines += _section("Assumed", _assumptions(snapshot))
    lines += _section("Forbidden", _forbidden(snapshot))
    lines += _section("Refused", _refusals(snapshot))
    lines += _section("Timeline", draw(snapshot, width))
    lines += _section(f"Pods at {short_duration(snapshot.t)}", _pods(snapshot, about.again))
    lines += _section("Warnings", _warnings(snapshot, about))
    lines += _section("Expected", about.expected)
    lines += _section("Next", _next(snapshot, about))
    how_sure = summary(evidence(Story(snapshot)))
    return [*lines, *([[], [Part(how_sure, "bold")]] if how_sure else [])]


def _title(snapshot: Snapshot, about: About) -> Line:
    header = snapshot.header
    nodes = len(snapshot.objects("Node"))
    facts = [
        f"Kubernetes {header.kubernetes}",
        f"{nodes} node{'s' if nodes != 1 else ''}",
        f"{short_duration(snapshot.t)} from {rfc1123(header.start_time)}",
        f"seed {header.seed}",
    ]
    return [Part(about.title, "bold"), Part(f"  {' · '.join(facts)}", "dim")]


def _section(title: str, lines: Iterable[Line]) -> list[Line]:
    """A section with a title, left out when it is empty."""
    body = list(lines)
    return [[], [Part(title, "bold underline")], *body] if body else []


def _loaded(item: LoadedObject, all_items: tuple[LoadedObject, ...]) -> Line:
    place = f"{item.file}:{item.line}"
    widths = max(len(f"{other.file}:{other.line}") for other in all_items), max(len(other.kind) for other in all_items)
    when = f"  at {item.when}" if item.when else ""
    return [Part(f"  {place:<{widths[0]}}  ", "dim"), Part(f"{item.kind:<{widths[1]}}  {item.name}"), Part(when, "dim")]


def _assumptions(snapshot: Snapshot) -> list[Line]:
    lines: list[Line] = []
    for assumption in snapshot.header.assumptions:
        text, override = _folded(assumption["text"], assumption["override"])
        lines.append([Part(f"  {assumption['subject']}: {text}"), Part(f" ({assumption['reason']})", "dim")])
        lines.append([Part(f"      {override}", "cyan")])
    if lines:
        where = "{match: ...} into spec.programs, the rest into spec; all of it: podsim explain"
        lines.append([Part(f"  Another truth goes into a Scenario: {where}.", "dim")])
    return lines


def _folded(text: str, override: str) -> tuple[str, str]:
    """The text and override of an assumption; of one about many paths, only the first paths."""
    paths = text.split(", ")
    if not override.startswith("paths: ") or len(paths) <= MOST_PATHS:
        return text, override
    return f"{', '.join(paths[:MOST_PATHS])} and {len(paths) - MOST_PATHS} more exist", "paths: see podsim explain"


def _refusals(snapshot: Snapshot) -> list[Line]:
    """kubectl's messages about refused requests."""
    places = {fact.data["message"]: f"  ({fact.data['file']}:{fact.data['line']})" for fact in snapshot.facts("refused")}
    refusals = (log for log in snapshot.logs() if log.component == "kubectl" and not log.stream)
    return [[Part(f"  {short_duration(log.t)}  {log.line}", "red"), Part(places.get(log.line, ""), "dim")] for log in refusals]


def _forbidden(snapshot: Snapshot) -> list[Line]:
    """What containers asked of the API server that RBAC does not allow, each with the first container that asked. This is no assumption."""
    refused = [fact for fact in snapshot.facts("container.waits") if fact.data.get("denied")]
    if not refused:
        return []
    from simulator.api.authorization.grants import denied_request, in_words

    first: dict[str, str] = {}
    for fact in refused:
        denied = fact.data["denied"]
        first.setdefault(in_words(denied.get("user", ""), denied_request(denied)), f"{fact.about}, {fact.data.get('container', '')}")
    lines: list[Line] = [[Part(f"  {text}", "red"), Part(f"  ({where})", "dim")] for text, where in first.items()]
    more = "Only bound Roles allow requests: podsim advise prints those that are missing; cluster: {authorization: AlwaysAllow} allows all"
    return [*lines, [Part(f"  {more}.", "dim")]]


def _pods(snapshot: Snapshot, again: Again) -> list[Line]:
    pods = Group(BY_NAME["Pod"], listed(BY_NAME["Pod"], None, snapshot))
    table = print_tables([pods], GetOptions(namespace=None), View(snapshot)) or "No resources found\n"
    lines = [[Part(f"  {line}")] for line in table.splitlines()]
    return [*lines, *([Part(f"  {sentence}", "yellow")] for sentence in (no_room(snapshot), not_over(snapshot, again)) if sentence)]


def _warnings(snapshot: Snapshot, about: About) -> list[Line]:
    """The messages of Warning events, each once, with the objects they are about."""
    messages: dict[tuple[str, str], list[str]] = {}
    for event in snapshot.typed(Event):
        if event.type == "Warning":
            name = f"{event.involved_object.kind.lower()}/{event.involved_object.name}"
            messages.setdefault((event.reason, event.message), []).append(name)
    lines: list[Line] = []
    for (reason, message), objects in list(messages.items())[:MOST_WARNINGS]:
        names = list(dict.fromkeys(objects))
        where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
        # The output of a command may span several lines.
        sentence = " ".join(message.split("\n")).strip()
        lines.append([Part(f"  {reason}: {sentence}", "red"), Part(f"  ({where})", "dim")])
    if len(messages) > MOST_WARNINGS:
        look = f" {about.look}" if about.look else ""
        lines.append([Part(f"  and {len(messages) - MOST_WARNINGS} more: podsim events --types Warning -A{look}", "dim")])
    return lines


def _next(snapshot: Snapshot, about: About) -> list[Line]:
    """Suggested commands."""
    return [[Part(f"  {line}", "cyan")] for line in commands(snapshot, about.again, f" {about.look}" if about.look else "")]
