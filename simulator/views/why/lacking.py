"""Workloads short of pods, and Services without endpoints: cases in which no pod exists that could be unready."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import service_lanes
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import Job
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.views.why.ending import owner_of

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")


def lacking(snapshot: Snapshot, namespace: str | None, explained: set[Key]) -> list[Key]:
    """Jobs, and workloads without a controller, that have fewer pods than desired; not those that control one of `explained`."""
    covered = set(explained)
    for key in explained:
        covered.update(_above(snapshot, key))
    workloads = [item for kind in WORKLOADS for item in snapshot.objects(kind, namespace) if kind == "Job" or owner_of(item) is None]
    return [key_of(item) for item in workloads if key_of(item) not in covered and _lacks(item)]


def without_endpoints(snapshot: Snapshot, namespace: str | None) -> list[Key]:
    """Services with a selector and without ready endpoints."""
    empty = [lane.key for lane in service_lanes(snapshot, namespace) if not lane.ready[-1][1]]
    services = ((key, snapshot.get(key)) for key in empty)
    return [key for key, item in services if isinstance(item, Service) and item.spec.selector]


def nothing_unready(snapshot: Snapshot, namespace: str | None) -> list[str]:
    """The message when there is nothing to explain: all pods are ready, or there are none, with the API server's refusals."""
    if snapshot.typed(Pod, namespace):
        return ["every pod is ready or has completed"]
    refused = [log.line for log in snapshot.logs() if log.component == "kubectl" and not log.stream]
    where = f" in namespace {namespace}" if namespace else ""
    return [f"there are no pods{where}", *(f"  because {line}" for line in refused)]


def _above(snapshot: Snapshot, key: Key) -> list[Key]:
    """The controllers of an object, from the bottom up."""
    owners: list[Key] = []
    item = snapshot.get(key)
    while item is not None and (owner := owner_of(item)) is not None and owner not in owners:
        owners.append(owner)
        item = snapshot.get(owner)
    return owners


def _lacks(item: Object) -> bool:
    match item:
        case Deployment() | ReplicaSet() | StatefulSet():
            return item.status.replicas < (item.spec.replicas or 0)
        case DaemonSet():
            return item.status.current_number_scheduled < item.status.desired_number_scheduled
        case Job():
            over = {condition.type for condition in item.status.conditions if condition.status == "True"}
            at_work = bool(item.status.active) or bool(item.spec.suspend)
            return "Failed" in over or not (at_work or over & {"Complete", "SuccessCriteriaMet"})
    return False
