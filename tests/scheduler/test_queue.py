"""The scheduling queue: order, back-off, and pods that find no node."""

from __future__ import annotations

import pytest

from simulator.engine import Engine
from simulator.objects.kinds import Key
from simulator.scheduler.queue import SchedulingQueue, Waiting
from simulator.units import MINUTE, SECOND, parse_time
from tests.scheduler.builders import pod

REJECTED = frozenset({"NodeResourcesFit"})


def key(name: str = "p") -> Key:
    return Key("Pod", "default", name)


class Tried:
    """A queue whose pods find no node: each is parked as soon as it can be popped. `at`: when (s) each was tried."""

    def __init__(self, *, pops_from_back_off: bool = False) -> None:
        self.engine = Engine(parse_time("2026-01-01T00:00:00Z"), 0)
        self.at: list[float] = []
        self.timeouts: list[float] = []
        self.queue = SchedulingQueue(self.engine, self._wake, self._on_timeout, pops_from_back_off=pops_from_back_off)

    def _wake(self) -> None:
        self.engine.call_after(0, self._try)

    def _try(self) -> None:
        item = self.queue.pop()
        if item is not None:
            self.at.append(self.engine.now / SECOND)
            self.queue.park(item, REJECTED)

    def _on_timeout(self, item: Key) -> None:
        self.timeouts.append(self.engine.now / SECOND)
        self.queue.add(item, pod())

    def run(self, until: float) -> None:
        self.engine.run(round(until * SECOND))


def test_the_back_off_doubles_up_to_ten_seconds() -> None:
    """Events keep requeueing the pod: it is tried after 1, 2, 4, 8, 10, 10 seconds."""
    tried = Tried()
    tried.queue.add(key(), pod())
    for tenth in range(1, 600):
        tried.engine.call_at(tenth * SECOND // 10, lambda: tried.queue.requeue(key(), pod()))
    tried.run(40)
    assert tried.at == [0, 1, 3, 7, 15, 25, 35]


def test_a_back_off_ends_at_a_whole_second() -> None:
    """The queue looks once a second for pods whose back-off has expired."""
    tried = Tried()
    tried.run(0.3)
    tried.queue.add(key(), pod())
    tried.run(0.5)
    tried.queue.requeue(key(), pod())
    tried.run(5)
    assert tried.at == [0.3, 2]


@pytest.mark.parametrize(("after", "again"), [(0.9, 1), (1, 1), (1.5, 1.5), (7.2, 7.2)])
def test_a_back_off_that_has_expired_does_not_delay(after: float, again: float) -> None:
    tried = Tried()
    tried.queue.add(key(), pod())
    tried.engine.call_at(round(after * SECOND), lambda: tried.queue.requeue(key(), pod()))
    tried.run(10)
    assert tried.at == [0, again]


def test_an_idle_scheduler_takes_pods_out_of_their_back_off() -> None:
    """Since 1.33 (SchedulerPopFromBackoffQ)."""
    tried = Tried(pops_from_back_off=True)
    tried.queue.add(key(), pod())
    tried.run(0.2)
    tried.queue.requeue(key(), pod())
    tried.run(5)
    assert tried.at == [0, 0.2]


def test_a_pod_that_nothing_wakes_is_tried_again_after_five_minutes() -> None:
    """The queue looks every 30 s for pods that have waited for 5 minutes."""
    tried = Tried()
    tried.run(20)
    tried.queue.add(key(), pod())
    tried.run(329)
    assert tried.timeouts == []
    tried.run(700)
    assert tried.timeouts == [330, 630]
    assert tried.at == [20, 330, 630]


def test_the_five_minutes_begin_with_the_last_attempt() -> None:
    tried = Tried()
    tried.queue.add(key(), pod())
    tried.engine.call_at(100 * SECOND, lambda: tried.queue.requeue(key(), pod()))
    tried.run(419)
    assert tried.timeouts == []
    tried.run(420)
    assert tried.timeouts == [420]


@pytest.mark.parametrize("gone", [False, True])
def test_a_pod_that_is_forgotten_does_not_come_back(gone: bool) -> None:
    tried = Tried()
    tried.queue.add(key(), pod())
    tried.run(10)
    if gone:
        tried.queue.forget(key())
    tried.queue.requeue(key(), pod())
    tried.run(1000)
    assert len(tried.at) == (1 if gone else 5)


def test_a_forgotten_pod_begins_with_the_first_back_off() -> None:
    tried = Tried()
    tried.queue.add(key(), pod())
    for second in (1, 3):
        tried.engine.call_at(second * SECOND, lambda: tried.queue.requeue(key(), pod()))
    tried.run(4)
    tried.queue.forget(key())
    tried.queue.add(key(), pod())
    tried.run(4.1)
    assert tried.queue.waiting()[key()] == Waiting(1, 4 * SECOND, REJECTED)


def test_the_highest_priority_comes_first_then_the_order_of_arrival() -> None:
    engine = Engine(parse_time("2026-01-01T00:00:00Z"), 0)
    woken: list[int] = []
    queue = SchedulingQueue(engine, lambda: woken.append(engine.now), lambda _: None, pops_from_back_off=False)
    for name, priority in (("a", 0), ("b", 5), ("c", None), ("d", 5), ("e", -1), ("a", 0)):
        queue.add(key(name), pod(name, priority=priority))
    assert len(woken) == 5, "adding a pod that is already active wakes nothing"
    assert [queue.pop() for _ in range(6)] == [*map(key, "bdace"), None]


def test_a_pod_that_is_forgotten_while_it_waits_for_its_attempt_is_skipped() -> None:
    engine = Engine(parse_time("2026-01-01T00:00:00Z"), 0)
    queue = SchedulingQueue(engine, lambda: None, lambda _: None, pops_from_back_off=False)
    queue.add(key("a"), pod("a"))
    queue.add(key("b"), pod("b"))
    queue.forget(key("a"))
    assert [queue.pop(), queue.pop()] == [key("b"), None]
    queue.add(key("b"), pod("b"))
    queue.forget(key("b"))
    queue.add(key("b"), pod("b"))
    assert [queue.pop(), queue.pop()] == [key("b"), None], "the stale entry of the same pod is skipped"


def test_waiting_pods() -> None:
    tried = Tried()
    tried.queue.add(key(), pod())
    tried.run(2 * MINUTE // SECOND)
    assert tried.queue.waiting() == {key(): Waiting(1, 0, REJECTED)}
    tried.queue.requeue(key("other"), pod("other"))
    assert tried.queue.waiting().keys() == {key()}
    tried.queue.requeue(key(), pod())
    assert tried.queue.waiting() == {}
