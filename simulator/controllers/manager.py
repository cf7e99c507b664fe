"""All controllers together, as kube-controller-manager runs them."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from simulator.api import ApiServer
from simulator.controllers.base import Controller
from simulator.dialect import Dialect
from simulator.engine import Engine


class Home(NamedTuple):
    """Where a controller is: module and class of this room, and the kinds without which it has nothing to do (empty: it always has)."""

    module: str
    name: str
    wakes_for: tuple[str, ...] = ()


CONTROLLERS: tuple[Home, ...] = (
    # Before Deployments: a set brings its pods to a number before a Deployment, at the same instant, asks the next set for more.
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
    Home("disruption", "DisruptionController", ("PodDisruptionBudget",)),
    Home("nodes.lifecycle", "NodeLifecycleController"),
    Home("nodes.eviction", "TaintEvictionController"),
    Home("orphans", "PodGarbageController", ("Pod",)),
    Home("volumes.binder", "PersistentVolumeController", ("PersistentVolume", "PersistentVolumeClaim")),
)


class ControllerManager:
    """Starts every controller: at once, or with the first object of a kind it is for. The rest is never even loaded."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._waiting: list[Home] = []

    def start(self) -> None:
        """Let them watch and take up what is there."""
        present = set(self._api.store.kinds())
        for home in CONTROLLERS:
            if not home.wakes_for or present.intersection(home.wakes_for):
                self._start(home)
            else:
                self._waiting.append(home)
        for kind in sorted({kind for home in self._waiting for kind in home.wakes_for}):
            self._api.store.watch(kind, lambda write, _before: self._wake(write.key.kind))

    def _wake(self, kind: str) -> None:
        """The first object of a kind is there: who is for it takes it up."""
        due = [home for home in self._waiting if kind in home.wakes_for]
        for home in due:
            self._waiting.remove(home)
            self._start(home)

    def _start(self, home: Home) -> None:
        kind: type[Controller] = getattr(import_module(f"simulator.controllers.{home.module}"), home.name)
        kind(self._engine, self._api, self._dialect).start()
