"""What the API server takes but warns about (pkg/api/pod/warnings.go, pkg/api/service/warnings.go)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.manifest.quantities import canonical
from simulator.manifest.validation.context import all_containers
from simulator.manifest.validation.names import dns_label
from simulator.manifest.validation.resources import amount
from simulator.manifest.validation.scheduling import PREFERRED_NOW, REQUIRED_NOW
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins

NAMING_PODS = ("Pod", "Deployment", "ReplicaSet", "ReplicationController", "Job", "CronJob")
TEMPLATES = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job")
INGRESS_CLASS = "kubernetes.io/ingress.class"
NO_POD = "a null labelSelector results in matching no pod"
OLD_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
OLD_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
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


def warnings(item: Object) -> list[str]:
    """The warnings that come with an answer, in the API server's order; `item` has its defaults."""
    value = to_builtins(item)
    spec = value.get("spec") or {}
    found = list(_name(item.kind, (value.get("metadata") or {}).get("name", "")))
    if item.kind == "Pod":
        found += _pod(value.get("metadata") or {}, spec, "")
    elif item.kind in TEMPLATES:
        template = spec.get("template") or {}
        found += _pod(template.get("metadata") or {}, template.get("spec") or {}, "spec.template.")
    elif item.kind == "CronJob":
        inner = (spec.get("jobTemplate") or {}).get("spec") or {}
        template = inner.get("template") or {}
        found += _pod(template.get("metadata") or {}, template.get("spec") or {}, "spec.jobTemplate.spec.template.")
    elif item.kind == "Service":
        found += _service(spec)
    elif item.kind == "PersistentVolumeClaim":
        found += _storage(spec, "spec")
    elif item.kind == "Ingress" and "ingressClassName" not in spec:
        old = [key for key in (value.get("metadata") or {}).get("annotations") or {} if key == INGRESS_CLASS]
        found += [f"annotation \"{key}\" is deprecated, please use 'spec.ingressClassName' instead" for key in old]
    if item.kind == "StatefulSet":
        found += _stateful_set(spec)
    return found


def _name(kind: str, name: str) -> Iterator[str]:
    where = {"Pod": "the Pod's hostname"}.get(kind, "Pod names and hostnames")
    wrong = dns_label(name) if kind in NAMING_PODS and name else []
    if wrong:
        surprise = "which can result in surprising behavior; a DNS label is recommended"
        yield f"metadata.name: this is used in {where}, {surprise}: [{' '.join(wrong)}]"


def _stateful_set(spec: JSON) -> Iterator[str]:
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or []):
        yield from _storage(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{index}]")
    if spec.get("revisionHistoryLimit", 0) < 0:
        yield "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"


def _storage(spec: JSON, path: str) -> Iterator[str]:
    for part in ("requests", "limits"):
        text = ((spec.get("resources") or {}).get(part) or {}).get("storage")
        if text is not None and amount(text) % 1:
            yield f'{path}.resources.{part}[storage]: fractional byte value "{canonical(text)}" is invalid, must be an integer'


def _service(spec: JSON) -> Iterator[str]:
    kind, headless = spec.get("type", ""), spec.get("clusterIP") == "None"
    ignored = (("loadBalancerIP", bool(spec.get("loadBalancerIP"))), ("externalIPs", bool(spec.get("externalIPs"))))
    for field, given in (*ignored, ("SessionAffinity", spec.get("sessionAffinity", "None") != "None")):
        if headless and given:
            yield f"spec.{field} is ignored for headless services"
    if spec.get("externalIPs") and not headless and kind != "ExternalName":
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if kind == "ExternalName" and spec.get("externalIPs"):
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if kind != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _pod(meta: JSON, spec: JSON, at: str) -> Iterator[str]:
    yield from _nodes(spec, at)
    annotations = meta.get("annotations") or {}
    for key, sentence in OLD_ANNOTATIONS.items():
        if key in annotations:
            yield f"{at}metadata.annotations[{key}]: {sentence}"
    for index, volume in enumerate(spec.get("volumes") or []):
        for kind, sentence in OLD_VOLUMES.items():
            if volume.get(kind) is not None:
                yield f"{at}spec.volumes[{index}].{SPELLED.get(kind, kind)}: {sentence}"
    yield from _repeated(spec.get("hostAliases") or [], "ip", f"{at}spec.hostAliases")
    yield from _repeated(spec.get("imagePullSecrets") or [], "name", f"{at}spec.imagePullSecrets")
    for index, item in enumerate(spec.get("imagePullSecrets") or []):
        if not item.get("name"):
            yield f'{at}spec.imagePullSecrets[{index}].name: invalid empty name ""'
    yield from _fractions(spec.get("overhead") or {}, f"{at}spec.overhead")
    for place, container in all_containers(spec):
        yield from _container(container, f"{at}spec.{place}")
    yield from _ports(spec, at)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        yield f"{at}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
    yield from _affinity(spec.get("affinity") or {}, f"{at}spec.affinity")


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
        # A variable may build on its own earlier value.
        if name in seen and (variable.get("valueFrom") is not None or value == reference or reference not in value):
            yield f'{path}.env[{index}]: hides previous definition of "{name}", which may be dropped when using apply'
        seen.add(name)


def _ports(spec: JSON, at: str) -> Iterator[str]:
    found: dict[str, list[tuple[str, JSON]]] = {}
    every = [
        (f"{at}spec.{place}.ports[{n}]", port) for place, item in all_containers(spec) for n, port in enumerate(item.get("ports") or [])
    ]
    for path, port in every:
        key = f"{port.get('containerPort', 0)}/{port.get('protocol', '')}"
        for other_path, other in found.get(key, []):
            yield from _overlap(path, port, other_path, other)
        found.setdefault(key, []).append((path, port))
    names: dict[str, str] = {}
    for path, port in every:
        name = port.get("name", "")
        if name and name in names:
            first = names[name]
            yield f'{path}: duplicate port name "{name}" with {first}, services and probes that select ports by name will use {first}'
        elif name:
            names[name] = path


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
