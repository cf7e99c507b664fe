"""The Endpoints of a Service in their canonical form (pkg/api/v1/endpoints/util.go RepackSubsets). Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from simulator.controllers.endpoints.capacity import TRUNCATED, truncated
from simulator.controllers.endpoints.members import Change
from simulator.controllers.endpoints.membership import conditions, is_headless, ports_of
from simulator.objects import labels
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.service import EndpointAddress, EndpointPort, Endpoints, EndpointSubset, ObjectReference, Service

MANAGER = "endpoint-controller"


Ports = tuple[EndpointPort, ...]
Number = tuple[tuple[int, ...], str]
Rank = tuple[Number, int]


class Placed(NamedTuple):
    """An address, its ports, its sort key, and whether it is ready."""

    ports: Ports
    address: EndpointAddress
    number: Number
    ready: bool


def placed(pod: Pod, service: Service) -> Placed:
    """The address of a pod behind a Service."""
    ports = tuple(
        EndpointPort(port=port.port or 0, name=port.name, protocol=port.protocol, app_protocol=port.app_protocol)
        for port in sorted(ports_of(pod, service), key=lambda port: (port.name, port.port or 0, port.protocol))
    )
    address = _address(pod, service)
    return Placed(ports, address, _number(address), bool(conditions(pod, service).ready))


class Subset:
    """Addresses with the same ports, ready or not, each list with its sort keys: the number of the address, then the pod's rank."""

    def __init__(self) -> None:
        self.keys: tuple[list[Rank], list[Rank]] = [], []
        self.addresses: tuple[list[EndpointAddress], list[EndpointAddress]] = [], []

    def add(self, key: Rank, address: EndpointAddress, *, ready: bool) -> None:
        """Insert an address at its place."""
        i = bisect_left(self.keys[not ready], key)
        self.keys[not ready].insert(i, key)
        self.addresses[not ready].insert(i, address)

    def remove(self, key: Rank, *, ready: bool) -> None:
        """Remove an address."""
        i = bisect_left(self.keys[not ready], key)
        del self.keys[not ready][i], self.addresses[not ready][i]

    @property
    def first(self) -> Number:
        """The sort key of the subset, as far as it usually decides."""
        return (self.keys[0] or self.keys[1])[0][0]

    @property
    def numbers(self) -> list[Number]:
        """The whole sort key of the subset."""
        return [number for number, _ in (*self.keys[0], *self.keys[1])]


class AddressBook:
    """The addresses behind one Service, in order; patched with each pod that changed."""

    def __init__(self, service: Service, pods: Iterable[tuple[int, Placed]] = ()) -> None:
        self._service = service
        self._subsets: dict[Ports, Subset] = {}
        for rank, item in pods:
            self._add(rank, item)

    def patch(self, changes: Iterable[Change[Placed]]) -> None:
        """Bring the book up to date."""
        for rank, before, after in changes:
            if before is not None and (before.ports or not self._service.spec.ports):
                subset = self._subsets[before.ports]
                subset.remove((before.number, rank), ready=before.ready)
                if not any(subset.keys):
                    del self._subsets[before.ports]
            if after is not None:
                self._add(rank, after)

    def _add(self, rank: int, item: Placed) -> None:
        if item.ports or not self._service.spec.ports:
            self._subsets.setdefault(item.ports, Subset()).add((item.number, rank), item.address, ready=item.ready)

    def endpoints(self) -> Endpoints:
        """The Endpoints, cut off at their capacity. Addresses with the same ports form a subset, in numerical order."""
        service, in_order = self._service, self._sorted()
        counts = [(len(subset.keys[0]), len(subset.keys[1])) for _, subset in in_order]
        cut = truncated(counts)
        subsets = [
            EndpointSubset(addresses=subset.addresses[0][:ready], not_ready_addresses=subset.addresses[1][:unready], ports=list(ports))
            for (ports, subset), (ready, unready) in zip(in_order, cut or counts, strict=True)
        ]
        own = {**service.metadata.labels, labels.ENDPOINTS_MANAGED_BY: MANAGER, **({labels.HEADLESS: ""} if is_headless(service) else {})}
        notes = {} if cut is None else {labels.ENDPOINTS_OVER_CAPACITY: TRUNCATED}
        meta = ObjectMeta(name=service.metadata.name, namespace=service.metadata.namespace, labels=own, annotations=notes)
        return Endpoints(metadata=meta, subsets=subsets)

    def _sorted(self) -> list[tuple[Ports, Subset]]:
        """The subsets in order. Two that begin with one address (of the host's network) are compared to the end."""
        subsets = list(self._subsets.items())
        differ = len({subset.first for _, subset in subsets}) == len(subsets)
        return sorted(subsets, key=lambda item: [item[1].first] if differ else item[1].numbers)


def _address(pod: Pod, service: Service) -> EndpointAddress:
    meta = pod.metadata
    named = pod.spec.hostname and pod.spec.subdomain == service.metadata.name
    return EndpointAddress(
        ip=pod.status.pod_ip,
        hostname=pod.spec.hostname if named else "",
        node_name=pod.spec.node_name,
        target_ref=ObjectReference(kind="Pod", namespace=meta.namespace, name=meta.name, uid=meta.uid),
    )


def _number(address: EndpointAddress) -> Number:
    parts = address.ip.split(".")
    return tuple(int(part) for part in parts if part.isdigit()), address.ip
