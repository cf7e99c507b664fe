"""The metrics of a Scenario: what the metrics APIs of its cluster answer."""

from __future__ import annotations

from typing import Any

from simulator.controllers.podautoscaler.usage import FailRule, MetricsSpec, UsageRule, ValueRule
from simulator.scenario.reader import Reader

USAGE_KEYS = ("pod", "container", "ordinal", "from", "to", "cpu", "cpuTotal", "memory", "missing")
AMOUNTS = {"cpu": 10**9, "cpuTotal": 10**9, "memory": 1}
"""The keys with amounts, and the parts of one in which they are kept."""
DESCRIBED = r"[^/]+/[^/]+"


def read_metrics(reader: Reader, value: Any, path: str) -> MetricsSpec:
    """The mapping under `metrics`."""
    given, default = reader.mapping(value, path, ("server", "resolution", "delay", "usage", "values", "fail")), MetricsSpec()
    server = reader.flag(given.get("server"), f"{path}.server", default.server)
    if not server:
        reader.exclude(given, path, "server", ("usage", "fail", "delay", "resolution"), "without a metrics server no usage can be read")
    return MetricsSpec(
        server,
        reader.span(given.get("resolution"), f"{path}.resolution", default.resolution, positive=True),
        reader.span(given.get("delay"), f"{path}.delay", default.delay),
        reader.list(given.get("usage"), f"{path}.usage", lambda item, where: _usage(reader, item, where)),
        reader.list(given.get("values"), f"{path}.values", lambda item, where: _value(reader, item, where)),
        reader.list(given.get("fail"), f"{path}.fail", lambda item, where: _fail(reader, item, where)),
    )


def _usage(reader: Reader, value: Any, path: str) -> UsageRule:
    given, default = reader.mapping(value, path, USAGE_KEYS), UsageRule()
    reader.require_any(given, path, "cpu", "cpuTotal", "memory", "missing")
    reader.exclude(given, path, "cpu", ("cpuTotal",), "a rule has `cpu` of each container or `cpuTotal` of all pods, not both")
    begin, end = _window(reader, given, path)
    amounts = {key: reader.parts(given[key], f"{path}.{key}", unit) for key, unit in AMOUNTS.items() if key in given}
    return UsageRule(
        reader.text(given.get("pod"), f"{path}.pod", default.pod),
        reader.text(given.get("container"), f"{path}.container", default.container),
        reader.integer(given["ordinal"], f"{path}.ordinal", 0, 0) if "ordinal" in given else None,
        begin,
        end,
        amounts.get("cpu"),
        amounts.get("cpuTotal"),
        amounts.get("memory"),
        reader.flag(given.get("missing"), f"{path}.missing"),
    )


def _value(reader: Reader, value: Any, path: str) -> ValueRule:
    given = reader.mapping(value, path, ("metric", "value", "pod", "object", "from", "to"))
    reader.require(given, path, "metric", "value")
    reader.exclude(given, path, "pod", ("object",), "a value belongs to pods or to another object, not to both")
    described = reader.matching(given.get("object"), f"{path}.object", DESCRIBED, "kind/name, such as ingress/main")
    return ValueRule(
        reader.text(given.get("metric"), f"{path}.metric"),
        reader.parts(given.get("value", 0), f"{path}.value", 1000),
        reader.text(given.get("pod"), f"{path}.pod"),
        described.lower(),
        *_window(reader, given, path),
    )


def _fail(reader: Reader, value: Any, path: str) -> FailRule:
    given = reader.mapping(value, path, ("from", "to", "status"))
    begin, end = _window(reader, given, path)
    return FailRule(begin, end, reader.integer(given.get("status"), f"{path}.status", 503, 400, 599))


def _window(reader: Reader, given: dict[str, Any], path: str) -> tuple[int, int | None]:
    begin = reader.span(given.get("from"), f"{path}.from")
    end = reader.span(given["to"], f"{path}.to") if "to" in given else None
    if end is not None and end <= begin:
        reader.problem(f"{path}.to", "must come after `from`")
    return begin, end
