"""The nodes of a Scenario: described field by field or by a preset, one or several per entry."""

from __future__ import annotations

import re
from typing import Any

from simulator.kubelet.host_paths import KINDS as HOST_PATH_KINDS
from simulator.limits import limit
from simulator.manifest.validation.names import Rule, dns_subdomain, label_value, qualified_name
from simulator.scenario.presets import PRESETS, preset
from simulator.scenario.reader import Reader
from simulator.scenario.spec import NodeSpec

KEYS = (
    "name", "preset", "count", "cpu", "memory", "storage", "pods", "reserved", "labels", "taints", "ip", "podCIDR", "relistPhase",
    "containerRuntime", "osImage", "kernelVersion", "arch",
)  # fmt: skip
OF_ONE = ("ip", "podCIDR", "relistPhase")
"""Fields that several nodes cannot share."""
MOST = limit("nodes")
RUNTIMES = ("containerd", "docker")
TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
IPV4_RANGE = "a range of IPv4 addresses such as 10.244.0.0/24"
_IPV4_RANGE = r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})/([0-9]{1,2})"


def read_nodes(reader: Reader, value: Any, path: str) -> tuple[NodeSpec, ...]:
    """The list under `cluster.nodes`; each entry is a node, or `count` of them."""
    made: dict[str, int] = {}
    groups = reader.list(value, path, lambda item, where: _nodes(reader, item, where, made))
    nodes = tuple(node for group in groups for node in group)
    for name in sorted({node.name for node in nodes if [other.name for other in nodes].count(node.name) > 1}):
        reader.problem(path, f"several nodes have the name {name!r}")
    return nodes


def _nodes(reader: Reader, value: Any, path: str, made: dict[str, int]) -> list[NodeSpec]:
    given = reader.mapping(value, path, KEYS)
    kind = reader.choice(given.get("preset"), f"{path}.preset", list(PRESETS))
    reader.require_any(given, path, "name", "preset")
    count = reader.integer(given.get("count"), f"{path}.count", 1, 1, MOST)
    for key in OF_ONE:
        if count > 1 and key in given:
            reader.problem(f"{path}.{key}", f"cannot be set for {count} nodes")
    first = made.get(kind, 0) + 1
    made[kind] = first + count - 1
    bases = [preset(kind, first + i) if kind else NodeSpec() for i in range(count)]
    given_name = reader.text(given.get("name"), f"{path}.name")
    names = [base.name if not given_name else given_name if count == 1 else f"{given_name}-{i}" for i, base in enumerate(bases, start=1)]
    for name in names:
        _check(reader, f"{path}.name", name, dns_subdomain)
    one = _node(reader, given, path, bases[0])
    return [one._replace(name=name, labels={**base.labels, **one.labels}) for name, base in zip(names, bases, strict=True)]


def _node(reader: Reader, given: dict[str, Any], path: str, base: NodeSpec) -> NodeSpec:
    """The node of an entry, whose fields override those of `base`."""
    amounts = {key: reader.quantity(given.get(key), f"{path}.{key}", getattr(base, key)) for key in ("cpu", "memory", "storage")}
    reserved = reader.table(given.get("reserved"), f"{path}.reserved")
    labels = reader.table(given.get("labels"), f"{path}.labels")
    for name, value in labels.items():
        _check(reader, f"{path}.labels[{name}]", name, qualified_name)
        _check(reader, f"{path}.labels[{name}]", reader.text(value, f"{path}.labels[{name}]"), label_value)
    return NodeSpec(
        **amounts,
        pods=reader.integer(given.get("pods"), f"{path}.pods", base.pods, 1),
        reserved={**base.reserved, **{key: reader.quantity(item, f"{path}.reserved[{key}]", "0") for key, item in reserved.items()}},
        labels={key: reader.text(item, f"{path}.labels[{key}]") for key, item in labels.items()},
        taints=reader.list(given.get("taints"), f"{path}.taints", lambda item, where: _taint(reader, item, where)),
        ip=reader.text(given.get("ip"), f"{path}.ip"),
        pod_cidr=_network_range(reader, given.get("podCIDR"), f"{path}.podCIDR"),
        relist_phase=reader.span(given["relistPhase"], f"{path}.relistPhase") if "relistPhase" in given else None,
        runtime=reader.choice(given.get("containerRuntime"), f"{path}.containerRuntime", RUNTIMES, base.runtime),
        os_image=reader.text(given.get("osImage"), f"{path}.osImage", base.os_image),
        kernel=reader.text(given.get("kernelVersion"), f"{path}.kernelVersion", base.kernel),
        arch=reader.text(given.get("arch"), f"{path}.arch", base.arch),
    )


def read_host_paths(reader: Reader, value: Any, path: str) -> dict[str, str]:
    """What is at paths of the nodes, or that nothing is: the mapping under `cluster.hostPaths`."""
    kinds = {}
    for name, item in reader.table(value, path, "/.*", "an absolute path").items():
        kinds[name] = reader.choice(item, f"{path}[{name}]", HOST_PATH_KINDS)
    return kinds


def _taint(reader: Reader, value: Any, path: str) -> dict[str, str]:
    given = reader.mapping(value, path, ("key", "value", "effect"))
    effect = reader.choice(given.get("effect"), f"{path}.effect", TAINT_EFFECTS)
    reader.require(given, path, "key", "effect")
    texts = {key: reader.text(item, f"{path}.{key}") for key, item in given.items() if key != "effect"}
    _check(reader, f"{path}.key", texts.get("key", ""), qualified_name)
    _check(reader, f"{path}.value", texts.get("value", ""), label_value)
    return {**texts, **({"effect": effect} if effect else {})}


def _check(reader: Reader, path: str, text: str, rule: Rule) -> None:
    """Report a text that the API server would not accept in a node."""
    if text:
        for sentence in rule(text):
            reader.problem(path, f"{text!r}: {sentence}")


def _network_range(reader: Reader, value: Any, path: str) -> str:
    """A range of IPv4 addresses for pods."""
    text = reader.matching(value, path, _IPV4_RANGE, IPV4_RANGE)
    octets = re.fullmatch(_IPV4_RANGE, text)
    if octets and (max(int(octet) for octet in octets[1].split(".")) > 255 or not 8 <= int(octets[2]) <= 30):
        reader.problem(path, f"must be {IPV4_RANGE}, not {text!r}")
        return ""
    return text
