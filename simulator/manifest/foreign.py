"""Files that are no manifests but make them: charts, kustomizations, Compose files; and what to type instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.manifest.files import CHART, KUSTOMIZATIONS, STDIN, in_short, is_chart, is_kustomization, unread_folders

OWN = "podsim/v1"
KUSTOMIZE = "kustomize.config.k8s.io/"
TEMPLATE_HINT = "it looks like a template: render it first (helm template, kustomize build, envsubst)"


def kustomized(file: str, value: Any) -> str:
    """For an object that kustomize reads, the command that builds it; empty for all others."""
    version = value.get("apiVersion") if isinstance(value, dict) else None
    if not (str(version).startswith(KUSTOMIZE) or (is_kustomization(file) and not (version and value.get("kind")))):
        return ""
    folder = "." if file == STDIN else str(Path(file).parent)
    return f"left out: podsim run -k {folder} runs what kustomize makes of it"


def instead_of(file: str, value: Any) -> str:
    """What to do with a document that is no manifest, in parentheses; empty when podsim doesn't know the format."""
    if isinstance(value, dict) and value.get("apiVersion") == OWN:
        verb = "test" if value.get("kind") == "Expectations" else "run"
        return f" (it is podsim's own: podsim {verb} {file})"
    if isinstance(value, dict) and value.get("kind"):
        return ""
    if file != STDIN and (Path(file).parent / CHART).is_file():
        return f" (part of a Helm chart: podsim run {Path(file).parent} runs what helm makes of it)"
    if isinstance(value, dict) and isinstance(value.get("services"), dict):
        return f" (a Compose file: convert it first, as in kompose convert -f {file} --stdout | podsim run -)"
    return ""


def unread(path: str) -> str:
    """That folders of a directory are not read, as with kubectl without -R; empty when there are none, or kustomize reads them."""
    folders = unread_folders(path)
    if not folders or is_chart(path) or any((Path(path) / name).is_file() for name in KUSTOMIZATIONS):
        return ""
    return f"manifests in subdirectories are not read: use -R, or also name {in_short(folders)}"
