"""`describe` of Deployments, ReplicaSets, ReplicationControllers, StatefulSets and DaemonSets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from simulator.golang.ages import rfc1123
from simulator.golang.text import go_value
from simulator.kubectl.print.describe.pod import controller, template
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.tables.storage import storage_class
from simulator.kubectl.view import View
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.kinds import Object
from simulator.objects.labels import POD_TEMPLATE_HASH
from simulator.objects.meta import LabelSelector
from simulator.objects.pod import Pod, PodTemplateSpec
from simulator.objects.replication import ReplicationController
from simulator.objects.selector_text import labels_text, selector_text
from simulator.objects.selectors import matches
from simulator.objects.storage import PersistentVolumeClaim


class _Condition(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> str: ...


def _conditions(conditions: list[_Condition], sheet: Sheet) -> None:
    if conditions:
        sheet.line("Conditions:")
        sheet.line("Type\tStatus\tReason", 1)
        sheet.line("----\t------\t------", 1)
        for one in conditions:
            sheet.line(f"{one.type} \t{one.status}\t{one.reason}", 1)


def _pods_status(owner: Object, selects: Callable[[Pod], bool], view: View) -> str:
    """How many pods that the selector selects and that `owner` controls are in which phase."""
    counts = dict.fromkeys(("Running", "Pending", "Succeeded", "Failed"), 0)
    for pod in view.snapshot.typed(Pod, owner.metadata.namespace):
        controlled = any(ref.controller and ref.uid == owner.metadata.uid for ref in pod.metadata.owner_references)
        if controlled and selects(pod) and pod.status.phase in counts:
            counts[pod.status.phase] += 1
    words = ("Running", "Waiting", "Succeeded", "Failed")
    return " / ".join(f"{count} {word}" for count, word in zip(counts.values(), words, strict=True))


def _selected_by(selector: LabelSelector | None) -> Callable[[Pod], bool]:
    return lambda pod: matches(selector, pod.metadata.labels)


def deployment(item: Deployment, sheet: Sheet, view: View) -> None:
    """A Deployment, with its ReplicaSets."""
    spec, status = item.spec, item.status
    sheet.head(item.metadata)
    sheet.row("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    sheet.marks(item.metadata)
    sheet.row("Selector", selector_text(spec.selector))
    counts = (
        f"{spec.replicas or 0} desired | {status.updated_replicas} updated | {status.replicas} total | "
        f"{status.available_replicas} available | {status.unavailable_replicas} unavailable"
    )
    sheet.row("Replicas", counts)
    sheet.row("StrategyType", spec.strategy.type if spec.strategy else "")
    sheet.row("MinReadySeconds", spec.min_ready_seconds or 0)
    if spec.strategy and (rolling := spec.strategy.rolling_update):
        sheet.row("RollingUpdateStrategy", f"{rolling.max_unavailable} max unavailable, {rolling.max_surge} max surge")
    template(spec.template, sheet, view)
    _conditions([*status.conditions], sheet)
    old, new = replica_sets(item, view)
    if old or new:
        sheet.row("OldReplicaSets", _sets(old))
        sheet.row("NewReplicaSet", _sets(new))


def replica_sets(item: Deployment, view: View) -> tuple[list[ReplicaSet], list[ReplicaSet]]:
    """The old ReplicaSets of a Deployment, oldest first, and the one with the present template (none yet: empty)."""
    owned = [
        one
        for one in view.snapshot.typed(ReplicaSet, item.metadata.namespace)
        if matches(item.spec.selector, one.metadata.labels)
        and any(ref.controller and ref.uid == item.metadata.uid for ref in one.metadata.owner_references)
    ]
    owned.sort(key=lambda one: (one.metadata.creation_timestamp or "", one.metadata.name))
    desired = _comparable(item.spec.template)
    new = next((one for one in owned if _comparable(one.spec.template) == desired), None)
    return [one for one in owned if one is not new], [new] if new else []


def _comparable(item: PodTemplateSpec) -> object:
    """A template without the hash label that ReplicaSets add."""
    data = msgspec.to_builtins(item)
    (data["metadata"].get("labels") or {}).pop(POD_TEMPLATE_HASH, None)
    return data


def _sets(sets: list[ReplicaSet]) -> str:
    return ", ".join(f"{one.metadata.name} ({one.status.replicas}/{one.spec.replicas or 0} replicas created)" for one in sets) or "<none>"


def replica_set(item: ReplicaSet, sheet: Sheet, view: View) -> None:
    """A ReplicaSet."""
    sheet.head(item.metadata)
    sheet.row("Selector", selector_text(item.spec.selector) or "<none>")
    sheet.marks(item.metadata)
    sheet.rows([("Controlled By", controller(item.metadata))])
    _replicas(item, _selected_by(item.spec.selector), sheet, view)


def replication_controller(item: ReplicationController, sheet: Sheet, view: View) -> None:
    """A ReplicationController."""
    labels = item.spec.selector
    sheet.head(item.metadata)
    sheet.row("Selector", labels_text(labels))
    sheet.marks(item.metadata)
    _replicas(item, lambda pod: labels.items() <= pod.metadata.labels.items(), sheet, view)


def _replicas(item: ReplicaSet | ReplicationController, selects: Callable[[Pod], bool], sheet: Sheet, view: View) -> None:
    sheet.row("Replicas", f"{item.status.replicas} current / {item.spec.replicas or 0} desired")
    sheet.row("Pods Status", _pods_status(item, selects, view))
    template(item.spec.template, sheet, view)
    _conditions([*item.status.conditions], sheet)


def stateful_set(item: StatefulSet, sheet: Sheet, view: View) -> None:
    """A StatefulSet."""
    spec = item.spec
    policies = view.dialect.statefulset_has_policies
    sheet.head(item.metadata)
    sheet.row("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    sheet.row("Selector", selector_text(spec.selector))
    sheet.marks(item.metadata)
    if policies:
        sheet.rows([("Service Name", spec.service_name or None), ("Pod Management Policy", spec.pod_management_policy or None)])
    sheet.row("Replicas", f"{spec.replicas or 0} desired | {item.status.replicas} total")
    sheet.row("Update Strategy", spec.update_strategy.type if spec.update_strategy else "")
    rolling = spec.update_strategy.rolling_update if spec.update_strategy else None
    if rolling and rolling.partition is not None:
        sheet.rows([("Partition", rolling.partition), ("MaxUnavailable", rolling.max_unavailable)], 1)
    if policies and (kept := spec.persistent_volume_claim_retention_policy):
        sheet.line("Persistent Volume Claim Retention Policy:")
        sheet.rows([("WhenDeleted", kept.when_deleted), ("WhenScaled", kept.when_scaled)], 1)
    sheet.row("Pods Status", _pods_status(item, _selected_by(spec.selector), view))
    template(spec.template, sheet, view)
    _claims(spec.volume_claim_templates, sheet)


def _claims(claims: list[PersistentVolumeClaim], sheet: Sheet) -> None:
    sheet.line("Volume Claims:" + ("" if claims else "\t<none>"))
    for claim in claims:
        sheet.row("Name", claim.metadata.name, 1)
        sheet.row("StorageClass", storage_class(claim.metadata, claim.spec.class_name), 1)
        sheet.labels("Labels", claim.metadata.labels, "  ")
        sheet.labels("Annotations", claim.metadata.annotations, "  ")
        requests = (claim.spec.resources or {}).get("requests") or {}
        sheet.row("Capacity", requests.get("storage", "<default>"), 1)
        sheet.row("Access Modes", go_value(claim.spec.access_modes), 1)


def daemon_set(item: DaemonSet, sheet: Sheet, view: View) -> None:
    """A DaemonSet."""
    spec, status = item.spec, item.status
    sheet.head(item.metadata, namespaced=view.dialect.daemonset_has_namespace)
    sheet.row("Selector", selector_text(spec.selector))
    sheet.row("Node-Selector", labels_text(spec.template.spec.node_selector))
    sheet.marks(item.metadata)
    for words, count in (
        ("Desired Number of Nodes Scheduled", status.desired_number_scheduled),
        ("Current Number of Nodes Scheduled", status.current_number_scheduled),
        ("Number of Nodes Scheduled with Up-to-date Pods", status.updated_number_scheduled),
        ("Number of Nodes Scheduled with Available Pods", status.number_available),
        ("Number of Nodes Misscheduled", status.number_misscheduled),
    ):
        sheet.line(f"{words}: {count}")
    sheet.row("Pods Status", _pods_status(item, _selected_by(spec.selector), view))
    template(spec.template, sheet, view)


DESCRIBERS = {
    "Deployment": deployment,
    "ReplicaSet": replica_set,
    "ReplicationController": replication_controller,
    "StatefulSet": stateful_set,
    "DaemonSet": daemon_set,
}
