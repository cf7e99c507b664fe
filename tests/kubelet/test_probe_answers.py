"""Results of probes with unusual answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kubelet.world import cluster, events, skipping_nothing, statuses

Spec = dict[str, Any]


def pod(probe: Spec) -> Spec:
    return {"containers": [{"name": "main", "readinessProbe": probe}]}


def program(**run: Any) -> list[Spec]:
    return [{"match": {"container": "main"}, "runs": [run]}]


@pytest.mark.rule("PRB-18")
@pytest.mark.parametrize("every_tick", [False, True])
def test_a_redirection_is_a_success_and_each_one_is_an_event(tmp_path: Path, every_tick: bool) -> None:
    spec = pod({"httpGet": {"port": 8080}, "periodSeconds": 2})
    world = cluster(tmp_path, spec, programs=program(listen=[{"port": 8080}], http=[{"status": 302, "body": "gone"}]), duration="21s")
    journal = (skipping_nothing(world) if every_tick else world).run()
    warnings = events(journal, "ProbeWarning")
    assert warnings[-1][1].message == "Readiness probe warning: Probe terminated redirects, Response body: gone"
    assert warnings[-1][1].count >= 9
    assert statuses(journal)[-1][1].status.container_statuses[0].ready


GRPC: Spec = {"grpc": {"port": 9000}, "periodSeconds": 20, "timeoutSeconds": 5}


@pytest.mark.rule("PRB-19")
@pytest.mark.parametrize(("opens", "ready"), [("3s", (3, 6)), ("9s", (9, 28))])
def test_a_grpc_probe_tries_to_connect_until_its_timeout(tmp_path: Path, opens: str, ready: tuple[int, int]) -> None:
    world = cluster(tmp_path, pod(GRPC), programs=program(listen=[{"port": 9000, "from": opens, "grpc": True}]))
    times = [t for t, version in statuses(world.run()) if any(c.ready for c in version.status.container_statuses)]
    assert ready[0] <= times[0] <= ready[1]


@pytest.mark.rule("PRB-19")
@pytest.mark.parametrize(("delay", "passes"), [("4s", True), ("6s", False)])
def test_a_grpc_answer_has_to_come_before_the_timeout(tmp_path: Path, delay: str, passes: bool) -> None:
    programs = program(listen=[{"port": 9000, "grpc": True}], http=[{"delay": delay}])
    journal = cluster(tmp_path, pod(GRPC), programs=programs).run()
    assert statuses(journal)[-1][1].status.container_statuses[0].ready is passes
    messages = {event.message for _, event in events(journal, "Unhealthy")}
    assert messages == (set() if passes else {"Readiness probe failed: timeout: health rpc did not complete within 5s"})


@pytest.mark.rule("PRB-19")
def test_a_port_without_grpc_counts_as_closed(tmp_path: Path) -> None:
    world = cluster(tmp_path, pod(GRPC), programs=program(listen=[{"port": 9000}]))
    message = events(world.run(), "Unhealthy")[0][1].message
    assert message.startswith('Readiness probe failed: timeout: failed to connect service "10.244.0.')
    assert message.endswith(':9000" within 5s: context deadline exceeded')
