"""The differences between Kubernetes releases, read from the dialect's tables."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module, resources
from itertools import pairwise
from typing import Any, NamedTuple

from simulator.dialect.dialect import SUPPORTED, TABLES
from simulator.dialect.release import Release, parse_release, reached

AREAS = {
    **{name: (name, ("WORDING", "SWITCHES")) for name in TABLES},
    "kubectl": ("kubectl", ("WORDING", "SWITCHES")),
    "tables of kubectl get": ("kubectl", ("SERVER_SWITCHES",)),
}
"""Area -> the module of the dialect package and its tables."""


class Change(NamedTuple):
    """One difference. `since` has several releases when a change was backported to older minors."""

    since: tuple[str, ...]
    area: str
    what: str
    before: Any
    after: Any

    @property
    def first(self) -> Release:
        """The newest release in `since`: where the change is listed."""
        return max(parse_release(point) for point in self.since)


def changes(old: str | None = None, new: str | None = None) -> list[Change]:
    """Every change after the oldest supported release; with `old` and `new`, the differences between these two.

    Raises ValueError when one of them is no release.
    """
    result = [change for area in AREAS for change in _changes_of(area)]
    if old is not None:
        result = _between(result, parse_release(old), parse_release(new or SUPPORTED[-1]))
    oldest, areas = parse_release(SUPPORTED[0]), list(AREAS)
    later = [change for change in result if change.first > oldest]
    return sorted(later, key=lambda change: (change.first, change.since, areas.index(change.area)))


def _changes_of(area: str) -> list[Change]:
    name, tables = AREAS[area]
    module = import_module(f"simulator.dialect.{name}")
    rows = {key: rows for table in tables for key, rows in getattr(module, table).items()}
    return [
        Change(tuple(since.split()), area, key, before, after)
        for key, values in rows.items()
        for (_, before), (since, after) in pairwise(values)
    ]


def _between(changes: list[Change], old: Release, new: Release) -> list[Change]:
    """For each row that changed between two releases, its first and its last value."""
    result: dict[tuple[str, str], Change] = {}
    for change in changes:
        since = " ".join(change.since)
        if reached(new, since) and not reached(old, since):
            known = result.get((change.area, change.what))
            result[change.area, change.what] = change if known is None else change._replace(before=known.before)
    return list(result.values())


def as_json(changes: list[Change]) -> list[dict[str, Any]]:
    """The changes as JSON values; switches with a description."""
    return [
        {"since": list(c.since), "area": c.area, "what": c.what, "before": c.before, "after": c.after}
        | ({"description": text} if (text := descriptions().get(c.what)) else {})
        for c in changes
    ]


def as_text(changes: list[Change]) -> list[str]:
    """The changes as text, by release and area: both versions of a message, the new value of a switch."""
    lines: list[str] = []
    since = area = ""
    for change in changes:
        title = " ".join(change.since)
        if title != since:
            lines += [""] * bool(lines) + [f"since {', '.join(change.since)}"]
        if title != since or change.area != area:
            lines.append(f"  {change.area}")
        since, area = title, change.area
        lines += _described(change)
    return lines


@cache
def descriptions() -> dict[str, str]:
    """What each switch changes, in words."""
    text = (resources.files("simulator.dialect") / "switches.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _described(change: Change) -> list[str]:
    if isinstance(change.after, bool):
        return [f"    {'+' if change.after else '-'} {descriptions()[change.what]}"]
    if isinstance(change.after, str):
        return [f"    {change.what}", f"      - {change.before or '(nothing)'}", f"      + {change.after or '(nothing)'}"]
    return [f"    {descriptions()[change.what]}: {change.before} -> {change.after}"]
