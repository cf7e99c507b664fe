"""A run for tracing tools: Chrome's trace format (ui.perfetto.dev opens it), and OpenTelemetry's spans as OTLP JSON."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.journal.snapshot import Snapshot
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.units import MICROSECOND
from simulator.views.export.activities import Activity, activities

POD_TRACK = 1
"""The track of the pod itself; its containers follow."""
ERROR, OK = 2, 1
"""Codes of OTLP's Status."""
INTERNAL = 1
"""OTLP's SpanKind."""


def perfetto(snapshot: Snapshot, namespace: str | None = None) -> JSON:
    """A process for each pod, a track for each container: starts with their readiness, pulls, gaps; probes as instants."""
    spans = activities(snapshot, namespace)
    processes = {key: i + 1 for i, key in enumerate(dict.fromkeys(one.about for one in spans))}
    tracks: dict[tuple[Key, str], int] = {}
    events: list[JSON] = []
    for key, pid in processes.items():
        events.append(_meta("process_name", pid, 0, f"{key.kind.lower()} {key.namespace}/{key.name}"))
        events.append({"ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": {"sort_index": pid}})
    for one in spans:
        pid = processes[one.about]
        # Readiness in the status lags behind the container, so it has a track of its own.
        title = _track(one)
        track = (one.about, title)
        if track not in tracks:
            tracks[track] = POD_TRACK + sum(key == one.about for key, _ in tracks)
            events.append(_meta("thread_name", pid, tracks[track], title))
        events.append(_event(one, pid, tracks[track], snapshot.t))
    return {"displayTimeUnit": "ms", "otherData": {"podsim": snapshot.header.podsim, "seed": snapshot.header.seed}, "traceEvents": events}


def _track(one: Activity) -> str:
    if not one.container:
        return one.about.kind.lower()
    return f"{one.container}: ready" if one.what == "container-ready" else f"{one.container} (init)" if one.init else one.container


def _meta(name: str, pid: int, tid: int, value: str) -> JSON:
    return {"ph": "M", "name": name, "pid": pid, "tid": tid, "args": {"name": value}}


def _event(one: Activity, pid: int, tid: int, horizon: int) -> JSON:
    head: JSON = {"name": one.name, "cat": one.what, "pid": pid, "tid": tid, "ts": one.begin / MICROSECOND}
    args: JSON = {"node": one.node} if one.node else {}
    if one.exit_code is not None:
        args["exitCode"] = one.exit_code
    if one.begin == one.end:
        return head | {"ph": "i", "s": "t", "args": args}
    return head | {"ph": "X", "dur": (one.until(horizon) - one.begin) / MICROSECOND, "args": args}


def otlp(snapshot: Snapshot, namespace: str | None = None) -> JSON:
    """One trace of the run: a span for each pod, in it one for each start of a container, each pull and each time of readiness.

    Probes are events of the pod's span. Ids follow from names and the seed, so that the same run has the same ids.
    """
    items = activities(snapshot, namespace)
    header = snapshot.header
    trace = _id(32, "trace", header.scenario, header.seed, header.start_time)
    root = _id(16, trace, "run")
    zero = snapshot.now - snapshot.t
    first = {"traceId": trace, "spanId": root, "name": header.scenario or "run", "kind": INTERNAL, **_times(0, snapshot.t, zero)}
    resources = [_resource({"service.name": "podsim"}, [first | {"attributes": _attributes({"podsim.seed": header.seed})}])]
    for key in dict.fromkeys(one.about for one in items):
        own = [one for one in items if one.about == key]
        spans = _spans(own, trace, root, zero, snapshot.t)
        name = f"k8s.{key.kind.lower()}.name"
        resources.append(_resource({"service.name": key.name, "k8s.namespace.name": key.namespace, name: key.name}, spans))
    return {"resourceSpans": resources}


def _spans(own: list[Activity], trace: str, root: str, zero: int, horizon: int) -> list[JSON]:
    outer = _id(16, trace, *own[0].about)
    spans: list[JSON] = []
    for i, one in enumerate(one for one in own if one.what != "probe"):
        is_outer = one.what == "pod"
        attributes = {"k8s.container.name": one.container, "k8s.node.name": one.node, "container.exit_code": one.exit_code}
        span: JSON = {
            "traceId": trace,
            "spanId": outer if is_outer else _id(16, trace, *one.about, i),
            "parentSpanId": root if is_outer or own[0].what != "pod" else outer,
            "name": one.name,
            "kind": INTERNAL,
            **_times(one.begin, one.until(horizon), zero),
            "attributes": _attributes({name: value for name, value in attributes.items() if value not in ("", None)}),
        }
        if one.ok is not None:
            span["status"] = {"code": OK} if one.ok else {"code": ERROR, "message": f"exit code {one.exit_code}"}
        if is_outer:
            probes = [probe for probe in own if probe.what == "probe"]
            span["events"] = [{"timeUnixNano": str(zero + probe.begin), "name": f"{probe.container}: {probe.name}"} for probe in probes]
        spans.append(span)
    return spans


def _resource(attributes: dict[str, Any], spans: list[JSON]) -> JSON:
    return {"resource": {"attributes": _attributes(attributes)}, "scopeSpans": [{"scope": {"name": "podsim"}, "spans": spans}]}


def _times(begin: int, end: int, zero: int) -> JSON:
    return {"startTimeUnixNano": str(zero + begin), "endTimeUnixNano": str(zero + end)}


def _attributes(values: dict[str, Any]) -> list[JSON]:
    kinds = {key: "intValue" if isinstance(value, int) else "stringValue" for key, value in values.items()}
    return [{"key": key, "value": {kinds[key]: str(value)}} for key, value in values.items()]


def _id(digits: int, *of: object) -> str:
    return hashlib.sha256("/".join(map(str, of)).encode()).hexdigest()[:digits]
