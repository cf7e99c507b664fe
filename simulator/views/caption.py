"""What happens now, in a sentence: what the pods that are furthest behind do, and how many are ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from simulator.journal.records import Fact, Write
from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import ContainerLane, PodLane, Timeline
from simulator.objects.kinds import Key
from simulator.objects.service import Service
from simulator.views.legend import BACK_OFF, CREATING, FAILED, INIT, PENDING, PULLING, RANK, READY, RUNNING, TERMINATING
from simulator.views.story.facts import Context, fact_entry
from simulator.views.timeline.stretches import Stretch, last_of, painted, stretches

MOST_PHRASES = 2
EXISTS, IS_READY = (-1, "exists"), (-1, "ready")
"""What is counted besides phrases."""
DETAILED = ("container.waits", "container.backs_off", "image.backs_off", "container.port_taken", "probe")
"""The facts that say more about a state than its name."""
PHRASES = {
    CREATING: "{container}: container is being created",
    PULLING: "{container} pulls its image",
    INIT: "{container} runs",
    RUNNING: "{container} runs, not ready yet",
    BACK_OFF: "{container} is down, in back-off",
}


class _Phrase(msgspec.Struct, frozen=True):
    """What holds from `begin` to `end` (nanoseconds); the phrase of lowest rank comes first."""

    begin: int
    end: int
    rank: int
    text: str


def caption(snapshot: Snapshot, story: Timeline) -> list[tuple[int, str]]:
    """The sentences of a run, each with the instant (nanoseconds) from which on it holds."""
    statements = _statements(snapshot)
    active: Counter[tuple[int, str]] = Counter()
    changes: dict[int, list[tuple[tuple[int, str], int]]] = {}

    def note(begin: int, end: int, what: tuple[int, str]) -> None:
        if max(0, begin) < end:
            changes.setdefault(max(0, begin), []).append((what, 1))
            changes.setdefault(end, []).append((what, -1))

    for pod in story.pods:
        for phrase in _of_pod(pod, story.end, statements):
            note(phrase.begin, phrase.end, (phrase.rank, phrase.text))
        last = last_of(pod, story.end + 1)
        note(pod.life.begin, last if pod.over is None else min(last, pod.over), EXISTS)
        for span in pod.ready:
            note(span.begin, last if span.end is None else span.end, IS_READY)
    result: list[tuple[int, str]] = []
    for t in sorted({0, *changes}):
        for what, count in changes.get(t, ()):
            active[what] += count
        text = _sentence(active)
        if t <= story.end and (not result or result[-1][1] != text):
            result.append((t, text))
    return result


def _sentence(active: Counter[tuple[int, str]]) -> str:
    exists, ready = active[EXISTS], active[IS_READY]
    # Of statements of one rank, those that are about most containers come first.
    phrases = sorted((rank, -count, text) for (rank, text), count in active.items() if rank >= 0 and count > 0)
    parts = [text if count == -1 else f"{text} (×{-count})" for _, count, text in phrases[:MOST_PHRASES]]
    if len(phrases) > MOST_PHRASES:
        parts.append(f"and {len(phrases) - MOST_PHRASES} more")
    counts = "No pods" if not exists else f"{ready} of {exists} pod{'s' if exists > 1 else ''} ready"
    return " · ".join([*parts, counts])


def _statements(snapshot: Snapshot) -> dict[tuple[Key, str], list[tuple[int, str]]]:
    """What facts say about each container and from when on, in the words of the story; empty: nothing is wrong any more."""
    context, result = Context(), dict[tuple[Key, str], list[tuple[int, str]]]()
    for record in snapshot.records():
        if isinstance(record, Write) and isinstance(record.item, Service) and record.item.spec.cluster_ip:
            context.addresses[record.item.spec.cluster_ip] = record.item.metadata.name
        if isinstance(record, Fact) and record.what in DETAILED:
            entry = fact_entry(record, context)
            if entry is not None:
                own = result.setdefault((record.about, str(record.data.get("container", ""))), [])
                own.append((record.t, entry.text if entry.tone == "bad" else ""))
    return result


def _of_pod(pod: PodLane, end: int, statements: dict[tuple[Key, str], list[tuple[int, str]]]) -> Iterator[_Phrase]:
    name, last = pod.workload.rpartition("/")[2] or pod.key.name, last_of(pod, end + 1)
    yield _Phrase(pod.life.begin, last if pod.scheduled is None else pod.scheduled, RANK[PENDING], f"{name} is not scheduled yet")
    if pod.deleted is not None:
        yield _Phrase(pod.deleted, last, RANK[TERMINATING], f"{name} is terminating")
    for lane in pod.containers:
        own = statements.get((pod.key, lane.name), [])
        for begin, until, sign in painted(stretches(lane, pod, end)):
            yield from _of_state(lane, (begin, until if until < end else end + 1, sign), own)
        final = lane.bars[-1] if lane.bars else None
        if final is not None and final.exit_code and final.end is not None and not lane.comes_back and pod.deleted is None:
            yield _Phrase(final.end, last, RANK[FAILED], f"{lane.name} failed with exit code {final.exit_code}")


def _of_state(lane: ContainerLane, state: Stretch, statements: list[tuple[int, str]]) -> Iterator[_Phrase]:
    """The phrases of a state: its name, or from each statement on what that says."""
    begin, end, sign = state
    usual = PHRASES[sign].format(container=lane.name) if sign in PHRASES else ""
    telling = statements if sign in (INIT, RUNNING, READY, BACK_OFF) else []
    during = [(t, text) for t, text in telling if begin <= t < end]
    for (t, text), (until, _) in pairwise([(begin, ""), *during, (end, "")]):
        if text or usual:
            yield _Phrase(t, until, RANK[sign], text or usual)
