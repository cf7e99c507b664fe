"""`describe node`, with the pods on it and what they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.client.node_lease import renewals, reports
from simulator.golang.ages import rfc1123
from simulator.golang.text import go_value
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.tables.cluster import node_roles
from simulator.kubectl.view import View
from simulator.objects.container import ResourceRequirements
from simulator.objects.kinds import Key, Unstructured
from simulator.objects.node import Node, NodeSystemInfo, Taint
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_sidecar
from simulator.objects.quantities import milli, total, whole
from simulator.units import parse_quantity

_LEASES = "kube-node-lease"
_TOTALS = ("cpu", "memory", "ephemeral-storage")
_INFO = (
    ("Machine ID", "machine_id"),
    ("System UUID", "system_uuid"),
    ("Boot ID", "boot_id"),
    ("Kernel Version", "kernel_version"),
    ("OS Image", "os_image"),
    ("Operating System", "operating_system"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "container_runtime_version"),
    ("Kubelet Version", "kubelet_version"),
)


def node(item: Node, sheet: Sheet, view: View) -> None:
    """A Node."""
    sheet.head(item.metadata, namespaced=False)
    sheet.row("Roles", ",".join(node_roles(item)) or "<none>")
    sheet.marks(item.metadata)
    sheet.row("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    sheet.listed("Taints", map(_taint, sorted(item.spec.taints, key=lambda one: f"{one.effect},{one.key}")))
    sheet.row("Unschedulable", go_value(bool(item.spec.unschedulable)))
    _lease(item, sheet, view)
    _conditions(item, sheet, view)
    sheet.line("Addresses:")
    sheet.rows([(one.type, one.address) for one in item.status.addresses], 1)
    for title, amounts in (("Capacity", item.status.capacity), ("Allocatable", item.status.allocatable)):
        if amounts:
            sheet.line(f"{title}:")
            sheet.rows(sorted(amounts.items()), 1)
    sheet.line("System Info:")
    info = item.status.node_info or NodeSystemInfo()
    sheet.rows([(title, getattr(info, field)) for title, field in _INFO], 1)
    if view.dialect.node_has_proxy_version:
        sheet.row("Kube-Proxy Version", info.kube_proxy_version, 1)
    spec = item.spec
    sheet.rows(
        [("PodCIDR", spec.pod_cidr or None), ("PodCIDRs", ",".join(spec.pod_cidrs) or None), ("ProviderID", spec.provider_id or None)]
    )
    _pods(item, sheet, view)


def _taint(one: Taint) -> str:
    return f"{one.key}{f'={one.value}' if one.value else ''}:{one.effect}"


def _lease(item: Node, sheet: Sheet, view: View) -> None:
    lease = view.snapshot.get(Key("Lease", _LEASES, item.metadata.name))
    if not isinstance(lease, Unstructured):
        name = item.metadata.name
        sheet.row("Lease", f'Failed to get lease: leases.coordination.k8s.io "{name}" not found')
        return
    spec: dict[str, Any] = lease.content.get("spec") or {}
    acquired = rfc1123(spec["acquireTime"]) if spec.get("acquireTime") else "<unset>"
    renewed = view.latest(renewals(lease)) if spec.get("renewTime") else "<unset>"
    sheet.line("Lease:")
    sheet.rows([("HolderIdentity", spec.get("holderIdentity", "<unset>")), ("AcquireTime", acquired), ("RenewTime", renewed)], 1)


def _conditions(item: Node, sheet: Sheet, view: View) -> None:
    lease = view.snapshot.get(Key("Lease", _LEASES, item.metadata.name))
    if item.status.conditions:
        sheet.line("Conditions:")
        sheet.line("Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage", 1)
        sheet.line("----\t------\t-----------------\t------------------\t------\t-------", 1)
    for one in item.status.conditions:
        heartbeat = one.last_heartbeat_time
        beat = view.latest(reports(heartbeat, lease)) if heartbeat else rfc1123(heartbeat)
        cells = (one.type, one.status, beat, rfc1123(one.last_transition_time), one.reason)
        sheet.line("".join(f"{cell} \t" for cell in cells) + one.message, 1)


def _pods(item: Node, sheet: Sheet, view: View) -> None:
    """The pods that have not ended, and the sums of what they ask for and may take."""
    pods = [one for one in view.snapshot.typed(Pod) if one.spec.node_name == item.metadata.name]
    pods = [one for one in pods if not has_ended(one)]
    room = item.status.allocatable or item.status.capacity
    sheet.row("Non-terminated Pods", f"({len(pods)} in total)")
    sheet.line("Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge", 1)
    sheet.line("---------\t----\t\t------------\t----------\t---------------\t-------------\t---", 1)
    bounds = [(_bound(one, "requests"), _bound(one, "limits")) for one in pods]
    for one, (requests, limits) in zip(pods, bounds, strict=True):
        shares = [_share(amounts.get(name, "0"), room, name) for name in ("cpu", "memory") for amounts in (requests, limits)]
        meta = one.metadata
        sheet.line("\t".join([meta.namespace, meta.name, "", *shares, view.age(meta.creation_timestamp)]), 1)
    sheet.line("Allocated resources:")
    sheet.line("(Total limits may be over 100 percent, i.e., overcommitted.)", 1)
    sheet.line("Resource\tRequests\tLimits", 1)
    sheet.line("--------\t--------\t------", 1)
    huge = sorted(name for name in room if name.startswith("hugepages-"))
    extended = sorted(name for name in room if name not in (*_TOTALS, "pods", *huge))
    for name in (*_TOTALS, *huge, *extended):
        sums = [total(pair[i].get(name, "0") for pair in bounds) for i in (0, 1)]
        cells = sums if name in extended else [_share(amount, room, name) for amount in sums]
        sheet.line("\t".join([name, *cells]), 1)


def _share(amount: str, room: Mapping[str, str], name: str) -> str:
    """`100m (1%)` of what the node has to give."""
    scale = milli if name == "cpu" else whole
    there = scale(room.get(name, "0"))
    return f"{amount} ({scale(amount) * 100 // there if there else 0}%)"


def _bound(pod: Pod, name: str) -> dict[str, str]:
    """What a pod requests or is limited to.

    The containers together (sidecars included), or the largest init container with the sidecars started before it, whichever is more;
    plus the overhead of the runtime; amounts set for the whole pod come first (component-helpers/resource).
    """
    sums = _sum(_of(container.resources, name) for container in pod.spec.containers)
    sidecars: dict[str, str] = {}
    peak: dict[str, str] = {}
    for container in pod.spec.init_containers:
        amounts = _of(container.resources, name)
        if is_sidecar(pod, container):
            sums = _sum([sums, amounts])
            sidecars = amounts = _sum([sidecars, amounts])
        else:
            amounts = _sum([amounts, sidecars])
        peak = _larger(peak, amounts)
    bound = _larger(sums, peak)
    bound.update(_of(pod.spec.resources, name))
    overhead = pod.spec.overhead if name == "requests" else {key: value for key, value in pod.spec.overhead.items() if key in bound}
    return _sum([bound, overhead])


def _of(resources: ResourceRequirements | None, name: str) -> dict[str, str]:
    return dict(getattr(resources, name)) if resources else {}


def _sum(parts: Any) -> dict[str, str]:
    known = [part for part in parts if part]
    return {name: total(part.get(name, "0") for part in known) for name in sorted({name for part in known for name in part})}


def _larger(a: dict[str, str], b: dict[str, str]) -> dict[str, str]:
    return {name: max((part[name] for part in (a, b) if name in part), key=parse_quantity) for name in sorted({*a, *b})}


DESCRIBERS = {"Node": node}
