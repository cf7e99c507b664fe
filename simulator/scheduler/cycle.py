"""What filters and scores are asked about: one pod, all nodes, the objects it refers to, and the words of the release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.client.volume_matching import Choice
from simulator.dialect import Dialect
from simulator.objects.pod import Pod
from simulator.objects.selectors import Labels
from simulator.objects.storage import PersistentVolume
from simulator.scheduler.cluster_view import NodeInfo

NAME = "default-scheduler"


class Cycle(NamedTuple):
    """One attempt to place one pod. `volumes` are the bound volumes of its claims; `namespaces` the labels of each namespace;
    `siblings` the selectors of the Services and sets that the pod belongs to, which ask for an even spread; `choices` its claims that wait
    for a node.
    """

    pod: Pod
    nodes: list[NodeInfo]
    dialect: Dialect
    volumes: list[PersistentVolume]
    namespaces: dict[str, Labels]
    siblings: list[Labels]
    choices: Sequence[Choice] = ()


class Rejection(NamedTuple):
    """Why a node will not do. `resolvable`: whether the node might do if pods on it were gone. `by`: the filter."""

    reasons: tuple[str, ...]
    resolvable: bool
    by: str = ""


def with_node(cycle: Cycle, changed: NodeInfo) -> Cycle:
    """The cycle in which one node looks as `changed` does."""
    return cycle._replace(nodes=[changed if info.name == changed.name else info for info in cycle.nodes])


def is_ours(pod: Pod) -> bool:
    """Whether a pod waits for us: no node yet, our name, nothing that holds it back."""
    spec = pod.spec
    return (
        not spec.node_name
        and (spec.scheduler_name or NAME) == NAME
        and not spec.scheduling_gates
        and pod.metadata.deletion_timestamp is None
    )
