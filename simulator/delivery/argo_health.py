"""The health of objects by Argo CD's rules for each kind (gitops-engine pkg/health). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.delivery.helm_status import condition, is_true, number
from simulator.objects.base import JSON

HEALTHY, PROGRESSING, DEGRADED, SUSPENDED, UNKNOWN = "Healthy", "Progressing", "Degraded", "Suspended", "Unknown"


class Health(NamedTuple):
    """The health of an object, and a sentence."""

    state: str
    message: str = ""


FINE = Health(HEALTHY)
OBSERVED = "Waiting for rollout to finish: observed {} generation less than desired generation"


def health(item: JSON) -> Health | None:
    """The health of an object; None for kinds that have none, which count as healthy once they are applied."""
    if item["metadata"].get("deletionTimestamp"):
        return Health(PROGRESSING, "Pending deletion")
    rule = RULES.get(str(item["kind"]))
    return None if rule is None else rule(item)


def _is_seen(item: JSON) -> bool:
    return (item["metadata"].get("generation") or 0) <= number(item, "status", "observedGeneration")


def _deployment(item: JSON) -> Health:
    if item["spec"].get("paused"):
        return Health(SUSPENDED, "Deployment is paused")
    if not _is_seen(item):
        return Health(PROGRESSING, OBSERVED.format("deployment"))
    if (condition(item, "Progressing") or {}).get("reason") == "ProgressDeadlineExceeded":
        return Health(DEGRADED, f'Deployment "{item["metadata"]["name"]}" exceeded its progress deadline')
    desired = number(item, "spec", "replicas", 1)
    there, updated, available = (number(item, "status", name) for name in ("replicas", "updatedReplicas", "availableReplicas"))
    waits = "Waiting for rollout to finish: "
    if updated < desired:
        return Health(PROGRESSING, f"{waits}{updated} out of {desired} new replicas have been updated...")
    if there > updated:
        return Health(PROGRESSING, f"{waits}{there - updated} old replicas are pending termination...")
    if available < updated:
        return Health(PROGRESSING, f"{waits}{available} of {updated} updated replicas are available...")
    return FINE


def _replica_set(item: JSON) -> Health:
    if not _is_seen(item):
        return Health(PROGRESSING, OBSERVED.format("replica set"))
    if is_true(item, "ReplicaFailure"):
        return Health(DEGRADED, str((condition(item, "ReplicaFailure") or {}).get("message", "")))
    desired, available = number(item, "spec", "replicas", 1), number(item, "status", "availableReplicas")
    if available < desired:
        return Health(PROGRESSING, f"Waiting for rollout to finish: {available} out of {desired} new replicas are available...")
    return FINE


def _stateful_set(item: JSON) -> Health:
    status, strategy = item.get("status") or {}, item["spec"].get("updateStrategy") or {}
    if not status.get("observedGeneration") or not _is_seen(item):
        return Health(PROGRESSING, "Waiting for statefulset spec update to be observed...")
    desired, ready, updated = (
        number(item, "spec", "replicas", 1),
        number(item, "status", "readyReplicas"),
        number(item, "status", "updatedReplicas"),
    )
    if ready < desired:
        return Health(PROGRESSING, f"Waiting for {desired - ready} pods to be ready...")
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "RollingUpdate" and rolling is not None:
        expected = desired - (rolling.get("partition") or 0)
        if rolling.get("partition") is not None and updated < expected:
            return Health(
                PROGRESSING, f"Waiting for partitioned roll out to finish: {updated} out of {expected} new pods have been updated..."
            )
        return Health(HEALTHY, f"partitioned roll out complete: {updated} new pods have been updated...")
    if strategy.get("type") != "OnDelete" and status.get("updateRevision") != status.get("currentRevision"):
        revision = status.get("updateRevision")
        return Health(PROGRESSING, f"waiting for statefulset rolling update to complete {updated} pods at revision {revision}...")
    return FINE


def _daemon_set(item: JSON) -> Health:
    name = item["metadata"]["name"]
    if not _is_seen(item):
        return Health(PROGRESSING, OBSERVED.format("daemon set"))
    updated, desired = number(item, "status", "updatedNumberScheduled"), number(item, "status", "desiredNumberScheduled")
    if (item["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
        return Health(HEALTHY, f"daemon set {updated} out of {desired} new pods have been updated")
    waits = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < desired:
        return Health(PROGRESSING, f"{waits}{updated} out of {desired} new pods have been updated...")
    if (available := number(item, "status", "numberAvailable")) < desired:
        return Health(PROGRESSING, f"{waits}{available} of {desired} updated pods are available...")
    return FINE


def _job(item: JSON) -> Health:
    failed, complete, suspended = (condition(item, name) for name in ("Failed", "Complete", "Suspended"))
    if failed is not None:
        return Health(DEGRADED, str(failed.get("message", "")))
    if suspended is not None and suspended.get("status") == "True":
        return Health(SUSPENDED)
    if complete is not None or suspended is not None:
        return Health(HEALTHY, str((complete or suspended or {}).get("message", "")))
    return Health(PROGRESSING)


def _pod(item: JSON) -> Health:
    status = item.get("status") or {}
    phase, message, restarts = status.get("phase", ""), str(status.get("message") or ""), item["spec"].get("restartPolicy", "Always")
    containers: list[JSON] = status.get("containerStatuses") or []
    if restarts == "Always":
        waiting = [(one.get("state") or {}).get("waiting") or {} for one in containers]
        broken = [
            one
            for one in waiting
            if str(one.get("reason", "")).startswith("Err") or str(one.get("reason", "")).endswith(("Error", "BackOff"))
        ]
        if broken:
            return Health(DEGRADED, ", ".join(str(one.get("message", "")) for one in broken))
    if phase == "Pending":
        return Health(PROGRESSING, message)
    if phase == "Succeeded":
        return Health(HEALTHY, message)
    if phase == "Failed":
        return Health(DEGRADED, message or _failure([*(status.get("initContainerStatuses") or []), *containers]))
    if phase != "Running":
        return Health(UNKNOWN, message)
    if restarts == "Always" and is_true(item, "Ready"):
        return Health(HEALTHY, message)
    ended = restarts == "Always" and any((one.get("lastState") or {}).get("terminated") for one in containers)
    return Health(DEGRADED if ended else PROGRESSING, message)


def _failure(containers: list[JSON]) -> str:
    """What the first container that failed says."""
    for one in containers:
        end = (one.get("state") or {}).get("terminated") or {}
        if end.get("message"):
            return str(end["message"])
        if end.get("reason") == "OOMKilled":
            return "OOMKilled"
        if end.get("exitCode"):
            return f'container "{one["name"]}" failed with exit code {end["exitCode"]}'
    return ""


def _claim(item: JSON) -> Health:
    phase = str((item.get("status") or {}).get("phase", ""))
    return Health({"Lost": DEGRADED, "Pending": PROGRESSING, "Bound": HEALTHY}.get(phase, UNKNOWN))


def _balanced(item: JSON) -> Health:
    """Ingresses, and Services of type LoadBalancer: an address."""
    return FINE if ((item.get("status") or {}).get("loadBalancer") or {}).get("ingress") else Health(PROGRESSING)


def _service(item: JSON) -> Health:
    return _balanced(item) if item["spec"].get("type") == "LoadBalancer" else FINE


def _autoscaler(item: JSON) -> Health:
    lost = {("AbleToScale", "FailedGetScale"), ("AbleToScale", "FailedUpdateScale")}
    lost |= {("ScalingActive", "FailedGetResourceMetric"), ("ScalingActive", "InvalidSelector")}
    for one in (item.get("status") or {}).get("conditions") or []:
        if (one.get("type"), one.get("reason")) in lost:
            return Health(DEGRADED, str(one.get("message", "")))
        if one.get("type") in ("AbleToScale", "ScalingLimited") and one.get("status") == "True":
            return Health(HEALTHY, str(one.get("message", "")))
    return Health(PROGRESSING, "Waiting to Autoscale")


RULES: dict[str, Callable[[JSON], Health]] = {
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "Pod": _pod,
    "PersistentVolumeClaim": _claim,
    "Ingress": _balanced,
    "Service": _service,
    "HorizontalPodAutoscaler": _autoscaler,
}
"""Kind -> its rule."""
