"""Rules for security contexts (pkg/apis/core/validation)."""

from __future__ import annotations

import re

from simulator.manifest.validation import names
from simulator.manifest.validation.context import PodContext, all_containers
from simulator.manifest.validation.errors import Errors, duplicate, forbidden, invalid, required, too_long, unsupported
from simulator.manifest.validation.internal import go_value
from simulator.manifest.validation.meta import each
from simulator.manifest.validation.mounts import below
from simulator.objects.base import JSON

PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
MOST_PATH = 4095
_SEGMENT = r"[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
SYSCTL = rf"^({_SEGMENT}[\./])*{_SEGMENT}$"
NETWORK_SYSCTLS = ("net.",)
IPC_SYSCTLS = ("fs.mqueue.", "kernel.shm", "kernel.msg", "kernel.sem")


def container_security(item: JSON, path: str, pod: PodContext) -> Errors:
    """`securityContext` of a container."""
    yield from _ids(item, ("runAsUser", "runAsGroup"), path)
    proc = item.get("procMount")
    if proc is not None:
        if proc not in ("Default", "Unmasked"):
            yield unsupported(f"{path}.procMount", proc, ["Default", "Unmasked"])
        if pod.host_users and proc == "Unmasked":
            yield invalid(f"{path}.procMount", proc, "`hostUsers` must be false to use `Unmasked`")
    yield from _seccomp(item.get("seccompProfile"), f"{path}.seccompProfile")
    if item.get("allowPrivilegeEscalation") is False:
        whole = go_value("SecurityContext", item)
        if item.get("privileged"):
            yield invalid(path, whole, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
        if "CAP_SYS_ADMIN" in ((item.get("capabilities") or {}).get("add") or []):
            yield invalid(path, whole, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN")
    yield from _app_armor(item.get("appArmorProfile"), f"{path}.appArmorProfile")


def pod_security(item: JSON, path: str, spec: JSON) -> Errors:
    """`securityContext` of a pod."""
    yield from _ids(item, ("fsGroup", "runAsUser", "runAsGroup"), path)
    for index, group in enumerate(item.get("supplementalGroups") or []):
        yield from each(f"{path}.supplementalGroups[{index}]", group, names.group_or_user_id(group))
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        yield invalid(f"{path}.shareProcessNamespace", True, "ShareProcessNamespace and HostPID cannot both be enabled")
    yield from _sysctls(item.get("sysctls") or [], f"{path}.sysctls", spec)
    yield from _known(item, "fsGroupChangePolicy", ("Always", "OnRootMismatch"), path)
    yield from _seccomp(item.get("seccompProfile"), f"{path}.seccompProfile")
    yield from _app_armor(item.get("appArmorProfile"), f"{path}.appArmorProfile")
    yield from _known(item, "supplementalGroupsPolicy", ("Merge", "Strict"), path)
    yield from _known(item, "seLinuxChangePolicy", ("MountOption", "Recursive"), path)


def _ids(item: JSON, fields: tuple[str, ...], path: str) -> Errors:
    for name in fields:
        if item.get(name) is not None:
            yield from each(f"{path}.{name}", item[name], names.group_or_user_id(item[name]))


def _known(item: JSON, name: str, words: tuple[str, ...], path: str) -> Errors:
    if item.get(name) is not None and item[name] not in words:
        yield unsupported(f"{path}.{name}", item[name], words)


def _sysctls(items: list[JSON], path: str, spec: JSON) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate(items):
        here, name = f"{path}[{index}].name", item.get("name", "")
        if not name:
            yield required(here)
        elif len(name) > 253 or not re.match(SYSCTL, name):
            yield invalid(here, name, f"must have at most 253 characters and match regex {SYSCTL}")
        elif name in seen:
            yield duplicate(here, name)
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith(NETWORK_SYSCTLS):
            yield invalid(here, name, "may not be specified when 'hostNetwork' is true")
        elif spec.get("hostIPC") and dotted.startswith(IPC_SYSCTLS):
            yield invalid(here, name, "may not be specified when 'hostIPC' is true")
        seen.add(name)


def _seccomp(item: JSON | None, path: str) -> Errors:
    if item is None:
        return
    kind, profile = item.get("type", ""), item.get("localhostProfile")
    if not kind:
        yield required(f"{path}.type", "type is required when seccompProfile is set")
    elif kind not in PROFILES:
        yield unsupported(f"{path}.type", kind, PROFILES)
    if kind != "Localhost":
        if profile is not None:
            yield invalid(f"{path}.localhostProfile", go_value("SeccompProfile", item), "can only be set when seccomp type is Localhost")
    elif profile is None:
        yield required(f"{path}.localhostProfile", "must be set when seccomp type is Localhost")
    else:
        yield from each(f"{path}.localhostProfile", profile, below(profile))


def _app_armor(item: JSON | None, path: str) -> Errors:
    if item is None:
        return
    kind, profile = item.get("type", ""), item.get("localhostProfile")
    here = f"{path}.localhostProfile"
    if not kind:
        yield required(f"{path}.type", "type is required when appArmorProfile is set")
    elif kind not in PROFILES:
        yield unsupported(f"{path}.type", kind, PROFILES)
    elif kind != "Localhost":
        if profile is not None:
            yield invalid(here, profile, "can only be set when AppArmor type is Localhost")
    elif not profile:
        yield required(here, "must be set when AppArmor type is Localhost")
    else:
        if profile != profile.strip():
            yield invalid(here, profile, "must not be padded with whitespace")
        if len(profile) > MOST_PATH:
            yield too_long(here, MOST_PATH)


def host_users(spec: JSON, path: str) -> Errors:
    """A pod with users of its own shares no namespaces with its node."""
    if spec.get("hostUsers") is not False:
        return
    for field, shown in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
        if spec.get(field):
            yield forbidden(f"{path}.{shown}", "when `hostUsers` is false")
    for place, container in all_containers(spec):
        if container.get("volumeDevices"):
            yield forbidden(f"{path}.{place}.volumeDevices", "when `hostUsers` is false")
