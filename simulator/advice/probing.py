"""What probes ask, and how a trial makes them fail for a time."""

from __future__ import annotations

from typing import Any

from simulator.advice.app import Subject
from simulator.advice.trial import Pairs
from simulator.objects.base import JSON
from simulator.objects.probes import Probe
from simulator.scenario import write
from simulator.units import SECOND, format_duration
from simulator.whatif.paths import look

HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")


def handler(subject: Subject, sort: str) -> JSON:
    """What a probe asks, as it is written: `{"httpGet": {...}}`."""
    probe = look(subject.manifest.raw, [*subject.way, sort]) or {}
    return {name: probe[name] for name in HANDLERS if name in probe}


def timed(value: JSON, period: int, failures: int, timeout: int | None = None) -> JSON:
    """A probe that asks so; seconds and a count."""
    return {**value, "periodSeconds": period, "failureThreshold": failures, **({"timeoutSeconds": timeout} if (timeout or 1) > 1 else {})}


def asks_the_same(one: Probe, other: Probe) -> bool:
    """Whether two probes ask the same question."""
    return (one.http_get, one.tcp_socket, one.grpc, one.exec) == (other.http_get, other.tcp_socket, other.grpc, other.exec)


def failing(subject: Subject, probe: Probe, begin: int = 0, end: int | None = None) -> Pairs | None:
    """What makes a probe hear a failure from `begin` to `end` of a run of the container; None: nobody can say that of such a probe."""
    window: JSON = {**({"from": format_duration(begin)} if begin else {}), **({"to": format_duration(end)} if end is not None else {})}
    said = write.run(subject.run)
    if probe.exec is not None:
        rule: JSON = {"command": " ".join(probe.exec.command), **window, "exit": 1}
        return ((subject.does("exec"), write.flow([rule, *_from_the_start(said.get("exec", []))])),)
    if probe.http_get is not None or probe.grpc is not None:
        path = (probe.http_get.path or "/").partition("?")[0] if probe.http_get else probe.grpc.service if probe.grpc else ""
        rule = {**({"path": path} if path else {}), **window, "status": 503}
        return ((subject.does("http"), write.flow([rule, *_from_the_start(said.get("http", []))])),)
    listens: list[Any] = said.get("listen", [])
    if not listens or subject.run.argv:
        return None
    if end is not None:
        return ((subject.does("listen"), write.flow([{**item, "from": format_duration(end)} for item in listens])),)
    return ((subject.does("listen"), write.flow([{**item, "to": format_duration(begin)} for item in listens])),)


def _from_the_start(rules: list[JSON]) -> list[JSON]:
    """The rules that hold while a container starts: troubles that a Scenario lets begin later would be taken for those of the trial."""
    return [rule for rule in rules if "from" not in rule]


def as_long_as(time: int) -> int:
    """How long to play so that what takes `time` happens a few times: at least 2 minutes."""
    return max(120 * SECOND, (3 * time // SECOND + 60) * SECOND)
