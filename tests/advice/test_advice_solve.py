"""The smallest budget for a distribution, and the smallest safe preStop sleep."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from simulator.advice.goals import parse_goal
from simulator.advice.prestop import Question, safe_sleep, sleep_hook
from simulator.advice.prestop_text import as_lines
from simulator.advice.search import largest, smallest
from simulator.advice.solve import solve
from simulator.advice.start_times import StartTime, parse_start_time
from simulator.dialect import Dialect
from simulator.errors import UsageError
from simulator.network.traffic import Traffic
from simulator.units import SECOND
from simulator.whatif.base import Base, read_base
from tests.conftest import Podsim
from tests.metrics.worlds import deployment, program, service, write

LIVENESS: dict[str, Any] = {"httpGet": {"path": "/", "port": 80}}
READINESS: dict[str, Any] = {"tcpSocket": {"port": 80}, "periodSeconds": 2}
NAME = "deployment/web:main"


def base(folder: Path, *, run: dict[str, Any] | None = None, scenario: dict[str, Any] | None = None, **container: Any) -> Base:
    """A Deployment of two pods behind a Service."""
    item = deployment("web", replicas=2, ports=[{"containerPort": 80}], **container)
    does = program(**(run or {"listen": [{"port": 80, "from": "1s"}]}))
    return read_base([str(write(folder, item, service("web"), programs=[does], duration="2m", **(scenario or {})))])


def test_a_fixed_start_needs_just_the_budget_that_arithmetic_says(tmp_path: Path) -> None:
    """A startup probe every 2 s waits 2 s for each failure but the first: a start of 9 s needs 6 failures, and may get by with 5."""
    result = solve(
        base(tmp_path, livenessProbe=LIVENESS, readinessProbe=READINESS),
        parse_goal("P(restart during start) < 0.05"),
        (parse_start_time(f"{NAME}=9s"),),
        runs=80,
        workers=1,
    )
    assert result.knob.name == "startupProbe.failureThreshold"
    assert result.best is not None
    assert 4 <= result.best <= 6
    assert [one.holds for one in result.tried] == [one.value >= result.best for one in result.tried]
    change = result.knob.change(result.best)
    assert change.address == f"{NAME}.startupProbe"
    assert change.value == {**LIVENESS, "periodSeconds": 2, "failureThreshold": result.best}


def test_the_budget_grows_with_the_spread(tmp_path: Path) -> None:
    def budget(sigma: float) -> int:
        given = (parse_start_time(f"{NAME}=lognormal(median=4s,sigma={sigma})"),)
        app = base(tmp_path, livenessProbe=LIVENESS, readinessProbe=READINESS)
        return solve(app, parse_goal("P(restart during start) < 0.2"), given, runs=30, workers=1).best or 0

    assert budget(0.1) < budget(0.8)


def test_readiness_may_be_asked_the_less_often_the_later_it_may_be(tmp_path: Path) -> None:
    def period(limit: str) -> int:
        app = base(tmp_path, readinessProbe=READINESS)
        return solve(app, parse_goal(f"p80(time-to-ready) < {limit}"), (), runs=30, workers=1).best or 0

    assert 1 <= period("4s") < period("12s")


def test_it_says_when_nothing_helps(tmp_path: Path) -> None:
    app = base(tmp_path, readinessProbe=READINESS)
    result = solve(app, parse_goal("P(ready within 1s) > 0.9"), (), runs=60, workers=1)
    assert result.best is None
    assert len(result.tried) == 1, "where less is safer, the smallest is tried first"


def test_requests_lost_are_solved_by_a_sleep(tmp_path: Path) -> None:
    result = solve(base(tmp_path, readinessProbe=READINESS), parse_goal("P(request lost during rollout) < 0.2"), (), runs=20, workers=1)
    assert result.best in (1, 2)
    assert result.knob.change(result.best or 0).value == {"sleep": {"seconds": result.best}}


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("grows", [True, False])
def test_the_search_finds_the_edge(seed: int, grows: bool) -> None:
    draw = random.Random(seed)
    edge, first, last = draw.randint(0, 70), draw.randint(0, 1), 60

    def holds(value: int) -> bool:
        assert first <= value <= last
        return value >= edge if grows else value <= edge

    matches = [value for value in range(first, last + 1) if holds(value)]
    if grows:
        assert smallest(holds, first, last) == min(matches, default=None)
    else:
        assert largest(holds, first, last) == max(matches, default=None)


# ---- goals


@pytest.mark.parametrize(
    ("text", "kind", "below", "limit", "within"),
    [
        ("P(restart during start) < 0.01", "restart", True, 0.01, 0),
        ("P( restart during startup )<=1%", "restart", True, 0.01, 0),
        ("P(ready within 30s) > 0.95", "ready", False, 0.95, 30),
        ("p95(time-to-ready) < 1m", "ready", False, 0.95, 60),
        ("P(request lost during rollout) < 0.05", "lost", True, 0.05, 0),
    ],
)
def test_goals(text: str, kind: str, below: bool, limit: float, within: int) -> None:
    result = parse_goal(text)
    assert (result.kind, result.below, result.limit, result.within) == (kind, below, limit, within * SECOND)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("restart < 1", "write for example"),
        ("P(coffee) < 0.1", "unknown event P\\(coffee\\)"),
        ("P(restart during start) < 7", "between 0 and 1"),
        ("P(restart during start) > 0.1", "is to be < a share"),
        ("P(ready within 30s) < 0.1", "is to be > a share"),
        ("P(ready within soon) > 0.1", "not a duration"),
        ("p95(time-to-ready) > 30s", "compare a percentile"),
        ("p0(time-to-ready) < 30s", "between p1 and p99"),
    ],
)
def test_goals_that_cannot_be_read(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        parse_goal(text)


def test_starts() -> None:
    assert parse_start_time(f"{NAME}=lognormal(median=8s,sigma=0.4)") == StartTime(
        NAME, {"lognormal": {"median": "8s", "sigma": 0.4}}, "lognormal(median=8s,sigma=0.4)"
    )
    assert parse_start_time(f"{NAME}=uniform(2s, 9s)").value == {"uniform": ["2s", "9s"]}
    assert parse_start_time(f"{NAME}=8s").value == "8s"
    with pytest.raises(UsageError, match="write deployment/api"):
        parse_start_time("8s")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"knob_name": "coffee"}, "must be preStop, or failureThreshold"),
        ({"knob_name": "startupProbe.failureThreshold"}, "has no startupProbe to vary"),
        ({"container": "deployment/api:x"}, "no container deployment/api:x; available: deployment/web:main"),
    ],
)
def test_what_cannot_be_turned(given: dict[str, str], problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=problem):
        solve(base(tmp_path, readinessProbe=READINESS), parse_goal("P(restart during start) < 0.1"), (), runs=20, workers=1, **given)


# ---- the smallest safe sleep


def question(**changes: Any) -> Question:
    return Question("web", Traffic("web", rate=40), "rollout", 60 * SECOND, 4)._replace(**changes)


def test_the_smallest_safe_sleep_is_about_as_long_as_kube_proxy_is_late(tmp_path: Path) -> None:
    quick = safe_sleep(base(tmp_path, readinessProbe=READINESS), question())
    assert quick.tried[0].seconds == 0
    assert quick.tried[0].lost > 0
    assert quick.safe in (1, 2)
    late = safe_sleep(base(tmp_path, readinessProbe=READINESS, scenario={"cluster": {"network": {"proxySync": "8s"}}}), question())
    assert late.safe is not None
    assert 2 < late.safe <= 10
    assert any("      sleep:" in line for line in as_lines(late, question()))


def test_no_sleep_is_needed_where_the_program_goes_on_serving(tmp_path: Path) -> None:
    run = {"listen": [{"port": 80, "from": "1s"}], "term": {"delay": "5s"}}
    result = safe_sleep(base(tmp_path, run=run, readinessProbe=READINESS), question())
    assert result.safe == 0
    assert "No preStop sleep is needed" in as_lines(result, question())[-1]


def test_no_sleep_helps_where_requests_come_before_it_listens(tmp_path: Path) -> None:
    result = safe_sleep(base(tmp_path, run={"listen": [{"port": 80, "from": "9s"}]}), question(runs=1))
    assert result.safe is None


def test_before_there_was_a_field_for_it_a_command_sleeps() -> None:
    assert sleep_hook(3, Dialect("1.29")) == {"exec": {"command": ["sleep", "3"]}}
    assert sleep_hook(3, Dialect("1.30")) == {"sleep": {"seconds": 3}}
    assert sleep_hook(0, Dialect("1.30")) is None


def test_the_commands(podsim: Podsim, tmp_path: Path) -> None:
    base(tmp_path, livenessProbe=LIVENESS, readinessProbe=READINESS)
    file = str(tmp_path / "scenario.yaml")
    result = podsim("traffic", "web", "-f", file, "--during", "rollout", "--safe-prestop", "--runs", "2", "-o", "json")
    assert json.loads(result.out)["safe"] in (1, 2)
    table = podsim("advise", file, "--solve", "P(restart during start) < 0.2", "--start", f"{NAME}=5s", "--runs", "40", "--workers", "1")
    assert table.code == 0, table.err
    assert "is the smallest that meets the goal with 95 % confidence (40 runs" in table.out
    wrong = podsim("advise", file, "--solve", "soon")
    assert wrong.code == 2
    assert "p95(time-to-ready) < 30s" in wrong.err
    assert podsim("advise").code == 2
