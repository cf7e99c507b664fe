"""Plays manifests as helm or Argo CD deliver them, for tests: what they said, and when objects came and went."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from simulator.journal.snapshot import Snapshot
from simulator.public.runs import run
from simulator.units import SECOND

JSON = dict[str, Any]


class Played(NamedTuple):
    """A run at its end."""

    snapshot: Snapshot

    @property
    def said(self) -> list[str]:
        """What the tool did and said."""
        return [str(fact.data["text"]) for fact in self.snapshot.facts("delivery")]

    @property
    def last(self) -> str:
        """Its last words."""
        return self.said[-1]

    @property
    def state(self) -> str:
        """What became of the delivery."""
        return str(self.snapshot.facts("delivery")[-1].data["state"])

    def created(self, kinds: str = "") -> list[str]:
        """The names of objects of the manifests in the order of their creation."""
        return [fact.about.name for fact in self.snapshot.facts("applied") if not kinds or fact.about.kind in kinds.split()]

    def lives(self, kind: str, name: str) -> list[tuple[str, float]]:
        """When objects of that name were created and removed, in seconds."""
        writes = [write for write in self.snapshot.writes() if write.key.kind == kind and write.key.name == name]
        return [(write.type, round(write.t / SECOND, 1)) for write in writes if write.type in ("ADDED", "DELETED")]


def play(
    folder: Path, manifests: list[JSON], apply: JSON, *, before: list[JSON] | None = None, duration: str = "2m", **spec: Any
) -> Played:
    """Play manifests with programs that exit after 5 s if their image is `job`, fail if it is `bad`, and else serve port 80 after 3 s."""
    (folder / "app.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    if before is not None:
        (folder / "old.yaml").write_text(yaml.safe_dump_all(before), encoding="utf-8")
        spec["before"] = {"manifests": ["old.yaml"], "since": "1m"}
    programs = [
        {"match": {"image": "job*"}, "runs": [{"exitAfter": "5s"}]},
        {"match": {"image": "bad*"}, "runs": [{"exitAfter": "1s", "exitCode": 1}]},
        {"match": {}, "runs": [{"listen": [{"port": 80, "from": "3s"}], "term": {"delay": "1s"}}]},
    ]
    whole = {
        "duration": duration, "manifests": ["app.yaml"], "apply": apply, "images": {"*": {"cached": True}}, "programs": programs, **spec,
    }  # fmt: skip
    scenario = folder / "scenario.yaml"
    scenario.write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": whole}), encoding="utf-8")
    return Played(run(scenario).at().snapshot)


def job(name: str, image: str = "job:1", **annotations: str) -> JSON:
    """A Job that is tried once."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": image}]}
    spec = {"backoffLimit": 0, "template": {"spec": pod}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "annotations": marks(annotations)}, "spec": spec}


def web(name: str = "web", image: str = "app:1", replicas: int = 1, **annotations: str) -> JSON:
    """A Deployment that is ready when its port is open."""
    container = {"name": "c", "image": image, "readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "annotations": marks(annotations)}, "spec": spec}


def config(name: str, **annotations: str) -> JSON:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "annotations": marks(annotations)}}


def marks(annotations: dict[str, str]) -> dict[str, str]:
    """Annotations with their prefixes: those of helm, unless they begin with `argo_`."""
    names = {key: f"argocd.argoproj.io/{key[5:]}" if key.startswith("argo_") else f"helm.sh/{key}" for key in annotations}
    return {names[key].replace("_", "-"): text for key, text in annotations.items()}
