"""The orders in which helm and Argo CD send objects: by kind (helm pkg/release/v1/util/kind_sorter.go, gitops-engine pkg/sync)."""

from __future__ import annotations

from collections.abc import Sequence

ORDER = (
    "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
    "ServiceAccount", "Secret", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim", "CustomResourceDefinition",
    "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet",
    "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
)  # fmt: skip
HELM = (*ORDER, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
"""helm installs in this order, and removes in the opposite one, webhooks and Services apart."""
HELM_REMOVES = (
    "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "Ingress", "IngressClass", "Service",
    *(kind for kind in reversed(ORDER) if kind not in ("APIService", "Ingress", "IngressClass", "Service")),
)  # fmt: skip
ARGO = ORDER[1:]
"""Argo CD knows neither PriorityClasses nor webhooks: kinds that are not in its list come last."""


def helm_rank(kind: str, order: Sequence[str] = HELM) -> tuple[int, str]:
    """The place of a kind in helm's order; other kinds come last, by name."""
    return (order.index(kind), "") if kind in order else (len(order), kind)


def argo_rank(kind: str) -> int:
    """The place of a kind in Argo CD's order; all other kinds share the last one."""
    return ARGO.index(kind) if kind in ARGO else len(ARGO)
