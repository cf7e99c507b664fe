"""Metrics as text (a table for each kind of subject), CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.metrics import METRICS, Metric, Reading, metric
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.views import spreadsheet
from simulator.views.styled import Line, Part

NOTHING, NOT_SO_FAR = "", "never"
COLUMNS = ("metric", "unit", "namespace", "subject", "value")
TITLES = {"pod": "Pods of", "workload": "Workload", "Service": "Service", "run": "Run"}


def number(value: float | None, unit: str = "") -> str:
    """A value with its unit, as short as possible: `57.26s`, `3`; None is `never`."""
    if value is None:
        return NOT_SO_FAR
    if unit != "s":
        return f"{value:g}"
    digits = 3 if abs(value) < 10 else 2 if abs(value) < 100 else 1
    return f"{float(f'{value:.{digits}f}'):.15g}s"


def aligned(rows: Sequence[Sequence[str]], left: int = 1, gap: str = "  ") -> list[str]:
    """Rows under a head: the first columns aligned left, numbers right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    texts = [
        gap.join(cell.ljust(width) if i < left else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return [text.rstrip() for text in texts]


def as_text(readings: Sequence[Reading], home: str = "") -> list[Line]:
    """A table for pods, workloads, Services and the run: a row each, a column for each metric. `home`: the namespace to leave out."""
    lines: list[Line] = []
    for about, title in TITLES.items():
        rows = [reading for reading in readings if metric(reading.metric).about == about]
        if rows:
            lines += [[]] if lines else []
            head, *texts = aligned(_matrix(rows, title, home))
            lines += [[Part(head, "bold")], *([Part(text)] for text in texts)]
    return lines


def _matrix(readings: Sequence[Reading], title: str, home: str) -> list[list[str]]:
    columns = list(dict.fromkeys(reading.metric for reading in readings))
    if title == TITLES["pod"] and all(reading.key and reading.key.kind == "Pod" for reading in readings):
        title = "Pod"
    values: dict[tuple[Key | None, str], dict[str, str]] = {}
    for reading in readings:
        values.setdefault((reading.key, _named(reading, home)), {})[reading.metric] = number(reading.value, reading.unit)
    return [[title, *columns], *([name, *(row.get(column, NOTHING) for column in columns)] for (_, name), row in values.items())]


def _named(reading: Reading, home: str) -> str:
    elsewhere = reading.key is not None and reading.key.namespace != home
    return f"{reading.key.namespace}/{reading.subject}" if elsewhere and reading.key else reading.subject


def as_json(readings: Sequence[Reading]) -> list[JSON]:
    """A list of readings; null: it has not happened."""
    return [dict(zip(COLUMNS, _row(reading), strict=True)) for reading in readings]


def as_csv(readings: Sequence[Reading]) -> str:
    """A line for each reading under a head; an empty value: it has not happened."""
    return spreadsheet.as_csv([COLUMNS, *map(_row, readings)])


def _row(reading: Reading) -> tuple[str, str, str, str, float | None]:
    return reading.metric, reading.unit, reading.key.namespace if reading.key else "", reading.subject, reading.value


def catalogue(rows: Sequence[Metric] = METRICS) -> list[Line]:
    """The available metrics: name, subject, unit, definition."""
    table = [("METRIC", "OF", "UNIT"), *((row.name, row.about, row.unit) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(3)]
    sentences = ["DEFINITION", *(row.sentence for row in rows)]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    return [[Part(text, "" if i else "bold"), Part(f"  {sentences[i]}", "" if i else "bold")] for i, text in enumerate(texts)]
