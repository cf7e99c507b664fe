"""`podsim metrics` as a person and as a program read it."""

from __future__ import annotations

import csv
import io
import json

import pytest

import simulator
from simulator.metrics import METRICS, measure
from simulator.views.metrics_table import number
from tests.conftest import ROOT, Podsim

LATE = str(ROOT / "scenarios" / "redis-late")


def test_a_table_for_each_sort_of_thing(podsim: Podsim) -> None:
    text = podsim("metrics", "-f", LATE, "-m", "time-to-ready", "-m", "rollout-complete", "-m", "downtime", "-m", "warnings").out
    end = simulator.run(LATE).at().snapshot
    app, data = (number(measure(end, "time-to-ready", f"deploy/{name}"), "s") for name in ("app-tier-dp", "data-tier"))
    assert app != data
    assert text.split("\n\n") == [
        f"Pods of                 time-to-ready\ndeployment/app-tier-dp  {app:>13}\ndeployment/data-tier    {data:>13}",
        f"Workload                rollout-complete\ndeployment/app-tier-dp  {app:>16}\ndeployment/data-tier    {data:>16}",
        "Service               downtime\nservice/app-tier-svc        0s\nservice/data-tier           0s",
        "Run  warnings\nrun         0\n",
    ]


def test_json_and_csv_say_the_same(podsim: Podsim) -> None:
    as_json = json.loads(podsim("metrics", "-f", LATE, "-o", "json", "--at", "60s").out)
    as_csv = list(csv.DictReader(io.StringIO(podsim("metrics", "-f", LATE, "-o", "csv", "--at", "60s").out)))
    assert len(as_json) == len(as_csv) > 20
    for one, other in zip(as_json, as_csv, strict=True):
        assert {name: "" if value is None else str(value) for name, value in one.items()} == other
    assert {row["metric"] for row in as_json} <= {row.name for row in METRICS}
    never = [row for row in as_json if row["metric"] == "time-to-ready" and row["value"] is None]
    assert [(row["namespace"], row["subject"]) for row in never] == [("pb", "deployment/app-tier-dp")]
    assert "never" in podsim("metrics", "-f", LATE, "--at", "60s").out


def test_pods_by_themselves(podsim: Podsim) -> None:
    head, *rows = podsim("metrics", "pod/app-*", "-f", LATE, "-m", "restarts").out.splitlines()
    assert head.split() == ["Pod", "restarts"]
    assert len(rows) == 2


def test_the_list_names_every_metric(podsim: Podsim) -> None:
    text = podsim("metrics", "--list").out
    assert all(row.name in text and row.sentence in text for row in METRICS)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("deploy/x",), "available: deployment/app-tier-dp"),
        (("-m", "nope"), "unknown metric"),
        (("-m", "failed-requests"), "nothing to measure"),
    ],
)
def test_what_is_wrong_ends_with_2(podsim: Podsim, args: tuple[str, ...], said: str) -> None:
    result = podsim("metrics", "-f", LATE, *args)
    assert result.code == 2
    assert said in result.err


NUMBERS = [(0.0, "s", "0s"), (0.7384, "s", "0.738s"), (57.26, "s", "57.26s"), (120.12, "s", "120.1s"), (3, "", "3"), (None, "s", "never")]


@pytest.mark.parametrize(("value", "unit", "text"), NUMBERS)
def test_numbers(value: float | None, unit: str, text: str) -> None:
    assert number(value, unit) == text
