"""`describe pvc`, `describe pv`."""

from __future__ import annotations

from simulator.golang.ages import rfc1123
from simulator.golang.text import go_value
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.describe.sources import copied
from simulator.kubectl.print.describe.volumes import data_source, host_path
from simulator.kubectl.print.tables.others import is_default
from simulator.kubectl.print.tables.storage import access_modes, storage_class
from simulator.kubectl.view import View
from simulator.objects.kinds import Unstructured
from simulator.objects.pod import Pod
from simulator.objects.selector_text import labels_text
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim


def _status(item: PersistentVolume | PersistentVolumeClaim, view: View) -> str:
    ending = item.metadata.deletion_timestamp
    return f"Terminating (lasts {view.age(ending)})" if ending else item.status.phase


def claim(item: PersistentVolumeClaim, sheet: Sheet, view: View) -> None:
    """A PersistentVolumeClaim and who uses it."""
    spec, bound = item.spec, bool(item.spec.volume_name)
    sheet.head(item.metadata)
    sheet.row("StorageClass", storage_class(item.metadata, spec.class_name))
    sheet.row("Status", _status(item, view))
    sheet.row("Volume", spec.volume_name)
    sheet.marks(item.metadata)
    sheet.row("Finalizers", go_value(item.metadata.finalizers))
    sheet.row("Capacity", item.status.capacity.get("storage", "0") if bound else "")
    sheet.row("Access Modes", access_modes(item.status.access_modes) if bound else "")
    sheet.rows([("VolumeMode", spec.volume_mode or None)])
    for line in data_source(spec.data_source):
        sheet.line(line)
    sheet.listed("Used By", _users(item, view))
    if item.status.conditions:
        sheet.line("Conditions:")
        sheet.line("Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage", 1)
        sheet.line("----\t------\t-----------------\t------------------\t------\t-------", 1)
        for one in item.status.conditions:
            times = (rfc1123(one.get("lastProbeTime")), rfc1123(one.get("lastTransitionTime")))
            cells = (one.get("type", ""), one.get("status", ""), *times, one.get("reason", ""))
            sheet.line("".join(f"{cell} \t" for cell in cells) + str(one.get("message", "")), 1)


def _users(item: PersistentVolumeClaim, view: View) -> list[str]:
    """The pods that mount the claim, once for each volume; and those that own it (claims of ephemeral volumes)."""
    pods = view.snapshot.typed(Pod, item.metadata.namespace)
    sources = [(pod, volume.persistent_volume_claim) for pod in pods for volume in pod.spec.volumes]
    mounting = [pod for pod, source in sources if source and source.claim_name == item.metadata.name]
    owners = [ref.uid for ref in item.metadata.owner_references if ref.kind == "Pod"]
    owning = [pod for uid in owners for pod in pods if pod.metadata.uid == uid and pod not in mounting]
    return [pod.metadata.name for pod in (*mounting, *owning)]


def volume(item: PersistentVolume, sheet: Sheet, view: View) -> None:
    """A PersistentVolume."""
    spec, ref = item.spec, item.spec.claim_ref
    sheet.head(item.metadata, namespaced=False)
    sheet.marks(item.metadata)
    sheet.row("Finalizers", go_value(item.metadata.finalizers))
    sheet.row("StorageClass", storage_class(item.metadata, spec.storage_class_name))
    sheet.row("Status", _status(item, view))
    sheet.row("Claim", f"{ref.namespace}/{ref.name}" if ref else "")
    sheet.row("Reclaim Policy", spec.persistent_volume_reclaim_policy)
    sheet.row("Access Modes", access_modes(spec.access_modes))
    sheet.rows([("VolumeMode", spec.volume_mode or None), ("Capacity", spec.capacity.get("storage", "0"))])
    _affinity(item, sheet)
    sheet.row("Message", item.status.message)
    sheet.line("Source:")
    lines = _source(item)
    for line in lines:
        sheet.line(line, 2)
    if not lines:
        sheet.line("<unknown>", 1)


def _affinity(item: PersistentVolume, sheet: Sheet) -> None:
    required = (item.spec.node_affinity or {}).get("required")
    sheet.row("Node Affinity", "" if required else "<none>")
    if not required:
        return
    terms = required.get("nodeSelectorTerms") or []
    sheet.row("Required Terms", "" if terms else "<none>", 1)
    for i, term in enumerate(terms):
        texts = []
        for one in term.get("matchExpressions") or []:
            values = f" [{', '.join(one['values'])}]" if one.get("values") else ""
            texts.append(f"{one.get('key')} {str(one.get('operator')).lower()}{values}")
        sheet.listed(f"Term {i}", texts, "    ")


def _source(item: PersistentVolume) -> list[str]:
    spec = item.spec
    if spec.host_path:
        return host_path(spec.host_path.path, spec.host_path.type)
    if spec.local is not None:
        return ["Type:\tLocalVolume (a persistent volume backed by local storage on a node)", f"Path:\t{spec.local.get('path', '')}"]
    return copied(spec, persistent=True)


def class_of_storage(item: Unstructured, sheet: Sheet, _view: View) -> None:
    """A StorageClass."""
    content, options = item.content, item.content.get("mountOptions") or []
    growing = content.get("allowVolumeExpansion")
    sheet.row("Name", item.metadata.name)
    sheet.row("IsDefaultClass", "Yes" if is_default(item.metadata) else "No")
    sheet.row("Annotations", labels_text(item.metadata.annotations))
    sheet.row("Provisioner", content.get("provisioner", ""))
    sheet.row("Parameters", labels_text(content.get("parameters") or {}))
    sheet.row("AllowVolumeExpansion", "<unset>" if growing is None else str(growing))
    sheet.line("MountOptions:" + ("" if options else "\t<none>"))
    for option in options:
        sheet.line(option, 1)
    sheet.rows([("ReclaimPolicy", content.get("reclaimPolicy")), ("VolumeBindingMode", content.get("volumeBindingMode"))])
    terms = content.get("allowedTopologies")
    if terms:
        sheet.row("AllowedTopologies", "")
    for i, term in enumerate(terms or []):
        places = [f"{one.get('key')} in [{', '.join(one.get('values') or [])}]" for one in term.get("matchLabelExpressions") or []]
        sheet.listed(f"Term {i}", places, "  ")


DESCRIBERS = {"PersistentVolumeClaim": claim, "PersistentVolume": volume, "StorageClass": class_of_storage}
