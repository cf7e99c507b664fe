"""What the terminal shows: a function of the film, the player's state, and the terminal's size."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from simulator.units import short_duration
from simulator.views.legend import LEGEND
from simulator.views.play.bars import Detail, bars, height, rows_above
from simulator.views.play.film import Film
from simulator.views.play.news import news
from simulator.views.play.player import BINDINGS, Player, Tape, clock
from simulator.views.play.podlist import command, pod_list
from simulator.views.styled import Line, Part
from simulator.views.timeline.text import legend

HINTS = ("? keys", "q quit", "←→ seek", "n next event", "↑↓ speed")
"""The hints in the first line, most useful first, after what the space bar does now."""
CONTROL = dict.fromkeys((*range(32), *range(127, 160)), "�") | {ord("\t"): " "}
"""Control characters that containers may print, replaced by harmless ones."""


class Size(NamedTuple):
    """The size of a terminal."""

    columns: int
    rows: int


class Plan(NamedTuple):
    """How the rows below the first are divided, at every instant alike so that panes stay in place. `needed`: rows of the full timeline."""

    detail: Detail
    timeline: int
    legend: tuple[Line, ...]
    pods: int
    news: int
    needed: int


@lru_cache(maxsize=16)
def plan(film: Film, size: Size, chosen_detail: int | None = None) -> Plan:
    """Divide the rows: the timeline in as much detail as leaves space for the pods and some news, or in the chosen detail."""
    body = max(0, size.rows - 1)
    least_news = 0 if body < 9 else 4 if body < 30 else 7
    listed = film.most_pods + 2
    pods = 0 if body < 6 else min(listed, max(4, body // 3))
    space = body - least_news - pods
    needs = {detail: height(film, size.columns, detail) for detail in (Detail if chosen_detail is None else [Detail(chosen_detail)])}
    detail = next((detail for detail in needs if needs[detail] <= space), max(needs))
    used = min(needs[detail], space)
    pods += min(listed - pods, (space - used) // 2) if pods else 0
    left = body - used - pods
    signs = legend(bars(film, film.end, size.columns, detail), size.columns)
    signs = signs if left - len(signs) >= least_news + 2 else []
    return Plan(detail, used, tuple(signs), pods, left - len(signs), needs[detail])


def tape(film: Film, player: Player, size: Size) -> Tape:
    """The tape that the player needs: the film's times, and how far it can scroll."""
    parts = plan(film, size, player.detail)
    page = max(0, parts.timeline - rows_above(film) - 1)
    most = parts.needed - parts.timeline + 1 if parts.needed > parts.timeline else 0
    return Tape(film.begin, film.end, film.stops, page, most, len(Detail))


def frame(film: Film, player: Player, size: Size) -> list[Line]:
    """All rows of the terminal, none wider than it."""
    parts = plan(film, size, player.detail)
    lines = [_header(film, player, size.columns)]
    if player.help:
        lines += _help(size.columns)
    else:
        lines += _filled(_scrolled(film, player, size.columns, parts), parts.timeline)
        lines += parts.legend
        if parts.pods:
            lines += _filled([_title(command(film), size.columns), *pod_list(film, player.t, parts.pods - 1)], parts.pods)
        if parts.news:
            lines += [_title("story", size.columns, _nothing_else(film, player.t)), *news(film, player.t, size.columns, parts.news - 1)]
    return [_cropped(line, size.columns) for line in _filled(lines, size.rows)]


def _filled(lines: list[Line], rows: int) -> list[Line]:
    return [*lines[:rows], *([] for _ in range(rows - len(lines)))]


def _header(film: Film, player: Player, columns: int) -> Line:
    """State, time, length and speed; the run's title; and as many key hints as fit."""
    state = "ended" if player.t == film.end and player.paused else "paused" if player.paused else "replay"
    sign = {"ended": "■", "paused": "‖", "replay": "▶"}[state]
    now = clock(player.t, fine=player.paused)
    space = len(clock(film.end, fine=True))
    line = [
        Part(f"{sign} {state:<6} ", "bold" if player.paused else "bold green"),
        Part(f"{now:>{space}}", "bold"),
        Part(f" of {short_duration(film.end)}  ×{player.speed:g}", "dim"),
    ]
    header = film.snapshot.header
    what = "  ".join(word for word in (header.scenario, f"Kubernetes {header.kubernetes}") if word)
    used = sum(len(part.text) for part in line)
    space = columns - used - 2
    hints: list[str] = []
    for hint in ("space resumes" if player.paused else "space pauses", *HINTS):
        if len("  ".join([*hints, hint])) <= space:
            hints.append(hint)
    keys = "  ".join(hints)
    if len(what) + len(keys) + 4 <= columns - used:
        line.append(Part(f"  {what}", "dim"))
        used += len(what) + 2
    return [*line, Part(keys.rjust(columns - used), "dim")]


def _title(text: str, columns: int, aside: str = "") -> Line:
    rest = columns - len(text) - len(aside) - 11
    return [Part("── ", "dim"), Part(f"podsim {text}"), Part(f" {aside}" + "─" * rest, "dim")]


def _nothing_else(film: Film, t: int) -> str:
    """A remark when the replay ends before the run does."""
    return f"(nothing new until {short_duration(film.story.end)}) " if t == film.end < film.story.end else ""


def _scrolled(film: Film, player: Player, columns: int, parts: Plan) -> list[Line]:
    """The timeline, or below its fixed axis the part that the user has scrolled to."""
    above = rows_above(film)
    below = parts.needed - above
    space = parts.timeline - above - 1
    if parts.needed <= parts.timeline or space < 1:
        return bars(film, player.t, columns, parts.detail, 0, max(0, parts.timeline - above))
    first = min(player.scroll, below - space)
    lines = bars(film, player.t, columns, parts.detail, first, space)
    where = f"… rows {first + 1} to {first + space} of {below} (PgUp, PgDn)"
    return [*_filled(lines, parts.timeline - 1), [Part(where, "dim")]]


def _help(columns: int) -> list[Line]:
    """The keys, and what the signs of the timeline mean."""
    names = {"space": "space", "left": "←", "right": "→", "up": "↑", "down": "↓", "pagedown": "PgDn", "pageup": "PgUp"}
    keys = ["  ".join(names.get(key, key) for key in bound if key != "=") for bound, _, _ in BINDINGS]
    widest = max(map(len, keys))
    lines: list[Line] = [[Part(f"  {key:<{widest}}  ", "bold"), Part(text)] for key, (_, text, _) in zip(keys, BINDINGS, strict=True)]
    signs = [[Part(""), *map(Part, LEGEND)]]
    return [*lines, [], *legend(signs, columns), [Part("Press any key to close.", "dim")]]


def _cropped(line: Line, columns: int) -> Line:
    """The line cut to the width, without control characters."""
    parts: Line = []
    space = columns
    for part in line:
        text = part.text.translate(CONTROL)
        width = cell_len(text)
        if width > space:
            text = f"{set_cell_size(text, space - 1)}…" if space else ""
        space -= min(width, space)
        if text:
            parts.append(Part(text, part.style))
    return parts
