"""Whether workloads are ready, available and rolled out, each by its own numbers. Pure, and the one definition of each."""

from __future__ import annotations

from typing import Any

from simulator.objects.apps import DaemonSet, Deployment, StatefulSet


def workload_ready(item: Any) -> bool:
    """Whether the desired number of pods is ready, and the controller has observed the last change."""
    status, spec = item.status, item.spec
    if (getattr(status, "observed_generation", None) or 0) < (item.metadata.generation or 0):
        return False
    if item.kind == "DaemonSet":
        return bool(status.number_ready >= status.desired_number_scheduled)
    return bool((status.ready_replicas or 0) >= (1 if spec.replicas is None else spec.replicas))


def workload_available(item: Any) -> bool:
    """Whether the desired number of pods is available: ready for minReadySeconds."""
    status = item.status
    if item.kind == "DaemonSet":
        return bool(workload_ready(item) and status.number_available >= status.desired_number_scheduled)
    return bool(workload_ready(item) and (status.available_replicas or 0) >= (1 if item.spec.replicas is None else item.spec.replicas))


def is_rolled_out(item: Any) -> bool:
    """Whether all desired replicas are of the current revision and available, by the rules of `kubectl rollout status`."""
    match item:
        case Deployment(spec=spec, status=status):
            seen = status.observed_generation >= (item.metadata.generation or 0)
            updated = status.updated_replicas
            return seen and updated >= (spec.replicas or 0) and status.replicas <= updated <= status.available_replicas
        case DaemonSet(status=status):
            seen = status.observed_generation >= (item.metadata.generation or 0) > 0
            desired = status.desired_number_scheduled
            return seen and status.updated_number_scheduled >= desired and status.number_available >= desired
        case StatefulSet(spec=spec, status=status):
            seen = status.observed_generation >= (item.metadata.generation or 0) > 0
            desired = spec.replicas or 0
            rolling = spec.update_strategy.rolling_update if spec.update_strategy else None
            if rolling is not None:
                return seen and status.ready_replicas >= desired and status.updated_replicas >= desired - (rolling.partition or 0)
            return seen and status.ready_replicas >= desired and status.update_revision == status.current_revision
    return False
