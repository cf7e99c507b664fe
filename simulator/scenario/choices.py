"""What the command line says about nodes and images: `--nodes 3xkind:cpu=16`, `--nodes auto`, `--images 200MB`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from simulator.errors import UsageError
from simulator.limits import beyond, limit
from simulator.objects.apps import Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import Job
from simulator.objects.kinds import Object
from simulator.objects.labels import HOSTNAME
from simulator.objects.pod import Pod, PodSpec
from simulator.objects.replication import ReplicationController
from simulator.scenario.spec import ImageSpec, NodeSpec
from simulator.units import parse_quantity

AUTO = "auto"
CACHED = "cached"
MOST_NODES = 1000
AMOUNTS = ("cpu", "memory", "storage", "pods")
SYNTAX = "a number, a preset, both as in 3xkind, each with amounts as in 4:cpu=16,memory=64Gi, or auto"
SPARE = Decimal("1.25")
"""How much more than all pods ask for nodes of `--nodes auto` have: pods do not fill nodes to the brim, and rollouts add some."""
GIB = 2**30
_CHOICE = re.compile(r"(?:(?P<count>\d{1,4})(?:x(?P<several>[^:]+))?|(?P<one>[^:]+))(?::(?P<amounts>.+))?")
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kKMG]?i?)B?")


def chosen_nodes(first: NodeSpec, choice: str) -> tuple[NodeSpec, ...]:
    """The nodes of `--nodes`, by default like the Scenario's first one. Raises UsageError."""
    from simulator.scenario.presets import PRESETS, preset

    match = _CHOICE.fullmatch(choice)
    kind = "" if match is None else match["several"] or match["one"] or ""
    count = 0 if match is None else int(match["count"] or 1)
    if match is None or (kind and kind not in PRESETS) or not 1 <= count <= MOST_NODES:
        raise UsageError(f"--nodes {choice}: {SYNTAX}; presets: {', '.join(PRESETS)}")
    amounts = _amounts(choice, match["amounts"] or "")
    if count > limit("nodes"):
        raise beyond("nodes", f"--nodes {choice}")
    nodes = [preset(kind, number) for number in range(1, count + 1)] if kind else _like(first, count)
    return tuple(node._replace(**amounts) for node in nodes)


def _like(first: NodeSpec, count: int) -> list[NodeSpec]:
    names = [name for number in range(2, count + 2) if (name := f"node-{number}") != first.name]
    return [first, *(first._replace(name=name, ip="") for name in names[: count - 1])]


def _amounts(choice: str, text: str) -> dict[str, Any]:
    """The fields of nodes in `cpu=16,memory=64Gi`."""
    amounts: dict[str, Any] = {}
    for item in filter(None, text.split(",")):
        name, equals, value = item.partition("=")
        try:
            amount = parse_quantity(value) if equals and name in AMOUNTS else Decimal(0)
        except ValueError:
            amount = Decimal(0)
        if amount <= 0:
            raise UsageError(f"--nodes {choice}: {item} must be one of {', '.join(AMOUNTS)} with a quantity, as in cpu=16")
        amounts[name] = int(amount) if name == "pods" else value
    return amounts


def image_of(choice: str) -> ImageSpec:
    """The images of `--images`: `cached`, or their size (`200MB`). Raises UsageError."""
    if choice == CACHED:
        return ImageSpec(cached=True)
    match = _SIZE.fullmatch(choice)
    if match is None:
        raise UsageError(f"--images {choice}: must be {CACHED}, or a size such as 200MB")
    unit = match["unit"]
    factor = (1024 if "i" in unit else 1000) ** ("kMG".index(unit[0].replace("K", "k")) + 1) if unit else 1
    return ImageSpec(size=int(Decimal(match["number"]) * factor))


def large_enough(first: NodeSpec, objects: Iterable[Object]) -> tuple[NodeSpec, ...]:
    """Nodes like the first one that hold all pods of some objects: as many as pods must keep apart, in sizes of powers of two."""
    specs = list(_pod_specs(objects))
    count = min(max((_apart(spec, replicas) for spec, replicas in specs), default=1), MOST_NODES)
    count = max(count, *_host_ports(specs).values()) if specs else count
    needed = {name: _room(specs, name, count) for name in ("cpu", "memory")}
    cpu = _power_of_two(needed["cpu"], parse_quantity(first.cpu))
    memory = _power_of_two(needed["memory"] / GIB, parse_quantity(first.memory) / GIB)
    pods = max(first.pods, -(-sum(replicas for _, replicas in specs) * 5 // (4 * count)))
    return tuple(node._replace(cpu=str(cpu), memory=f"{memory}Gi", pods=pods) for node in _like(first, count))


def _pod_specs(objects: Iterable[Object]) -> Iterator[tuple[PodSpec, int]]:
    """The pod specs of objects, each with how many pods there are of it at one time; of a DaemonSet one, as all its nodes are alike."""
    from simulator.scenario.template_pods import template_pods

    for item in objects:
        if isinstance(item, Pod):
            yield item.spec, 1
        for pod in template_pods([item]):
            yield pod.spec, _replicas(item)


def _replicas(item: Object) -> int:
    if isinstance(item, Deployment | ReplicaSet | StatefulSet | ReplicationController):
        return 1 if item.spec.replicas is None else item.spec.replicas
    return item.spec.parallelism or 1 if isinstance(item, Job) else 1


def _room(specs: list[tuple[PodSpec, int]], name: str, count: int) -> Decimal:
    """How much of a resource each node needs."""
    from simulator.scheduler.requests import pod_amounts

    requests = [(pod_amounts(spec).get(name, Decimal(0)), replicas) for spec, replicas in specs]
    total = sum((amount * replicas for amount, replicas in requests), Decimal(0))
    return max(total * SPARE / count, max((amount for amount, replicas in requests if replicas), default=Decimal(0)))


def _apart(spec: PodSpec, replicas: int) -> int:
    """How many nodes the pods of one workload need because no two of them may share one."""
    affinity = spec.affinity.pod_anti_affinity if spec.affinity is not None else None
    terms = affinity.required_during_scheduling_ignored_during_execution if affinity is not None else []
    return replicas if any(term.topology_key == HOSTNAME for term in terms) else 1


def _host_ports(specs: list[tuple[PodSpec, int]]) -> Counter[int]:
    """How many pods want each port of their node."""
    pods: Counter[int] = Counter({0: 1})
    for spec, replicas in specs:
        for port in {port.host_port for container in spec.containers for port in container.ports if port.host_port}:
            pods[port] += replicas
    return pods


def _power_of_two(amount: Decimal, least: Decimal) -> int:
    """The smallest power of two that is not less than either."""
    size = 1
    while size < max(amount, least):
        size *= 2
    return size
