"""LimitRanges: what containers get that ask for nothing, and what nobody may exceed (plug-in LimitRanger)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from simulator.api.admission_refusal import aggregate, forbidden
from simulator.journal.reads import Reads
from simulator.manifest.pod_resources import pod_resources
from simulator.manifest.quantities import canonical, parse
from simulator.objects.base import evolve
from simulator.objects.config import LimitRange, LimitRangeItem
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolumeClaim

ANNOTATION = "kubernetes.io/limit-ranger"


class _Asked(NamedTuple):
    """What one thing asks for."""

    requests: dict[str, str]
    limits: dict[str, str]


def fill_in(pod: Pod, reads: Reads) -> Pod:
    """Default requests and limits of the namespace, and an annotation that says so."""
    for limits in reads.typed(LimitRange, pod.metadata.namespace):
        items = [item for item in limits.spec.limits if item.type == "Container"]
        requests = {name: text for item in items for name, text in item.default_request.items()}
        maxima = {name: text for item in items for name, text in item.default.items()}
        notes: list[str] = []
        containers = [_filled(item, requests, maxima, "container", notes) for item in pod.spec.containers]
        init = [_filled(item, requests, maxima, "init container", notes) for item in pod.spec.init_containers]
        if notes:
            annotations = {**pod.metadata.annotations, ANNOTATION: "LimitRanger plugin set: " + "; ".join(notes)}
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
    """Refuse what a LimitRange of the namespace does not allow. Raises ApiError."""
    for limits in reads.typed(LimitRange, item.metadata.namespace):
        wrong = [text for limit in limits.spec.limits for text in _complaints(limit, item)]
        if wrong:
            raise forbidden(item, aggregate(dict.fromkeys(wrong)))


def _complaints(limit: LimitRangeItem, item: Pod | PersistentVolumeClaim) -> Iterator[str]:
    if isinstance(item, PersistentVolumeClaim):
        if limit.type == "PersistentVolumeClaim":
            requests = dict((item.spec.resources or {}).get("requests") or {})
            yield from _below(limit, _Asked(requests, {}))
            yield from _above_request(limit, requests)
        return
    for asked in _things(limit.type, item):
        yield from _below(limit, asked)
        yield from _above(limit, asked)
        yield from _ratio(limit, asked)


def _things(kind: str, pod: Pod) -> list[_Asked]:
    if kind == "Container":
        return [_asked(item.resources) for item in (*pod.spec.containers, *pod.spec.init_containers)]
    return [_Asked(pod_resources(pod.spec, "requests"), pod_resources(pod.spec, "limits"))] if kind == "Pod" else []


def _asked(item: ResourceRequirements) -> _Asked:
    return _Asked(item.requests, item.limits)


def _value(entries: dict[str, str], name: str) -> Decimal:
    return parse(entries[name])[0] if name in entries else Decimal(0)


def _below(limit: LimitRangeItem, asked: _Asked) -> Iterator[str]:
    for name, least in sorted(limit.min.items()):
        start = f"minimum {name} usage per {limit.type} is {canonical(least)}"
        if name not in asked.requests:
            yield f"{start}.  No request is specified"
        elif _value(asked.requests, name) < parse(least)[0]:
            yield f"{start}, but request is {canonical(asked.requests[name])}"
        elif name in asked.limits and _value(asked.limits, name) < parse(least)[0]:
            yield f"{start}, but limit is {canonical(asked.limits[name])}"


def _above(limit: LimitRangeItem, asked: _Asked) -> Iterator[str]:
    for name, most in sorted(limit.max.items()):
        start = f"maximum {name} usage per {limit.type} is {canonical(most)}"
        if name not in asked.limits:
            yield f"{start}.  No limit is specified"
        elif _value(asked.limits, name) > parse(most)[0]:
            yield f"{start}, but limit is {canonical(asked.limits[name])}"
        elif _value(asked.requests, name) > parse(most)[0]:
            yield f"{start}, but request is {canonical(asked.requests[name])}"


def _above_request(limit: LimitRangeItem, requests: dict[str, str]) -> Iterator[str]:
    for name, most in sorted(limit.max.items()):
        start = f"maximum {name} usage per {limit.type} is {canonical(most)}"
        if name not in requests:
            yield f"{start}.  No request is specified"
        elif _value(requests, name) > parse(most)[0]:
            yield f"{start}, but request is {canonical(requests[name])}"


def _ratio(limit: LimitRangeItem, asked: _Asked) -> Iterator[str]:
    for name, most in sorted(limit.max_limit_request_ratio.items()):
        start = f"{name} max limit to request ratio per {limit.type} is {canonical(most)}"
        request, maximum = _value(asked.requests, name), _value(asked.limits, name)
        if not request:
            yield f"{start}, but no request is specified or request is 0"
        elif not maximum:
            yield f"{start}, but no limit is specified or limit is 0"
        elif maximum / request > parse(most)[0]:
            yield f"{start}, but provided ratio is {float(maximum / request):f}"
