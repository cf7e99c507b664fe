"""Who is behind a Service, against the published cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.controllers.endpoints import membership
from simulator.objects.container import Container, ContainerPort
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod, PodSpec
from simulator.objects.pod_status import PodCondition, PodIP, PodStatus
from simulator.objects.service import Service, ServicePort, ServiceSpec

CASES = yaml.safe_load((Path(__file__).parent.parent / "data/controlplane/endpoints.yaml").read_text())


def _pod(*, ready: bool = False, deleted: bool = False, phase: str = "Running", ip: str = "10.0.0.1") -> Pod:
    condition = PodCondition(type="Ready", status="True" if ready else "False")
    stamp = "2026-01-01T00:00:00Z" if deleted else None
    status = PodStatus(conditions=[condition], phase=phase, pod_ip=ip, pod_ips=[PodIP(ip=ip)] if ip else [])
    return Pod(metadata=ObjectMeta(name="p", deletion_timestamp=stamp), status=status)


def _conditions(given: dict[str, Any], expect: dict[str, Any]) -> None:
    service = Service(spec=ServiceSpec(publish_not_ready_addresses=given["publishNotReadyAddresses"]))
    found = membership.conditions(_pod(ready=given["pod_ready"], deleted=given["terminating"]), service)
    assert (found.ready, found.serving, found.terminating) == (expect["ready"], expect["serving"], expect["terminating"])


def _member(given: dict[str, Any], expect: dict[str, Any]) -> None:
    pod = _pod(deleted=given["deleted"], phase=given["phase"], ip=given["pod_ip"])
    assert membership.in_endpoints(pod, include_terminating=given["include_terminating"]) == expect["in_endpoints"]


def _containers(ports: list[list[dict[str, Any]]], sidecars: list[bool] | None = None) -> list[Container]:
    flags = sidecars or [False] * len(ports)
    return [
        Container(
            name=f"c{i}",
            restart_policy="Always" if sidecar else "",
            ports=[ContainerPort(name=port["name"], container_port=port["containerPort"], protocol=port["protocol"]) for port in of],
        )
        for i, (of, sidecar) in enumerate(zip(ports, flags, strict=True))
    ]


def _port(given: dict[str, Any], expect: dict[str, Any]) -> None:
    init = _containers(given.get("init_container_ports", []), given.get("init_are_sidecars"))
    pod = Pod(spec=PodSpec(containers=_containers(given["container_ports"]), init_containers=init))
    found = membership.find_port(pod, ServicePort(port=80, protocol="TCP", target_port=given["targetPort"]))
    assert found == (None if expect.get("error") else expect["port"])


ABOUT = {"TestPodToEndpoint": _conditions, "TestShouldPodBeInEndpoints": _member, "TestFindPort": _port}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    ABOUT[case["about"]](case["given"], case["expect"])


def test_there_are_all_of_them() -> None:
    assert len(CASES) == 31
