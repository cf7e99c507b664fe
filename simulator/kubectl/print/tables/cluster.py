"""`get nodes`, `get events`, `get ns`, `get priorityclasses`."""

from __future__ import annotations

from simulator.kubectl.print.tables.table import Table, columns
from simulator.kubectl.view import View
from simulator.objects.conditions import READY, condition_of
from simulator.objects.config import Namespace
from simulator.objects.event import Event
from simulator.objects.labels import NODE_ROLE, NODE_ROLE_PREFIX
from simulator.objects.node import Node, NodeSystemInfo
from simulator.objects.scheduling import PriorityClass


def node_roles(node: Node) -> list[str]:
    """Roles by their labels: `node-role.kubernetes.io/ROLE` and `kubernetes.io/role=ROLE`."""
    labels = node.metadata.labels
    roles = {key.removeprefix(NODE_ROLE_PREFIX) for key in labels if key.startswith(NODE_ROLE_PREFIX)} | {labels.get(NODE_ROLE, "")}
    return sorted(roles - {""})


def _node_status(node: Node) -> str:
    ready = condition_of(node.status, READY)
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    return ",".join([*words, "SchedulingDisabled"] if node.spec.unschedulable else words)


def _node(node: Node, view: View) -> list[str]:
    info = node.status.node_info or NodeSystemInfo()
    addresses = {address.type: address.address for address in reversed(node.status.addresses)}
    named = view.dialect.kernel_names_architecture and info.architecture
    return [
        node.metadata.name,
        _node_status(node),
        ",".join(node_roles(node)) or "<none>",
        view.age(node.metadata.creation_timestamp),
        info.kubelet_version,
        addresses.get("InternalIP", "<none>"),
        addresses.get("ExternalIP", "<none>"),
        info.os_image or "<unknown>",
        (info.kernel_version or "<unknown>") + (f" ({info.architecture})" if named else ""),
        info.container_runtime_version or "<unknown>",
    ]


def _event(event: Event, view: View) -> list[str]:
    first = view.age(event.first_timestamp or event.event_time)
    last = view.age(event.last_timestamp) if event.last_timestamp else first
    count = event.count or 1
    if event.series:
        last, count = view.age(event.series.last_observed_time), event.series.count or 0
    about = event.involved_object
    source = (event.source.component or event.reporting_component, event.source.host or event.reporting_instance)
    return [
        last,
        event.type,
        event.reason,
        f"{about.kind.lower()}/{about.name}" if about.name else about.kind.lower(),
        about.field_path,
        ", ".join(source) if source[1] else source[0],
        event.message.strip(),
        first,
        str(count),
        event.metadata.name,
    ]


def _event_columns() -> Table:
    made = columns("LAST_SEEN TYPE REASON OBJECT SUBOBJECT SOURCE MESSAGE FIRST_SEEN COUNT NAME")
    wide = {"SUBOBJECT", "SOURCE", "FIRST SEEN", "COUNT", "NAME"}
    return Table(lambda view: [column._replace(wide=column.title in wide) for column in made(view)], _event, name=9)


def _namespace(item: Namespace, view: View) -> list[str]:
    return [item.metadata.name, item.status.phase, view.age(item.metadata.creation_timestamp)]


def _priority_class(item: PriorityClass, view: View) -> list[str]:
    default = str(bool(item.global_default)).lower()
    return [item.metadata.name, str(item.value or 0), default, view.age(item.metadata.creation_timestamp), item.preemption_policy]


TABLES = {
    "Node": Table(columns("NAME STATUS ROLES AGE VERSION", "INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME"), _node),
    "Event": _event_columns(),
    "Namespace": Table(columns("NAME STATUS AGE"), _namespace),
    "PriorityClass": Table(columns("NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY"), _priority_class),
}
