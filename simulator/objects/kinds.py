"""The kinds podsim knows: their names, API groups, scope and Python types."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from simulator.objects.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.batch import CronJob, Job
from simulator.objects.config import ConfigMap, LimitRange, Namespace, ResourceQuota, Secret, ServiceAccount
from simulator.objects.discovery import EndpointSlice
from simulator.objects.event import Event
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.replication import ReplicationController
from simulator.objects.scheduling import PriorityClass
from simulator.objects.service import Endpoints, Service
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim


class Unstructured(KubeStruct, frozen=True):
    """An object of a kind that podsim keeps in the store but does not simulate. `content` is all but the three named fields."""

    api_version: str = shown("")
    kind: str = shown("")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    content: JSON = {}


Object = (
    Pod
    | Service
    | Endpoints
    | EndpointSlice
    | Event
    | ConfigMap
    | Secret
    | ServiceAccount
    | Namespace
    | Node
    | LimitRange
    | ResourceQuota
    | PersistentVolume
    | PersistentVolumeClaim
    | Deployment
    | ReplicaSet
    | StatefulSet
    | DaemonSet
    | ControllerRevision
    | ReplicationController
    | Job
    | CronJob
    | PodDisruptionBudget
    | PriorityClass
    | Unstructured
)


class Kind(NamedTuple):
    """A row of the table of kinds. `struct` is None for kinds that are stored but not simulated."""

    name: str
    api_version: str
    plural: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    struct: type[Any] | None = None

    @property
    def singular(self) -> str:
        """What kubectl calls one of them: `deployment`."""
        return self.name.lower()

    @property
    def group(self) -> str:
        """The API group, empty for core."""
        return self.api_version.rpartition("/")[0]

    @property
    def resource(self) -> str:
        """How kubectl names it in full: `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


KINDS: tuple[Kind, ...] = (
    Kind("Pod", "v1", "pods", ("po",), True, Pod),
    Kind("Service", "v1", "services", ("svc",), True, Service),
    Kind("Endpoints", "v1", "endpoints", ("ep",), True, Endpoints),
    Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices", (), True, EndpointSlice),
    Kind("Event", "v1", "events", ("ev",), True, Event),
    Kind("ConfigMap", "v1", "configmaps", ("cm",), True, ConfigMap),
    Kind("Secret", "v1", "secrets", (), True, Secret),
    Kind("ServiceAccount", "v1", "serviceaccounts", ("sa",), True, ServiceAccount),
    Kind("Namespace", "v1", "namespaces", ("ns",), False, Namespace),
    Kind("Node", "v1", "nodes", ("no",), False, Node),
    Kind("LimitRange", "v1", "limitranges", ("limits",), True, LimitRange),
    Kind("ResourceQuota", "v1", "resourcequotas", ("quota",), True, ResourceQuota),
    Kind("PersistentVolume", "v1", "persistentvolumes", ("pv",), False, PersistentVolume),
    Kind("PersistentVolumeClaim", "v1", "persistentvolumeclaims", ("pvc",), True, PersistentVolumeClaim),
    Kind("ReplicationController", "v1", "replicationcontrollers", ("rc",), True, ReplicationController),
    Kind("Deployment", "apps/v1", "deployments", ("deploy",), True, Deployment),
    Kind("ReplicaSet", "apps/v1", "replicasets", ("rs",), True, ReplicaSet),
    Kind("StatefulSet", "apps/v1", "statefulsets", ("sts",), True, StatefulSet),
    Kind("DaemonSet", "apps/v1", "daemonsets", ("ds",), True, DaemonSet),
    Kind("ControllerRevision", "apps/v1", "controllerrevisions", (), True, ControllerRevision),
    Kind("Job", "batch/v1", "jobs", (), True, Job),
    Kind("CronJob", "batch/v1", "cronjobs", ("cj",), True, CronJob),
    Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", ("pdb",), True, PodDisruptionBudget),
    Kind("PriorityClass", "scheduling.k8s.io/v1", "priorityclasses", ("pc",), False, PriorityClass),
    Kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers", ("hpa",)),
    # Stored, not simulated.
    Kind("PodTemplate", "v1", "podtemplates"),
    Kind("Ingress", "networking.k8s.io/v1", "ingresses", ("ing",)),
    Kind("IngressClass", "networking.k8s.io/v1", "ingressclasses", (), False),
    Kind("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", ("netpol",)),
    Kind("Role", "rbac.authorization.k8s.io/v1", "roles"),
    Kind("RoleBinding", "rbac.authorization.k8s.io/v1", "rolebindings"),
    Kind("ClusterRole", "rbac.authorization.k8s.io/v1", "clusterroles", (), False),
    Kind("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "clusterrolebindings", (), False),
    Kind("StorageClass", "storage.k8s.io/v1", "storageclasses", ("sc",), False),
    Kind("CSIDriver", "storage.k8s.io/v1", "csidrivers", (), False),
    Kind("VolumeAttachment", "storage.k8s.io/v1", "volumeattachments", (), False),
    Kind("Lease", "coordination.k8s.io/v1", "leases"),
    Kind("RuntimeClass", "node.k8s.io/v1", "runtimeclasses", (), False),
    Kind("CustomResourceDefinition", "apiextensions.k8s.io/v1", "customresourcedefinitions", ("crd", "crds"), False),
    Kind("APIService", "apiregistration.k8s.io/v1", "apiservices", (), False),
    Kind("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", (), False),
    Kind("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", (), False),
)

READ_AS_STORED = frozenset(
    {
        "HorizontalPodAutoscaler", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "StorageClass", "CSIDriver", "RuntimeClass",
        "VolumeAttachment", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
    }
)  # fmt: skip
"""Kinds without a type of their own that the autoscaler, authorization, volumes and admission read."""
BY_NAME = {kind.name: kind for kind in KINDS}
_BY_GROUP = {(kind.group, kind.name): kind for kind in KINDS}
_BY_WORD = {
    f"{word}{suffix}": kind
    for kind in KINDS
    for word in (kind.singular, kind.plural, *kind.short_names)
    for suffix in ("", f".{kind.group}", f".{kind.api_version.rpartition('/')[2]}.{kind.group}")
}


def kind_for_word(word: str) -> Kind | None:
    """The kind that a user of kubectl means by `po`, `pods`, `pod`, `deployments.apps`, `deploy.v1.apps`."""
    return _BY_WORD.get(word.lower())


def kind_of_key(key: Key) -> Kind:
    """The kind of a key's object; for a custom resource a kind derived from its key, which contains kind and group."""
    if key.kind in BY_NAME:
        return BY_NAME[key.kind]
    kind, _, group = key.kind.partition(".")
    return Kind(kind, f"{group}/v1", f"{kind.lower()}s", (), bool(key.namespace))


def kind_for(api_version: str, name: str) -> Kind | None:
    """The kind of an object, by its apiVersion (the group counts, not the version) and kind."""
    return _BY_GROUP.get((api_version.rpartition("/")[0], name))


def is_custom(item: Object) -> bool:
    """Whether an object is a custom resource."""
    return isinstance(item, Unstructured) and kind_for(item.api_version, item.kind) is None


class Key(NamedTuple):
    """Identifies an object. An unknown kind is written with its group (`Widget.example.com`); cluster-scoped: no namespace."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}/{self.name}"


def kind_name(item: Object) -> str:
    """The first part of an object's key."""
    if not isinstance(item, Unstructured) or kind_for(item.api_version, item.kind):
        return item.kind
    return f"{item.kind}.{item.api_version.rpartition('/')[0]}"


def key_of(item: Object) -> Key:
    """The key under which the store keeps `item`."""
    return Key(kind_name(item), item.metadata.namespace, item.metadata.name)


def from_builtins(data: JSON) -> Object:
    """Decode one API object. Raises msgspec.ValidationError with the path of the invalid value."""
    kind = kind_for(str(data.get("apiVersion", "")), str(data.get("kind", "")))
    if kind is not None and kind.struct is not None:
        return msgspec.convert(data, kind.struct)  # type: ignore[no-any-return]
    metadata = msgspec.convert(data.get("metadata") or {}, ObjectMeta)
    content = {name: value for name, value in data.items() if name not in ("apiVersion", "kind", "metadata")}
    return Unstructured(api_version=str(data.get("apiVersion", "")), kind=str(data.get("kind", "")), metadata=metadata, content=content)


def to_builtins(item: Object) -> JSON:
    """Encode one API object as plain JSON values, as `kubectl get -o json` would show it."""
    data: JSON = msgspec.to_builtins(item)
    if isinstance(item, Unstructured):
        data.update(data.pop("content", {}))
    return data
