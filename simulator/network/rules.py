"""Which backends a Service's connections go to (pkg/proxy/topology.go CategorizeEndpoints). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.objects.discovery import Endpoint, EndpointSlice
from simulator.objects.kinds import Key
from simulator.objects.service import Service


class Backend(NamedTuple):
    """A target of connections. `ready` is False for a terminating one that serves only because no ready one exists."""

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


def rules_of(service: Service, slices: list[EndpointSlice]) -> tuple[Rule, ...]:
    """The rules for every port of a Service, with the backends of all nodes."""
    return tuple(
        Rule(service.spec.cluster_ip, port.port, port.node_port or 0, tuple(_backends(port.name, slices))) for port in service.spec.ports
    )


def ready_backends(rules: tuple[Rule, ...]) -> int:
    """The number of ready endpoints that connections go to."""
    return len({backend.address for rule in rules for backend in rule.backends if backend.ready})


class RuleBook:
    """The rules of Services, computed once for all nodes: every proxy gets the same."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[Service, list[EndpointSlice], tuple[Rule, ...], int]] = {}

    def look_up(self, key: Key, service: Service, slices: list[EndpointSlice], node: str) -> tuple[tuple[Rule, ...], int]:
        """The rules of a Service on `node`, and how many ready endpoints they lead to."""
        known = self._known.get(key)
        if known is None or known[0] is not service or not _same(known[1], slices):
            rules = rules_of(service, slices)
            known = self._known[key] = service, slices, rules, ready_backends(rules)
        if service.spec.internal_traffic_policy != "Local":
            return known[2], known[3]
        own = tuple(rule._replace(backends=tuple(item for item in rule.backends if item.node == node)) for rule in known[2])
        return own, ready_backends(own)


def _same(before: list[EndpointSlice], after: list[EndpointSlice]) -> bool:
    return len(before) == len(after) and all(old is new for old, new in zip(before, after, strict=True))


def _backends(port_name: str, slices: list[EndpointSlice]) -> list[Backend]:
    """Ready endpoints, or without any, terminating ones that still serve."""
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
