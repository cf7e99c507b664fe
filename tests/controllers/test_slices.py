"""How endpoints are laid out in EndpointSlices."""

from __future__ import annotations

import pytest

from simulator.controllers.endpoints.slices import Plan, plan_slices
from simulator.objects.base import evolve
from simulator.objects.discovery import Endpoint, EndpointPort, EndpointSlice
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import ObjectReference, Service, ServiceSpec

SERVICE = Service(metadata=ObjectMeta(name="web", namespace="n", uid="s", labels={"team": "a"}), spec=ServiceSpec(cluster_ip="10.96.1.1"))
HTTP = (EndpointPort(name="http", port=80, protocol="TCP"),)
OTHER = (EndpointPort(name="http", port=81, protocol="TCP"),)


def endpoint(number: int, node: str = "") -> Endpoint:
    return Endpoint(addresses=[f"10.0.0.{number}"], node_name=node, target_ref=ObjectReference(uid=f"u{number}"))


def endpoints(*numbers: int) -> list[Endpoint]:
    return [endpoint(number) for number in numbers]


def held(name: str, numbers: list[int], ports: tuple[EndpointPort, ...] = HTTP, service: Service = SERVICE) -> EndpointSlice:
    """A slice as it was written before."""
    [made] = plan_slices(service, [], {ports: endpoints(*numbers)}, "t0").create
    return evolve(made, metadata=evolve(made.metadata, name=name))


def numbers_of(item: EndpointSlice) -> list[int]:
    return [int(one.addresses[0].rpartition(".")[2]) for one in item.endpoints or []]


def sizes(plan: Plan) -> tuple[list[int], dict[str, list[int]], list[str]]:
    """How many endpoints each new slice has, what the updated ones hold, which go."""
    return (
        [len(item.endpoints or []) for item in plan.create],
        {item.metadata.name: numbers_of(item) for item in plan.update},
        [item.metadata.name for item in plan.delete],
    )


@pytest.mark.parametrize(("count", "slices"), [(0, [0]), (1, [1]), (100, [100]), (101, [100, 1]), (200, [100, 100]), (250, [100, 100, 50])])
def test_at_most_a_hundred_endpoints_in_a_slice(count: int, slices: list[int]) -> None:
    """A Service without endpoints has one empty slice."""
    plan = plan_slices(SERVICE, [], {HTTP: endpoints(*range(count))} if count else {}, "t")
    assert sizes(plan) == (slices, {}, [])


def test_a_new_slice() -> None:
    [item] = plan_slices(SERVICE, [], {HTTP: endpoints(1)}, "t").create
    meta = item.metadata
    assert (meta.generate_name, meta.namespace, meta.name) == ("web-", "n", "")
    assert meta.labels == {
        "team": "a",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    assert meta.annotations == {"endpoints.kubernetes.io/last-change-trigger-time": "t"}
    assert [(ref.kind, ref.uid, ref.controller) for ref in meta.owner_references] == [("Service", "s", True)]
    assert (item.address_type, tuple(item.ports or ())) == ("IPv4", HTTP)


def test_a_headless_service_says_so() -> None:
    headless = evolve(SERVICE, spec=ServiceSpec(cluster_ip="None"))
    [item] = plan_slices(headless, [], {}, "t").create
    assert item.metadata.labels["service.kubernetes.io/headless"] == ""
    assert (item.endpoints, item.ports) == (None, None)


@pytest.mark.parametrize(
    ("existing", "desired", "expected"),
    [
        pytest.param({"s1": [1, 2]}, [1, 2], ([], {}, []), id="nothing changes"),
        pytest.param({"s1": [1, 2]}, [2, 1], ([], {}, []), id="the order of pods does not matter"),
        pytest.param({"s1": [1, 2]}, [1, 2, 3], ([], {"s1": [1, 2, 3]}, []), id="a new endpoint fills a slice up"),
        pytest.param({"s1": [1, 2]}, [2], ([], {"s1": [2]}, []), id="one goes"),
        pytest.param({"s1": [1], "s2": [2, 3]}, [1, 2, 3, 4], ([], {"s2": [2, 3, 4]}, []), id="the fuller slice is filled first"),
        pytest.param({"s1": [1], "s2": [2]}, [2], ([], {}, ["s1"]), id="a slice without endpoints goes"),
        pytest.param({"s1": [1], "s2": [2]}, [3], ([], {"s1": [3]}, ["s2"]), id="the first is reused"),
    ],
)
def test_changes(existing: dict[str, list[int]], desired: list[int], expected: object) -> None:
    slices = [held(name, numbers) for name, numbers in existing.items()]
    assert sizes(plan_slices(SERVICE, slices, {HTTP: endpoints(*desired)}, "t")) == expected


def test_slices_are_filled_up_before_another_is_made() -> None:
    """A full one stays as it is."""
    slices = [held("s1", [*range(100)]), held("s2", [*range(100, 150)])]
    assert sizes(plan_slices(SERVICE, slices, {HTTP: endpoints(*range(160))}, "t")) == ([], {"s2": [*range(100, 160)]}, [])
    assert sizes(plan_slices(SERVICE, slices, {HTTP: endpoints(*range(251))}, "t")) == ([51], {"s2": [*range(100, 200)]}, [])


def test_an_endpoint_that_changed_stays_in_its_slice() -> None:
    moved = endpoint(2, node="n2")
    plan = plan_slices(SERVICE, [held("s1", [1, 2])], {HTTP: [endpoint(1), moved]}, "t")
    [item] = plan.update
    assert item.endpoints == [endpoint(1), moved]
    assert item.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"] == "t"


def test_the_last_endpoint_leaves_an_empty_slice() -> None:
    """It is the old one: a slice is reused rather than deleted and created."""
    [item] = plan_slices(SERVICE, [held("s1", [1])], {}, "t").update
    assert (item.metadata.name, item.endpoints, item.ports) == ("s1", None, None)


def test_endpoints_with_other_ports_have_slices_of_their_own() -> None:
    plan = plan_slices(SERVICE, [held("s1", [1, 2])], {HTTP: endpoints(1), OTHER: endpoints(2)}, "t")
    assert sizes(plan) == ([1], {"s1": [1]}, [])
    assert [tuple(item.ports or ()) for item in plan.create] == [OTHER]


def test_when_all_ports_change_the_slice_is_reused() -> None:
    plan = plan_slices(SERVICE, [held("s1", [1, 2])], {OTHER: endpoints(1, 2)}, "t")
    assert sizes(plan) == ([], {"s1": [1, 2]}, [])
    assert tuple(plan.update[0].ports or ()) == OTHER


def test_labels_of_the_service_are_followed() -> None:
    """All but those that the controller sets itself."""
    reserved = {"endpointslice.kubernetes.io/managed-by": "me", "service.kubernetes.io/headless": ""}
    labels = {"team": "b", "kubernetes.io/service-name": "other", **reserved}
    renamed = evolve(SERVICE, metadata=evolve(SERVICE.metadata, labels=labels))
    [item] = plan_slices(renamed, [held("s1", [1])], {HTTP: endpoints(1)}, "t").update
    assert item.metadata.labels == {
        "team": "b",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
