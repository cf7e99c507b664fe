"""What the API server does to an object of a kind before it is stored for the first time (pkg/registry/*/strategy.go PrepareForCreate)."""

from __future__ import annotations

from typing import Any, TypeVar

from simulator.manifest.qos import qos_class
from simulator.objects import labels
from simulator.objects.apps import DaemonSet, Deployment
from simulator.objects.base import JSON, evolve
from simulator.objects.batch import Job
from simulator.objects.conditions import POD_SCHEDULED
from simulator.objects.discovery import EndpointSlice
from simulator.objects.kinds import Unstructured, is_custom
from simulator.objects.meta import LabelSelector
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition, PodStatus
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim

T = TypeVar("T", bound=Any)

UNSYNCED: JSON = {"currentMetrics": None, "desiredReplicas": 0}
"""The status of an autoscaler before its controller has looked at it."""

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
WITH_STATUS_OF_ITS_OWN = frozenset({"Node", "Namespace", "ResourceQuota", "Service"})
"""Kinds whose status a create request may set, or that the registry writes itself."""
WITHOUT_GENERATION = frozenset({"Service", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "ResourceQuota", "LimitRange"})
"""Kinds with a spec but without a generation."""
WITH_GENERATION = frozenset({"CustomResourceDefinition", "Ingress", "NetworkPolicy"})
"""Kinds without a type of their own that have a generation, as custom resources have."""


def prepared(item: T) -> T:
    """A new object as its registry stores it: with an initial status and the fields that the server owns."""
    if isinstance(item, Pod):
        return _pod(item)  # type: ignore[return-value]
    if isinstance(item, PersistentVolume | PersistentVolumeClaim):
        return evolve(item, status=type(item.status)(phase="Pending"))
    if isinstance(item, Unstructured) and item.kind == "CustomResourceDefinition":
        from simulator.api.custom import established

        return established(item, item.metadata.creation_timestamp or "")  # type: ignore[return-value]
    if isinstance(item, Unstructured) and item.kind == "HorizontalPodAutoscaler":
        return evolve(item, content={**item.content, "status": UNSYNCED})
    ready: Any = _without_status(item)
    if isinstance(ready, Job):
        ready = _job(ready)
    if isinstance(ready, DaemonSet):
        ready = with_template_generation(ready, 1)
    return ready  # type: ignore[no-any-return]


def first_generation(item: Any) -> int | None:
    """The generation of a new object; None for kinds without one."""
    if isinstance(item, EndpointSlice) or (isinstance(item, Unstructured) and _counts_generations(item)):
        return 1
    return 1 if hasattr(item, "spec") and item.kind not in WITHOUT_GENERATION else item.metadata.generation


def meaning(item: Any) -> Any:
    """The part of an object whose change raises its generation."""
    if isinstance(item, EndpointSlice):
        return (item.endpoints, item.ports, item.address_type, item.metadata.labels)
    if isinstance(item, Deployment):
        return (item.spec, item.metadata.annotations)
    if isinstance(item, Unstructured):
        return {name: value for name, value in item.content.items() if name != "status"}
    return getattr(item, "spec", None)


def _counts_generations(item: Unstructured) -> bool:
    return item.kind in WITH_GENERATION or is_custom(item)


def with_template_generation(item: DaemonSet, number: int) -> DaemonSet:
    """Set the annotation that counts the changes of a DaemonSet's template, which is deprecated."""
    annotations = {**item.metadata.annotations, TEMPLATE_GENERATION: str(number)}
    return evolve(item, metadata=evolve(item.metadata, annotations=annotations))


def updated(item: T, before: T) -> T:
    """An object that replaces `before`, with what the registry of its kind changes."""
    if isinstance(item, DaemonSet) and isinstance(before, DaemonSet):
        number = int(before.metadata.annotations.get(TEMPLATE_GENERATION, "1"))
        return with_template_generation(item, number + (item.spec.template != before.spec.template))  # type: ignore[return-value]
    return item


def _without_status(item: T) -> T:
    if not hasattr(item, "status") or item.kind in WITH_STATUS_OF_ITS_OWN:
        return item
    fresh: T = evolve(item, status=type(item.status)())
    return fresh


def _pod(pod: Pod) -> Pod:
    status = PodStatus(phase="Pending", qos_class=qos_class(pod.spec))
    if pod.spec.scheduling_gates:
        gated = PodCondition(
            type=POD_SCHEDULED,
            status="False",
            reason="SchedulingGated",
            message="Scheduling is blocked due to non-empty scheduling gates",
            last_transition_time=pod.metadata.creation_timestamp,
        )
        status = evolve(status, conditions=[gated])
    return evolve(pod, status=status)


def _job(job: Job) -> Job:
    """Set a Job's selector and the labels of its pods from its uid, unless it has `manualSelector`."""
    if job.spec.manual_selector or not job.metadata.uid:
        return job
    uid, name = job.metadata.uid, job.metadata.name
    pod_labels = {
        **job.spec.template.metadata.labels,
        labels.JOB_CONTROLLER_UID: uid,
        labels.JOB_NAME: name,
        labels.LEGACY_CONTROLLER_UID: uid,
        labels.LEGACY_JOB_NAME: name,
    }
    template = evolve(job.spec.template, metadata=evolve(job.spec.template.metadata, labels=pod_labels))
    selector = LabelSelector(match_labels={labels.JOB_CONTROLLER_UID: uid})
    spec = evolve(job.spec, template=template, selector=job.spec.selector or selector)
    # A Job without labels has those of its pods, since each reader sets them (SetDefaults_Job).
    metadata = job.metadata if job.metadata.labels else evolve(job.metadata, labels=pod_labels)
    return evolve(job, spec=spec, metadata=metadata)
