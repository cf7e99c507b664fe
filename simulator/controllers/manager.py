"""All controllers together, as kube-controller-manager runs them."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from simulator.api import ApiServer
from simulator.controllers.base import Controller
from simulator.dialect import Dialect
from simulator.engine import Engine


class Home(NamedTuple):
    """A controller: its module and class in this package, and the kinds whose first object starts it (empty: it always runs)."""

    module: str
    name: str
    wakes_for: tuple[str, ...] = ()


CONTROLLERS: tuple[Home, ...] = (
    # Before Deployments: a ReplicaSet creates its pods before its Deployment, at the same instant, scales the next one.
    Home("replicaset", "ReplicaSetController", ("ReplicaSet", "Deployment")),
    Home("deployment.controller", "DeploymentController", ("Deployment",)),
    Home("replicaset", "ReplicationControllerController", ("ReplicationController",)),
    Home("endpoints.controller", "EndpointsController", ("Service",)),
    Home("endpoints.controller", "EndpointSliceController", ("Service",)),
    Home("statefulset.controller", "StatefulSetController", ("StatefulSet",)),
    Home("daemonset.controller", "DaemonSetController", ("DaemonSet",)),
    Home("job.controller", "JobController", ("Job",)),
    Home("job.ttl", "TtlController", ("Job",)),
    Home("cronjob.controller", "CronJobController", ("CronJob",)),
    Home("garbage.collector", "GarbageCollector"),
    Home("namespaces", "NamespaceController"),
    Home("namespaces", "ServiceAccountController"),
    Home("quotas", "ResourceQuotaController", ("ResourceQuota",)),
    Home("podautoscaler.controller", "HorizontalPodAutoscalerController", ("HorizontalPodAutoscaler",)),
    Home("disruption", "DisruptionController", ("PodDisruptionBudget",)),
    Home("nodes.lifecycle", "NodeLifecycleController"),
    Home("nodes.eviction", "TaintEvictionController"),
    Home("orphans", "PodGarbageController", ("Pod",)),
    Home("definitions", "DefinitionController", ("CustomResourceDefinition",)),
    Home("volumes.binder", "PersistentVolumeController", ("PersistentVolume", "PersistentVolumeClaim")),
    Home("volumes.attachment", "AttachDetachController", ("PersistentVolume",)),
    Home("volumes.protection", "ClaimProtectionController", ("PersistentVolumeClaim",)),
    Home("volumes.protection", "VolumeProtectionController", ("PersistentVolume",)),
)


class ControllerManager:
    """Starts every controller: at once, or with the first object of one of its kinds. Others are not imported."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._waiting: list[Home] = []

    def start(self) -> None:
        """Start the controllers that always run or whose objects exist."""
        present = set(self._api.store.kinds())
        for home in CONTROLLERS:
            if not home.wakes_for or present.intersection(home.wakes_for):
                self._start(home)
            else:
                self._waiting.append(home)
        for kind in sorted({kind for home in self._waiting for kind in home.wakes_for}):
            self._api.store.watch(kind, lambda write, _before: self._wake(write.key.kind))

    def _wake(self, kind: str) -> None:
        """Start the controllers of a kind with its first object."""
        due = [home for home in self._waiting if kind in home.wakes_for]
        for home in due:
            self._waiting.remove(home)
            self._start(home)

    def _start(self, home: Home) -> None:
        kind: type[Controller] = getattr(import_module(f"simulator.controllers.{home.module}"), home.name)
        kind(self._engine, self._api, self._dialect).start()
