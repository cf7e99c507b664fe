"""When the kubelet syncs a pod again: at ticks of a second, each pod at most once in a tick (util/queue/work_queue.go)."""

from __future__ import annotations

import pytest

from simulator.engine import Engine
from simulator.kubelet.work_queue import WorkQueue
from simulator.units import MILLISECOND, SECOND

Adds = list[tuple[str, float, float]]


def syncs(phase: float, entries: Adds, deadlines: Adds) -> list[tuple[float, list[str]]]:
    """The ticks with the pods that were due. An add is a pod, the time of the call and the time it asks for, in seconds."""
    engine = Engine(0)
    ticks: list[tuple[float, list[str]]] = []
    queue = WorkQueue(engine, round(phase * SECOND), lambda uids: ticks.append((engine.now / SECOND, uids)))
    for uid, at, t in entries:
        engine.call_at(round(at * SECOND), lambda uid=uid, t=t: queue.add(uid, round(t * SECOND)))
    for uid, at, t in deadlines:
        engine.call_at(round(at * SECOND), lambda uid=uid, t=t: queue.add_deadline(uid, round(t * SECOND)))
    engine.run(60 * SECOND)
    return ticks


@pytest.mark.parametrize(
    ("phase", "entries", "deadlines", "expected"),
    [
        pytest.param(0.25, [("a", 0, 3)], [], [(3.25, ["a"])], id="the first tick after the time"),
        pytest.param(0.25, [("a", 0, 3.25)], [], [(4.25, ["a"])], id="a time at a tick waits for the next"),
        pytest.param(0.25, [("a", 5, 3)], [], [(5.25, ["a"])], id="a time that has passed"),
        pytest.param(0, [("a", 0, 9.5), ("a", 1, 3.5)], [], [(4, ["a"])], id="a new entry replaces the old one, when earlier"),
        pytest.param(0, [("a", 0, 3.5), ("a", 1, 9.5)], [], [(10, ["a"])], id="and when later"),
        pytest.param(0, [("a", 0, 3.5), ("b", 1, 3.9)], [], [(4, ["a", "b"])], id="pods of the same tick"),
        pytest.param(0, [("a", 0, 3.5), ("b", 1, 9.5)], [], [(4, ["a"]), (10, ["b"])], id="pods of two ticks"),
        pytest.param(0, [], [("a", 0, 3.5)], [(4, ["a"])], id="a deadline"),
        pytest.param(0, [], [("a", 0, 4)], [(4, ["a"])], id="a deadline at a tick is due at once"),
        pytest.param(0, [("a", 0, 3.5)], [("a", 0, 9.5)], [(4, ["a"]), (10, ["a"])], id="a deadline is kept beside an entry"),
        pytest.param(0, [("a", 1, 3.5)], [("a", 0, 9.5)], [(4, ["a"]), (10, ["a"])], id="an entry before a deadline"),
        pytest.param(0, [("a", 0, 3.5)], [("a", 1, 3.7)], [(4, ["a"])], id="an entry and a deadline in the same tick"),
        pytest.param(0, [("a", 5, 7.5)], [("a", 4, 2)], [(8, ["a"])], id="a deadline that has passed is none"),
    ],
)
def test_ticks(phase: float, entries: Adds, deadlines: Adds, expected: list[tuple[float, list[str]]]) -> None:
    assert syncs(phase, entries, deadlines) == expected


def test_a_pod_that_has_left_is_not_synced() -> None:
    engine = Engine(0)
    ticks: list[list[str]] = []
    queue = WorkQueue(engine, 100 * MILLISECOND, ticks.append)
    queue.add("a", 3 * SECOND)
    queue.add_deadline("a", 5 * SECOND)
    queue.add("b", 3 * SECOND)
    queue.forget("a")
    engine.run(60 * SECOND)
    assert ticks == [["b"]]
