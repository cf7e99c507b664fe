"""`describe pod`, and the pod template of everything that makes pods."""

from __future__ import annotations

import msgspec

from simulator.golang.ages import rfc1123
from simulator.kubectl.print.describe.containers import containers, resources
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.describe.volumes import volumes
from simulator.kubectl.view import View
from simulator.objects.affinity import TopologySpreadConstraint
from simulator.objects.container import Container
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod, PodSpec, PodTemplateSpec
from simulator.objects.pod_facts import has_ended
from simulator.objects.selector_text import selector_text


def pod(item: Pod, sheet: Sheet, view: View) -> None:
    """Everything about a pod but its events."""
    _identity(item, sheet)
    _state(item, sheet, view)
    if item.spec.resources is not None and view.dialect.describes_pod_resources:
        sheet.line("Resources:")
        resources(item.spec.resources, sheet, 1)
    _all_containers(item, sheet, view)
    _conditions(item, sheet)
    volumes(item.spec.volumes, sheet, view)
    sheet.row("QoS Class", item.status.qos_class or _qos(item.spec))
    sheet.labels("Node-Selectors", item.spec.node_selector)
    sheet.tolerations("Tolerations", item.spec.tolerations)
    _spread(item.spec.topology_spread_constraints, sheet)
    _group(item.spec, sheet)


def _identity(item: Pod, sheet: Sheet) -> None:
    spec = item.spec
    sheet.head(item.metadata)
    rows: list[tuple[str, object]] = [
        ("Priority", spec.priority),
        ("Priority Class Name", spec.priority_class_name or None),
        ("Runtime Class Name", spec.runtime_class_name or None),
        ("Service Account", spec.service_account_name or None),
        ("Node", f"{spec.node_name}/{item.status.host_ip}" if spec.node_name else "<none>"),
        ("Start Time", rfc1123(item.status.start_time) if item.status.start_time else None),
    ]
    sheet.rows(rows)
    sheet.marks(item.metadata)


def _state(item: Pod, sheet: Sheet, view: View) -> None:
    meta, status = item.metadata, item.status
    ended = has_ended(item) and view.dialect.ended_pods_are_not_terminating
    if meta.deletion_timestamp and not ended:
        sheet.row("Status", f"Terminating (lasts {view.age(meta.deletion_timestamp)})")
        sheet.row("Termination Grace Period", f"{meta.deletion_grace_period_seconds or 0}s")
    else:
        sheet.row("Status", status.phase)
    seccomp = (item.spec.security_context.seccomp_profile if item.spec.security_context else None) or {}
    local = seccomp.get("localhostProfile") if seccomp.get("type") == "Localhost" else None
    rows: list[tuple[str, object]] = [("Reason", status.reason or None), ("Message", status.message or None)]
    sheet.rows([*rows, ("SeccompProfile", seccomp.get("type")), ("LocalhostProfile", local), ("IP", status.pod_ip)])
    sheet.line("IPs:" + ("" if status.pod_ips else "\t<none>"))
    sheet.rows([("IP", one.ip) for one in status.pod_ips], 1)
    sheet.rows([("Controlled By", controller(meta)), ("NominatedNodeName", status.nominated_node_name or None)])


def controller(meta: ObjectMeta) -> str | None:
    """`ReplicaSet/web-5d4f`: the owner that controls the object."""
    return next((f"{ref.kind}/{ref.name}" for ref in meta.owner_references if ref.controller), None)


def _all_containers(item: Pod, sheet: Sheet, view: View) -> None:
    def read(path: str) -> str:
        return _field_value(item, path)

    spec, status = item.spec, item.status
    if spec.init_containers:
        containers("Init Containers", spec.init_containers, sheet, view, statuses=status.init_container_statuses, read_field=read)
    containers("Containers", spec.containers, sheet, view, statuses=status.container_statuses, read_field=read)
    if spec.ephemeral_containers:
        made = msgspec.convert(spec.ephemeral_containers, list[Container])
        containers("Ephemeral Containers", made, sheet, view, statuses=status.ephemeral_container_statuses, read_field=read)


def _field_value(item: Pod, path: str) -> str:
    """What kubectl knows of a pod's field for an environment variable: it reads the two that every object can be selected by."""
    return {"metadata.name": item.metadata.name, "metadata.namespace": item.metadata.namespace}.get(path, "")


def _conditions(item: Pod, sheet: Sheet) -> None:
    conditions = item.status.conditions
    if item.spec.readiness_gates:
        sheet.line("Readiness Gates:")
        sheet.line("Type\tStatus", 1)
        for gate in item.spec.readiness_gates:
            status = next((c.status for c in conditions if c.type == gate.condition_type), "<none>")
            sheet.line(f"{gate.condition_type} \t{status} ", 1)
    if conditions:
        sheet.line("Conditions:")
        sheet.line("Type\tStatus", 1)
        for condition in conditions:
            sheet.line(f"{condition.type} \t{condition.status} ", 1)


def _qos(spec: PodSpec) -> str:
    """The class of a pod whose status does not say it: only cpu and memory count."""
    requested = [c.resources for c in (*spec.init_containers, *spec.containers)]
    names = ("cpu", "memory")
    if not any(name in (*one.limits, *one.requests) for one in requested for name in names):
        return "BestEffort"
    full = all(name in one.limits and one.requests.get(name, one.limits[name]) == one.limits[name] for one in requested for name in names)
    return "Guaranteed" if full else "Burstable"


def _spread(constraints: list[TopologySpreadConstraint], sheet: Sheet, indent: str = "") -> None:
    texts = []
    for one in sorted(constraints, key=lambda one: one.topology_key):
        selector = f" for selector {selector_text(one.label_selector) or '<none>'}" if one.label_selector else ""
        texts.append(f"{one.topology_key}:{one.when_unsatisfiable} when max skew {one.max_skew} is exceeded{selector}")
    if texts:
        sheet.listed("Topology Spread Constraints", texts, indent)


def _group(spec: PodSpec, sheet: Sheet, indent: str = "") -> None:
    if spec.scheduling_group:
        sheet.line(f"{indent}SchedulingGroup:")
        sheet.row("PodGroupName", spec.scheduling_group.get("podGroupName", ""), 1)


def template(item: PodTemplateSpec, sheet: Sheet, view: View) -> None:
    """A pod template, one level down."""
    spec, indent = item.spec, "  "
    sheet.line("Pod Template:")
    sheet.labels("  Labels", item.metadata.labels)
    if item.metadata.annotations:
        sheet.annotations("  Annotations", item.metadata.annotations)
    sheet.rows([("Service Account", spec.service_account_name or None)], 1)
    if spec.init_containers:
        containers("Init Containers", spec.init_containers, sheet, view, indent=indent)
    containers("Containers", spec.containers, sheet, view, indent=indent)
    volumes(spec.volumes, sheet, view, indent)
    _spread(spec.topology_spread_constraints, sheet, indent)
    sheet.rows([("Priority Class Name", spec.priority_class_name or None)], 1)
    if view.dialect.template_has_tolerations:
        sheet.labels("  Node-Selectors", spec.node_selector)
        sheet.tolerations("  Tolerations", spec.tolerations)
    _group(spec, sheet, indent)


DESCRIBERS = {"Pod": pod}
