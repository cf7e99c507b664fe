"""The arithmetic of a rolling update (pkg/controller/deployment/rolling.go, util/deployment_util.go). Pure: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from simulator.controllers.rounding import scaled
from simulator.objects.apps import Deployment, RollingUpdateDeployment


class Fenceposts(NamedTuple):
    """How many pods above the desired number, and how many unavailable ones, a rollout may have."""

    surge: int
    unavailable: int


class SetSize(NamedTuple):
    """The desired and the available pods of a ReplicaSet."""

    replicas: int
    available: int


def resolve_fenceposts(max_surge: int | str | None, max_unavailable: int | str | None, replicas: int) -> Fenceposts:
    """Percentages as numbers: the surge rounded up, the unavailable rounded down. If both are 0, unavailable is 1."""
    surge, unavailable = scaled(max_surge, replicas, up=True), scaled(max_unavailable, replicas, up=False)
    return Fenceposts(surge, unavailable or (0 if surge else 1))


def fenceposts(deployment: Deployment) -> Fenceposts:
    """Surge and unavailable of a Deployment; both 0 without rolling updates."""
    strategy, replicas = deployment.spec.strategy, deployment.spec.replicas or 0
    if strategy is None or strategy.type != "RollingUpdate":
        return Fenceposts(0, 0)
    rolling = strategy.rolling_update or RollingUpdateDeployment()
    surge, unavailable = resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, replicas)
    return Fenceposts(surge, min(unavailable, replicas))


def new_set_size(replicas: int, surge: int, new: int, total: int) -> int:
    """The next size of the new ReplicaSet; `total` is the desired number of pods of all sets."""
    # The number of replicas may have been lowered since.
    return replicas if new > replicas else grown(replicas, surge, new, total)


def grown(replicas: int, surge: int, new: int, total: int) -> int:
    """The size of the new ReplicaSet if it grows as much as the surge allows, which may be not at all."""
    allowed = replicas + surge - total
    return new if allowed <= 0 else new + min(allowed, replicas - new)


def old_set_sizes(replicas: int, unavailable: int, new: SetSize, old: Sequence[SetSize]) -> list[list[int]]:
    """The next sizes of the old ReplicaSets, oldest first, in two steps.

    First their unhealthy pods go, then what is available above the minimum. A step in which nothing changes is left out.
    """
    total = new.replicas + sum(item.replicas for item in old)
    # New pods that are not available yet do not replace old ones.
    at_most = total - (replicas - unavailable) - (new.replicas - new.available)
    if at_most <= 0 or not any(item.replicas for item in old):
        return []
    healthier = without_unhealthy(old, at_most)
    remaining = [item._replace(replicas=size) for item, size in zip(old, healthier, strict=True)]
    smaller = scaled_down(replicas - unavailable, new.available, remaining)
    sizes = [item.replicas for item in old], healthier, smaller
    return [after for before, after in pairwise(sizes) if after != before]


def without_unhealthy(old: Sequence[SetSize], at_most: int) -> list[int]:
    """Sizes without unavailable pods, which can be deleted without loss, at most `at_most` of them."""
    sizes = []
    for item in old:
        fewer = max(0, min(at_most, item.replicas - item.available))
        at_most -= fewer
        sizes.append(item.replicas - fewer)
    return sizes


def scaled_down(min_available: int, new_available: int, old: Sequence[SetSize]) -> list[int]:
    """Sizes when as many pods go as are available above the minimum."""
    spare = max(0, new_available + sum(item.available for item in old) - min_available)
    sizes = []
    for item in old:
        fewer = min(spare, item.replicas)
        spare -= fewer
        sizes.append(item.replicas - fewer)
    return sizes
