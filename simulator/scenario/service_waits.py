"""The Services that an init container waits for, inferred from its environment, its command and its name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.container.program import Wait
from simulator.engine.durations import Duration, Fixed
from simulator.objects.container import Container
from simulator.objects.service import Service
from simulator.units import SECOND

PERIOD: Duration = Fixed(1 * SECOND)
WAITING_NAME = re.compile(r"\b(wait|await)", re.IGNORECASE)
SERVICE_VARIABLE = re.compile(r"\$\(([A-Z][A-Z0-9_]*)_SERVICE_HOST\)")


def waits(container: Container, all_services: Sequence[Service]) -> list[tuple[Wait, str]]:
    """The Services that an init container waits for, with the reason for each."""
    peers: dict[str, tuple[Wait, str]] = {}
    values = [variable.value for variable in container.env]
    words = " ".join([*container.command, *container.args])
    services = [service for service in all_services if service.spec.ports]
    by_variable = {s.metadata.name.upper().replace("-", "_"): s for s in services}
    for name in [match for value in values for match in SERVICE_VARIABLE.findall(value)]:
        service = by_variable.get(name)
        if service is not None:
            peers[service.metadata.name] = (_wait(service), f"its environment names the Service {service.metadata.name}")
        elif name != "KUBERNETES":
            host, port = f"$({name}_SERVICE_HOST)", f"$({name}_SERVICE_PORT)"
            peers[name] = (Wait(host, port, PERIOD), f"its environment names a Service by {name}_SERVICE_HOST")
    for service in services:
        name = service.metadata.name
        if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", " ".join([words, *values])):
            peers.setdefault(name, (_wait(service), f"its command or environment names the Service {name}"))
    if not peers and WAITING_NAME.search(container.name.replace("-", " ").replace("_", " ")):
        for service in services:
            if service.metadata.name in container.name or container.name.partition("-")[2] in service.metadata.name:
                peers[service.metadata.name] = (_wait(service), "its name suggests that it waits")
    return list(peers.values())


def _wait(service: Service) -> Wait:
    return Wait(service.metadata.name, str(service.spec.ports[0].port), PERIOD)
