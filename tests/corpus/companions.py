"""Which other files of its project a manifest was meant to be applied with: those that make what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Ref = tuple[str, str]
"""Kind and name."""
MOST = 12
"""So many files are taken along at most."""


def documents(path: Path) -> list[dict[str, Any]]:
    """The objects in a file; none when it is no YAML."""
    try:
        found = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return []
    listed = [
        item for doc in found if isinstance(doc, dict) for item in (doc.get("items") or [doc] if doc.get("kind") == "List" else [doc])
    ]
    return [item for item in listed if isinstance(item, dict)]


def pod_specs(value: Any) -> Iterator[dict[str, Any]]:
    """Every pod's spec below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("containers"), list):
            yield value
        for below in value.values():
            yield from pod_specs(below)
    elif isinstance(value, list):
        for below in value:
            yield from pod_specs(below)


def named(value: Any) -> Iterator[Ref]:
    """The config maps, secrets and claims that something refers to and cannot do without."""
    if isinstance(value, list):
        for below in value:
            yield from named(below)
    if not isinstance(value, dict):
        return
    for key, below in value.items():
        if isinstance(below, dict) and not below.get("optional"):
            name = below.get("name") or below.get("secretName") or below.get("claimName")
            kind = {
                "configMap": "ConfigMap", "configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap", "secret": "Secret",
                "secretRef": "Secret", "secretKeyRef": "Secret", "persistentVolumeClaim": "PersistentVolumeClaim",
            }.get(key)  # fmt: skip
            if kind and isinstance(name, str):
                yield kind, name
        yield from named(below)


def needs(path: Path, services: set[str]) -> list[Ref]:
    """What the pods of a file need from elsewhere; Services when their init containers name them."""
    found: list[Ref] = []
    for spec in pod_specs(documents(path)):
        account = spec.get("serviceAccountName") or spec.get("serviceAccount")
        found += [("ServiceAccount", account)] if isinstance(account, str) else []
        found += named(spec)
        words = set(re.findall(r"[a-z0-9][a-z0-9-]+", yaml.safe_dump(spec.get("initContainers") or [])))
        found += [("Service", name) for name in sorted(words & services)]
    return list(dict.fromkeys(found))


class Project:
    """The files of one project, and what is in them."""

    def __init__(self, files: list[Path]) -> None:
        self._makers: dict[Ref, list[Path]] = {}
        for path in files:
            for item in documents(path):
                meta = item.get("metadata")
                if isinstance(meta, dict) and isinstance(meta.get("name"), str):
                    self._makers.setdefault((str(item.get("kind")), meta["name"]), []).append(path)
        self._services = {name for kind, name in self._makers if kind == "Service"}

    def companions(self, path: Path) -> list[Path]:
        """The files to apply before `path`: the nearest makers of what it needs, and of what these need."""
        chosen: list[Path] = []
        queue = [path]
        while queue and len(chosen) < MOST:
            current = queue.pop(0)
            for ref in needs(current, self._services):
                makers = self._makers.get(ref, [])
                if not makers or set(makers) & {path, *chosen}:
                    continue
                nearest = min(makers, key=lambda other: (_distance(current, other), str(other)))
                chosen.append(nearest)
                queue.append(nearest)
        return sorted(chosen)


def _distance(one: Path, other: Path) -> int:
    """How many folders lie between two files."""
    shared = sum(1 for a, b in zip(one.parts, other.parts, strict=False) if a == b)
    return len(one.parts) + len(other.parts) - 2 * shared


def keys_of(value: Any, kind: str, name: str) -> set[str]:
    """The keys of a config map or secret that something asks for."""
    field = {"ConfigMap": ("configMap", "configMapKeyRef"), "Secret": ("secret", "secretKeyRef")}.get(kind, ())
    found: set[str] = set()
    if isinstance(value, list):
        return {key for below in value for key in keys_of(below, kind, name)}
    if not isinstance(value, dict):
        return found
    for key, below in value.items():
        if key in field and isinstance(below, dict) and name in (below.get("name"), below.get("secretName")):
            found |= {str(below["key"])} if "key" in below else {str(item["key"]) for item in below.get("items") or []}
        found |= keys_of(below, kind, name)
    return found


