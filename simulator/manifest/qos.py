"""The quality-of-service class of a pod (pkg/apis/core/v1/helper/qos)."""

from __future__ import annotations

from decimal import Decimal

from simulator.manifest.quantities import parse
from simulator.objects.container import ResourceRequirements
from simulator.objects.pod import PodSpec

COUNTED = ("cpu", "memory")


def qos_class(spec: PodSpec) -> str:
    """`Guaranteed`, `Burstable` or `BestEffort`.

    Guaranteed: every container limits cpu and memory, and all requests equal the limits. BestEffort: no requests and no limits.
    Pod-level resources, if set, decide instead of the containers'.
    """
    parts = [spec.resources] if spec.resources is not None else [item.resources for item in (*spec.containers, *spec.init_containers)]
    requests, limits = _total([part.requests for part in parts]), _total([part.limits for part in parts])
    if not requests and not limits:
        return "BestEffort"
    return "Guaranteed" if requests == limits and all(_limited(part) for part in parts) else "Burstable"


def _limited(part: ResourceRequirements) -> bool:
    return all(name in _total([part.limits]) for name in COUNTED)


def _total(lists: list[dict[str, str]]) -> dict[str, Decimal]:
    """The sums of the requests, without resources of which nothing is requested."""
    total: dict[str, Decimal] = {}
    for entries in lists:
        for name in COUNTED:
            value = parse(entries[name])[0] if name in entries else Decimal(0)
            if value > 0:
                total[name] = total.get(name, Decimal(0)) + value
    return total
