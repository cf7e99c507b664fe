"""Ports of the node that pods reserve. Pure (plugin nodeports, pkg/scheduler/framework/types.go HostPortInfo)."""

from __future__ import annotations

from simulator.objects.pod import Pod
from simulator.objects.pod_facts import long_running

HostPort = tuple[str, str, int]
"""Address, protocol, port."""
ANY_ADDRESS = "0.0.0.0"


def host_ports(pod: Pod) -> list[HostPort]:
    """Those of the containers and sidecars of a pod."""
    return [
        (port.host_ip or ANY_ADDRESS, port.protocol or "TCP", port.host_port)
        for container in long_running(pod.spec)
        for port in container.ports
        if port.host_port
    ]


def clash(a: HostPort, b: HostPort) -> bool:
    """Whether two of them exclude each other."""
    return a[1:] == b[1:] and (a[0] == b[0] or ANY_ADDRESS in (a[0], b[0]))
