"""A story as lines in columns that fit a width."""

from __future__ import annotations

import textwrap

from simulator.journal.snapshot import Snapshot
from simulator.units import SECOND, format_micro_time
from simulator.views.story.collect import Story
from simulator.views.story.entry import Entry
from simulator.views.styled import Line, Part
from simulator.views.why.words import short_place, when

MOST_NAME, MOST_COMPONENT = 34, 14
NARROWEST = 30
TONES = {"good": "green", "bad": "red", "": ""}


def lines(story: Story, snapshot: Snapshot, width: int = 100, *, clock: bool = False) -> list[Line]:
    """A line for each entry: time, component, object, what happened, (why, and its file and line). `clock`: wall-clock times."""
    entries = story.entries
    times = [_time(entry, snapshot, clock=clock) for entry in entries]
    names = [shortened(entry.name) for entry in entries]
    first = max(map(len, times), default=0)
    second = min(MOST_COMPONENT, max((len(_who(entry)) for entry in entries), default=0))
    third = max(map(len, names), default=0) if len(set(names)) > 1 else 0
    result: list[Line] = []
    for entry, time, name in zip(entries, times, names, strict=True):
        head = [
            Part(f"{time:>{first}}  ", "dim"),
            Part(f"{_who(entry):<{second}}  ", "cyan"),
            Part(f"{name:<{third}}  " if third else "", "bold"),
        ]
        result += _wrapped(head, entry, width)
    if story.left_out:
        result.append([Part(f"{story.left_out} more entries: --all", "dim")])
    return result


def _who(entry: Entry) -> str:
    return entry.component.removesuffix("-controller")[:MOST_COMPONENT]


def _time(entry: Entry, snapshot: Snapshot, *, clock: bool) -> str:
    if clock:
        return format_micro_time(snapshot.now - snapshot.t + entry.t)[11:23]
    return f"{entry.t / SECOND:.3f}s"


def shortened(name: str, most: int = MOST_NAME) -> str:
    """A name, its middle replaced by `…` when it is too long."""
    if len(name) <= most:
        return name
    tail = most // 2 - 1
    return f"{name[: most - tail - 1]}…{name[-tail:]}"


def _wrapped(head: list[Part], entry: Entry, width: int) -> list[Line]:
    """The text with its reason, wrapped under itself."""
    margin = sum(len(part.text) for part in head)
    aside = ", ".join(part for part in (entry.why, short_place(entry.place)) if part)
    text = entry.text + _times(entry) + (f" ({aside})" if aside else "")
    rows = textwrap.wrap(text, max(NARROWEST, width - margin), break_on_hyphens=False) or [""]
    style = TONES[entry.tone]
    first, *rest = rows
    return [[*head, Part(first, style)], *([Part(" " * margin), Part(row, style)] for row in rest)]


def _times(entry: Entry) -> str:
    """`×12 every 10s, last at 2m`."""
    if entry.times == 1:
        return ""
    every = (entry.last - entry.t) // (entry.times - 1)
    return f" ×{entry.times} every {when(every)}, last at {when(entry.last)}"
