"""A run as CSV for spreadsheets, and as a Gantt chart for Markdown."""

from __future__ import annotations

import re

from simulator.journal.snapshot import Snapshot
from simulator.units import MILLISECOND, seconds
from simulator.views import spreadsheet
from simulator.views.export.activities import Activity, activities
from simulator.views.styled import visible

COLUMNS = ("what", "kind", "namespace", "name", "node", "container", "init", "number", "begin", "end", "seconds", "ok", "exitCode")
SHOWN = {"pull": "active", "run": "", "down": "crit", "ready": "done"}
"""What the Gantt chart draws, and with which tag."""


def as_csv(snapshot: Snapshot, namespace: str | None = None) -> str:
    """A row for each span and instant; times in seconds since the start, `end` is empty for what has not ended."""
    return spreadsheet.as_csv([COLUMNS, *(_row(one, snapshot.t) for one in activities(snapshot, namespace))])


def _row(one: Activity, horizon: int) -> list[object]:
    init, ok = ("" if value is None else str(value).lower() for value in (one.init, one.ok))
    end = "" if one.end is None else _seconds(one.end)
    times = _seconds(one.begin), end, _seconds(one.until(horizon) - one.begin)
    exit_code = "" if one.exit_code is None else one.exit_code
    return [
        one.what,
        one.about.kind,
        one.about.namespace,
        one.about.name,
        one.node,
        one.container,
        init,
        one.number or "",
        *times,
        ok,
        exit_code,
    ]


def _seconds(t: int) -> str:
    return f"{seconds(t):.6f}".rstrip("0").rstrip(".")


def gantt(snapshot: Snapshot, namespace: str | None = None) -> str:
    """A Mermaid Gantt chart: a section for each pod, a line for each pull, start, gap and time of readiness. The axis counts minutes."""
    spans = activities(snapshot, namespace)
    text = ["gantt", f"    title {_plain(snapshot.header.scenario or 'run')}", "    dateFormat x", "    axisFormat %M:%S"]
    for key in dict.fromkeys(one.about for one in spans if one.about.kind == "Pod"):
        text.append(f"    section {_plain(key.name)}")
        text += [_line(one, snapshot.t) for one in spans if one.about == key and one.what in SHOWN]
    return "\n".join(text) + "\n"


def _line(one: Activity, horizon: int) -> str:
    """`name :tags, begin, end` in milliseconds; a failure is tagged critical."""
    tag = "crit" if one.ok is False else SHOWN[one.what]
    begin, end = one.begin // MILLISECOND, max(one.until(horizon), one.begin + MILLISECOND) // MILLISECOND
    return f"    {_plain(one.name)} :{f'{tag}, ' if tag else ''}{max(0, begin)}, {max(1, end)}"


def _plain(text: str) -> str:
    """The text without characters that have a meaning in Mermaid."""
    return re.sub(r"[:;#,<>\n]", " ", visible(text))
