"""Disturbances of what `kubectl get -o json` printed: each changes a List as if something had gone otherwise in that cluster."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

JSON = dict[str, Any]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
START_EVENTS = ("Pulled", "Created", "Started")


class Plant(NamedTuple):
    """A disturbance: what it is, the recording it is planted in, and what changes that List."""

    title: str
    recording: str
    change: Callable[[JSON], None]


def _pod(dump: JSON, name: str) -> JSON:
    return next(item for item in dump["items"] if item["kind"] == "Pod" and item["metadata"]["name"].startswith(name))


def _about(dump: JSON, pod: JSON) -> list[JSON]:
    return [item for item in dump["items"] if item["kind"] == "Event" and item["involvedObject"].get("uid") == pod["metadata"]["uid"]]


def _event(dump: JSON, reason: str, about: str) -> JSON:
    return next(
        item
        for item in dump["items"]
        if item["kind"] == "Event" and item["reason"] == reason and item["involvedObject"]["name"].startswith(about)
    )


def _status(pod: JSON, where: str = "containerStatuses") -> JSON:
    status: JSON = pod["status"][where][0]
    return status


def _shift(value: Any, seconds: float, after: datetime | None = None) -> Any:
    """A value with all times, or those after an instant, later."""
    if isinstance(value, dict):
        return {key: inner if key == "creationTimestamp" else _shift(inner, seconds, after) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shift(inner, seconds, after) for inner in value]
    if not isinstance(value, str) or not TIME.fullmatch(value):
        return value
    time = datetime.fromisoformat(value)
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in value else "%Y-%m-%dT%H:%M:%SZ"
    return (time + timedelta(seconds=seconds)).strftime(form) if after is None or time > after else value


def _later(dump: JSON, pod: JSON, seconds: float, after: datetime | None = None) -> None:
    """All that happens to a pod after an instant comes later."""
    for item in (pod, *_about(dump, pod)):
        changed = _shift(item, seconds, after)
        item.clear()
        item.update(changed)


def _drop(dump: JSON, *items: JSON) -> None:
    dump["items"] = [item for item in dump["items"] if not any(item is one for one in items)]


def _first(events: list[JSON], reason: str) -> datetime:
    return min(datetime.fromisoformat(event["firstTimestamp"]) for event in events if event["reason"] == reason)


SECOND = timedelta(seconds=1)


def slower_pull(name: str, seconds: float) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        pod = _pod(dump, name)
        pulled = next(event for event in _about(dump, pod) if "Successfully pulled" in event["message"])
        numbers = [float(number) + seconds for number in re.findall(r"([\d.]+)s", pulled["message"])[:2]]
        pulled["message"] = re.sub(r"in \S+ \(\S+", f"in {numbers[0]:.3f}s ({numbers[1]:.3f}s", pulled["message"])
        _later(dump, pod, seconds, datetime.fromisoformat(pulled["firstTimestamp"]) - SECOND)

    return change


def restarts(name: str, by: int, *, events: bool) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        pod = _pod(dump, name)
        _status(pod)["restartCount"] += by
        for event in _about(dump, pod) if events else ():
            if event["reason"] in START_EVENTS:
                event["count"] = (event.get("count") or 1) + by

    return change


def swapped_events(name: str, one: str, other: str) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        events = _about(dump, _pod(dump, name))
        first, second = (next(event for event in events if event["reason"] == reason) for reason in (one, other))
        for key in ("reason", "message"):
            first[key], second[key] = second[key], first[key]

    return change


def swapped_pods(one: str, other: str) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        first, second = _pod(dump, one), _pod(dump, other)
        times = [datetime.fromisoformat(pod["metadata"]["creationTimestamp"]) for pod in (first, second)]
        stamps = [second["metadata"]["creationTimestamp"], first["metadata"]["creationTimestamp"]]
        apart = (times[1] - times[0]).total_seconds()
        for pod, seconds, stamp in ((first, apart, stamps[0]), (second, -apart, stamps[1])):
            _later(dump, pod, seconds)
            pod["metadata"]["creationTimestamp"] = stamp

    return change


def lost_event(reason: str, about: str) -> Callable[[JSON], None]:
    return lambda dump: _drop(dump, _event(dump, reason, about))


def late_condition(name: str, seconds: float, *, status: str = "True") -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        pod = _pod(dump, name)
        _status(pod)["ready"] = status == "True"
        for condition in pod["status"]["conditions"]:
            if condition["type"] in ("Ready", "ContainersReady"):
                condition["status"] = status
                condition["lastTransitionTime"] = _shift(condition["lastTransitionTime"], seconds)

    return change


def other_exit(name: str, code: int, reason: str) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        status = _status(_pod(dump, name))
        for state in ("state", "lastState"):
            if "terminated" in (status.get(state) or {}):
                status[state]["terminated"].update(exitCode=code, reason=reason)

    return change


def slow_start(name: str, seconds: float) -> Callable[[JSON], None]:
    """From the sandbox on."""

    def change(dump: JSON) -> None:
        pod = _pod(dump, name)
        _later(dump, pod, seconds, _first(_about(dump, pod), "Pulled") - SECOND)

    return change


def slow_init(name: str, seconds: float) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        pod = _pod(dump, name)
        ended = _status(pod, "initContainerStatuses")["state"]["terminated"]["finishedAt"]
        _later(dump, pod, seconds, datetime.fromisoformat(ended) - SECOND)

    return change


def missing_pod(name: str) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        pod = _pod(dump, name)
        _drop(dump, pod, *_about(dump, pod))

    return change


def unexpected(name: str, reason: str, message: str) -> Callable[[JSON], None]:
    def change(dump: JSON) -> None:
        like = _event(dump, "Started", name)
        metadata = {**like["metadata"], "uid": "planted", "name": f"{name}.planted"}
        dump["items"].append({**like, "metadata": metadata, "type": "Warning", "reason": reason, "message": message})

    return change


def late_scheduling(name: str, seconds: float) -> Callable[[JSON], None]:
    return lambda dump: _later(dump, _pod(dump, name), seconds)


PLANTS = (
    Plant("a slower pull", "await-redis-pull-1node", slower_pull("data-tier", 9)),
    Plant("a slower pull of one of two pods", "await-redis-pull-1node", slower_pull("app-tier", 12)),
    Plant("a missing restart, in the status", "deployment-crashloop", restarts("web", -1, events=False)),
    Plant("a missing restart, in the status and in Events", "deployment-crashloop", restarts("web", -1, events=True)),
    Plant("two more restarts by the liveness probe", "deployment-liveness", restarts("web", 2, events=True)),
    Plant("a restart of a healthy container", "rolling-default", restarts("web", 1, events=True)),
    Plant("one restart more in one of two pods", "await-redis-1node", restarts("data-tier", 1, events=True)),
    Plant("Created after Started", "await-redis", swapped_events("data-tier", "Created", "Started")),
    Plant("another order of a StatefulSet's pods", "sts-rolling", swapped_pods("db-0", "db-2")),
    Plant("a lost event Started", "await-redis", lost_event("Started", "app-tier")),
    Plant("a lost event Scheduled", "svc-headless", lost_event("Scheduled", "web")),
    Plant("a lost event ScalingReplicaSet", "scale", lost_event("ScalingReplicaSet", "web")),
    Plant("a lost event SuccessfulCreate", "job-simple", lost_event("SuccessfulCreate", "pi")),
    Plant("ready 15 s late", "deployment-startup", late_condition("web", 15)),
    Plant("no longer ready", "svc-headless", late_condition("web", 20, status="False")),
    Plant("OOMKilled instead of exit code 1", "deployment-crashloop", other_exit("web", 137, "OOMKilled")),
    Plant("a sandbox that took 6 s longer", "svc-headless", slow_start("web", 6)),
    Plant("a pod of a DaemonSet that started 7 s late", "daemonset", slow_start("agent", 7)),
    Plant("an init container that took 8 s longer", "await-redis", slow_init("app-tier", 8)),
    Plant("a missing replica", "scale", missing_pod("web")),
    Plant("a Job without one of its retries", "job-fail-never", missing_pod("pi")),
    Plant("a volume that was not there at first", "await-redis", unexpected("app-tier", "FailedMount", "MountVolume.SetUp failed")),
    Plant("a failed liveness probe", "rolling-default", unexpected("web", "Unhealthy", "Liveness probe failed: HTTP 500")),
    Plant("a pod that waited 12 s for a node", "svc-headless", late_scheduling("web", 12)),
)
