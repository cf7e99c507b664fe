"""Probes as a manifest writes them, and how a trial makes a probe fail for a time."""

from __future__ import annotations

from simulator.advice.app import Subject
from simulator.advice.trial import Overrides
from simulator.objects.base import JSON
from simulator.objects.probes import Probe
from simulator.scenario import write
from simulator.units import SECOND, format_duration
from simulator.whatif.field_paths import value_at

HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")


def written_handler(subject: Subject, field: str) -> JSON:
    """The handler of a probe as the manifest has it: `{"httpGet": {...}}`."""
    probe = value_at(subject.manifest.raw, [*subject.location, field]) or {}
    return {name: probe[name] for name in HANDLERS if name in probe}


def with_timing(handler: JSON, period: int, failures: int, timeout: int | None = None) -> JSON:
    """A probe with that handler; `period` and `timeout` in seconds."""
    timeouts = {"timeoutSeconds": timeout} if (timeout or 1) > 1 else {}
    return {**handler, "periodSeconds": period, "failureThreshold": failures, **timeouts}


def has_same_check(one: Probe, other: Probe) -> bool:
    """Whether two probes check the same thing."""
    return (one.http_get, one.tcp_socket, one.grpc, one.exec) == (other.http_get, other.tcp_socket, other.grpc, other.exec)


def failing(subject: Subject, probe: Probe, begin: int = 0, end: int | None = None) -> Overrides | None:
    """The overrides that make a probe fail from `begin` to `end` of a run of the container (ns); None: no override can.

    A command fails by its exit code and a request by its status. A connection fails only while the port is closed, which a program whose
    command is interpreted decides for itself.
    """
    window: JSON = {}
    if begin:
        window["from"] = format_duration(begin)
    if end is not None:
        window["to"] = format_duration(end)
    written = write.run(subject.run)
    if probe.exec is not None:
        rules = [{"command": " ".join(probe.exec.command), **window, "exit": 1}, *_unconditional(written.get("exec", []))]
        return ((subject.program_field("exec"), write.flow(rules)),)
    if probe.http_get is not None or probe.grpc is not None:
        path = _path(probe)
        rules = [{**({"path": path} if path else {}), **window, "status": 503}, *_unconditional(written.get("http", []))]
        return ((subject.program_field("http"), write.flow(rules)),)
    ports: list[JSON] = written.get("listen", [])
    if not ports or subject.run.argv:
        return None
    closed = {"from": format_duration(end)} if end is not None else {"to": format_duration(begin)}
    return ((subject.program_field("listen"), write.flow([{**port, **closed} for port in ports])),)


def _path(probe: Probe) -> str:
    """What an HTTP or gRPC probe requests: a path without its query, or a service name."""
    if probe.http_get is not None:
        return (probe.http_get.path or "/").partition("?")[0]
    return probe.grpc.service if probe.grpc is not None else ""


def _unconditional(rules: list[JSON]) -> list[JSON]:
    """The rules that apply from the start: one that a Scenario starts later would be mistaken for the failure of the trial."""
    return [rule for rule in rules if "from" not in rule]


def long_enough(time: int) -> int:
    """How long a trial runs so that something that takes `time` (ns) happens a few times: 2 minutes or more."""
    return max(120 * SECOND, (3 * time // SECOND + 60) * SECOND)
