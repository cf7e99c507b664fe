"""Causes in words."""

from __future__ import annotations

from simulator.views.causes import cause_in_words
from tests.kubelet.rules import rows


def test_every_rule_that_reports_events_is_put_into_words() -> None:
    silent = [row.id for row in rows() if row.reasons and cause_in_words(row.id) == row.id]
    assert silent == []
