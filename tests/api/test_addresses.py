"""Cluster IPs and node ports of Services."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from simulator.api import ApiError
from simulator.api.addresses import taken, with_addresses
from simulator.objects.base import evolve
from tests.api.shelf import V1, Shelf, made
from tests.fake_cluster import FakeCluster


def service(name: str = "web", *ports: int, **spec: Any) -> Any:
    """A Service with these node ports (0: not set), on the ports 80, 81, ..."""
    listed = [{"name": f"p{i}", "port": 80 + i, **({"nodePort": port} if port else {})} for i, port in enumerate(ports or (0,))]
    return made({**V1, "kind": "Service", "spec": {"ports": listed, **spec}}, name, "default")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(nodes=0, admission=True)


def node_ports(item: Any) -> list[int | None]:
    return [port.node_port for port in item.spec.ports]


def test_a_cluster_ip_comes_from_the_upper_part_of_the_range(cluster: FakeCluster) -> None:
    """Of 10.96.0.0/12 without the first 256 addresses, which are reserved for explicit requests."""
    items = [cluster.api.create(service(f"web-{i}")) for i in range(50)]
    addresses = [ip_address(item.spec.cluster_ip) for item in items]
    assert len(set(addresses)) == 50
    assert all(address in ip_network("10.96.0.0/12") and address >= ip_address("10.96.1.0") for address in addresses)
    first = items[0].spec
    assert (first.cluster_ips, first.ip_families, first.ip_family_policy) == ([first.cluster_ip], ["IPv4"], "SingleStack")


@pytest.mark.parametrize("draw", [0.0, 0.5, 0.999_999_999])
def test_no_draw_leaves_the_upper_part_of_the_range(draw: float) -> None:
    class Fixed:
        def stream(self, *_: str) -> Fixed:
            return self

        def random(self) -> float:
            return draw

    streams: Any = Fixed()
    store: Any = Shelf()
    address = ip_address(with_addresses(service(), store, streams).spec.cluster_ip)
    assert ip_address("10.96.1.0") <= address < ip_address("10.111.255.255"), "not the broadcast address either"


@pytest.mark.parametrize("address", ["None", "10.96.0.10"])
def test_an_explicit_cluster_ip(cluster: FakeCluster, address: str) -> None:
    spec = cluster.api.create(service(clusterIP=address)).spec
    assert (spec.cluster_ip, spec.cluster_ips) == (address, [address])


def test_an_external_name_has_no_address(cluster: FakeCluster) -> None:
    spec = cluster.api.create(service(type="ExternalName", externalName="a.b")).spec
    assert (spec.cluster_ip, spec.cluster_ips, spec.ip_families) == ("", [], [])


@pytest.mark.parametrize(
    ("spec", "given"),
    [
        ({"type": "ClusterIP"}, 0),
        ({"type": "NodePort"}, 2),
        ({"type": "LoadBalancer"}, 2),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": True}, 2),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, 0),
    ],
)
def test_node_ports(cluster: FakeCluster, spec: dict[str, Any], given: int) -> None:
    """From the upper part of the range: the first 86 are reserved for explicit requests."""
    numbers = [number for number in node_ports(cluster.api.create(service("web", 0, 0, **spec))) if number]
    assert len(set(numbers)) == len(numbers) == given
    assert all(30086 <= number <= 32767 for number in numbers)


def test_explicit_node_ports(cluster: FakeCluster) -> None:
    assert node_ports(cluster.api.create(service("web", 30000, 0, type="NodePort")))[0] == 30000
    spec = {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}
    assert node_ports(cluster.api.create(service("lb", 30001, 0, **spec))) == [30001, None]


def test_an_update_keeps_address_and_node_ports(cluster: FakeCluster) -> None:
    before = cluster.api.create(service("web", 0, 0, type="NodePort"))
    added = service("web", 0, 0, 0, type="NodePort")
    after = cluster.api.update(evolve(added, metadata=before.metadata))
    assert after.spec.cluster_ip == before.spec.cluster_ip
    assert node_ports(after)[:2] == node_ports(before)
    assert node_ports(after)[2] not in (None, *node_ports(before))


def test_a_port_keeps_its_node_port_by_number_and_protocol(cluster: FakeCluster) -> None:
    both = [{"name": "tcp", "port": 53, "protocol": "TCP"}, {"name": "udp", "port": 53, "protocol": "UDP"}]
    before = cluster.api.create(made({**V1, "kind": "Service", "spec": {"type": "NodePort", "ports": both}}, "dns", "default"))
    turned = made({**V1, "kind": "Service", "spec": {"type": "NodePort", "ports": both[::-1]}}, "dns", "default")
    after = cluster.api.update(evolve(turned, metadata=before.metadata))
    assert node_ports(after) == node_ports(before)[::-1]


NODE_PORT = service("other", 30100, type="NodePort")
OTHER = evolve(NODE_PORT, spec=evolve(NODE_PORT.spec, cluster_ip="10.96.0.9", cluster_ips=["10.96.0.9"]))
ALLOCATED = 'spec.clusterIPs: Invalid value: ["{0}"]: failed to allocate IP {0}: provided IP is already allocated'


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (
            service(clusterIP="10.96.0.9"),
            ALLOCATED.format("10.96.0.9"),
        ),
        (
            service(clusterIP="10.96.0.1"),
            ALLOCATED.format("10.96.0.1"),
        ),
        (service(clusterIP="10.96.0.8"), ""),
        (service(clusterIP="None"), ""),
        (service("web", 30100, type="NodePort"), "spec.ports[0].nodePort: Invalid value: 30100: provided port is already allocated"),
        (service("web", 30101, 30100, type="NodePort"), "spec.ports[1].nodePort: Invalid value: 30100: provided port is already allocated"),
        (service("web", 30101, type="NodePort"), ""),
        (service("web", 0, type="NodePort"), ""),
    ],
)
def test_addresses_of_other_services_are_refused(item: Any, message: str) -> None:
    wrong = taken(item, Shelf(OTHER))
    assert (wrong.text(FakeCluster(nodes=0).dialect) if wrong else "") == message


def test_a_service_may_keep_its_own() -> None:
    assert taken(OTHER, Shelf(OTHER)) is None
    moved = evolve(OTHER, metadata=evolve(OTHER.metadata, name="web"))
    assert taken(moved, Shelf(OTHER)) is not None
    assert taken(moved, Shelf(OTHER), moved) is None


def test_creation_is_refused_when_the_address_is_in_use(cluster: FakeCluster) -> None:
    cluster.api.create(service(clusterIP="10.96.0.9"))
    with pytest.raises(ApiError, match="provided IP is already allocated"):
        cluster.api.create(service("other", clusterIP="10.96.0.9"))
