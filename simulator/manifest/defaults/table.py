"""The defaults of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from simulator.manifest.defaults import others, pod, service, volume, workloads
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.base import evolve
from simulator.objects.batch import CronJob, Job
from simulator.objects.config import LimitRange, Namespace, ResourceQuota, Secret
from simulator.objects.discovery import EndpointSlice
from simulator.objects.kinds import Unstructured
from simulator.objects.pod import Pod
from simulator.objects.replication import ReplicationController
from simulator.objects.scheduling import PriorityClass
from simulator.objects.service import Endpoints, Service
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim

T = TypeVar("T", bound=Any)

_DEFAULTS: dict[type, Callable[[Any], Any]] = {
    Pod: pod.pod,
    Deployment: workloads.deployment,
    ReplicaSet: workloads.replica_set,
    ReplicationController: workloads.replication_controller,
    StatefulSet: workloads.stateful_set,
    DaemonSet: workloads.daemon_set,
    Job: workloads.job,
    CronJob: workloads.cron_job,
    Service: service.service,
    Endpoints: service.endpoints,
    EndpointSlice: service.endpoint_slice,
    Secret: others.secret,
    Namespace: others.namespace,
    LimitRange: others.limit_range,
    ResourceQuota: others.resource_quota,
    PriorityClass: others.priority_class,
    PersistentVolume: volume.persistent_volume,
    PersistentVolumeClaim: volume.claim,
}


def defaulted(item: T) -> T:
    """`item` with the API server's defaults, which come before admission; idempotent.

    Kinds without defaults are returned unchanged. Quantities must be valid (ValueError otherwise).
    """
    if isinstance(item, Unstructured):
        from simulator.manifest.defaults.stored import STORED

        complete = STORED.get((item.api_version, item.kind))
        return item if complete is None else evolve(item, content=complete(item.content))
    fill = _DEFAULTS.get(type(item))
    filled: T = item if fill is None else fill(item)
    return filled
