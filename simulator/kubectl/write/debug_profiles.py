"""What `kubectl debug --profile` does to the pod that it changes or makes (kubectl/pkg/cmd/debug/profiles.go). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.objects.base import JSON

EPHEMERAL, COPY, NODE = "ephemeral", "copy", "node"
PROBES = {"keep-liveness": "livenessProbe", "keep-readiness": "readinessProbe", "keep-startup": "startupProbe"}
HOST_ROOT = "host-root"


class Debugged(NamedTuple):
    """The pod with its debugging container, how it is debugged, and the flags by which a copy keeps parts of the original."""

    pod: JSON
    container: JSON
    style: str
    keeps: frozenset[str] = frozenset()


def _legacy(one: Debugged) -> None:
    if one.style == NODE:
        _mount_root(one)
        _use_host(one.pod)
    elif one.style == COPY:
        one.pod["metadata"].pop("labels", None)


def _general(one: Debugged) -> None:
    if one.style == NODE:
        _mount_root(one)
        one.container.pop("securityContext", None)
        _use_host(one.pod)
        return
    _strip(one)
    _add_capabilities(one, "SYS_PTRACE")


def _baseline(one: Debugged) -> None:
    one.container.pop("securityContext", None)
    _strip(one)


def _restricted(one: Debugged) -> None:
    one.container["securityContext"] = {
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    _strip(one)


def _netadmin(one: Debugged) -> None:
    _add_capabilities(one, "NET_ADMIN", "NET_RAW")
    if one.style == NODE:
        _use_host(one.pod)
    _strip(one)


def _sysadmin(one: Debugged) -> None:
    one.container.setdefault("securityContext", {})["privileged"] = True
    if one.style == NODE:
        _use_host(one.pod)
        _mount_root(one)
    _strip(one)


PROFILES: dict[str, Callable[[Debugged], None]] = {
    "legacy": _legacy, "general": _general, "baseline": _baseline, "restricted": _restricted, "netadmin": _netadmin, "sysadmin": _sysadmin,
}  # fmt: skip
"""Profile -> what it changes."""


def _strip(one: Debugged) -> None:
    """A copy is no endpoint of Services, is not restarted by probes, and shows its processes to the debugging container."""
    if one.style != COPY:
        return
    meta, spec = one.pod["metadata"], one.pod["spec"]
    for flag, field in (("keep-labels", "labels"), ("keep-annotations", "annotations")):
        if flag not in one.keeps:
            meta.pop(field, None)
    for container in spec["containers"]:
        for flag, field in PROBES.items():
            if flag not in one.keeps:
                container.pop(field, None)
    if "keep-init-containers" not in one.keeps:
        spec.pop("initContainers", None)
    spec.setdefault("shareProcessNamespace", True)


def _add_capabilities(one: Debugged, *names: str) -> None:
    capabilities = one.container.setdefault("securityContext", {}).setdefault("capabilities", {})
    capabilities["add"] = [*capabilities.get("add", []), *names]


def _use_host(pod: JSON) -> None:
    pod["spec"] |= {"hostNetwork": True, "hostPID": True, "hostIPC": True}


def _mount_root(one: Debugged) -> None:
    one.pod["spec"]["volumes"] = [*one.pod["spec"].get("volumes", []), {"name": HOST_ROOT, "hostPath": {"path": "/"}}]
    one.container["volumeMounts"] = [*one.container.get("volumeMounts", []), {"mountPath": "/host", "name": HOST_ROOT}]
