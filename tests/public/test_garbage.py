"""Runs from Python ask the garbage collector as rarely as the command line does, and leave nothing behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator.engine import Engine
from simulator.errors import InvariantError
from simulator.garbage import RARELY, THRESHOLDS
from simulator.journal import Journal
from simulator.objects.pod import Pod

STACK = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 20
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app.yaml"
    path.write_text(STACK)
    return path


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    gc.set_threshold(701, 11, 12)
    yield 701, 11, 12
    gc.set_threshold(*before)


def during(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The thresholds while the engine runs."""
    seen: list[tuple[int, int, int]] = []
    run = Engine.run

    def noted(self: Engine, *args: Any) -> None:
        seen.append(gc.get_threshold())
        run(self, *args)

    monkeypatch.setattr(Engine, "run", noted)
    return seen


def test_thresholds_are_raised_during_a_run_and_restored(
    app: Path, thresholds: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = during(monkeypatch)
    simulator.run(app, duration="30s")
    assert seen == [THRESHOLDS]
    assert gc.get_threshold() == thresholds


def test_they_are_restored_after_an_error(app: Path, thresholds: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "run", failing)
    with pytest.raises(InvariantError):
        simulator.run(app, duration="30s")
    assert gc.get_threshold() == thresholds


@pytest.mark.parametrize(("user", "inside"), [((0, 10, 10), (0, 10, 10)), ((900_000, 5, 99), (900_000, 20, 99))])
def test_what_the_user_made_rarer_stays(user: tuple[int, int, int], inside: tuple[int, int, int]) -> None:
    gc.set_threshold(*user)
    with RARELY:
        with RARELY:
            assert gc.get_threshold() == inside
        assert gc.get_threshold() == inside
    assert gc.get_threshold() == user


def test_past_runs_are_freed(app: Path) -> None:
    gc.collect()
    before = kept()
    for _ in range(3):
        simulator.run(app, duration="30s").at(20).pods()
    gc.collect()
    assert kept() == before


def test_many_runs_need_the_memory_of_a_few(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.garbage.PAST_RUNS._records", 0)
    monkeypatch.setattr("simulator.garbage.PAST_RUNS._enough", 1_000)
    monkeypatch.setattr("simulator.garbage.MUCH", 1_000)
    gc.collect()
    others = kept()[0]  # of other tests
    for _ in range(8):
        records = len(simulator.run(app, duration="30s").journal)
        assert (kept()[0] - others) * records < 1_000 + 2 * records


def kept() -> list[int]:
    """How many journals and pods there are."""
    objects = gc.get_objects()
    return [sum(type(item) is kind for item in objects) for kind in (Journal, Pod)]