def made_up(path: Path, made: set[Ref]) -> list[dict[str, Any]]:
    """Objects that stand in for what a file refers to and nobody makes, in each namespace in which it is asked for."""
    stubs: dict[tuple[str, str, str], dict[str, Any]] = {}
    for item in documents(path):
        namespace = (item.get("metadata") or {}).get("namespace") or "default"
        specs = list(pod_specs(item))
        if specs and isinstance(namespace, str) and ("Namespace", namespace) not in made:
            stubs["Namespace", "", namespace] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        for spec in specs:
            account = spec.get("serviceAccountName") or spec.get("serviceAccount")
            refs = [*([("ServiceAccount", account)] if isinstance(account, str) and account != "default" else []), *named(spec)]
            for kind, name in refs:
                if (kind, name) not in made:
                    stubs[kind, namespace, name] = _stub(kind, namespace, name, keys_of(spec, kind, name))
    return [stub for (kind, _, name), stub in sorted(stubs.items()) if not (kind == "Namespace" and name == "default")]


def _stub(kind: str, namespace: str, name: str, keys: set[str]) -> dict[str, Any]:
    stub: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}}
    if kind in ("ConfigMap", "Secret"):
        stub["data" if kind == "ConfigMap" else "stringData"] = dict.fromkeys(sorted(keys), "x")
    if kind == "PersistentVolumeClaim":
        stub["spec"] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return stub


def labels_wanted(value: Any) -> dict[str, str]:
    """The labels of nodes that pods ask for."""
    found: dict[str, str] = {}
    for spec in pod_specs(value):
        found |= {str(key): str(label) for key, label in (spec.get("nodeSelector") or {}).items()}
        for term in _terms(spec):
            for expression in term.get("matchExpressions") or []:
                key, values = str(expression.get("key")), expression.get("values") or []
                if expression.get("operator") == "In" and values:
                    found[key] = str(values[0])
                elif expression.get("operator") == "Exists":
                    found.setdefault(key, "")
    return found


def _terms(spec: dict[str, Any]) -> list[dict[str, Any]]:
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    return list(required.get("nodeSelectorTerms") or [])


def cluster_for(path: Path) -> dict[str, Any]:
    """A Scenario with three large nodes, each in a zone of its own, with the labels that the pods of a file ask for."""
    wanted = labels_wanted(documents(path))
    nodes = [
        {
            "name": f"node-{number}",
            "cpu": "64",
            "memory": "256Gi",
            "labels": {"topology.kubernetes.io/zone": f"zone-{number}", "zone": f"zone-{number}", "node": f"node-{number}", **wanted},
        }
        for number in (1, 2, 3)
    ]
    return {
        "apiVersion": "podsim/v1",
        "kind": "Scenario",
        "metadata": {"name": "whole"},
        "spec": {"cluster": {"nodes": nodes, "storageClass": "standard"}},
    }


def together(path: Path, project: Project, folder: Path) -> tuple[list[Path], list[Path]]:
    """What to play `path` with: the files of its project that make what it refers to; and these with stand-ins for all that is missing.

    The stand-ins, and a Scenario with nodes that fit, are written into `folder`.
    """
    companions = project.companions(path)
    made = {
        (str(item.get("kind")), str((item.get("metadata") or {}).get("name"))) for file in (path, *companions) for item in documents(file)
    }
    stubs = [stub for file in (path, *companions) for stub in made_up(file, made)]
    scenario, objects = folder / "scenario.yaml", folder / "stand-ins.yaml"
    scenario.write_text(yaml.safe_dump(cluster_for(path)), encoding="utf-8")
    objects.write_text(yaml.safe_dump_all(stubs), encoding="utf-8")
    return [path, *companions], [scenario, *([objects] if stubs else []), path, *companions]
