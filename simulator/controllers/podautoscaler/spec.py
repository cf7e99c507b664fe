"""What a HorizontalPodAutoscaler asks for, read from its JSON. The API server has filled in the defaults."""

from __future__ import annotations

from typing import NamedTuple

from simulator.objects.base import JSON
from simulator.objects.kinds import Unstructured
from simulator.objects.quantities import milli
from simulator.units import MINUTE, SECOND

TOLERANCE = 0.1
"""--horizontal-pod-autoscaler-tolerance."""
DOWN_WINDOW = 5 * MINUTE
"""--horizontal-pod-autoscaler-downscale-stabilization."""


class Policy(NamedTuple):
    """A limit of speed: so many pods, or so many percent, in each period (nanoseconds)."""

    by_percent: bool
    value: int
    period: int


class Rules(NamedTuple):
    """How far one direction may go. `select`: Max, Min or Disabled; `window`: the stabilization window in nanoseconds."""

    select: str
    policies: tuple[Policy, ...]
    window: int
    tolerance: float = TOLERANCE


class Behavior(NamedTuple):
    """`spec.behavior`."""

    up: Rules
    down: Rules


class Target(NamedTuple):
    """What a metric should be: percent of the request, or an amount in thousandths, for each pod or in all. None: not set."""

    utilization: int | None = None
    average: int | None = None
    value: int | None = None


class Metric(NamedTuple):
    """One of `spec.metrics`. `name`: a resource or another metric; `container` and `described`: whose it is; `source`: its JSON."""

    type: str
    name: str
    target: Target
    source: JSON
    container: str = ""
    described: tuple[str, str] = ("", "")


class Autoscaler(NamedTuple):
    """`spec`."""

    api_version: str
    kind: str
    name: str
    low: int
    high: int
    metrics: tuple[Metric, ...]
    behavior: Behavior | None


def read_autoscaler(item: Unstructured, *, tolerance_counts: bool) -> Autoscaler:
    """The spec of an object. `tolerance_counts`: whether this release heeds `behavior.*.tolerance`."""
    spec = item.content.get("spec") or {}
    target, behavior = spec.get("scaleTargetRef") or {}, spec.get("behavior")
    low = spec.get("minReplicas")
    return Autoscaler(
        target.get("apiVersion", ""),
        target.get("kind", ""),
        target.get("name", ""),
        1 if low is None else low,
        spec.get("maxReplicas", 0),
        tuple(_metric(metric) for metric in spec.get("metrics") or []),
        None
        if behavior is None
        else Behavior(
            _rules(behavior.get("scaleUp") or {}, 0, tolerance_counts),
            _rules(behavior.get("scaleDown") or {}, DOWN_WINDOW, tolerance_counts),
        ),
    )


def _rules(given: JSON, window: int, tolerance_counts: bool) -> Rules:
    policies = tuple(
        Policy(policy["type"] == "Percent", policy["value"], policy["periodSeconds"] * SECOND) for policy in given.get("policies") or []
    )
    seconds, tolerance = given.get("stabilizationWindowSeconds"), given.get("tolerance")
    return Rules(
        given.get("selectPolicy", "Max"),
        policies,
        window if seconds is None else seconds * SECOND,
        milli(str(tolerance)) / 1000 if tolerance is not None and tolerance_counts else TOLERANCE,
    )


def _metric(item: JSON) -> Metric:
    type_ = item["type"]
    source = item.get(type_[:1].lower() + type_[1:]) or {}
    target, described = source.get("target") or {}, source.get("describedObject") or {}
    amounts = {key: milli(str(target[key])) if target.get(key) is not None else None for key in ("averageValue", "value")}
    return Metric(
        type_,
        source.get("name") or (source.get("metric") or {}).get("name", ""),
        Target(target.get("averageUtilization"), amounts["averageValue"], amounts["value"]),
        source,
        source.get("container", ""),
        (described.get("kind", ""), described.get("name", "")),
    )
