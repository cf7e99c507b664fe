"""ObjectMeta and its kin (apimachinery meta/v1)."""

from __future__ import annotations

from typing import Protocol

from simulator.objects.base import JSON, KubeStruct, shown
from simulator.objects.labels import POD_TEMPLATE_HASH


class OwnerReference(KubeStruct, frozen=True):
    api_version: str = shown("")
    kind: str = shown("")
    name: str = shown("")
    uid: str = shown("")
    block_owner_deletion: bool | None = None
    controller: bool | None = None


class ObjectMeta(KubeStruct, frozen=True):
    annotations: dict[str, str] = {}
    creation_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    deletion_timestamp: str | None = None
    finalizers: list[str] = []
    generate_name: str = ""
    generation: int | None = None
    labels: dict[str, str] = {}
    managed_fields: list[JSON] = []
    name: str = ""
    namespace: str = ""
    owner_references: list[OwnerReference] = []
    resource_version: str = ""
    self_link: str = ""
    uid: str = ""


class HasMetadata(Protocol):
    """Any API object."""

    @property
    def metadata(self) -> ObjectMeta:
        """Names, labels, owners, times."""
        ...


def is_being_deleted(item: HasMetadata) -> bool:
    """Whether the object has been deleted but is still there: its grace period runs, or finalizers hold it."""
    return item.metadata.deletion_timestamp is not None


def lasting_name(meta: ObjectMeta) -> str:
    """The name (generateName before there is one) without the hash of the pod template.

    Random streams are named after it, so that a Deployment gets the same random draws whatever its template, and runs can be compared.
    """
    name = meta.name or meta.generate_name
    template_hash = meta.labels.get(POD_TEMPLATE_HASH)
    return name.replace(f"-{template_hash}", "", 1) if template_hash else name


class LabelSelectorRequirement(KubeStruct, frozen=True):
    key: str = shown("")
    operator: str = shown("")
    values: list[str] = []


class LabelSelector(KubeStruct, frozen=True):
    match_expressions: list[LabelSelectorRequirement] = []
    match_labels: dict[str, str] = {}


class Condition(KubeStruct, frozen=True):
    last_transition_time: str | None = None
    message: str = shown("")
    reason: str = shown("")
    status: str = shown("")
    type: str = shown("")
    observed_generation: int | None = None
