"""Metrics of a Service: lists of values in nanoseconds or counts; None: has not happened yet."""

from __future__ import annotations

from simulator.metrics.pods import Values
from simulator.metrics.story import ServiceStory
from simulator.metrics.timeline import Span

WELL = "ok"
"""The `result` of a request that was answered; any other one has failed."""


def reachable(service: ServiceStory) -> Values:
    """From its creation until a connection to it succeeded: kube-proxy of some node had programmed a ready endpoint.

    Clients of a headless Service look up its endpoints by name: for them, until the first endpoint was ready.
    """
    first = _first_endpoint(service) if service.is_headless else _first_programmed(service)
    return [None if first is None else first - service.created]


def proxy_lag(service: ServiceStory) -> Values:
    """For each node: from the first ready endpoint until kube-proxy had programmed one; None for a node that has not."""
    ready = _first_endpoint(service)
    if ready is None or service.is_headless:
        return []
    first: dict[str, int | None] = {str(fact.data["node"]): None for fact in service.programmed}
    for fact in service.programmed:
        if fact.data.get("ready") and first[str(fact.data["node"])] is None:
            first[str(fact.data["node"])] = max(0, fact.t - ready)
    return list(first.values())


def downtime(service: ServiceStory) -> Values:
    """How long it had no ready endpoint, after the first one."""
    return [sum((span.end or 0) - span.begin for span in outages(service))]


def longest_outage(service: ServiceStory) -> Values:
    """The longest time at a stretch without a ready endpoint, after the first one."""
    return [max(((span.end or 0) - span.begin for span in outages(service)), default=0)]


def failed_requests(service: ServiceStory) -> Values:
    """Requests of simulated clients that failed; nothing when there were no clients."""
    if not service.requests:
        return []
    return [sum(int(fact.data.get("count", 1)) for fact in service.requests if fact.data.get("result") != WELL)]


def outages(service: ServiceStory) -> list[Span]:
    """The spans without a ready endpoint after the first one, each with its end; the last one ends with the Service or the snapshot."""
    spans: list[Span] = []
    seen = False
    for t, count in service.lane.ready:
        if count and spans and spans[-1].end is None:
            spans[-1] = Span(spans[-1].begin, t)
        elif not count and seen and t < service.end:
            spans.append(Span(t))
        seen = seen or count > 0
    return [Span(begin, service.end if end is None else end) for begin, end in spans]


def _first_programmed(service: ServiceStory) -> int | None:
    return next((fact.t for fact in service.programmed if fact.data.get("ready")), None)


def _first_endpoint(service: ServiceStory) -> int | None:
    return next((t for t, count in service.lane.ready if count), None)
