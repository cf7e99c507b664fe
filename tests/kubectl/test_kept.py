"""Kinds that are stored, not simulated are still listed and described."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubectl.commands import run
from tests.kubectl.recorded import view_with


def kept(api_version: str, kind: str, **content: Any) -> dict[str, Any]:
    meta = {"name": "a", "namespace": "default", "creationTimestamp": "2026-11-22T10:59:00Z"}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **content}


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
HPA = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 5, "metrics": [CPU]}
CASES = [
    ("ingress", kept("networking.k8s.io/v1", "Ingress", spec={"rules": [{"host": "a.example"}]}), "<none> a.example 80"),
    ("netpol", kept("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {"matchLabels": {"app": "web"}}}), "app=web"),
    ("sc", kept("storage.k8s.io/v1", "StorageClass", provisioner="p"), "p Delete Immediate false"),
    ("hpa", kept("autoscaling/v2", "HorizontalPodAutoscaler", spec=HPA), "Deployment/web cpu: <unknown>/80% <unset> 5 0"),
    ("rolebinding", kept("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "r"}), "Role/r"),
    ("widgets", kept("example.com/v1", "Widget", spec={"size": 3}), ""),
    ("widget.example.com", kept("example.com/v1", "Widget", spec={"size": 3}), ""),
]


@pytest.mark.parametrize(("word", "item", "cells"), CASES)
def test_get(word: str, item: dict[str, Any], cells: str) -> None:
    if word == "sc":
        del item["metadata"]["namespace"]
    head, row = run(f"kubectl get {word}", "default", view_with(item)).out.splitlines()
    assert head.split()[0] == "NAME"
    assert " ".join(row.split()) == " ".join(f"a {cells} 60s".split())


def test_describe_goes_field_by_field() -> None:
    item = kept("example.com/v1", "Widget", spec={"apiURL": "u", "sizes": [1, 2], "parts": [{"partName": "x"}]})
    lines = run("kubectl describe widget a", "default", view_with(item)).out.splitlines()
    assert lines[:2] == ["Name:         a", "Namespace:    default"]
    assert lines[lines.index("Spec:") :] == [
        "Spec:",
        "  API URL:  u",
        "  Parts:",
        "    Part Name:  x",
        "  Sizes:",
        "    1",
        "    2",
        "Events:  <none>",
    ]
