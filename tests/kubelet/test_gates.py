"""Readiness gates: conditions that other components set."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.objects.base import evolve
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_ready, with_condition
from simulator.objects.pod_status import PodCondition
from simulator.units import SECOND
from tests.kubelet.world import POD, cluster, statuses


@pytest.mark.rule("STA-07")
def test_the_pod_is_ready_soon_after_its_gate_opens_and_not_a_minute_later(tmp_path: Path) -> None:
    world = cluster(tmp_path, {"readinessGates": [{"conditionType": "lb"}]}, duration="60s")

    def open_gate() -> None:
        pod = world.store.get(POD)
        assert isinstance(pod, Pod)
        assert not is_ready(pod)
        world.api.update_status(evolve(pod, status=with_condition(pod.status, PodCondition(type="lb", status="True"))))

    world.engine.call_at(20 * SECOND, open_gate)
    times = [t for t, pod in statuses(world.run()) if is_ready(pod)]
    assert 20 <= times[0] < 22
