"""Which validation rules apply to a kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors
from simulator.manifest.validation.meta import object_meta
from simulator.objects.base import JSON
from simulator.objects.kinds import BY_NAME

_RULES: dict[str, tuple[str, str]] = {
    "Pod": ("pod", "pod"),
    "Deployment": ("workloads", "deployment"),
    "ReplicaSet": ("workloads", "replica_set"),
    "ReplicationController": ("workloads", "replication_controller"),
    "StatefulSet": ("workloads", "stateful_set"),
    "DaemonSet": ("workloads", "daemon_set"),
    "Job": ("jobs", "job"),
    "CronJob": ("jobs", "cron_job"),
    "Service": ("service", "service"),
    "ConfigMap": ("config", "config_map"),
    "Secret": ("config", "secret"),
    "Namespace": ("config", "namespace"),
    "ServiceAccount": ("config", "service_account"),
    "LimitRange": ("config", "limit_range"),
    "ResourceQuota": ("config", "resource_quota"),
    "PriorityClass": ("config", "priority_class"),
    "PersistentVolume": ("storage", "persistent_volume"),
    "PersistentVolumeClaim": ("storage", "persistent_volume_claim"),
    "StorageClass": ("storage", "storage_class"),
    "PodDisruptionBudget": ("others", "disruption_budget"),
    "NetworkPolicy": ("others", "network_policy"),
    "Ingress": ("others", "ingress"),
    "Role": ("others", "role"),
    "ClusterRole": ("others", "role"),
    "RoleBinding": ("others", "role_binding"),
    "ClusterRoleBinding": ("others", "role_binding"),
    "HorizontalPodAutoscaler": ("autoscaling", "autoscaler"),
    "Event": ("others", "event"),
}
"""Kind -> module of this package and function in it. A module is loaded when the first object of its kinds is checked."""
WITH_DIALECT = frozenset(
    {
        "Pod",
        "Deployment",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Service",
        "Ingress",
        "NetworkPolicy",
    }
)
BY_SCOPE = {"Role": True, "RoleBinding": True, "ClusterRole": False, "ClusterRoleBinding": False}


def rules_for(kind: str, api_version: str, dialect: Dialect) -> Callable[[JSON], Errors]:
    """The rules of a kind as a function of its JSON value."""
    known = BY_NAME.get(kind)
    if kind not in _RULES or known is None or known.group != api_version.rpartition("/")[0]:
        return lambda value: object_meta(value["metadata"], names.path_segment, namespaced=bool(value["metadata"].get("namespace")))
    module, name = _RULES[kind]
    rule = getattr(import_module(f"simulator.manifest.validation.{module}"), name)
    if kind in WITH_DIALECT:
        return lambda value: rule(value, dialect)
    return partial(rule, namespaced=BY_SCOPE[kind]) if kind in BY_SCOPE else rule
