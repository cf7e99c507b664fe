"""The table of docs/kubelet-rules.md as data."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from tests.conftest import ROOT

RULE = r"[A-Z]{3}-\d{2}"
ROW = re.compile(rf"^\| ({RULE}) \| (.+?) \| `?.+?`? \| (.*?) ?\| (.*?) ?\|$", re.MULTILINE)


class Row(NamedTuple):
    """A rule: what it says, the release that introduced it (may be empty), and patterns of the Event reasons that it may report."""

    id: str
    text: str
    since: str
    reasons: tuple[str, ...]

    def may_report(self, reason: str) -> bool:
        return any(fnmatchcase(reason, pattern) for pattern in self.reasons)


@cache
def rows() -> tuple[Row, ...]:
    """The rows in their order."""
    text = (ROOT / "docs" / "kubelet-rules.md").read_text(encoding="utf-8")
    return tuple(Row(id_, says, since, tuple(re.findall(r"[\w*]+", reasons))) for id_, says, since, reasons in ROW.findall(text))


@cache
def by_id() -> dict[str, Row]:
    """The rows by rule."""
    return {row.id: row for row in rows()}
