"""The page on releases: each entry of the release notes is a switch that exists, the same everywhere, or named as not modelled."""

from __future__ import annotations

import re

import pytest

from simulator.dialect import Dialect
from simulator.dialect.dialect import SUPPORTED
from simulator.views.versions import changes
from tests.conftest import ROOT

ROW = re.compile(r"\| #(\d+) \| (1\.\d+) \| (.+) \| (.+) \|")
TEXT = (ROOT / "docs" / "releases.md").read_text("utf-8")
ROWS = [match.groups() for match in map(ROW.fullmatch, TEXT.splitlines()) if match]
SINCE = {change.what: change.since for change in changes()}


def test_the_table_is_read_whole() -> None:
    assert len(ROWS) == TEXT.count("| #")
    assert len({number for number, *_ in ROWS}) == len(ROWS) >= 80
    assert {release for _, release, *_ in ROWS} == set(SUPPORTED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"#{row[0]}")
def test_each_entry_is_a_switch_or_says_why_there_is_none(row: tuple[str, str, str, str]) -> None:
    _, release, what, status = row
    switch = re.fullmatch(r"switch `([\w.]+)`", status)
    assert switch or re.fullmatch(r"(always so|not modelled): .+", status)
    if switch is not None:
        points = [tuple(map(int, point.split(".")[:2])) for change in changes() if change.what == switch[1] for point in change.since]
        assert points, f"{switch[1]} is no switch"
        named = {tuple(map(int, text.split("."))) for text in (release, *re.findall(r"1\.\d+", what))}
        assert named & set(points), f"{switch[1]} changes in {points}"


def test_outdated_daemons_count_as_unavailable_from_1_31_on() -> None:
    counts = {release: Dialect(release).daemons_count_old_unavailable for release in ("1.29", "1.30", "1.30.6", "1.31.0")}
    assert counts == {"1.29": False, "1.30": False, "1.30.6": False, "1.31.0": True}
