"""What differs from release to release, read off the dialects' tables."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

from simulator.dialect.dialect import SUPPORTED, TABLES
from simulator.dialect.release import Release, parse_release, reached

AREAS = {
    **{name: (name, ("WORDING", "SWITCHES")) for name in TABLES},
    "kubectl": ("kubectl", ("WORDING", "SWITCHES")),
    "tables of kubectl get": ("kubectl", ("SERVER_SWITCHES",)),
}
"""Area -> the module of the dialect room and its tables."""


class Change(NamedTuple):
    """One row: what came when. `since` names several releases when a change was carried back to older minors."""

    since: tuple[str, ...]
    area: str
    what: str
    before: Any
    after: Any

    @property
    def first(self) -> Release:
        """The newest line that has it from its beginning: where it is listed."""
        return max(parse_release(point) for point in self.since)


def changes(old: str | None = None, new: str | None = None) -> list[Change]:
    """Every change after the oldest release that can be imitated; with `old` and `new`, what differs between these two.

    Raises ValueError for what is no release.
    """
    found = [change for area in AREAS for change in _changes_of(area)]
    if old is not None:
        found = _between(found, parse_release(old), parse_release(new or SUPPORTED[-1]))
    oldest, areas = parse_release(SUPPORTED[0]), list(AREAS)
    later = [change for change in found if change.first > oldest]
    return sorted(later, key=lambda change: (change.first, change.since, areas.index(change.area)))


def _changes_of(area: str) -> list[Change]:
    name, tables = AREAS[area]
    module = import_module(f"simulator.dialect.{name}")
    rows = {key: rows for table in tables for key, rows in getattr(module, table).items()}
    return [
        Change(tuple(since.split()), area, key, before, after)
        for key, found in rows.items()
        for (_, before), (since, after) in pairwise(found)
    ]


def _between(found: list[Change], old: Release, new: Release) -> list[Change]:
    """Of each row that changed, the first value and the last."""
    result: dict[tuple[str, str], Change] = {}
    for change in found:
        since = " ".join(change.since)
        if reached(new, since) and not reached(old, since):
            known = result.get((change.area, change.what))
            result[change.area, change.what] = change if known is None else change._replace(before=known.before)
    return list(result.values())


def as_json(found: list[Change]) -> list[dict[str, Any]]:
    """Rows for programs."""
    return [{"since": list(c.since), "area": c.area, "what": c.what, "before": c.before, "after": c.after} for c in found]


def as_text(found: list[Change]) -> list[str]:
    """Rows for people: by release, then by area; of a sentence both versions, of a switch what became of it."""
    lines: list[str] = []
    since = area = ""
    for change in found:
        title = " ".join(change.since)
        if title != since:
            lines += [""] * bool(lines) + [f"since {', '.join(change.since)}"]
        if title != since or change.area != area:
            lines.append(f"  {change.area}")
        since, area = title, change.area
        lines += _described(change)
    return lines


def _described(change: Change) -> list[str]:
    if isinstance(change.after, bool):
        return [f"    {'+' if change.after else '-'} {change.what.replace('_', ' ')}"]
    if isinstance(change.after, str):
        return [f"    {change.what}", f"      - {change.before or '(nothing)'}", f"      + {change.after or '(nothing)'}"]
    return [f"    {change.what.replace('_', ' ')}: {change.before} -> {change.after}"]
