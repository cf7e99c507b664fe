"""Storage that no manifest explains: classes that exist from the beginning, and drivers that make or attach volumes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from simulator.objects.apps import StatefulSet
from simulator.objects.kinds import Object, Unstructured
from simulator.objects.labels import DEFAULT_STORAGE_CLASS, MINIKUBE_PROVISIONER, NO_PROVISIONER
from simulator.objects.meta import ObjectMeta
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.scenario.inference import Assumption
from simulator.scenario.spec import Scenario
from simulator.scenario.write import flow

API_VERSION = "storage.k8s.io/v1"
DISK_PROVISIONER = "disk.csi.podsim"
"""The provisioner of classes that no manifest creates, in clusters of several nodes."""
DISKS = "; they are disks, attached to one node at a time"


class Classes(msgspec.Struct, frozen=True):
    """The storage classes that no manifest creates: those that exist from the beginning, and what is assumed about them and others."""

    made: list[Unstructured]
    assumptions: list[Assumption]


def provided(objects: Sequence[Object], scenario: Scenario) -> Classes:
    """What exists for these objects besides them, and what is assumed of it: storage classes, drivers, answers of webhooks."""
    classes = storage_classes(objects, scenario.storage_class, of_disks=len(scenario.nodes) > 1)
    assumptions = [*classes.assumptions, *drivers(objects, scenario.csi_drivers)]
    if any(item.kind.endswith("WebhookConfiguration") for item in objects):
        from simulator.scenario.webhooks import webhooks

        assumptions += webhooks(objects, scenario.webhooks)
    return Classes(classes.made, assumptions)


def storage_classes(objects: Sequence[Object], standard: str, *, of_disks: bool) -> Classes:
    """The classes that claims among `objects` need and no object defines; none without claims.

    `of_disks`: they provision disks that are attached to one node at a time, as in clusters of several nodes, else directories.

    `standard` is the class that the cluster has by default. Empty: the Scenario describes the cluster and names none, so there are only
    the classes that manifests create. A claim that names the class of a volume among `objects` is bound to that one.
    """
    claims = [claim for item in objects for claim in _claims(item)]
    if not claims:
        return Classes([], [])
    there = {item.metadata.name for item in objects if item.kind == "StorageClass"}
    there |= {item.spec.storage_class_name for item in objects if isinstance(item, PersistentVolume)}
    has_default = any(item.kind == "StorageClass" and item.metadata.annotations.get(DEFAULT_STORAGE_CLASS) == "true" for item in objects)
    unknown = [name for name in dict.fromkeys(claim.spec.storage_class_name for claim in claims) if name not in there | {"", standard}]
    if not standard:
        missing = [name for name in unknown if name is not None or not has_default]
        return Classes([], [_absent(name) for name in missing])
    provisioner = DISK_PROVISIONER if of_disks else MINIKUBE_PROVISIONER
    made = [] if standard in there else [_class(standard, provisioner, default=not has_default)]
    assumed = [name for name in unknown if name is not None]
    disks = [_has_disks(standard)] if made and of_disks else []
    classes = [*made, *(_class(name, provisioner, default=False) for name in assumed)]
    return Classes(classes, [*disks, *(_provisions(name, provisioner) for name in assumed)])


def _provisions(name: str, provisioner: str) -> Assumption:
    text = "provisions volumes at once" + (DISKS if provisioner == DISK_PROVISIONER else "")
    return Assumption(f"storage class {name}", text, "claims name it and no manifest creates it", _manifest(name, provisioner))


def _has_disks(name: str) -> Assumption:
    text = "provisions volumes at once" + DISKS
    return Assumption(f"storage class {name}", text, "the cluster has several nodes", _manifest(name, MINIKUBE_PROVISIONER, default=True))


def _manifest(name: str, provisioner: str, *, default: bool = False) -> str:
    """A manifest that creates the class."""
    meta = {"name": name, **({"annotations": {DEFAULT_STORAGE_CLASS: "true"}} if default else {})}
    return flow({"apiVersion": API_VERSION, "kind": "StorageClass", "metadata": meta, "provisioner": provisioner})


def _absent(name: str | None) -> Assumption:
    """The assumption about a class, or about the default one (None), in a cluster whose nodes the Scenario names."""
    subject = "default storage class" if name is None else f"storage class {name}"
    why = "the Scenario names the nodes of its cluster, and no manifest creates the class"
    return Assumption(subject, "does not exist, so its claims stay Pending", why, f"cluster: {{storageClass: {name or 'standard'}}}")


def drivers(objects: Sequence[Object], registered: Sequence[str]) -> Iterator[Assumption]:
    """The assumptions that drivers which nothing among `objects` installs make the volumes of claims, or attach volumes that are there.

    `registered`: the drivers that the Scenario says the cluster has.
    """
    there = {
        *registered,
        MINIKUBE_PROVISIONER,
        DISK_PROVISIONER,
        NO_PROVISIONER,
        *(item.metadata.name for item in objects if item.kind == "CSIDriver"),
    }
    named = {claim.spec.storage_class_name for item in objects for claim in _claims(item)}
    for item in objects:
        if isinstance(item, Unstructured) and item.kind == "StorageClass":
            driver, does = str(item.content.get("provisioner", "")), "provisions volumes at once"
            claimed = item.metadata.name in named or (None in named and item.metadata.annotations.get(DEFAULT_STORAGE_CLASS) == "true")
            subject = f"storage class {item.metadata.name}"
        elif isinstance(item, PersistentVolume) and item.spec.csi is not None:
            driver, does, claimed = str(item.spec.csi.get("driver", "")), "attaches and mounts it", True
            subject = f"volume {item.metadata.name}"
        else:
            continue
        if claimed and driver and driver not in there:
            override = f"cluster: {{csiDrivers: [{driver}]}}"
            yield Assumption(subject, f"its driver {driver} {does}", "no CSIDriver object has its name", override)


def _claims(item: Object) -> list[PersistentVolumeClaim]:
    if isinstance(item, PersistentVolumeClaim):
        return [item]
    return list(item.spec.volume_claim_templates) if isinstance(item, StatefulSet) else []


def _class(name: str, provisioner: str, *, default: bool) -> Unstructured:
    notes = {DEFAULT_STORAGE_CLASS: "true"} if default else {}
    content = {"provisioner": provisioner, "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}
    return Unstructured(api_version=API_VERSION, kind="StorageClass", metadata=ObjectMeta(name=name, annotations=notes), content=content)
