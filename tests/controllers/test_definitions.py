"""Custom resources are served as soon as their definition is there."""

from __future__ import annotations

from typing import Any

import simulator
from simulator.objects.kinds import Unstructured
from tests.container.test_processes import logs, play, pod, sh

__all__ = ["play"]

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "foos.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "foos", "kind": "Foo"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}],
    },
}


def test_a_definition_is_established_at_once() -> None:
    cluster = simulator.SimulatedCluster()
    cluster.apply(DEFINITION)
    item = cluster.object("crd/foos.example.com")
    assert isinstance(item, Unstructured)
    status = item.content["status"]
    assert [(one["type"], one["status"], one["reason"]) for one in status["conditions"]] == [
        ("NamesAccepted", "True", "NoConflicts"),
        ("Established", "True", "InitialNamesAccepted"),
    ]
    assert status["acceptedNames"] == {"plural": "foos", "kind": "Foo", "listKind": "FooList", "singular": "foo"}
    assert status["storedVersions"] == ["v1"]


def test_kubectl_in_a_container_waits_for_a_definition(play: Any) -> None:
    script = "kubectl wait --for=condition=established crd/foos.example.com --timeout=20s"
    journal = play(DEFINITION, pod("a", sh("main", script)), cluster={"authorization": "AlwaysAllow"}, seconds=30)
    assert logs(journal, "main") == ["customresourcedefinition.apiextensions.k8s.io/foos.example.com condition met"]
