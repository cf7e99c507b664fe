"""Containers, as `describe` shows them in pods and in templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote

from simulator.golang.ages import rfc1123
from simulator.golang.text import go_value, quoted
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.view import View
from simulator.objects.container import Container, ContainerPort, EnvVar, ResourceRequirements
from simulator.objects.pod_status import ContainerState, ContainerStatus
from simulator.objects.probes import Probe
from simulator.objects.quantities import ceiling, milli, whole
from simulator.units import parse_quantity

FieldReader = Callable[[str], str]
"""What a field of the pod holds, for environment variables taken from it."""


def containers(
    title: str,
    items: list[Container],
    sheet: Sheet,
    view: View,
    *,
    statuses: Iterable[ContainerStatus] = (),
    read_field: FieldReader = lambda _path: "",
    indent: str = "",
) -> None:
    """All containers of one sort, with their statuses if there are any. Templates indent by one blank more."""
    known = {status.name: status for status in statuses}
    sheet.line(f"{indent}{title}:{'' if items else ' <none>'}")
    for item in items:
        status = known.get(item.name)
        sheet.line(f"{' ' if indent else ''}{item.name}:", 1)
        _basics(item, status, sheet, view)
        _words("Command", item.command, sheet)
        _words("Args", item.args, sheet)
        if status is not None:
            _status(status, sheet)
        resources(item.resources, sheet, 2)
        for name, probe in (("Liveness", item.liveness_probe), ("Readiness", item.readiness_probe), ("Startup", item.startup_probe)):
            if probe is not None:
                sheet.row(name, probe_text(probe, view), 2)
        _environment(item, read_field, sheet)
        _mounts(item, sheet)


def _basics(item: Container, status: ContainerStatus | None, sheet: Sheet, view: View) -> None:
    if status is not None:
        sheet.row("Container ID", status.container_id, 2)
    sheet.row("Image", item.image, 2)
    if status is not None:
        sheet.row("Image ID", status.image_id, 2)
    for title, number in (("Port", lambda port: port.container_port), ("Host Port", lambda port: port.host_port or 0)):
        _ports(title, item.ports, number, sheet, view)
    seccomp = (item.security_context or {}).get("seccompProfile")
    if seccomp:
        sheet.row("SeccompProfile", seccomp.get("type", ""), 2)
        if seccomp.get("type") == "Localhost":
            sheet.row("LocalhostProfile", seccomp.get("localhostProfile", ""), 3)


def _ports(title: str, ports: list[ContainerPort], number: Callable[[ContainerPort], int], sheet: Sheet, view: View) -> None:
    named = view.dialect.ports_have_names
    texts = [f"{number(port)}/{port.protocol}{f' ({port.name})' if port.name and named else ''}" for port in ports]
    sheet.row(title + "s" * (len(texts) > 1), ", ".join(texts) or "<none>", 2)


def _words(title: str, words: list[str], sheet: Sheet) -> None:
    if words:
        sheet.line(f"{title}:", 2)
        for word in words:
            for line in word.split("\n"):
                sheet.line(line, 3)


def resources(item: ResourceRequirements | None, sheet: Sheet, level: int) -> None:
    """Limits and requests."""
    for title, amounts in (("Limits", item.limits), ("Requests", item.requests)) if item else ():
        if amounts:
            sheet.line(f"{title}:", level)
            sheet.rows(sorted(amounts.items()), level + 1)


def _status(status: ContainerStatus, sheet: Sheet) -> None:
    _state("State", status.state, sheet)
    if status.last_state.terminated:
        _state("Last State", status.last_state, sheet)
    sheet.row("Ready", status.ready, 2)
    sheet.row("Restart Count", status.restart_count, 2)


def _state(title: str, state: ContainerState, sheet: Sheet) -> None:
    if state.running:
        sheet.row(title, "Running", 2)
        sheet.row("Started", rfc1123(state.running.started_at), 3)
    elif state.terminated and not state.waiting:
        ended = state.terminated
        sheet.row(title, "Terminated", 2)
        rows: list[tuple[str, object]] = [
            ("Reason", ended.reason or None),
            ("Message", ended.message or None),
            ("Exit Code", ended.exit_code),
        ]
        rows += [("Signal", ended.signal or None), ("Started", rfc1123(ended.started_at)), ("Finished", rfc1123(ended.finished_at))]
        sheet.rows(rows, 3)
    else:
        sheet.row(title, "Waiting", 2)
        sheet.rows([("Reason", state.waiting.reason or None if state.waiting else None)], 3)


def probe_text(probe: Probe, view: View) -> str:
    """`http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3`."""
    times = (("delay", probe.initial_delay_seconds), ("timeout", probe.timeout_seconds), ("period", probe.period_seconds))
    thresholds = view.dialect.say("probe.thresholds", success=probe.timing.successes, failure=probe.timing.failures)
    settings = " ".join([*(f"{name}={value or 0}s" for name, value in times), thresholds])
    return f"{_handler(probe)} {settings}"


def _handler(probe: Probe) -> str:
    if probe.exec:
        return f"exec {go_value(probe.exec.command)}"
    if http := probe.http_get:
        host = f"[{http.host}]" if ":" in http.host else http.host
        path = http.path if http.path.startswith("/") or not http.path else f"/{http.path}"
        return f"http-get {http.scheme.lower()}://{host}:{http.port}{_escaped_path(path)}"
    if probe.tcp_socket:
        return f"tcp-socket {probe.tcp_socket.host}:{probe.port}"
    if probe.grpc:
        return f"grpc <pod>:{probe.port} {probe.grpc.service}"
    return "unknown"


def _escaped_path(path: str) -> str:
    return quote(path, safe="/$&+,:;=@!*'()~-._")


def _environment(item: Container, read_field: FieldReader, sheet: Sheet) -> None:
    if item.env_from:
        sheet.line("Environment Variables from:", 2)
    for source in item.env_from:
        ref = source.config_map_ref or source.secret_ref
        kind = "ConfigMap" if source.config_map_ref else "Secret" if source.secret_ref else ""
        prefix = f" with prefix '{source.prefix}'" if source.prefix else ""
        sheet.line(f"{ref.name if ref else ''}\t{kind}{prefix}\tOptional: {go_value(bool(ref and ref.optional))}", 3)
    sheet.line("Environment:" + ("" if item.env else "\t<none>"), 2)
    for variable in item.env:
        _variable(variable, item, read_field, sheet)


def _variable(variable: EnvVar, item: Container, read_field: FieldReader, sheet: Sheet) -> None:
    source = variable.value_from
    if source is None:
        for i, line in enumerate(variable.value.split("\n")):
            sheet.line(f"\t{line}" if i else f"{variable.name}:\t{line}", 3)
    elif source.field_ref:
        ref = source.field_ref
        sheet.row(variable.name, f"{read_field(ref.field_path)} ({ref.api_version}:{ref.field_path})", 3)
    elif source.resource_field_ref:
        resource = source.resource_field_ref.resource
        value = _resource(item.resources, resource, source.resource_field_ref.divisor)
        if value == "0" and resource in ("limits.cpu", "limits.memory"):
            value = "node allocatable"
        sheet.row(variable.name, f"{value} ({resource})", 3)
    elif source.secret_key_ref:
        key = source.secret_key_ref
        text = f"<set to the key '{key.key}' in secret '{key.name}'>\tOptional: {go_value(bool(key.optional))}"
        sheet.row(variable.name, text, 3)
    elif source.config_map_key_ref:
        of = source.config_map_key_ref
        text = f"<set to the key '{of.key}' of config map '{of.name}'>\tOptional: {go_value(bool(of.optional))}"
        sheet.row(variable.name, text, 3)


def _resource(item: ResourceRequirements, name: str, divisor: str) -> str:
    """A limit or request of the container in units of the divisor, rounded up."""
    bound, _, resource = name.partition(".")
    amounts = {"limits": item.limits, "requests": item.requests}.get(bound)
    if amounts is None or not (resource in ("cpu", "memory", "ephemeral-storage") or resource.startswith("hugepages-")):
        return ""
    unit = divisor if divisor and parse_quantity(divisor) else "1"
    scale = milli if resource == "cpu" else whole
    return str(ceiling(parse_quantity(scale(amounts.get(resource, "0"))) / scale(unit)))


def _mounts(item: Container, sheet: Sheet) -> None:
    none = "" if item.volume_mounts else "\t<none>"
    sheet.line(f"Mounts:{none}", 2)
    for mount in sorted(item.volume_mounts, key=lambda mount: mount.mount_path):
        flags = ["ro" if mount.read_only else "rw", *([f"path={quoted(mount.sub_path)}"] if mount.sub_path else [])]
        sheet.line(f"{mount.mount_path} from {mount.name} ({','.join(flags)})", 3)
    if item.volume_devices:
        sheet.line(f"Devices:{none}", 2)
        for device in sorted(item.volume_devices, key=lambda device: str(device.get("devicePath"))):
            sheet.line(f"{device.get('devicePath')} from {device.get('name')}", 3)
