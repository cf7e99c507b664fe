"""A timeline cut at an earlier instant, for views that show many instants of one run: the journal is read only once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.metrics.timeline import Bar, ContainerLane, PodLane, ServiceLane, Span, Timeline


def cut(story: Timeline, t: int) -> Timeline:
    """What was known at `t` (nanoseconds): equal to the timeline of the snapshot at `t`."""
    return Timeline(tuple(pods_until(story.pods, t)), services_until(story.services, t), t)


def pods_until(pods: Iterable[PodLane], t: int) -> Iterator[PodLane]:
    """The pods that existed by then, lazily: a caller that needs the first few does not pay for all."""
    return (_pod_until(pod, t) for pod in pods if pod.life.begin <= t)


def services_until(services: Iterable[ServiceLane], t: int) -> tuple[ServiceLane, ...]:
    """The Services that existed by then."""
    levels = ((lane.key, tuple(level for level in lane.ready if level[0] <= t)) for lane in services)
    return tuple(ServiceLane(key, ready) for key, ready in levels if ready)


def _pod_until(pod: PodLane, t: int) -> PodLane:
    scheduled = pod.scheduled is not None and pod.scheduled <= t
    return pod._replace(
        node=pod.node if scheduled else "",
        life=_spans_until((pod.life,), t)[0],
        scheduled=pod.scheduled if scheduled else None,
        deleted=pod.deleted if pod.deleted is not None and pod.deleted <= t else None,
        ready=_spans_until(pod.ready, t),
        containers=tuple(_container_until(lane, t) for lane in pod.containers),
        over=pod.over if pod.over is not None and pod.over <= t else None,
    )


def _container_until(lane: ContainerLane, t: int) -> ContainerLane:
    begun = (bar for bar in lane.bars if bar.begin <= t)
    return lane._replace(
        pulls=_spans_until(lane.pulls, t),
        bars=tuple(bar if bar.end is None or bar.end <= t else Bar(bar.begin) for bar in begun),
        ready=_spans_until(lane.ready, t),
        held=_spans_until(lane.held, t),
        probes={kind: tuple(tick for tick in ticks if tick.t <= t) for kind, ticks in lane.probes.items()},
    )


def _spans_until(spans: tuple[Span, ...], t: int) -> tuple[Span, ...]:
    begun = (span for span in spans if span.begin <= t)
    return tuple(span if span.end is None or span.end <= t else Span(span.begin) for span in begun)
