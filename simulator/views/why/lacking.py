"""Workloads that lack pods, and Services that lead to none: nothing is unready, because there is nobody who could be."""

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


def lacking(snapshot: Snapshot, namespace: str | None, told: set[Key]) -> list[Key]:
    """Jobs, and workloads that nobody controls, that have fewer pods than they want; none of those that control one of `told`."""
    spoken = set(told)
    for key in told:
        spoken.update(_above(snapshot, key))
    found = [item for kind in WORKLOADS for item in snapshot.objects(kind, namespace) if kind == "Job" or owner_of(item) is None]
    return [key_of(item) for item in found if key_of(item) not in spoken and _lacks(item)]


def without_endpoints(snapshot: Snapshot, namespace: str | None) -> list[Key]:
    """Services that choose pods and lead to none."""
    nobody = [lane.key for lane in service_lanes(snapshot, namespace) if not lane.ready[-1][1]]
    services = ((key, snapshot.get(key)) for key in nobody)
    return [key for key, item in services if isinstance(item, Service) and item.spec.selector]


def nothing_unready(snapshot: Snapshot, namespace: str | None) -> list[str]:
    """What to say when nothing is there to be explained: all is well, or nobody is there, with what the API server refused."""
    if snapshot.typed(Pod, namespace):
        return ["every pod is ready or has done its work"]
    refused = [log.line for log in snapshot.logs() if log.component == "kubectl" and not log.stream]
    where = f" in namespace {namespace}" if namespace else ""
    return [f"there are no pods{where}", *(f"  because {line}" for line in refused)]


def _above(snapshot: Snapshot, key: Key) -> list[Key]:
    """Who controls an object, from the bottom up."""
    found: list[Key] = []
    item = snapshot.get(key)
    while item is not None and (owner := owner_of(item)) is not None and owner not in found:
        found.append(owner)
        item = snapshot.get(owner)
    return found


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
