"""What requests for parts of pods may change, as kubectl prints it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kubelet.world import played, printed, statuses

Spec = dict[str, Any]
LIMITS = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
POD = {
    "initContainers": [{"name": "setup", "resources": LIMITS}, {"name": "proxy", "restartPolicy": "Always", "resources": LIMITS}],
    "containers": [{"name": "main", "resources": LIMITS}],
}


def answers(folder: Path, release: str, *patches: tuple[str, Spec], spec: Spec | None = None) -> list[str]:
    """What kubectl prints for each patch of that part."""
    actions = [
        {"at": f"{20 + i}s", "patch": "pod/web", "with": change, **({"subresource": part} if part else {})}
        for i, (part, change) in enumerate(patches)
    ]
    programs = [{"match": {"container": "setup"}, "runs": [{"exitAfter": "1s"}]}]
    journal = played(folder, spec or POD, kubernetes=release, actions=actions, programs=programs, duration="40s")
    return printed(journal)


def container(name: str, group: str = "containers", **fields: Any) -> Spec:
    return {"spec": {group: [{"name": name, **fields}]}}


def test_what_a_resize_may_not_change(tmp_path: Path) -> None:
    burstable = {"requests": {"cpu": "500m", "memory": "1Gi"}}
    more = {"requests": {"cpu": "2"}, "limits": {"cpu": "2"}}
    given = [
        ("resize", container("main", resources=burstable)),
        ("resize", container("setup", "initContainers", resources=more)),
        ("resize", {"spec": {"containers": [{"name": "other", "image": "app:1", "resources": LIMITS}]}}),
        ("resize", container("main", resources={"requests": {"memory": None}, "limits": {"memory": None}})),
        ("resize", container("main", resources={"requests": {"example.com/x": "1"}, "limits": {"example.com/x": "1"}})),
        ("resize", container("main", image="app:2")),
        ("resize", container("proxy", "initContainers", resources=more)),
        ("", container("main", resources=more)),
    ]
    lines = answers(tmp_path, "1.36", *given)
    invalid = 'The Pod "web" is invalid: '
    assert [line for line in lines if line.startswith((invalid, "* ", "pod/"))] == [
        f'{invalid}spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
        f"{invalid}spec: Forbidden: resources for non-sidecar init containers are immutable",
        f"{invalid}spec.containers: Forbidden: containers may not be added or removed on resize",
        invalid,
        '* spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
        "* spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
        "* spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
        f"{invalid}spec: Forbidden: only cpu and memory resources are mutable",
        "pod/web patched (no change)",
        "pod/web patched",
        next(line for line in lines if "pod updates may not change fields other than" in line),
    ]


@pytest.mark.parametrize(("release", "line"), [
    ("1.33", 'The Pod "web" is invalid: spec.containers[0].resources.limits[memory]: Forbidden: memory limits cannot be decreased '
             "unless resizePolicy is RestartContainer"),
    ("1.34", "pod/web patched"),
])  # fmt: skip
def test_memory_limits_become_smaller_since_1_34(tmp_path: Path, release: str, line: str) -> None:
    smaller = {"requests": {"memory": "512Mi"}, "limits": {"memory": "512Mi"}}
    assert answers(tmp_path, release, ("resize", container("main", resources=smaller))) == [line]


def test_parts_are_what_the_server_knows(tmp_path: Path) -> None:
    gate: Spec = {"status": {"conditions": [{"type": "example.com/gate", "status": "True"}]}}
    given: list[tuple[str, Spec]] = [
        ("nonsense", {}), ("scale", {"spec": {"replicas": 1}}), ("status", container("main", image="app:2")), ("", gate), ("status", gate),
    ]  # fmt: skip
    missing = "Error from server (NotFound): the server could not find the requested resource"
    same = "pod/web patched (no change)"
    assert answers(tmp_path, "1.36", *given) == [missing, missing, same, same, "pod/web patched"]
    assert answers(tmp_path, "1.32", ("resize", container("main", resources=LIMITS))) == [missing]


def test_a_quota_counts_a_resize(tmp_path: Path) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": {"requests.cpu": "2"}}}
    change = {"requests": {"cpu": "3"}, "limits": {"cpu": "3"}}
    action = {"at": "20s", "patch": "pod/web", "subresource": "resize", "with": container("main", resources=change)}
    journal = played(tmp_path, {"containers": [{"name": "main", "resources": LIMITS}]}, quota, actions=[action], duration="30s")
    assert printed(journal) == [
        'Error from server (Forbidden): pods "web" is forbidden: exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=1, '
        "limited: requests.cpu=2"
    ]


def test_replace_of_a_part_leaves_the_rest(tmp_path: Path) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": {"a": "b"}},
        "spec": {"containers": [{"name": "main", "image": "x:2"}]},
    }
    parts = [{"at": f"{20 + i}s", "replace": "pod/web", "with": pod, "subresource": part} for i, part in enumerate(("nonsense", "status"))]
    journal = played(tmp_path, {}, actions=parts, duration="25s")
    assert printed(journal) == [
        'Error from server (NotFound): error when replacing "pod/web": the server could not find the requested resource',
        "pod/web replaced",
    ]
    web = statuses(journal)[-1][1]
    assert (web.metadata.labels, web.spec.containers[0].image) == ({}, "app:1")
