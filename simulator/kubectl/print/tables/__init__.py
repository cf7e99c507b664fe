"""The columns of `kubectl get`, kind by kind: what the API server's printers make (pkg/printers/internalversion)."""

from __future__ import annotations

from importlib import import_module

from simulator.kubectl.print.tables.table import Table
from simulator.kubectl.view import View
from simulator.objects.kinds import BY_NAME, Kind

_MODULES = {
    "pods": ("Pod",),
    "workloads": ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "ControllerRevision"),
    "jobs": ("Job", "CronJob"),
    "services": ("Service", "Endpoints", "EndpointSlice"),
    "cluster": ("Node", "Event", "Namespace", "PriorityClass"),
    "config": ("ConfigMap", "Secret", "ServiceAccount", "ResourceQuota", "LimitRange", "PodDisruptionBudget"),
    "autoscaling": ("HorizontalPodAutoscaler",),
    "storage": ("PersistentVolume", "PersistentVolumeClaim"),
}
_HOME = {kind: module for module, kinds in _MODULES.items() for kind in kinds}


def table_of(kind: Kind, view: View) -> Table:
    """The table of a kind, which may be that of a custom resource."""
    if kind.name in BY_NAME and BY_NAME[kind.name].group == kind.group:
        return table_for(kind.name)
    from simulator.kubectl.print.tables.custom import custom_table

    return custom_table(kind, view)


def table_for(kind: str) -> Table:
    """The table of a kind; kinds that are stored, not simulated have NAME and AGE."""
    module = import_module(f"simulator.kubectl.print.tables.{_HOME.get(kind, 'others')}")
    table: Table = module.TABLES.get(kind) or module.OTHER
    return table
