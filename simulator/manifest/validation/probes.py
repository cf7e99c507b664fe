"""Rules for probes and hooks (pkg/apis/core/validation)."""

from __future__ import annotations

from simulator.manifest.validation import names
from simulator.manifest.validation.context import PodContext
from simulator.manifest.validation.errors import Errors, forbidden, invalid, required, unsupported
from simulator.manifest.validation.meta import each, not_negative
from simulator.objects.base import JSON

SCHEMES = ("HTTP", "HTTPS")
HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SIGNALS = """ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV STKFLT STOP SYS TERM
TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ"""
_REAL_TIME = (*(f"RTMIN+{number}" for number in range(1, 16)), *(f"RTMAX-{number}" for number in range(1, 15)))
LINUX_SIGNALS = tuple(sorted(f"SIG{name}" for name in (*_SIGNALS.split(), *_REAL_TIME)))
WINDOWS_SIGNALS = ("SIGKILL", "SIGTERM")


def all_probes(container: JSON, path: str, pod: PodContext) -> Errors:
    """The three probes of a main container or a sidecar."""
    for name in PROBES:
        item = container.get(name)
        if item is not None:
            yield from _probe(item, f"{path}.{name}", pod, readiness=name == "readinessProbe")


def _probe(item: JSON, path: str, pod: PodContext, *, readiness: bool) -> Errors:
    yield from _handler(item, path, pod)
    for name in NUMBERS:
        yield from not_negative(f"{path}.{name}", item.get(name))
    grace = item.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        yield invalid(f"{path}.terminationGracePeriodSeconds", grace, "must be greater than 0")
    if not readiness and item.get("successThreshold", 0) != 1:
        # One success is final for liveness and startup, so their successThreshold must be 1.
        yield invalid(f"{path}.successThreshold", item.get("successThreshold", 0), "must be 1")
    if readiness and grace is not None:
        yield invalid(f"{path}.terminationGracePeriodSeconds", grace, "must not be set for readinessProbes")


def lifecycle(item: JSON, path: str, pod: PodContext) -> Errors:
    """The hooks of a container, and the signal that stops it."""
    for name in ("postStart", "preStop"):
        if item.get(name) is not None:
            yield from _handler(item[name], f"{path}.{name}", pod)
    signal = item.get("stopSignal")
    if signal is None:
        return
    if pod.os_name is None:
        yield forbidden(f"{path}.stopSignal", "may not be set for containers with empty `spec.os.name`")
    else:
        known = {"windows": WINDOWS_SIGNALS, "linux": LINUX_SIGNALS}.get(pod.os_name, (signal,))
        if signal not in known:
            yield unsupported(f"{path}.stopSignal", signal, known)


def _handler(item: JSON, path: str, pod: PodContext) -> Errors:
    """Exactly one way to act or to ask."""
    given = [name for name in HANDLERS if item.get(name) is not None]
    if not given:
        yield required(path, "must specify a handler type")
        return
    yield from _one_handler(given[0], item[given[0]], f"{path}.{given[0]}", pod)
    for name in given[1:]:
        yield forbidden(f"{path}.{name}", "may not specify more than 1 handler type")


def _one_handler(name: str, item: JSON, path: str, pod: PodContext) -> Errors:
    if name == "exec":
        if not item.get("command"):
            yield required(f"{path}.command")
    elif name == "httpGet":
        yield from _http_get(item, path)
    elif name == "sleep":
        yield from _sleep(item.get("seconds", 0), path, pod)
    else:
        yield from port_number_or_name(item.get("port"), f"{path}.port")


def _http_get(item: JSON, path: str) -> Errors:
    if not item.get("path"):
        yield required(f"{path}.path")
    yield from port_number_or_name(item.get("port"), f"{path}.port")
    if item.get("scheme") not in SCHEMES:
        yield unsupported(f"{path}.scheme", item.get("scheme", ""), SCHEMES)
    for header in item.get("httpHeaders") or []:
        yield from each(f"{path}.httpHeaders", header.get("name", ""), names.header_name(header.get("name", "")))


def _sleep(seconds: int, path: str, pod: PodContext) -> Errors:
    if pod.grace is None:
        return
    least = 0 if pod.dialect.sleep_of_zero_seconds else 1
    if not least <= seconds <= pod.grace:
        yield invalid(path, seconds, pod.dialect.say("validation.sleep", grace=pod.grace))


def port_number_or_name(port: int | str | None, path: str) -> Errors:
    """A port by its number, or by the name that a container gives it."""
    if isinstance(port, str):
        yield from each(path, port, names.port_name(port))
    else:
        yield from each(path, port or 0, names.port_number(port or 0))
