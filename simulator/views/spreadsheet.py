"""Rows as CSV that a spreadsheet shows and does not compute. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from simulator.views.styled import visible

_FORMULA = ("=", "+", "-", "@", "\t")


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows, with lines that end in LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A value; text that would be a formula has an apostrophe in front, as spreadsheets write it, unless it is a number."""
    if not isinstance(value, str) or not value:
        return value
    shown = visible(value)
    return f"'{shown}" if shown.startswith(_FORMULA) and not _is_number(shown) else shown


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
