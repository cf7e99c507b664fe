"""Which backends a Service's connections go to (pkg/proxy/topology.go CategorizeEndpoints). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.objects.discovery import Endpoint, EndpointSlice
from simulator.objects.service import Service


class Backend(NamedTuple):
    """Where a connection may end up. `ready` is False for one that serves only because nobody else does."""

    address: str
    port: int
    node: str
    ready: bool = True


class Rule(NamedTuple):
    """A port of a Service as a node's kernel knows it. `node_port` 0: none."""

    cluster_ip: str
    port: int
    node_port: int
    backends: tuple[Backend, ...]


def rules_of(service: Service, slices: list[EndpointSlice], node: str) -> tuple[Rule, ...]:
    """The rules for every port of a Service on `node`."""
    local = service.spec.internal_traffic_policy == "Local"
    rules = []
    for port in service.spec.ports:
        backends = _backends(port.name, slices)
        mine = tuple(item for item in backends if not local or item.node == node)
        rules.append(Rule(service.spec.cluster_ip, port.port, port.node_port or 0, mine))
    return tuple(rules)


def _backends(port_name: str, slices: list[EndpointSlice]) -> list[Backend]:
    """Ready endpoints; when there are none, those that end but still serve."""
    ready, ending = [], []
    for item in slices:
        number = next((port.port for port in item.ports or [] if port.name == port_name and port.port), None)
        for endpoint in item.endpoints or [] if number is not None else []:
            backend = Backend(endpoint.addresses[0], number or 0, endpoint.node_name)
            if _is(endpoint, "ready", default=True):
                ready.append(backend)
            elif _is(endpoint, "serving", default=False) and _is(endpoint, "terminating", default=False):
                ending.append(backend._replace(ready=False))
    return ready or ending


def _is(endpoint: Endpoint, condition: str, *, default: bool) -> bool:
    value = None if endpoint.conditions is None else getattr(endpoint.conditions, condition)
    return default if value is None else bool(value)
