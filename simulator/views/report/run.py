"""The report of `podsim run`: the verdict and what is not ready, what happened, what was loaded and assumed, and what to type next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from simulator.golang.ages import rfc1123
from simulator.journal.snapshot import Snapshot
from simulator.metrics.evidence import evidence, summary
from simulator.metrics.story import Story
from simulator.objects.event import Event
from simulator.objects.node import Node
from simulator.units import short_duration
from simulator.views.report.inputs import LoadedObject, assumed_in_full, assumed_in_short, loaded_in_full, loaded_in_short
from simulator.views.report.pods import pod_table
from simulator.views.report.suggestions import Again, commands, no_room, not_over
from simulator.views.report.verdict import not_ready, verdict
from simulator.views.styled import Line, Part
from simulator.views.timeline.text import draw

MOST_WARNINGS = 6
_ADDRESS = re.compile(r"\d+(?:\.\d+){3}(?::\d+)?")
MOST_ROWS = 30
"""A timeline with more lines is drawn with one line for each workload."""


class About(NamedTuple):
    """What the report shows beside the journal, results of expectations included.

    `look` is the option with which the suggested commands read this run (`--from run.journal`), or empty; `again` how to repeat the run.
    `verbose`: each object and each assumption.
    """

    title: str
    loaded: tuple[LoadedObject, ...]
    notes: tuple[str, ...] = ()
    look: str = ""
    again: Again = Again()
    expected: tuple[Line, ...] = ()
    verbose: bool = False


def report(snapshot: Snapshot, about: About, width: int = 100) -> list[Line]:
    """The whole report about the run up to the snapshot's instant."""
    story = Story(snapshot)
    look = f" {about.look}" if about.look else ""
    lines = [_title(snapshot, about)]
    if sentence := verdict(story):
        lines += [[], [Part(sentence, "bold")]]
    lines += _section("Not ready", not_ready(story, look))
    lines += _delivery(snapshot)
    lines += _section("Refused", _refusals(snapshot))
    lines += _section("Never done", _never_done(snapshot))
    lines += _section("Forbidden", _forbidden(snapshot))
    lines += _section("Timeline", _timeline(snapshot, width))
    lines += _section(f"Pods at {short_duration(snapshot.t)}", _pods(story, about.again))
    lines += _section("Warnings", _warnings(snapshot, about))
    lines += _section("Expected", about.expected)
    lines += _section("Noted", ([Part(f"  {note}")] for note in about.notes))
    lines += _section("Loaded", loaded_in_full(about.loaded) if about.verbose else loaded_in_short(about.loaded))
    lines += _section("Assumed", assumed_in_full(snapshot) if about.verbose else assumed_in_short(story))
    lines += _section("Next", ([Part(f"  {line}", "cyan")] for line in commands(snapshot, about.again, look)))
    how_sure = summary(evidence(story))
    return [*lines, *([[], [Part(how_sure, "bold")]] if how_sure else [])]


def _title(snapshot: Snapshot, about: About) -> Line:
    header = snapshot.header
    facts = [
        f"Kubernetes {header.kubernetes}",
        _nodes(snapshot),
        f"{short_duration(snapshot.t)} from {rfc1123(header.start_time)}",
        f"seed {header.seed}",
    ]
    return [Part(about.title, "bold"), Part(f"  {' · '.join(facts)}", "dim")]


def _delivery(snapshot: Snapshot) -> list[Line]:
    """What helm or Argo CD did, if one of them sent the manifests."""
    if not snapshot.facts("delivery"):
        return []
    from simulator.views.report import delivery

    return _section(delivery.title(snapshot), delivery.lines(snapshot))


def _nodes(snapshot: Snapshot) -> str:
    """`3 nodes of 4 CPU and 8Gi`; without the size where they differ."""
    nodes = snapshot.typed(Node)
    sizes = {(node.status.capacity.get("cpu", ""), node.status.capacity.get("memory", "")) for node in nodes}
    size = next(iter(sizes)) if len(sizes) == 1 else ("", "")
    return f"{len(nodes)} node{'s' if len(nodes) != 1 else ''}{f' of {size[0]} CPU and {size[1]}' if all(size) else ''}"


def _section(title: str, lines: Iterable[Line]) -> list[Line]:
    """A section with a title, left out when it is empty."""
    body = list(lines)
    return [[], [Part(title, "bold underline")], *body] if body else []


def _timeline(snapshot: Snapshot, width: int) -> list[Line]:
    """Every container of every pod if that fits on a screen, else every workload."""
    lines = draw(snapshot, width)
    if len(lines) <= MOST_ROWS:
        return lines
    from simulator.views.timeline.folded import draw_folded

    return draw_folded(snapshot, width) or lines


def _pods(story: Story, again: Again) -> list[Line]:
    sentences = no_room(story.snapshot), not_over(story.snapshot, again)
    return [*pod_table(story), *([Part(f"  {sentence}", "yellow")] for sentence in sentences if sentence)]


def _refusals(snapshot: Snapshot) -> list[Line]:
    """kubectl's messages about refused requests."""
    places = {fact.data["message"]: f"  ({fact.data['file']}:{fact.data['line']})" for fact in snapshot.facts("refused")}
    refusals = (log for log in snapshot.logs() if log.component == "kubectl" and not log.stream)
    return [[Part(f"  {short_duration(log.t)}  {log.line}", "red"), Part(places.get(log.line, ""), "dim")] for log in refusals]


def _never_done(snapshot: Snapshot) -> list[Line]:
    """Actions that still wait for their condition at the end; those that gave up are among the refused ones."""
    states = {fact.data["path"]: fact.data for fact in snapshot.facts("user.waits")}
    left = [data for data in states.values() if data["state"] == "waits"]
    return [[Part(f"  {one['path']}: {one['action']} still waits until {one['until']}", "yellow")] for one in left]


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


def _warnings(snapshot: Snapshot, about: About) -> list[Line]:
    """The messages of Warning events, each once, with the objects they are about. Messages that differ in an address are the same."""
    messages: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for event in snapshot.typed(Event):
        if event.type == "Warning":
            name = f"{event.involved_object.kind.lower()}/{event.involved_object.name}"
            messages.setdefault((event.reason, _ADDRESS.sub("", event.message)), []).append((name, event.message))
    lines: list[Line] = []
    for (reason, _), same in list(messages.items())[:MOST_WARNINGS]:
        names = list(dict.fromkeys(name for name, _ in same))
        message = same[0][1]
        where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
        # The output of a command may span several lines.
        sentence = " ".join(message.split("\n")).strip()
        lines.append([Part(f"  {reason}: {sentence}", "red"), Part(f"  ({where})", "dim")])
    if len(messages) > MOST_WARNINGS:
        look = f" {about.look}" if about.look else ""
        lines.append([Part(f"  and {len(messages) - MOST_WARNINGS} more: podsim events --types Warning -A{look}", "dim")])
    return lines
