"""ConfigMap, Secret, ServiceAccount, Namespace, and the limits of a namespace (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import LocalObjectReference
from simulator.objects.service import ObjectReference


class ConfigMap(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    binary_data: dict[str, str] = {}
    data: dict[str, str] = {}
    immutable: bool | None = None
    kind: str = shown("ConfigMap")
    metadata: ObjectMeta = shown_struct(ObjectMeta)


class Secret(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    data: dict[str, str] = {}
    immutable: bool | None = None
    kind: str = shown("Secret")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    string_data: dict[str, str] = {}
    type: str = ""


class ServiceAccount(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    automount_service_account_token: bool | None = None
    image_pull_secrets: list[LocalObjectReference] = []
    kind: str = shown("ServiceAccount")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    secrets: list[ObjectReference] = []


class LimitRangeItem(KubeStruct, frozen=True):
    type: str = shown("")
    default: dict[str, str] = {}
    default_request: dict[str, str] = {}
    max: dict[str, str] = {}
    max_limit_request_ratio: dict[str, str] = {}
    min: dict[str, str] = {}


class LimitRangeSpec(KubeStruct, frozen=True):
    limits: list[LimitRangeItem] = []


class LimitRange(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("LimitRange")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: LimitRangeSpec = shown_struct(LimitRangeSpec)


class ResourceQuotaSpec(KubeStruct, frozen=True):
    hard: dict[str, str] = {}
    scope_selector: JSON | None = None
    scopes: list[str] = []


class ResourceQuotaStatus(KubeStruct, frozen=True):
    hard: dict[str, str] = {}
    used: dict[str, str] = {}


class ResourceQuota(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("ResourceQuota")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: ResourceQuotaSpec = shown_struct(ResourceQuotaSpec)
    status: ResourceQuotaStatus = shown_struct(ResourceQuotaStatus)


class NamespaceSpec(KubeStruct, frozen=True):
    finalizers: list[str] = []


class NamespaceStatus(KubeStruct, frozen=True):
    conditions: list[JSON] = []
    phase: str = ""


class Namespace(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("Namespace")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: NamespaceSpec = shown_struct(NamespaceSpec)
    status: NamespaceStatus = shown_struct(NamespaceStatus)
