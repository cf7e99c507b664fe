"""Names, labels and claims of a StatefulSet's pods (stateful_set_utils.go). Pure."""

from __future__ import annotations

from simulator.client.pods import available_in
from simulator.controllers.pod_control import pod_from_template
from simulator.objects.apps import StatefulSet
from simulator.objects.base import evolve
from simulator.objects.labels import CONTROLLER_REVISION_HASH, POD_INDEX, STATEFULSET_POD_NAME
from simulator.objects.meta import OwnerReference, is_being_deleted
from simulator.objects.pod import Pod, PodTemplateSpec
from simulator.objects.pod_facts import is_ready
from simulator.objects.storage import PersistentVolumeClaim
from simulator.objects.volume import PersistentVolumeClaimVolumeSource, Volume


def ordinal_of(item: StatefulSet, pod: Pod) -> int | None:
    """The ordinal in a pod's name; None when the name is not one of the set."""
    prefix, _, number = pod.metadata.name.rpartition("-")
    return int(number) if prefix == item.metadata.name and number.isdigit() else None


def start_of(item: StatefulSet) -> int:
    """The first ordinal."""
    return (item.spec.ordinals.start if item.spec.ordinals else None) or 0


def ordinals(item: StatefulSet) -> range:
    """The ordinals of the set."""
    return range(start_of(item), start_of(item) + (item.spec.replicas or 0))


def claim_name(template: PersistentVolumeClaim, item: StatefulSet, ordinal: int) -> str:
    """The name of a pod's claim."""
    return f"{template.metadata.name}-{item.metadata.name}-{ordinal}"


def new_pod(item: StatefulSet, template: PodTemplateSpec, revision: str, ordinal: int) -> Pod:
    """The pod of an ordinal from a template, with its name, host name, labels, and claims as volumes."""
    pod = pod_from_template(template, item, name=f"{item.metadata.name}-{ordinal}")
    labels = {**pod.metadata.labels, STATEFULSET_POD_NAME: pod.metadata.name, POD_INDEX: str(ordinal), CONTROLLER_REVISION_HASH: revision}
    claimed = [
        Volume(
            name=one.metadata.name,
            persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim_name(one, item, ordinal)),
        )
        for one in item.spec.volume_claim_templates
    ]
    names = {volume.name for volume in claimed}
    volumes = [*claimed, *(volume for volume in pod.spec.volumes if volume.name not in names)]
    spec = evolve(pod.spec, hostname=pod.metadata.name, subdomain=item.spec.service_name, volumes=volumes)
    return evolve(pod, metadata=evolve(pod.metadata, labels=labels), spec=spec)


def new_claims(item: StatefulSet, ordinal: int) -> list[PersistentVolumeClaim]:
    """The claims of an ordinal's pod."""
    labels = item.spec.selector.match_labels if item.spec.selector else {}
    return [
        evolve(
            one,
            metadata=evolve(
                one.metadata,
                name=claim_name(one, item, ordinal),
                namespace=item.metadata.namespace,
                labels={**one.metadata.labels, **labels},
                owner_references=_claim_owners(item),
            ),
        )
        for one in item.spec.volume_claim_templates
    ]


def _claim_owners(item: StatefulSet) -> list[OwnerReference]:
    """None, so that claims outlive the set, unless its retention policy is `whenDeleted: Delete`."""
    policy = item.spec.persistent_volume_claim_retention_policy
    if policy is None or policy.when_deleted != "Delete":
        return []
    return [OwnerReference(api_version=item.api_version, kind=item.kind, name=item.metadata.name, uid=item.metadata.uid, controller=True)]


def revision_of(pod: Pod) -> str:
    """The name of the revision of a pod."""
    return pod.metadata.labels.get(CONTROLLER_REVISION_HASH, "")


def is_deleted(pod: Pod) -> bool:
    """Whether it is being deleted."""
    return is_being_deleted(pod)


def is_running_and_ready(pod: Pod) -> bool:
    """Whether the pod runs and is ready."""
    return pod.status.phase == "Running" and is_ready(pod)


def is_healthy(pod: Pod | None) -> bool:
    """Whether a pod runs, is ready and is not being deleted."""
    return pod is not None and is_running_and_ready(pod) and not is_deleted(pod)


def is_unavailable(item: StatefulSet, pod: Pod | None, wall: int) -> bool:
    """Whether a pod is missing, being deleted, or not ready for minReadySeconds."""
    return pod is None or is_deleted(pod) or available_in(pod, item.spec.min_ready_seconds, wall) != 0
