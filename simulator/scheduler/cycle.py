"""The input of filters and scores: one pod, all nodes, and the objects that the pod refers to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from simulator.client.volume_matching import Choice
from simulator.dialect import Dialect
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.selectors import Labels
from simulator.objects.storage import PersistentVolume
from simulator.scheduler.cluster_view import NodeInfo

NAME = "default-scheduler"

V = TypeVar("V")
Measured = dict[object, dict[NodeInfo, tuple[int, Any]]]
"""What is known of nodes for pods that filters and scores cannot tell apart: by measure and node, with the node's version."""


class Cycle(NamedTuple):
    """One attempt to schedule one pod.

    Attributes:
        volumes: The bound volumes of its claims.
        namespaces: The labels of each namespace, by name.
        siblings: Selectors of the Services and of the set that the pod belongs to; their pods are spread by default.
        choices: Its claims that are bound once the pod has a node.
        exclusive: Its claims that only one pod may use.
        measured: Filled by `each`; shared by the cycles of pods like this one.
    """

    pod: Pod
    nodes: list[NodeInfo]
    dialect: Dialect
    volumes: list[PersistentVolume]
    namespaces: dict[str, Labels]
    siblings: list[Labels]
    choices: Sequence[Choice] = ()
    exclusive: frozenset[str] = frozenset()
    measured: Measured | None = None


class Rejection(NamedTuple):
    """Why a filter rejects a node. `resolvable`: removing pods from the node could help. `by`: the filter's name."""

    reasons: tuple[str, ...]
    resolvable: bool
    by: str = ""


def each(cycle: Cycle, measure: Callable[[Cycle, NodeInfo], V], nodes: Sequence[NodeInfo], sort: object = None) -> list[V]:
    """`measure` of each node, a function of the pod and of that node alone; asked again only of nodes that have changed.

    `sort`: tells measures apart that one function makes.
    """
    if cycle.measured is None:
        return [measure(cycle, info) for info in nodes]
    known = cycle.measured.setdefault(sort or measure, {})
    values: list[V] = []
    for info in nodes:
        kept = known.get(info)
        if kept is None or kept[0] != info.version:
            kept = known[info] = info.version, measure(cycle, info)
        values.append(kept[1])
    return values


def with_node(cycle: Cycle, changed: NodeInfo) -> Cycle:
    """The cycle with `changed` in the place of the node of its name."""
    return cycle._replace(nodes=[changed if info.name == changed.name else info for info in cycle.nodes], measured=None)


def is_ours(pod: Pod) -> bool:
    """Whether this scheduler has to bind the pod: unbound, ungated, and not being deleted."""
    spec = pod.spec
    return not spec.node_name and (spec.scheduler_name or NAME) == NAME and not spec.scheduling_gates and not is_being_deleted(pod)
