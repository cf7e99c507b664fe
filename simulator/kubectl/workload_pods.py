"""The pods of an object that has some (kubectl/pkg/polymorphichelpers)."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.kubectl.errors import Complaint
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import Job
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.replication import ReplicationController
from simulator.objects.selectors import matches, matches_all
from simulator.objects.service import Service


def pods_of(item: Object, pods: Sequence[Pod], purpose: str) -> list[Pod]:
    """Those of `pods` that belong to an object. Raises Complaint: `purpose` (cannot attach to) is impossible for such an object."""
    match item:
        case Service() | ReplicationController():
            if not item.spec.selector:
                raise Complaint(f"{purpose} *v1.{item.kind}: invalid service '{item.metadata.name}': Service is defined without a selector")
            labels = item.spec.selector
            return [pod for pod in pods if matches_all(labels, pod.metadata.labels)]
        case Deployment() | ReplicaSet() | StatefulSet() | DaemonSet() | Job():
            return [pod for pod in pods if matches(item.spec.selector, pod.metadata.labels)]
    raise Complaint(f"{purpose} *v1.{item.kind}: selector for *v1.{item.kind} not implemented")
