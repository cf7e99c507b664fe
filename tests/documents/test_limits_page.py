"""docs/limits.md has every limit with its default, and PODSIM_LIMITS changes each."""

from __future__ import annotations

import re

import pytest

from simulator.errors import UsageError
from simulator.limits import LIMITS, VARIABLE, limit
from simulator.process.machine import STEP_BUDGET
from simulator.shell.regex.bounded import LARGEST_SEARCH
from simulator.shell.regex.pattern import MOST_REPLACED
from tests.conftest import ROOT, Podsim

PAGE = (ROOT / "docs" / "limits.md").read_text()


def test_the_page_has_all_limits() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\S+) \| (.+?) \|", PAGE, re.MULTILINE)
    assert rows == [(row.name, row.default, row.what) for row in LIMITS]
    for number in (STEP_BUDGET, LARGEST_SEARCH, MOST_REPLACED):
        assert f"{number:,}" in PAGE


@pytest.mark.parametrize("name", [row.name for row in LIMITS])
def test_each_can_be_changed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"{name}=3Ki")
    assert limit(name) == 3072


@pytest.mark.parametrize("text", ["pods", "pods=", "pods=x", "pods=-1", "pods=1Kx", "pets=1", "pods=" + "9" * 400])
def test_what_cannot_be_read_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(UsageError, match=VARIABLE):
        limit("pods")


def test_too_many_pods_runs_and_hours(podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = str(ROOT / "scenarios" / "await-redis")
    huge = podsim("run", scenario, "--set", "deployment/data-tier.replicas=1000000000")
    assert (huge.code, huge.out) == (2, "")
    assert huge.err == (
        "error: deployment/data-tier asks for 1000000000 pods; podsim takes at most 20000 (PODSIM_LIMITS=pods=N raises the limit)\n"
    )
    assert "podsim takes at most 1000000" in podsim("sweep", scenario, "--runs", "1000001").err
    assert "a run of 10000 hours; podsim takes at most 9000" in podsim("run", scenario, "--duration", "10000h").err
    monkeypatch.setattr("simulator.api.size.MOST_PODS", 1)
    monkeypatch.setenv(VARIABLE, "pods=1")
    assert "asks for 2 pods; podsim takes at most 1" in podsim("run", scenario).err
