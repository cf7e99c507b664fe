"""Pods and nodes for the scheduler's pure functions, in few words."""

from __future__ import annotations

from typing import Any

from simulator.dialect import Dialect
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from tests.fake_cluster import node

PRIORITIES = {"negative": -100, "low": 0, "mid": 100, "high": 1000, "top": 10000}
SIZES = {"none": 0, "small": 100, "medium": 200, "large": 300, "full": 500}
"""Thousandths of a cpu, and bytes."""


def pod(name: str = "p", labels: dict[str, str] | None = None, namespace: str = "default", **spec: Any) -> Pod:
    """A pod whose uid is its name."""
    data = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "uid": name, "namespace": namespace, "labels": labels or {}},
        "spec": {"containers": [{"name": "c", "image": "i"}], **spec},
    }
    item = from_builtins(data)
    assert isinstance(item, Pod)
    return item


def asking(*containers: dict[str, str], **requests: str) -> list[dict[str, Any]]:
    """Containers with these requests."""
    return [
        {"name": f"c{i}", "image": "i", "resources": {"requests": amounts}}
        for i, amounts in enumerate([*containers, *([requests] if requests else [])])
    ]


def node_info(name: str, *pods: Pod, labels: dict[str, str] | None = None, spec: dict[str, Any] | None = None, **amounts: str) -> NodeInfo:
    """A node with pods on it; 110 of them fit."""
    item = node(name, **{"cpu": "4", "memory": "8Gi", "pods": "110", **amounts}, **(spec or {}))
    item.metadata.labels.update(labels or {})
    info = NodeInfo(item)
    for one in pods:
        info.add(one)
    return info


def cycle(subject: Pod, *nodes: NodeInfo, **more: Any) -> Cycle:
    """An attempt to place a pod on one of these nodes."""
    namespaces = {"default": {}, "other": {"team": "red"}}
    return Cycle(
        **{
            "pod": subject,
            "nodes": list(nodes),
            "dialect": Dialect("1.36"),
            "volumes": [],
            "namespaces": namespaces,
            "siblings": [],
            **more,
        }
    )
