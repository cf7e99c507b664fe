"""All controllers together, as kube-controller-manager runs them."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.controllers.base import Controller
from simulator.controllers.cronjob.controller import CronJobController
from simulator.controllers.daemonset.controller import DaemonSetController
from simulator.controllers.deployment.controller import DeploymentController
from simulator.controllers.disruption import DisruptionController
from simulator.controllers.endpoints.controller import EndpointsController, EndpointSliceController
from simulator.controllers.garbage.collector import GarbageCollector
from simulator.controllers.job.controller import JobController
from simulator.controllers.job.ttl import TtlController
from simulator.controllers.namespaces import NamespaceController, ServiceAccountController
from simulator.controllers.nodes.eviction import TaintEvictionController
from simulator.controllers.nodes.lifecycle import NodeLifecycleController
from simulator.controllers.quotas import ResourceQuotaController
from simulator.controllers.replicaset import ReplicaSetController, ReplicationControllerController
from simulator.controllers.statefulset.controller import StatefulSetController
from simulator.controllers.volumes.binder import PersistentVolumeController
from simulator.dialect import Dialect
from simulator.engine import Engine

CONTROLLERS: tuple[type[Controller], ...] = (
    DeploymentController,
    ReplicaSetController,
    ReplicationControllerController,
    EndpointsController,
    EndpointSliceController,
    StatefulSetController,
    DaemonSetController,
    JobController,
    TtlController,
    CronJobController,
    GarbageCollector,
    NamespaceController,
    ServiceAccountController,
    ResourceQuotaController,
    DisruptionController,
    NodeLifecycleController,
    TaintEvictionController,
    PersistentVolumeController,
)


class ControllerManager:
    """Starts every controller."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        self._controllers = [kind(engine, api, dialect) for kind in CONTROLLERS]

    def start(self) -> None:
        """Let them watch and take up what is there."""
        for controller in self._controllers:
            controller.start()
