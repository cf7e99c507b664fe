"""The table of metrics: each number of a run has one name, one unit, one definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from simulator.errors import UsageError
from simulator.metrics import pods, probes, services, workloads
from simulator.units import seconds

About = Literal["pod", "workload", "Service", "run"]


class Metric(NamedTuple):
    """A row. `unit` is `s` or empty (a count); `sentence` the definition; `combine` how the values of pods make one of their workload."""

    name: str
    unit: Literal["s", ""]
    about: About
    sentence: str
    measure: Callable[..., list[int | None]]
    combine: Literal["worst", "sum"] = "worst"


def _pod(name: str, measure: Callable[..., list[int | None]], sentence: str) -> Metric:
    return Metric(name, "s", "pod", sentence, measure)


METRICS: tuple[Metric, ...] = (
    _pod("time-to-scheduled", pods.scheduled, "from the pod's creation until it was assigned to a node"),
    _pod("time-to-initialized", pods.initialized, "from the pod's creation until its init containers were done (condition Initialized)"),
    _pod("time-to-started", pods.started, "from the pod's creation until each container had started once"),
    _pod("time-to-ready", pods.ready, "from the pod's creation until it was ready; for pods that run forever"),
    _pod(
        "time-to-finished",
        pods.finished,
        "from the pod's creation until it had succeeded; for pods that run to completion, such as a Job's",
    ),
    Metric("restarts", "", "pod", "container starts after the first one", pods.restarts, "sum"),
    Metric("back-offs", "", "pod", "number of times a container entered CrashLoopBackOff or ImagePullBackOff", pods.back_offs, "sum"),
    Metric("probes", "", "pod", "probes of all kinds; repeated results are computed, not simulated one by one", probes.probes, "sum"),
    Metric("pull-time", "s", "pod", "time spent pulling images, including the wait in the node's queue", pods.pulling, "sum"),
    Metric("rollout-complete", "s", "workload", "from the last change of its spec until it had rolled out", workloads.rollout_complete),
    Metric("most-replicas", "", "workload", "largest number of replicas that its spec had", workloads.most_replicas),
    Metric(
        "service-reachable",
        "s",
        "Service",
        "from its creation until a connection to it first succeeded",
        services.reachable,
    ),
    Metric("proxy-lag", "s", "Service", "per node: from the first ready endpoint until kube-proxy had programmed one", services.proxy_lag),
    Metric("downtime", "s", "Service", "total time without a ready endpoint, after the first one", services.downtime),
    Metric(
        "longest-outage",
        "s",
        "Service",
        "longest time without a ready endpoint, after the first one",
        services.longest_outage,
    ),
    Metric("failed-requests", "", "Service", "requests of simulated clients that were not answered", services.failed_requests),
    Metric("settled", "s", "run", "time after which nothing new happened to pods and Services", workloads.settled),
    Metric("warnings", "", "run", "number of Warning events, repetitions included", workloads.warnings),
)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
ALIASES = {
    "probe-count": "probes",
    "reachable": "service-reachable",
    "service-ready": "service-reachable",
    "time-to-reachable": "service-reachable",
}
DEFAULT = ("time-to-ready", "restarts")
"""What is measured by default."""


def metric(name: str) -> Metric:
    """The metric of that name. Raises UsageError with the names that exist."""
    row = BY_NAME.get(ALIASES.get(name, name))
    if row is not None:
        return row
    from difflib import get_close_matches

    near = get_close_matches(name, [*BY_NAME, *ALIASES], n=1)
    hint = f"did you mean {near[0]}?" if near else f"available: {', '.join(BY_NAME)}."
    raise UsageError(f"unknown metric {name!r}; {hint} `podsim metrics --list` explains all.")


def as_number(value: float | None, unit: str) -> float | None:
    """A measured value in the unit of its metric: nanoseconds become seconds."""
    if value is None:
        return None
    return seconds(value) if unit == "s" else value


def values_of(row: Metric, *subject: Any) -> list[float | None]:
    """The values of one pod, workload, Service or run, in the metric's unit."""
    return [as_number(value, row.unit) for value in row.measure(*subject)]
