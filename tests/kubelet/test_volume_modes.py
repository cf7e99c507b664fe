"""Modes and owners of the volumes that the kubelet writes (volume.SetVolumeOwnership, projected.go)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kubelet.mounts import modes_of
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod

SETTINGS: dict[str, Any] = {"configMap": {"name": "c"}}
TOKEN: dict[str, Any] = {"projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}


def pod(volume: dict[str, Any], **security: int) -> Pod:
    data = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
    item = from_builtins({**data, "spec": {"containers": [], "volumes": [{"name": "v", **volume}], "securityContext": security}})
    assert isinstance(item, Pod)
    return item


@pytest.mark.parametrize(
    ("security", "top", "group", "default"),
    [
        ({}, 0o777, 0, 0o644),
        ({"runAsUser": 7}, 0o777, 0, 0o644),
        ({"fsGroup": 2000}, 0o2777, 2000, 0o644),
        ({"fsGroup": 0}, 0o2777, 0, 0o644),
    ],
)
def test_with_an_fs_group_the_directory_is_the_group_s(security: dict[str, int], top: int, group: int, default: int) -> None:
    item = pod(SETTINGS, **security)
    modes = modes_of(item.spec.volumes[0], item)
    assert (modes.top, modes.group, modes.default) == (top, group, default)


@pytest.mark.parametrize(("mode", "security", "readable"), [(0o400, {}, 0o400), (0o400, {"fsGroup": 2000}, 0o440)])
def test_files_are_readable_for_the_fs_group(mode: int, security: dict[str, int], readable: int) -> None:
    item = pod({"configMap": {"name": "c", "defaultMode": mode, "items": [{"key": "k", "path": "k", "mode": mode}]}}, **security)
    modes = modes_of(item.spec.volumes[0], item)
    assert (modes.default, modes.modes) == (readable, {"k": readable})


@pytest.mark.parametrize(
    ("security", "modes", "owners"),
    [
        ({}, {}, {}),
        ({"runAsUser": 7}, {"token": 0o600}, {"token": 7}),
        ({"fsGroup": 2000}, {"token": 0o640}, {"token": 0}),
        ({"fsGroup": 2000, "runAsUser": 7}, {"token": 0o640}, {"token": 7}),
    ],
)
def test_a_token_is_for_its_user_alone(security: dict[str, int], modes: dict[str, int], owners: dict[str, int]) -> None:
    item = pod(TOKEN, **security)
    access = modes_of(item.spec.volumes[0], item)
    assert (access.modes, access.owners) == (modes, owners)
