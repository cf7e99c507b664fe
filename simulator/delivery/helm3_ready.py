"""When helm 3 takes objects for ready (pkg/kube/ready.go). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.controllers.rounding import scaled
from simulator.delivery.helm_status import is_true, number
from simulator.objects.base import JSON


class JobFailed(Exception):
    """A Job that helm 3 waits for has failed."""


def can_proceed(item: JSON | None, replica_set: JSON | None, *, jobs: bool) -> bool:
    """Whether helm 3 takes an object for ready; `replica_set`: the present one of a Deployment. Raises JobFailed."""
    if item is None:
        return False
    kind, spec, status = str(item["kind"]), item.get("spec") or {}, item.get("status") or {}
    if kind == "Pod":
        return is_true(item, "Ready")
    if kind == "Job":
        return not jobs or _job_is_done(item)
    if kind == "Deployment":
        return bool(spec.get("paused")) or _deployment_can_proceed(item, replica_set)
    if kind == "PersistentVolumeClaim":
        return bool(status.get("phase") == "Bound")
    if kind == "Service":
        return _service_can_proceed(spec, status)
    if kind in ("DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController"):
        return _is_observed(item) and _OF_SETS[kind](item)
    return True


def _job_is_done(item: JSON) -> bool:
    meta = item["metadata"]
    if number(item, "status", "failed") > number(item, "spec", "backoffLimit", 6):
        raise JobFailed(f"job is failed: {meta.get('namespace', '')}/{meta['name']}")
    completions = item["spec"].get("completions")
    return completions is None or number(item, "status", "succeeded") >= completions


def _is_observed(item: JSON) -> bool:
    return number(item, "status", "observedGeneration") == (item["metadata"].get("generation") or 0)


def _deployment_can_proceed(item: JSON, replica_set: JSON | None) -> bool:
    if replica_set is None or not (_is_observed(replica_set) and _is_observed(item)):
        return False
    desired = number(item, "spec", "replicas", 1)
    rolling = (item["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    surge, missing = scaled(rolling.get("maxSurge", 0), desired, up=True), scaled(rolling.get("maxUnavailable", 0), desired, up=False)
    # What rounds to nothing at both ends would never get anywhere.
    unavailable = 1 if rolling and surge == missing == 0 else min(missing, desired)
    return number(replica_set, "status", "readyReplicas") >= desired - (unavailable if desired else 0)


def _service_can_proceed(spec: JSON, status: JSON) -> bool:
    if spec.get("type") == "ExternalName":
        return True
    if spec.get("type") == "LoadBalancer" and not spec.get("externalIPs"):
        return bool(spec.get("clusterIP") and (status.get("loadBalancer") or {}).get("ingress"))
    return bool(spec.get("clusterIP"))


def _daemons_are_ready(item: JSON) -> bool:
    strategy = item["spec"].get("updateStrategy") or {}
    if strategy.get("type") != "RollingUpdate":
        return True
    desired = number(item, "status", "desiredNumberScheduled")
    missing = scaled((strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1), desired, up=True)
    return number(item, "status", "updatedNumberScheduled") == desired and number(item, "status", "numberReady") >= desired - missing


def _members_are_ready(item: JSON) -> bool:
    strategy, status = item["spec"].get("updateStrategy") or {}, item.get("status") or {}
    if strategy.get("type") != "RollingUpdate":
        return True
    partition: Any = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    desired = number(item, "spec", "replicas", 1)
    if number(item, "status", "updatedReplicas") < desired - partition or number(item, "status", "readyReplicas") != desired:
        return False
    return bool(partition or status.get("currentRevision") == status.get("updateRevision"))


def _replicas_are_ready(item: JSON) -> bool:
    return number(item, "status", "readyReplicas") >= number(item, "status", "replicas")


_OF_SETS: dict[str, Callable[[JSON], bool]] = {
    "DaemonSet": _daemons_are_ready,
    "StatefulSet": _members_are_ready,
    "ReplicaSet": _replicas_are_ready,
    "ReplicationController": _replicas_are_ready,
}
