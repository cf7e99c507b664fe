"""The API server's warnings about a pod or a pod template (pkg/api/pod/warnings.go)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.manifest.address_warnings import unusual_address
from simulator.manifest.quantities import canonical
from simulator.manifest.validation.context import all_containers
from simulator.manifest.validation.resources import amount
from simulator.manifest.validation.scheduling import PREFERRED_NOW, REQUIRED_NOW
from simulator.objects.base import JSON
from simulator.objects.labels import (
    APPARMOR_CONTAINER_PREFIX,
    BETA_ARCH,
    BETA_INSTANCE_TYPE,
    BETA_OS,
    BETA_REGION,
    BETA_ZONE,
    CREATED_BY,
    CRITICAL_POD,
    NODE_ROLE_MASTER,
    PREFER_AVOID_PODS,
    SECCOMP_CONTAINER_PREFIX,
    SECCOMP_POD,
    SYSCTLS,
    UNSAFE_SYSCTLS,
)

NO_POD = "a null labelSelector results in matching no pod"
SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead'
APPARMOR = 'deprecated since v1.30; use the "appArmorProfile" field instead'
OLD_LABELS = {
    BETA_ARCH: 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    BETA_OS: 'deprecated since v1.14; use "kubernetes.io/os" instead',
    BETA_REGION: 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    BETA_ZONE: 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    BETA_INSTANCE_TYPE: 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    CREATED_BY: "deprecated since v1.9",
    PREFER_AVOID_PODS: "deprecated since v1.22; use Taints and Tolerations instead",
    NODE_ROLE_MASTER: 'use "node-role.kubernetes.io/control-plane" instead',
}
OLD_ANNOTATIONS = {
    CRITICAL_POD: 'non-functional in v1.16+; use the "priorityClassName" field instead',
    SYSCTLS: 'non-functional in v1.11+; use the "sysctls" field instead',
    UNSAFE_SYSCTLS: 'non-functional in v1.11+; use the "sysctls" field instead',
}
OLD_VOLUMES = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
SPELLED = {"storageos": "storageOS"}


def pod_warnings(meta: JSON, spec: JSON, at: str) -> Iterator[str]:
    """The warnings about a pod; `at` is the path of its template with a final dot, empty for a pod itself."""
    yield from _nodes(spec, at)
    annotations = meta.get("annotations") or {}
    for key, sentence in OLD_ANNOTATIONS.items():
        if key in annotations:
            yield f"{at}metadata.annotations[{key}]: {sentence}"
    for index, volume in enumerate(spec.get("volumes") or []):
        for kind, sentence in OLD_VOLUMES.items():
            if volume.get(kind) is not None:
                yield f"{at}spec.volumes[{index}].{SPELLED.get(kind, kind)}: {sentence}"
    yield from _one_path_twice(spec.get("volumes") or [])
    yield from _repeated(spec.get("hostAliases") or [], "ip", f"{at}spec.hostAliases")
    yield from _repeated(spec.get("imagePullSecrets") or [], "name", f"{at}spec.imagePullSecrets")
    for index, item in enumerate(spec.get("imagePullSecrets") or []):
        if not item.get("name"):
            yield f'{at}spec.imagePullSecrets[{index}].name: invalid empty name ""'
    yield from _fractions(spec.get("overhead") or {}, f"{at}spec.overhead")
    if SECCOMP_POD in annotations and (spec.get("securityContext") or {}).get("seccompProfile") is None:
        yield f"{at}metadata.annotations[{SECCOMP_POD}]: {SECCOMP}"
    for place, container in all_containers(spec):
        yield from _old_profiles(container, annotations, at)
        yield from _container(container, f"{at}spec.{place}")
    yield from _ports(spec, at)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        yield f"{at}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
    yield from _affinity(spec.get("affinity") or {}, f"{at}spec.affinity")
    for index, address in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or []):
        yield from unusual_address(address, f"{at}spec.dnsConfig.nameservers[{index}]")
    for index, alias in enumerate(spec.get("hostAliases") or []):
        yield from unusual_address(alias.get("ip", ""), f"{at}spec.hostAliases[{index}].ip")


def _old_profiles(container: JSON, annotations: JSON, at: str) -> Iterator[str]:
    """Annotations that fields have replaced. Those for AppArmor are reported for templates only: in a pod they become fields."""
    security, name = container.get("securityContext") or {}, container.get("name", "")
    key = f"{SECCOMP_CONTAINER_PREFIX}{name}"
    if key in annotations and security.get("seccompProfile") is None:
        yield f"{at}metadata.annotations[{key}]: {SECCOMP}"
    key = f"{APPARMOR_CONTAINER_PREFIX}{name}"
    if at and key in annotations and security.get("appArmorProfile") is None:
        yield f"{at}metadata.annotations[{key}]: {APPARMOR}"


WITH_ITEMS = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"), ("downwardAPI", "DownwardAPI", ""))
"""Volumes whose files have chosen paths: the field, its display name, the field with the name of the source."""


def _one_path_twice(volumes: list[JSON]) -> Iterator[str]:
    """Files of a volume whose paths collide, or of which one is below another."""
    for volume in volumes:
        name = volume.get("name", "")
        for source, title, field in WITH_ITEMS:
            part = volume.get(source) or {}
            what = f'{title} "{part.get(field, "")}"' if field else title
            yield from _overlaps([(item.get("path", ""), "") for item in part.get("items") or []], f'volume "{name}" ({what})')
        sources = (volume.get("projected") or {}).get("sources") or []
        yield from (f'volume "{name}" (Projected) has no sources provided' for source in sources if not source)
        yield from _overlaps(list(_projected(sources)), f'volume "{name}" (Projected)')


def _projected(sources: list[JSON]) -> Iterator[tuple[str, str]]:
    for source in sources:
        for kind, title in (("configMap", "ConfigMap"), ("secret", "Secret")):
            part = source.get(kind) or {}
            yield from ((item.get("path", ""), f'{title} "{part.get("name", "")}"') for item in part.get("items") or [])
        yield from ((item.get("path", ""), "DownwardAPI") for item in (source.get("downwardAPI") or {}).get("items") or [])
        if source.get("serviceAccountToken") is not None:
            yield source["serviceAccountToken"].get("path", ""), "ServiceAccountToken"


def _overlaps(paths: list[tuple[str, str]], what: str) -> Iterator[str]:
    seen: list[tuple[str, str]] = []
    for path, source in ((path.rstrip("/"), source) for path, source in paths):
        for other, its_source in seen:
            one, two = f"{path}/", f"{other}/"
            if path and other and (one.startswith(two) or two.startswith(one)):
                yield f"{what}: overlapping paths: {_place(path, source)} with {_place(other, its_source)}"
        seen.append((path, source))


def _place(path: str, source: str) -> str:
    return f'"{path}" ({source})' if source else f'"{path}"'


def _repeated(items: list[JSON], field: str, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        value = item.get(field, "")
        if value in seen:
            yield f'{path}[{index}].{field}: duplicate {field} "{value}"'
        seen.add(value)


def _nodes(spec: JSON, at: str) -> Iterator[str]:
    for key in sorted(spec.get("nodeSelector") or {}):
        if key in OLD_LABELS:
            yield f"{at}spec.nodeSelector[{key}]: {OLD_LABELS[key]}"
    for path, term in _terms((spec.get("affinity") or {}).get("nodeAffinity") or {}, f"{at}spec.affinity.nodeAffinity"):
        for index, item in enumerate(term.get("matchExpressions") or []):
            if item.get("key") in OLD_LABELS:
                yield f"{path}.matchExpressions[{index}].key: {item['key']} is {OLD_LABELS[item['key']]}"
    for index, item in enumerate(spec.get("topologySpreadConstraints") or []):
        here, key = f"{at}spec.topologySpreadConstraints[{index}]", item.get("topologyKey", "")
        if key in OLD_LABELS:
            yield f"{here}.topologyKey: {key} is {OLD_LABELS[key]}"
        if item.get("labelSelector") is None:
            yield f"{here}.labelSelector: {NO_POD}"


def _terms(item: JSON, path: str) -> Iterator[tuple[str, JSON]]:
    for index, term in enumerate((item.get(REQUIRED_NOW) or {}).get("nodeSelectorTerms") or []):
        yield f"{path}.{REQUIRED_NOW}.nodeSelectorTerms[{index}]", term
    for index, weighted in enumerate(item.get(PREFERRED_NOW) or []):
        yield f"{path}.{PREFERRED_NOW}[{index}].preference", weighted.get("preference") or {}


def _fractions(items: JSON, path: str) -> Iterator[str]:
    for name in ("memory", "ephemeral-storage"):
        if name in items and amount(items[name]) % 1:
            yield f'{path}[{name}]: fractional byte value "{canonical(items[name])}" is invalid, must be an integer'


def _container(item: JSON, path: str) -> Iterator[str]:
    resources = item.get("resources") or {}
    for name in ("memory", "ephemeral-storage"):
        for part in ("limits", "requests"):
            amounts = resources.get(part) or {}
            yield from _fractions({name: amounts[name]} if name in amounts else {}, f"{path}.resources.{part}")
    seen: set[str] = set()
    for index, variable in enumerate(item.get("env") or []):
        name, value = variable.get("name", ""), variable.get("value", "")
        reference = f"$({name})"
        # A variable may refer to its own earlier value.
        if name in seen and (variable.get("valueFrom") is not None or value == reference or reference not in value):
            yield f'{path}.env[{index}]: hides previous definition of "{name}", which may be dropped when using apply'
        seen.add(name)


def _ports(spec: JSON, at: str) -> Iterator[str]:
    seen: dict[str, list[tuple[str, JSON]]] = {}
    every = [
        (f"{at}spec.{place}.ports[{n}]", port) for place, item in all_containers(spec) for n, port in enumerate(item.get("ports") or [])
    ]
    for path, port in every:
        if port.get("hostIP") and not port.get("hostPort"):
            yield f"{path}: hostIP set without hostPort: {_go_port(port)}"
        key = f"{port.get('containerPort', 0)}/{port.get('protocol', '')}"
        for other_path, other in seen.get(key, []):
            yield from _overlap(path, port, other_path, other)
        seen.setdefault(key, []).append((path, port))
    names: dict[str, str] = {}
    for path, port in every:
        name = port.get("name", "")
        if name and name in names:
            first = names[name]
            yield f'{path}: duplicate port name "{name}" with {first}, services and probes that select ports by name will use {first}'
        elif name:
            names[name] = path


def _go_port(port: JSON) -> str:
    """A port as Go prints it."""
    fields = (("Name", ""), ("HostPort", 0), ("ContainerPort", 0), ("Protocol", ""), ("HostIP", ""))
    return "{" + " ".join(f"{name}:{port.get(name[0].lower() + name[1:], default)}" for name, default in fields) + "}"


def _overlap(path: str, port: JSON, other_path: str, other: JSON) -> Iterator[str]:
    (ip, host), (other_ip, other_host) = ((item.get("hostIP", ""), item.get("hostPort", 0)) for item in (port, other))
    if ip == other_ip and host == other_host:
        yield f"{path}: duplicate port definition with {other_path}"
    elif not host or not other_host:
        yield f"{path}: overlapping port definition with {other_path}"
    elif host == other_host and bool(ip) != bool(other_ip):
        yield f"{path}: dangerously ambiguous port definition with {other_path}"


def _affinity(item: JSON, path: str) -> Iterator[str]:
    for kind in ("podAffinity", "podAntiAffinity"):
        group = item.get(kind) or {}
        for index, term in enumerate(group.get(REQUIRED_NOW) or []):
            if term.get("labelSelector") is None:
                yield f"{path}.{kind}.{REQUIRED_NOW}[{index}].labelSelector: {NO_POD}"
        for index, weighted in enumerate(group.get(PREFERRED_NOW) or []):
            if (weighted.get("podAffinityTerm") or {}).get("labelSelector") is None:
                yield f"{path}.{kind}.{PREFERRED_NOW}[{index}].podAffinityTerm.labelSelector: {NO_POD}"
