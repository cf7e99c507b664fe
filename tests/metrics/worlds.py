"""Small runs for tests of metrics, through the simulator's own input path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.cluster import Cluster
from simulator.journal import Journal
from simulator.scenario.inputs import gather


def deployment(name: str, *, replicas: int = 1, kind: str = "Deployment", **container: Any) -> dict[str, Any]:
    """A workload of one container, `main`."""
    labels = {"app": name}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "app:1", **container}]}},
    }
    if kind != "DaemonSet":
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def service(name: str, **spec: Any) -> dict[str, Any]:
    """A Service that leads to the pods of that workload."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80}], **spec},
    }


def write(folder: Path, *objects: dict[str, Any], **scenario: Any) -> Path:
    """A folder with the manifests and a Scenario; gives the Scenario's file."""
    (folder / "app.yaml").write_text("\n---\n".join(json.dumps(item) for item in objects), encoding="utf-8")
    body = {"manifests": ["app.yaml"], "images": {"*": {"cached": True}}, "duration": "60s", **scenario}
    file = folder / "scenario.yaml"
    file.write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": body}), encoding="utf-8")
    return file


def played(folder: Path, *objects: dict[str, Any], **scenario: Any) -> Journal:
    """The journal of such a run."""
    return Cluster(gather([str(write(folder, *objects, **scenario))])).run()


def program(container: str = "main", **run: Any) -> dict[str, Any]:
    """What a container does at each start."""
    return {"match": {"container": container}, "runs": [run]}
