"""Storage that no manifest explains: classes that exist from the beginning, and drivers that make or attach volumes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.objects.apps import StatefulSet
from simulator.objects.kinds import Object, Unstructured
from simulator.objects.labels import DEFAULT_STORAGE_CLASS, MINIKUBE_PROVISIONER, NO_PROVISIONER
from simulator.objects.meta import ObjectMeta
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.scenario.inference import Assumption
from simulator.scenario.write import flow

API_VERSION = "storage.k8s.io/v1"


def storage_classes(objects: Sequence[Object], standard: str) -> list[tuple[Unstructured, Assumption | None]]:
    """The classes that claims among `objects` need and no object defines, each with its assumption; none without claims.

    `standard` is the class that the cluster has by default (empty: it has none). A claim that names the class of a volume among
    `objects` is bound to that one.
    """
    claims = [claim for item in objects for claim in _claims(item)]
    if not claims:
        return []
    made = {item.metadata.name for item in objects if item.kind == "StorageClass"}
    there = {item.spec.storage_class_name for item in objects if isinstance(item, PersistentVolume)}
    has_default = any(item.kind == "StorageClass" and item.metadata.annotations.get(DEFAULT_STORAGE_CLASS) == "true" for item in objects)
    classes: list[tuple[Unstructured, Assumption | None]] = []
    if standard and standard not in made:
        classes.append((_class(standard, default=not has_default), None))
    named = dict.fromkeys(claim.spec.class_name for claim in claims)
    for name in named:
        if name and name != standard and name not in made | there:
            text, reason = "provisions volumes at once", "claims name it and no manifest creates it"
            override = flow(
                {"apiVersion": API_VERSION, "kind": "StorageClass", "metadata": {"name": name}, "provisioner": MINIKUBE_PROVISIONER}
            )
            classes.append((_class(name, default=False), Assumption(f"storage class {name}", text, reason, override)))
    return classes


def drivers(objects: Sequence[Object], registered: Sequence[str]) -> Iterator[Assumption]:
    """The assumptions that drivers which nothing among `objects` installs make the volumes of claims, or attach volumes that are there.

    `registered`: the drivers that the Scenario says the cluster has.
    """
    there = {*registered, MINIKUBE_PROVISIONER, NO_PROVISIONER, *(item.metadata.name for item in objects if item.kind == "CSIDriver")}
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


def _class(name: str, *, default: bool) -> Unstructured:
    notes = {DEFAULT_STORAGE_CLASS: "true"} if default else {}
    content = {"provisioner": MINIKUBE_PROVISIONER, "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}
    return Unstructured(api_version=API_VERSION, kind="StorageClass", metadata=ObjectMeta(name=name, annotations=notes), content=content)
