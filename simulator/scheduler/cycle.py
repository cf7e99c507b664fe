"""What filters and scores are asked about: one pod, all nodes, the objects it refers to, and the words of the release."""

from __future__ import annotations

from typing import NamedTuple

from simulator.dialect import Dialect
from simulator.objects.pod import Pod
from simulator.objects.selectors import Labels
from simulator.objects.storage import PersistentVolume
from simulator.scheduler.cluster_view import NodeInfo


class Cycle(NamedTuple):
    """One attempt to place one pod. `volumes` are the bound volumes of its claims; `namespaces` the labels of each namespace;
    `siblings` the selectors of the Services and sets that the pod belongs to, which ask for an even spread.
    """

    pod: Pod
    nodes: list[NodeInfo]
    dialect: Dialect
    volumes: list[PersistentVolume]
    namespaces: dict[str, Labels]
    siblings: list[Labels]


class Rejection(NamedTuple):
    """Why a node will not do. `resolvable`: whether the node might do if pods on it were gone. `by`: the filter."""

    reasons: tuple[str, ...]
    resolvable: bool
    by: str = ""
