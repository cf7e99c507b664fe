"""The clients of a Scenario: who calls which Service how often."""

from __future__ import annotations

from typing import Any

from simulator.network.traffic import Traffic
from simulator.scenario.reader import Reader

TRAFFIC_KEYS = (
    "to", "namespace", "rate", "arrivals", "from", "until", "port", "path", "takes", "timeout", "slow", "node", "keepAlive", "connections",
)  # fmt: skip
FASTEST = 10_000
"""Requests a second that one entry may make at most."""
SERVICE = r"(?:(?:service|services|svc)/)?[^/]+"
ARRIVALS = ("constant", "poisson")


def read_traffic(reader: Reader, value: Any, path: str) -> tuple[Traffic, ...]:
    """The list under `traffic`."""
    return reader.list(value, path, lambda item, where: _entry(reader, item, where))


def _entry(reader: Reader, value: Any, path: str) -> Traffic:
    given, default = reader.mapping(value, path, TRAFFIC_KEYS), Traffic("")
    reader.require(given, path, "to")
    target = reader.matching(given.get("to"), f"{path}.to", SERVICE, "the name of a Service, such as service/web")
    arrivals = reader.choice(given.get("arrivals"), f"{path}.arrivals", ARRIVALS, ARRIVALS[0])
    begin = reader.span(given.get("from"), f"{path}.from")
    end = reader.span(given["until"], f"{path}.until") if "until" in given else None
    if end is not None and end <= begin:
        reader.problem(f"{path}.until", "must come after `from`")
    return Traffic(
        service=target.rpartition("/")[2],
        namespace=reader.text(given.get("namespace"), f"{path}.namespace"),
        rate=reader.number(given.get("rate"), f"{path}.rate", default.rate, 0, FASTEST),
        begin=begin,
        end=end,
        port=reader.integer(given["port"], f"{path}.port", 0, 1, 65535) if "port" in given else 0,
        path=reader.text(given.get("path"), f"{path}.path", default.path),
        takes=reader.duration(given.get("takes"), f"{path}.takes", default.takes),
        timeout=reader.span(given.get("timeout"), f"{path}.timeout", default.timeout),
        slow=reader.span(given.get("slow"), f"{path}.slow", default.slow),
        node=reader.text(given.get("node"), f"{path}.node"),
        keep_alive=reader.flag(given.get("keepAlive"), f"{path}.keepAlive"),
        connections=reader.integer(given.get("connections"), f"{path}.connections", default.connections, 1),
        poisson=arrivals == "poisson",
    )
