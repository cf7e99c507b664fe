"""The resource requests of a pod, as the scheduler counts them. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Literal

from simulator.manifest.pod_resources import pod_resources
from simulator.objects.container import Container
from simulator.objects.pod import PodSpec
from simulator.units import parse_quantity

Amounts = dict[str, Decimal]
Side = Literal["requests", "limits"]

CPU_WHEN_NONE = Decimal("0.1")
MEMORY_WHEN_NONE = Decimal(200 * 2**20)
"""The requests that scores assume for a container without requests; filters do not (scheduler/util/pod_resources.go)."""


def pod_amounts(spec: PodSpec, side: Side = "requests") -> Amounts:
    """The requests or limits of a whole pod, by resource."""
    return {name: _value(text) for name, text in pod_resources(spec, side).items()}


def scored_amounts(spec: PodSpec) -> tuple[Decimal, Decimal]:
    """cpu and memory as scores count them, with a default for each container without a request."""
    cpu = sum((_request(item, "cpu", CPU_WHEN_NONE) for item in spec.containers), Decimal(0))
    memory = sum((_request(item, "memory", MEMORY_WHEN_NONE) for item in spec.containers), Decimal(0))
    needed = pod_amounts(spec)
    return max(cpu, needed.get("cpu", Decimal(0))), max(memory, needed.get("memory", Decimal(0)))


@lru_cache(maxsize=4096)
def _value(text: str) -> Decimal:
    """A quantity, rounded up to thousandths."""
    return parse_quantity(text).quantize(Decimal("0.001"), ROUND_CEILING)


def allocatable(amounts: dict[str, str]) -> Amounts:
    """The allocatable resources of a node."""
    return {name: _value(text) for name, text in amounts.items()}


def _request(container: Container, name: str, default: Decimal) -> Decimal:
    text = container.resources.requests.get(name)
    return default if text is None else _value(text)
