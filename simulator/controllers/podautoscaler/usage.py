"""What a Scenario says that metrics servers answer (`spec.metrics`). Times in nanoseconds since t=0."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.units import SECOND

RESOLUTION = 15 * SECOND
"""How often metrics-server looks at the nodes (--metric-resolution)."""


class UsageRule(NamedTuple):
    """What matching containers use in [begin, end). `pod` and `container` are globs; `ordinal`: the n-th pod of a request, by name.

    `cpu` in nanocores and `memory` in bytes, for each container; `cpu_total` is shared by the Ready pods that match. `missing`: the pod is
    left out of the answer.
    """

    pod: str = "*"
    container: str = "*"
    ordinal: int | None = None
    begin: int = 0
    end: int | None = None
    cpu: int | None = None
    cpu_total: int | None = None
    memory: int | None = None
    missing: bool = False


class ValueRule(NamedTuple):
    """The value of another metric in [begin, end), in thousandths: of pods (`pod` is a glob), or of an object such as `ingress/main`."""

    metric: str
    value: int
    pod: str = ""
    described: str = ""
    begin: int = 0
    end: int | None = None


class FailRule(NamedTuple):
    """In [begin, end) the metrics API answers with an error of HTTP."""

    begin: int = 0
    end: int | None = None
    status: int = 503


class MetricsSpec(NamedTuple):
    """The metrics APIs of a cluster. `server`: whether metrics-server is installed; `delay`: how long after its start a pod has metrics."""

    server: bool = True
    resolution: int = RESOLUTION
    delay: int = 15 * SECOND
    usage: tuple[UsageRule, ...] = ()
    values: tuple[ValueRule, ...] = ()
    fail: tuple[FailRule, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As plain values. A Scenario has these, so that most runs need not load the types."""
        rules = {name: [rule._asdict() for rule in getattr(self, name)] for name in RULES}
        return {"server": self.server, "resolution": self.resolution, "delay": self.delay, **rules}


RULES: dict[str, Any] = {"usage": UsageRule, "values": ValueRule, "fail": FailRule}


def metrics_of(data: dict[str, Any]) -> MetricsSpec:
    """The metrics again, from plain values."""
    rules = {name: tuple(kind(**rule) for rule in data[name]) for name, kind in RULES.items()}
    return MetricsSpec(data["server"], data["resolution"], data["delay"], **rules)


Timed = UsageRule | ValueRule | FailRule


def holds(rule: Timed, t: int) -> bool:
    """Whether a rule holds at an instant."""
    return rule.begin <= t and (rule.end is None or t < rule.end)
