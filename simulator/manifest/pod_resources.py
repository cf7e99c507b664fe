"""The resources of a whole pod: its containers together, or the largest step of its initialization (component-helpers/resource)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from simulator.manifest.quantities import parse, show
from simulator.objects.base import evolve
from simulator.objects.conditions import RESIZE_PENDING, condition_of
from simulator.objects.container import Container
from simulator.objects.pod import Pod, PodSpec
from simulator.objects.pod_facts import restarts_always
from simulator.objects.pod_status import ContainerStatus

Part = Literal["requests", "limits"]
Amounts = dict[str, tuple[Decimal, str]]
POD_LEVEL = ("cpu", "memory")
"""Resources that can be set at pod level; huge pages can, too."""
MOST = 1024
_KNOWN: dict[bytes, dict[str, str]] = {}
"""Results by all that they depend on: the thousands of pods of a template request the same. At most `MOST`."""


def pod_resources(spec: PodSpec, part: Part) -> dict[str, str]:
    """The pod's requests or limits by resource, in canonical form.

    Main containers and sidecars run together; each init container runs beside the sidecars started before it. The pod needs
    the larger of both, for each resource. Pod-level values take precedence; overhead is added to requests.
    """
    containers = ([item.resources for item in spec.containers], [(item.resources, item.restart_policy) for item in spec.init_containers])
    key = msgspec.json.encode((part, containers, spec.resources, spec.overhead))
    known = _KNOWN.get(key)
    if known is None:
        if len(_KNOWN) >= MOST:
            _KNOWN.clear()
        known = _KNOWN[key] = _computed(spec, part)
    return dict(known)


def _computed(spec: PodSpec, part: Part) -> dict[str, str]:
    together = _sum(_amounts(item, part) for item in spec.containers)
    sidecars: Amounts = {}
    steps: Amounts = {}
    for item in spec.init_containers:
        own = _amounts(item, part)
        if restarts_always(item):
            together, sidecars = _sum([together, own]), _sum([sidecars, own])
            steps = _largest(steps, sidecars)
        else:
            steps = _largest(steps, _sum([own, sidecars]))
    total = _largest(together, steps)
    if spec.resources is not None:
        total.update({name: parse(text) for name, text in getattr(spec.resources, part).items() if _pod_level(name)})
    overhead = {name: parse(text) for name, text in spec.overhead.items() if part == "requests" or name in total}
    return {name: show(value, form) for name, (value, form) in _sum([total, overhead]).items()}


def effective_spec(pod: Pod) -> PodSpec:
    """The spec with what the containers of a pod that is being resized have or may have, if that is more (determineEffectiveRequests).

    A request that its node cannot satisfy (Infeasible) does not count.
    """
    statuses = {status.name: status for status in (*pod.status.container_statuses, *pod.status.init_container_statuses)}
    if all(status.resources is None or _same(status, item) for item, status in _pairs(pod.spec, statuses)):
        return pod.spec
    waiting = condition_of(pod.status, RESIZE_PENDING)
    refused = waiting is not None and waiting.reason == "Infeasible"

    def effective(item: Container) -> Container:
        status = statuses.get(item.name)
        if status is None or status.resources is None:
            return item
        amounts = [status.resources.requests, status.allocated_resources, *([] if refused else [item.resources.requests])]
        most: Amounts = {}
        for part in amounts:
            most = _largest(most, {name: parse(text) for name, text in part.items()})
        requests = {name: show(value, form) for name, (value, form) in most.items()}
        return evolve(item, resources=evolve(item.resources, requests=requests))

    containers = [effective(item) for item in pod.spec.containers]
    init = [effective(item) if restarts_always(item) else item for item in pod.spec.init_containers]
    return evolve(pod.spec, containers=containers, init_containers=init)


def _pairs(spec: PodSpec, statuses: dict[str, ContainerStatus]) -> Iterable[tuple[Container, ContainerStatus]]:
    return ((item, statuses[item.name]) for item in (*spec.containers, *spec.init_containers) if item.name in statuses)


def _same(status: ContainerStatus, item: Container) -> bool:
    """Whether a container has what it requests."""
    has, wants = status.resources, item.resources
    return has is wants or (has is not None and has.requests == wants.requests and status.allocated_resources == wants.requests)


def _pod_level(name: str) -> bool:
    return name in POD_LEVEL or name.startswith("hugepages-")


def _amounts(item: Container, part: Part) -> Amounts:
    return {name: parse(text) for name, text in getattr(item.resources, part).items()}


def _sum(lists: Iterable[Amounts]) -> Amounts:
    total: Amounts = {}
    for amounts in lists:
        for name, (value, form) in amounts.items():
            before = total.get(name)
            total[name] = (value, form) if before is None else (before[0] + value, before[1])
    return total


def _largest(one: Amounts, other: Amounts) -> Amounts:
    return {
        name: max(one.get(name, (Decimal(-1), "")), other.get(name, (Decimal(-1), "")))
        for name in [*one, *(n for n in other if n not in one)]
    }
