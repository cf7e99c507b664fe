"""`get` of what keeps pods running: Deployments, ReplicaSets, StatefulSets, DaemonSets, ReplicationControllers, their revisions."""

from __future__ import annotations

from simulator.kubectl.print.tables.table import Table, columns, containers_cells
from simulator.kubectl.view import View
from simulator.objects.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.meta import LabelSelector
from simulator.objects.replication import ReplicationController
from simulator.objects.selector_text import labels_text, selector_text


def _selector(selector: LabelSelector | None) -> str:
    return selector_text(selector) or "<none>"


def _deployment(item: Deployment, view: View) -> list[str]:
    status = item.status
    return [
        item.metadata.name,
        f"{status.ready_replicas}/{item.spec.replicas or 0}",
        str(status.updated_replicas),
        str(status.available_replicas),
        view.age(item.metadata.creation_timestamp),
        *containers_cells(item.spec.template.spec.containers),
        selector_text(item.spec.selector),
    ]


def _replicas(item: ReplicaSet | ReplicationController, view: View) -> list[str]:
    counts = (item.spec.replicas or 0, item.status.replicas, item.status.ready_replicas)
    selector = _selector(item.spec.selector) if isinstance(item, ReplicaSet) else labels_text(item.spec.selector)
    cells = [*map(str, counts), view.age(item.metadata.creation_timestamp)]
    return [item.metadata.name, *cells, *containers_cells(item.spec.template.spec.containers), selector]


def _stateful_set(item: StatefulSet, view: View) -> list[str]:
    ready = f"{item.status.ready_replicas}/{item.spec.replicas or 0}"
    return [item.metadata.name, ready, view.age(item.metadata.creation_timestamp), *containers_cells(item.spec.template.spec.containers)]


def _daemon_set(item: DaemonSet, view: View) -> list[str]:
    status = item.status
    counts = (
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
    )
    return [
        item.metadata.name,
        *map(str, counts),
        labels_text(item.spec.template.spec.node_selector),
        view.age(item.metadata.creation_timestamp),
        *containers_cells(item.spec.template.spec.containers),
        _selector(item.spec.selector),
    ]


def _revision(item: ControllerRevision, view: View) -> list[str]:
    owner = next((ref for ref in item.metadata.owner_references if ref.controller), None)
    controller = "<none>"
    if owner:
        group = owner.api_version.rpartition("/")[0]
        controller = f"{owner.kind.lower()}{'.' if group else ''}{group}/{owner.name}"
    return [item.metadata.name, controller, str(item.revision or 0), view.age(item.metadata.creation_timestamp)]


_TEMPLATE = "CONTAINERS IMAGES"
TABLES = {
    "Deployment": Table(columns("NAME READY UP-TO-DATE AVAILABLE AGE", f"{_TEMPLATE} SELECTOR"), _deployment),
    "ReplicaSet": Table(columns("NAME DESIRED CURRENT READY AGE", f"{_TEMPLATE} SELECTOR"), _replicas),
    "ReplicationController": Table(columns("NAME DESIRED CURRENT READY AGE", f"{_TEMPLATE} SELECTOR"), _replicas),
    "StatefulSet": Table(columns("NAME READY AGE", _TEMPLATE), _stateful_set),
    "DaemonSet": Table(
        columns("NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE_SELECTOR AGE", f"{_TEMPLATE} SELECTOR"),
        _daemon_set,
    ),
    "ControllerRevision": Table(columns("NAME CONTROLLER REVISION AGE"), _revision),
}
