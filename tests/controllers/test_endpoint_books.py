"""Endpoints that are patched with each change are the same as endpoints that are computed from all pods."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.controllers.endpoints import layout as layouts
from simulator.controllers.endpoints import slices as all_slices
from simulator.controllers.endpoints.addresses import AddressBook, Placed
from simulator.controllers.endpoints.layout import Layout, SlicedEndpoint
from simulator.controllers.endpoints.members import Members
from simulator.controllers.endpoints.slices import Plan, plan_slices
from simulator.objects import service as core
from simulator.objects.base import evolve
from simulator.objects.discovery import Endpoint, EndpointConditions, EndpointPort, EndpointSlice
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import EndpointAddress, EndpointSubset, ObjectReference, Service, ServicePort, ServiceSpec

SERVICE = Service(
    metadata=ObjectMeta(name="web", namespace="n", uid="s"), spec=ServiceSpec(cluster_ip="10.96.1.1", ports=[ServicePort(port=80)])
)
UIDS = [f"u{number}" for number in range(12)]
State = tuple[int, int, bool] | None
"""Of a pod: its address, its port (0: none), and whether it is ready. None: it is no endpoint."""
STATES = st.none() | st.tuples(st.integers(1, 6), st.sampled_from([0, 80, 80, 80, 81]), st.booleans())
STEPS = st.lists(st.lists(st.tuples(st.sampled_from(UIDS), STATES | st.just("gone")), min_size=1, max_size=4), max_size=25)


class Pods:
    """The pods by uid in order of creation, as a controller that looks at all of them sees them."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}

    def change(self, uid: str, state: State | str) -> None:
        if isinstance(state, str):
            self.states.pop(uid, None)
        else:
            self.states[uid] = state


def sliced(uid: str, state: State) -> SlicedEndpoint | None:
    if state is None:
        return None
    number, port, ready = state
    endpoint = Endpoint(addresses=[f"10.0.0.{number}"], conditions=EndpointConditions(ready=ready), target_ref=ObjectReference(uid=uid))
    return SlicedEndpoint((EndpointPort(name="http", port=port),) if port else (), endpoint)


def addressed(uid: str, state: State) -> Placed | None:
    if state is None:
        return None
    number, port, ready = state
    address = EndpointAddress(ip=f"10.0.0.{number}", target_ref=ObjectReference(uid=uid))
    ports = (core.EndpointPort(name="http", port=port),) if port else ()
    return Placed(ports, address, ((10, 0, 0, number), address.ip), ready)


def subsets_of(pods: list[Placed]) -> list[EndpointSubset]:
    """The definition: addresses with the same ports form a subset, in numerical order, and those without ports are left out."""
    by_ports: dict[tuple[core.EndpointPort, ...], tuple[list[Placed], list[Placed]]] = {}
    for item in pods:
        if item.ports:
            by_ports.setdefault(item.ports, ([], []))[not item.ready].append(item)
    subsets = []
    for ports, both in by_ports.items():
        up, down = (sorted(items, key=lambda one: one.number) for items in both)
        subset = EndpointSubset(addresses=[one.address for one in up], not_ready_addresses=[one.address for one in down], ports=list(ports))
        subsets.append(([one.number for one in (*up, *down)], subset))
    return [subset for _, subset in sorted(subsets, key=lambda one: one[0])]


@given(STEPS)
def test_addresses_are_those_of_all_pods(steps: list[list[tuple[str, State | str]]]) -> None:
    pods, members, book = Pods(), Members[Placed](), AddressBook(SERVICE)
    for step in steps:
        for uid, state in dict(step).items():
            pods.change(uid, state)
            book.patch([members.remove(uid) if isinstance(state, str) else members.put(uid, addressed(uid, state))])
        all_of_them = [item for uid, state in pods.states.items() if (item := addressed(uid, state))]
        assert sorted_ties(book.endpoints().subsets) == sorted_ties(subsets_of(all_of_them))
        assert [item for _, item in members.ranked()] == all_of_them


def sorted_ties(subsets: list[EndpointSubset]) -> list[EndpointSubset]:
    """Subsets with the same addresses have no order: only different pods on one host's network come to that."""
    return sorted(subsets, key=lambda one: ([item.ip for item in (*one.addresses, *one.not_ready_addresses)], str(one.ports)))


@given(STEPS)
def test_slices_are_planned_as_for_all_pods(steps: list[list[tuple[str, State | str]]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        for module in (layouts, all_slices):
            patched.setattr(module, "MAX_ENDPOINTS", 3)
        pods, members, store = Pods(), Members[SlicedEndpoint](), Slices()
        store.carry_out(plan_slices(SERVICE, [], {}, "0"))
        layout = Layout(SERVICE, store.all())
        for number, step in enumerate(steps, 1):
            changes = []
            for uid, state in dict(step).items():
                pods.change(uid, state)
                changes.append(members.remove(uid) if isinstance(state, str) else members.put(uid, sliced(uid, state)))
            desired: dict[tuple[EndpointPort, ...], list[Endpoint]] = {}
            for item in (item for uid, state in pods.states.items() if (item := sliced(uid, state))):
                desired.setdefault(item.ports, []).append(item.endpoint)
            expected = plan_slices(SERVICE, store.all(), desired, str(number))
            plan = layout.plan(changes, str(number))
            assert plan in (None, expected)
            written = store.carry_out(expected)
            layout = Layout(SERVICE, store.all()) if plan is None else layout.then(written, store.all())


def test_only_a_new_group_of_ports_or_an_empty_slice_needs_all_endpoints() -> None:
    members, store = Members[SlicedEndpoint](), Slices()
    store.carry_out(plan_slices(SERVICE, [], {}, "0"))
    layout = Layout(SERVICE, store.all())
    assert layout.plan([members.put("u1", sliced("u1", (1, 80, True)))], "1") is None  # the empty slice is used
    item = sliced("u1", (1, 80, True))
    assert item is not None
    store.carry_out(plan_slices(SERVICE, store.all(), {item.ports: [item.endpoint]}, "1"))
    layout = Layout(SERVICE, store.all())
    plan = layout.plan([members.put("u2", sliced("u2", (2, 80, False)))], "2")
    assert plan is not None
    assert [len(item.endpoints or []) for item in plan.update] == [2]
    assert layout.plan([members.remove("u3")], "3") == Plan([], [], [])
    assert layout.plan([members.remove("u1")], "4") is None


class Slices:
    """The stored slices."""

    def __init__(self) -> None:
        self._items: dict[str, EndpointSlice] = {}
        self._count = 0

    def all(self) -> list[EndpointSlice]:
        return list(self._items.values())

    def carry_out(self, plan: Plan) -> list[EndpointSlice]:
        written = []
        for item in plan.create:
            self._count += 1
            written.append(evolve(item, metadata=evolve(item.metadata, name=f"web-{self._count}")))
        written += plan.update
        self._items |= {item.metadata.name: item for item in written}
        for item in plan.delete:
            del self._items[item.metadata.name]
        return written
