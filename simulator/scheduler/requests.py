"""What a pod needs in all (component-helpers/resource/helpers.go). Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Literal

from simulator.objects.container import Container
from simulator.objects.pod import Pod, PodSpec
from simulator.units import parse_quantity

Amounts = dict[str, Decimal]
Side = Literal["requests", "limits"]

CPU_WHEN_NONE = Decimal("0.1")
MEMORY_WHEN_NONE = Decimal(200 * 2**20)
"""What a container without requests counts for when nodes are scored, never when they are filtered (scheduler/util/pod_resources.go)."""


def pod_amounts(spec: PodSpec, side: Side = "requests", *, overhead: bool = True) -> Amounts:
    """The sum over containers and sidecars, or what an init container needs beside the sidecars before it, whichever is more.

    The overhead counts where there is a request or limit that it adds to; a request of the whole pod goes before its containers'.
    """
    total: Amounts = {}
    for container in spec.containers:
        _add(total, _amounts(container, side))
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in spec.init_containers:
        mine = _amounts(container, side)
        if container.restart_policy == "Always":
            _add(total, mine)
            _add(sidecars, mine)
            mine = dict(sidecars)
        else:
            mine = _sum(mine, sidecars)
        _raise_to(peak, mine)
    _raise_to(total, peak)
    if spec.resources is not None:
        total.update({name: _value(text) for name, text in getattr(spec.resources, side).items()})
    if overhead:
        for name, text in spec.overhead.items():
            if side == "requests" or name in total:
                total[name] = total.get(name, Decimal(0)) + _value(text)
    return total


def scored_amounts(pod: Pod) -> tuple[Decimal, Decimal]:
    """cpu and memory as scores count them: a container that asks for nothing counts for a little."""
    cpu = sum((_or(item, "cpu", CPU_WHEN_NONE) for item in pod.spec.containers), Decimal(0))
    memory = sum((_or(item, "memory", MEMORY_WHEN_NONE) for item in pod.spec.containers), Decimal(0))
    needed = pod_amounts(pod.spec)
    return max(cpu, needed.get("cpu", Decimal(0))), max(memory, needed.get("memory", Decimal(0)))


@lru_cache(maxsize=4096)
def _value(text: str) -> Decimal:
    """A quantity as the scheduler counts it: rounded up to thousandths."""
    return parse_quantity(text).quantize(Decimal("0.001"), ROUND_CEILING)


def allocatable(amounts: dict[str, str]) -> Amounts:
    """A node's list of resources as numbers."""
    return {name: _value(text) for name, text in amounts.items()}


def _amounts(container: Container, side: Side) -> Amounts:
    return {name: _value(text) for name, text in getattr(container.resources, side).items()}


def _or(container: Container, name: str, default: Decimal) -> Decimal:
    text = container.resources.requests.get(name)
    return default if text is None else _value(text)


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, Decimal(0)) + amount


def _sum(a: Amounts, b: Amounts) -> Amounts:
    result = dict(a)
    _add(result, b)
    return result


def _raise_to(total: Amounts, least: Amounts) -> None:
    for name, amount in least.items():
        total[name] = max(total.get(name, Decimal(0)), amount)
