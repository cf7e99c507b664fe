"""Where the endpoints of a Service are in its EndpointSlices: a few changes are planned without looking at all endpoints. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from simulator.controllers.endpoints.members import Change
from simulator.controllers.endpoints.slices import MAX_ENDPOINTS, Plan, Ports, blanks, identity, triggered
from simulator.objects.base import evolve
from simulator.objects.discovery import Endpoint, EndpointSlice
from simulator.objects.service import Service


class SlicedEndpoint(msgspec.Struct, frozen=True):
    """An endpoint and its ports, which decide the slices that it can be in."""

    ports: Ports
    endpoint: Endpoint


class Layout:
    """The slices of a Service as the last plan left them."""

    def __init__(self, service: Service, slices: Sequence[EndpointSlice]) -> None:
        self.service = service
        self.slices = slices
        self._by_name: dict[str, EndpointSlice] = {}
        self._names: dict[str, str] = {}  # of the slice, by the uid of the pod
        self._note(slices)

    def then(self, written: Iterable[EndpointSlice], slices: Sequence[EndpointSlice]) -> Layout:
        """The layout after its plan was carried out: the slices that were written, and all of them."""
        self._note(written)
        self.slices = slices
        return self

    def _note(self, slices: Iterable[EndpointSlice]) -> None:
        for item in slices:
            self._by_name[item.metadata.name] = item
            for endpoint in item.endpoints or ():
                self._names[_uid(endpoint)] = item.metadata.name

    def plan(self, changes: Iterable[Change[SlicedEndpoint]], trigger: str) -> Plan | None:
        """The same as `plan_slices` of all endpoints.

        None: the caller has to use `plan_slices`, because endpoints with different ports change, or a slice is empty or becomes empty.
        """
        edits: dict[str, list[tuple[Endpoint, Endpoint | None]]] = {}
        rest: list[tuple[int, Endpoint]] = []
        touched: set[Ports] = set()
        for rank, before, after in changes:
            touched.update(item.ports for item in (before, after) if item is not None)
            stays = before is not None and after is not None and identity(before.endpoint) == identity(after.endpoint)
            if before is not None:
                change = before.endpoint, after.endpoint if stays and after is not None else None
                edits.setdefault(self._names[_uid(before.endpoint)], []).append(change)
            if after is not None and not stays:
                rest.append((rank, after.endpoint))
        if len(touched) != 1 or any(not item.endpoints for item in self.slices):
            return Plan([], [], []) if not touched else None
        return self._fill(touched.pop(), edits, [endpoint for _, endpoint in sorted(rest, key=lambda one: one[0])], trigger)

    def _fill(
        self, ports: Ports, edits: dict[str, list[tuple[Endpoint, Endpoint | None]]], rest: list[Endpoint], trigger: str
    ) -> Plan | None:
        held = {name: _edited(self._by_name[name].endpoints or [], of_slice) for name, of_slice in edits.items()}
        mine = [item for item in self.slices if item.metadata.name in held or (rest and _has_room(item, ports))]
        update = []
        for item in sorted(mine, key=lambda one: -len(held.get(one.metadata.name, one.endpoints or ()))):
            endpoints = held.get(item.metadata.name, item.endpoints or [])
            free = MAX_ENDPOINTS - len(endpoints)
            endpoints = [*endpoints, *rest[:free]]
            del rest[:free]
            if not endpoints:
                return None
            if endpoints != item.endpoints:
                update.append(triggered(evolve(item, endpoints=endpoints), trigger))
        return Plan([triggered(item, trigger) for item in blanks(self.service, ports, rest)], update, [])


def _edited(endpoints: list[Endpoint], edits: list[tuple[Endpoint, Endpoint | None]]) -> list[Endpoint]:
    edited = list(endpoints)
    for before, after in edits:
        i = edited.index(before)
        edited[i : i + 1] = [] if after is None else [after]
    return edited


def _has_room(item: EndpointSlice, ports: Ports) -> bool:
    return len(item.endpoints or ()) < MAX_ENDPOINTS and tuple(item.ports or ()) == ports


def _uid(endpoint: Endpoint) -> str:
    return endpoint.target_ref.uid if endpoint.target_ref else ""
