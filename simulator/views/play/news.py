"""The last lines of the story: the newest at the bottom, a repetition instead of what it repeats."""

from __future__ import annotations

from functools import lru_cache

from simulator.views.play.film import Film
from simulator.views.play.player import clock
from simulator.views.story.entry import Entry
from simulator.views.story.lines import MOST_NAME, TONES, shortened
from simulator.views.styled import Line, Part

LEAST_NAME = 8


def news(film: Film, t: int, columns: int, rows: int) -> list[Line]:
    """The last `rows` entries up to `t` (nanoseconds), a line each."""
    chosen: list[tuple[Entry, int]] = []
    seen: set[int] = set()
    i = film.count_until(t)
    times = _times(film)
    while i and len(chosen) < rows:
        i -= 1
        if film.first_of[i] not in seen:
            seen.add(film.first_of[i])
            chosen.append((film.entries[i], times[i]))
    width, name = len(clock(film.end, fine=True)), _name_columns(film, columns)
    return [_line(entry, count, width, name) for entry, count in reversed(chosen)]


def _line(entry: Entry, count: int, width: int, name: int) -> Line:
    aside = f" ({entry.why})" if entry.why else ""
    repeated = f" ×{count}" if count > 1 else ""
    return [
        Part(f"{clock(entry.t, fine=True):>{width}}  ", "dim"),
        Part(f"{shortened(_name(entry), name):<{name}}  ", "bold"),
        Part(entry.text + repeated, TONES[entry.tone]),
        Part(aside, "dim"),
    ]


def _name(entry: Entry) -> str:
    """As short as possible: most entries are about pods, which need no kind."""
    return entry.about.name if entry.about.kind == "Pod" else entry.name


@lru_cache(maxsize=2)
def _times(film: Film) -> list[int]:
    """For each entry how often it has occurred by then."""
    counts: dict[int, int] = {}
    result = []
    for first in film.first_of:
        counts[first] = counts.get(first, 0) + 1
        result.append(counts[first])
    return result


@lru_cache(maxsize=2)
def _name_columns(film: Film, columns: int) -> int:
    """The width of the column of names, the same at every instant."""
    longest = max((len(_name(entry)) for entry in film.entries), default=0)
    return max(LEAST_NAME, min(longest, MOST_NAME, columns // 4))
