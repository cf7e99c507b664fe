"""Pods that no kubelet will end: found by a check every twenty seconds (pkg/controller/podgc)."""

from __future__ import annotations

import pytest

from simulator.api import ApiServer
from simulator.controllers.orphans import PERIOD, QUARANTINE, PodGarbageController
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal import Header, Journal
from simulator.journal.store import Store
from simulator.objects.base import evolve
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.units import parse_time
from tests.fake_cluster import START, node
from tests.scheduler.builders import pod

LOST = Key("Pod", "default", "lost")


class World:
    """A controller, which is not started yet, and an API server."""

    def __init__(self) -> None:
        self.engine = Engine(parse_time(START), 0)
        self.store = Store(Journal(Header(start_time=START, kubernetes="1.36")), lambda: self.engine.now)
        self.api = ApiServer(self.engine, self.store)

    def controller(self) -> PodGarbageController:
        return PodGarbageController(self.engine, self.api, Dialect("1.36"))


def test_pods_that_were_there_before_the_controller_are_checked_too() -> None:
    world = World()
    world.api.create(node("here"))
    world.api.create(pod("lost", nodeName="gone"))
    world.api.create(pod("kept", nodeName="here"))
    world.api.create(pod("waits"))
    world.controller().start()
    world.engine.run(QUARANTINE + 2 * PERIOD)
    assert world.store.get(LOST) is None
    assert [item.metadata.name for item in world.store.objects("Pod")] == ["kept", "waits"]


@pytest.mark.parametrize(("draw", "first"), [(0, PERIOD), (1, 1), (PERIOD - 1, PERIOD - 1)])
def test_the_checks_begin_at_any_time_of_the_first_period(monkeypatch: pytest.MonkeyPatch, draw: int, first: int) -> None:
    """`draw`: by how much the controller's checks come later than multiples of the period."""
    world = World()
    monkeypatch.setattr(world.engine.streams, "uniform", lambda low, high, *name: min(low + draw, high - 1))
    world.controller().start()
    item = pod("lost")
    world.api.create(evolve(item, metadata=evolve(item.metadata, finalizers=["example.com/keep"])))
    world.api.delete(LOST)

    def phase_at(t: int) -> str:
        world.engine.run(t)
        lost = world.store.get(LOST)
        assert isinstance(lost, Pod)
        return lost.status.phase

    assert (phase_at(first - 1), phase_at(first)) == ("Pending", "Failed")
