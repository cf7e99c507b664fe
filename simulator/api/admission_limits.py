"""LimitRanges: default resources of containers, and limits for pods, containers and claims (plug-in LimitRanger)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from simulator.api.admission_refusal import aggregate, forbidden
from simulator.journal.reads import Reads
from simulator.manifest.pod_resources import pod_resources
from simulator.manifest.quantities import canonical, parse
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.config import LimitRange, LimitRangeItem
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolumeClaim


class _Resources(NamedTuple):
    """The resources of a container or pod."""

    requests: dict[str, str]
    limits: dict[str, str]


def fill_in(pod: Pod, reads: Reads) -> Pod:
    """Set the default requests and limits of the namespace, with an annotation that lists them."""
    for limits in reads.typed(LimitRange, pod.metadata.namespace):
        items = [item for item in limits.spec.limits if item.type == "Container"]
        requests = {name: text for item in items for name, text in item.default_request.items()}
        maxima = {name: text for item in items for name, text in item.default.items()}
        notes: list[str] = []
        containers = [_filled(item, requests, maxima, "container", notes) for item in pod.spec.containers]
        init = [_filled(item, requests, maxima, "init container", notes) for item in pod.spec.init_containers]
        if notes:
            annotations = {**pod.metadata.annotations, labels.LIMIT_RANGER: "LimitRanger plugin set: " + "; ".join(notes)}
            spec = evolve(pod.spec, containers=containers, init_containers=init)
            pod = evolve(pod, spec=spec, metadata=evolve(pod.metadata, annotations=annotations))
    return pod


def _filled(item: Container, requests: dict[str, str], limits: dict[str, str], what: str, notes: list[str]) -> Container:
    has = item.resources
    for word, defaults, present in (("request", requests, has.requests), ("limit", limits, has.limits)):
        missing = sorted(set(defaults) - set(present))
        if missing:
            notes.append(f"{', '.join(missing)} {word} for {what} {item.name}")
    return evolve(item, resources=evolve(has, requests={**requests, **has.requests}, limits={**limits, **has.limits}))


def check(item: Pod | PersistentVolumeClaim, reads: Reads) -> None:
    """Refuse an object that a LimitRange of the namespace does not allow. Raises ApiError (Forbidden)."""
    for limits in reads.typed(LimitRange, item.metadata.namespace):
        violations = [text for limit in limits.spec.limits for text in _violations(limit, item)]
        if violations:
            raise forbidden(item, aggregate(dict.fromkeys(violations)))


def _violations(limit: LimitRangeItem, item: Pod | PersistentVolumeClaim) -> Iterator[str]:
    if isinstance(item, PersistentVolumeClaim):
        if limit.type == "PersistentVolumeClaim":
            requests = dict((item.spec.resources or {}).get("requests") or {})
            yield from _below(limit, _Resources(requests, {}))
            yield from _above_request(limit, requests)
        return
    for given in _resources(limit.type, item):
        yield from _below(limit, given)
        yield from _above(limit, given)
        yield from _ratio(limit, given)


def _resources(kind: str, pod: Pod) -> list[_Resources]:
    if kind == "Container":
        return [_resources_of(item.resources) for item in (*pod.spec.containers, *pod.spec.init_containers)]
    return [_Resources(pod_resources(pod.spec, "requests"), pod_resources(pod.spec, "limits"))] if kind == "Pod" else []


def _resources_of(item: ResourceRequirements) -> _Resources:
    return _Resources(item.requests, item.limits)


def _value(entries: dict[str, str], name: str) -> Decimal:
    return parse(entries[name])[0] if name in entries else Decimal(0)


def _below(limit: LimitRangeItem, given: _Resources) -> Iterator[str]:
    for name, least in sorted(limit.min.items()):
        start = f"minimum {name} usage per {limit.type} is {canonical(least)}"
        if name not in given.requests:
            yield f"{start}.  No request is specified"
        elif _value(given.requests, name) < parse(least)[0]:
            yield f"{start}, but request is {canonical(given.requests[name])}"
        elif name in given.limits and _value(given.limits, name) < parse(least)[0]:
            yield f"{start}, but limit is {canonical(given.limits[name])}"


def _above(limit: LimitRangeItem, given: _Resources) -> Iterator[str]:
    for name, most in sorted(limit.max.items()):
        start = f"maximum {name} usage per {limit.type} is {canonical(most)}"
        if name not in given.limits:
            yield f"{start}.  No limit is specified"
        elif _value(given.limits, name) > parse(most)[0]:
            yield f"{start}, but limit is {canonical(given.limits[name])}"
        elif _value(given.requests, name) > parse(most)[0]:
            yield f"{start}, but request is {canonical(given.requests[name])}"


def _above_request(limit: LimitRangeItem, requests: dict[str, str]) -> Iterator[str]:
    for name, most in sorted(limit.max.items()):
        start = f"maximum {name} usage per {limit.type} is {canonical(most)}"
        if name not in requests:
            yield f"{start}.  No request is specified"
        elif _value(requests, name) > parse(most)[0]:
            yield f"{start}, but request is {canonical(requests[name])}"


def _ratio(limit: LimitRangeItem, given: _Resources) -> Iterator[str]:
    for name, most in sorted(limit.max_limit_request_ratio.items()):
        start = f"{name} max limit to request ratio per {limit.type} is {canonical(most)}"
        request, maximum = _value(given.requests, name), _value(given.limits, name)
        if not request:
            yield f"{start}, but no request is specified or request is 0"
        elif not maximum:
            yield f"{start}, but no limit is specified or limit is 0"
        elif maximum / request > parse(most)[0]:
            yield f"{start}, but provided ratio is {float(maximum / request):f}"
