"""EndpointSlice (discovery.k8s.io/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import ObjectReference


class EndpointConditions(KubeStruct, frozen=True):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Endpoint(KubeStruct, frozen=True):
    addresses: list[str] = []
    conditions: EndpointConditions | None = None
    deprecated_topology: dict[str, str] = {}
    hints: JSON | None = None
    hostname: str = ""
    node_name: str = ""
    target_ref: ObjectReference | None = None
    zone: str = ""


class EndpointPort(KubeStruct, frozen=True):
    app_protocol: str = ""
    name: str = shown("")
    port: int | None = None
    protocol: str = ""


class EndpointSlice(KubeStruct, frozen=True):
    address_type: str = shown("")
    api_version: str = shown("discovery.k8s.io/v1")
    endpoints: list[Endpoint] | None = shown(None)
    kind: str = shown("EndpointSlice")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    ports: list[EndpointPort] | None = shown(None)


def is_ready_endpoint(endpoint: Endpoint) -> bool:
    """Whether an endpoint gets connections: an unset condition counts as ready."""
    return endpoint.conditions is None or endpoint.conditions.ready is not False
