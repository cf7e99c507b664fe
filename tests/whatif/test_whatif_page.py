"""docs/whatif.md names every metric, and every kind of address."""

from __future__ import annotations

from simulator.metrics import METRICS
from simulator.whatif.addresses import CHOICES
from tests.conftest import ROOT


def test_the_page_names_every_metric_and_option() -> None:
    text = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
    assert all(row.name in text for row in METRICS)
    assert all(f"`{name}`" in text for name in CHOICES)
