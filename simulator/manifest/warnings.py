"""What the API server takes but warns about (pkg/api/*/warnings.go, and WarningsOnCreate and WarningsOnUpdate of pkg/registry)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator

from simulator.manifest.address_warnings import unusual_address, unusual_network
from simulator.manifest.pod_warnings import OLD_LABELS, OLD_VOLUMES, SPELLED, pod_warnings
from simulator.manifest.quantities import canonical
from simulator.manifest.validation.names import dns_label
from simulator.manifest.validation.resources import amount
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins
from simulator.objects.labels import (
    BETA_MOUNT_OPTIONS,
    BETA_STORAGE_CLASS,
    ENFORCE_MOUNTABLE_SECRETS,
    INGRESS_CLASS,
    SECRET_TLS,
    TOPOLOGY_AWARE_HINTS,
    TOPOLOGY_MODE,
)

NAMING_PODS = ("Pod", "Deployment", "ReplicaSet", "ReplicationController", "Job", "CronJob")
TEMPLATES = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job", "CronJob")
OLD_OF_VOLUMES = {
    BETA_STORAGE_CLASS: 'deprecated since v1.8; use "storageClassName" attribute instead',
    BETA_MOUNT_OPTIONS: 'deprecated since v1.31; use "mountOptions" attribute instead',
}
MANY_COMPLETIONS, MUCH_PARALLELISM = 100_000, 10_000
TOO_MANY_INDEXES = (
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able "
    "to track completedIndexes when a big number of indexes fail"
)


def warnings(item: Object) -> list[str]:
    """The warnings that come with a new object, in the API server's order; `item` has its defaults."""
    value = to_builtins(item)
    return [*_name(item.kind, value["metadata"].get("name", "")), *_WARNED.get(item.kind, _nothing)(value)]


def update_warnings(new: Object, old: Object) -> list[str]:
    """The warnings that come with a changed object: of pods there are none, of templates only when something is new."""
    if new.kind in ("Pod", "Ingress", "ResourceQuota") or (new.kind in TEMPLATES and new.metadata.generation == old.metadata.generation):
        return []
    if new.kind == "ServiceAccount" and ENFORCE_MOUNTABLE_SECRETS in old.metadata.annotations:
        return []
    return list(_WARNED.get(new.kind, _nothing)(to_builtins(new)))


def _nothing(value: JSON) -> Iterator[str]:
    yield from ()


def _name(kind: str, name: str) -> Iterator[str]:
    where = {"Pod": "the Pod's hostname"}.get(kind, "Pod names and hostnames")
    wrong = dns_label(name) if kind in NAMING_PODS and name else []
    if wrong:
        surprise = "which can result in surprising behavior; a DNS label is recommended"
        yield f"metadata.name: this is used in {where}, {surprise}: [{' '.join(wrong)}]"


def _annotations(value: JSON) -> JSON:
    annotations: JSON = value["metadata"].get("annotations") or {}
    return annotations


# ---- pods and what makes them


def _pod(value: JSON) -> Iterator[str]:
    yield from pod_warnings(value["metadata"], value.get("spec") or {}, "")


def _template(value: JSON) -> Iterator[str]:
    yield from _of_template((value.get("spec") or {}).get("template") or {}, "spec.template.")


def _of_template(template: JSON, at: str) -> Iterator[str]:
    yield from pod_warnings(template.get("metadata") or {}, template.get("spec") or {}, at)


def _stateful_set(value: JSON) -> Iterator[str]:
    spec = value.get("spec") or {}
    yield from _template(value)
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or []):
        yield from _storage(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{index}]")
    if spec.get("revisionHistoryLimit", 0) < 0:
        yield "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"


def _job(value: JSON) -> Iterator[str]:
    yield from _of_job(value.get("spec") or {}, "spec")


def _cron_job(value: JSON) -> Iterator[str]:
    yield from _of_job(((value.get("spec") or {}).get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")


def _of_job(spec: JSON, path: str) -> Iterator[str]:
    many = (spec.get("completions") or 0) > MANY_COMPLETIONS and (spec.get("parallelism") or 0) > MUCH_PARALLELISM
    if spec.get("completionMode") == "Indexed" and many:
        yield f"{path}: {TOO_MANY_INDEXES}"
    yield from _of_template(spec.get("template") or {}, f"{path}.template.")


# ---- storage


def _storage(spec: JSON, path: str) -> Iterator[str]:
    for part in ("requests", "limits"):
        text = ((spec.get("resources") or {}).get(part) or {}).get("storage")
        if text is not None and amount(text) % 1:
            yield f'{path}.resources.{part}[storage]: fractional byte value "{canonical(text)}" is invalid, must be an integer'


def _claim(value: JSON) -> Iterator[str]:
    if BETA_STORAGE_CLASS in _annotations(value):
        yield f"metadata.annotations[{BETA_STORAGE_CLASS}]: {OLD_OF_VOLUMES[BETA_STORAGE_CLASS]}"
    yield from _storage(value.get("spec") or {}, "spec")


def _volume(value: JSON) -> Iterator[str]:
    spec = value.get("spec") or {}
    for key, sentence in OLD_OF_VOLUMES.items():
        if key in _annotations(value):
            yield f"metadata.annotations[{key}]: {sentence}"
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        instead = "Instead, the recommended approach is to use dynamic provisioning."
        yield f"spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. {instead}"
    for i, term in enumerate(((spec.get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms") or []):
        for j, item in enumerate(term.get("matchExpressions") or []):
            if item.get("key") in OLD_LABELS:
                path = f"spec.nodeAffinity.required.nodeSelectorTerms[{i}].matchExpressions[{j}].key"
                yield f"{path}: {item['key']} is {OLD_LABELS[item['key']]}"
    for kind in ("cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd"):
        if spec.get(kind) is not None:
            yield f"spec.{SPELLED.get(kind, kind)}: {OLD_VOLUMES[kind]}"


def _storage_class(value: JSON) -> Iterator[str]:
    for i, topology in enumerate(value.get("allowedTopologies") or []):
        for j, item in enumerate(topology.get("matchLabelExpressions") or []):
            if item.get("key") in OLD_LABELS:
                yield f"allowedTopologies[{i}].matchLabelExpressions[{j}].key: {OLD_LABELS[item['key']]}"


# ---- the network


def _service(value: JSON) -> Iterator[str]:
    spec = value.get("spec") or {}
    kind, headless = spec.get("type", ""), spec.get("clusterIP") == "None"
    if TOPOLOGY_AWARE_HINTS in _annotations(value):
        yield f"annotation {TOPOLOGY_AWARE_HINTS} is deprecated, please use {TOPOLOGY_MODE} instead"
    ignored = (("loadBalancerIP", bool(spec.get("loadBalancerIP"))), ("externalIPs", bool(spec.get("externalIPs"))))
    for field, given in (*ignored, ("SessionAffinity", spec.get("sessionAffinity", "None") != "None")):
        if headless and given:
            yield f"spec.{field} is ignored for headless services"
    for index, address in enumerate(spec.get("externalIPs") or []):
        yield from unusual_address(address, f"spec.externalIPs[{index}]")
    if spec.get("externalIPs") and not headless and kind != "ExternalName":
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    for index, network in enumerate(spec.get("loadBalancerSourceRanges") or []):
        yield from unusual_network(network, f"spec.loadBalancerSourceRanges[{index}]")
    if kind == "ExternalName" and spec.get("externalIPs"):
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if kind != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _network_policy(value: JSON) -> Iterator[str]:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for i, rule in enumerate((value.get("spec") or {}).get(direction) or []):
            for j, peer in enumerate(rule.get(peers) or []):
                block, path = peer.get("ipBlock") or {}, f"spec.{direction}[{i}].{peers}[{j}].ipBlock"
                yield from unusual_network(block.get("cidr", ""), f"{path}.cidr")
                for k, network in enumerate(block.get("except") or []):
                    yield from unusual_network(network, f"{path}.except[{k}]")


def _ingress(value: JSON) -> Iterator[str]:
    if INGRESS_CLASS in _annotations(value) and "ingressClassName" not in (value.get("spec") or {}):
        yield f"annotation \"{INGRESS_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"


# ---- configuration


def _secret(value: JSON) -> Iterator[str]:
    """Whether the key belongs to the certificate is not looked at, only whether both are written as such."""
    if value.get("type") != SECRET_TLS:
        return
    data = {**(value.get("data") or {})}
    for key, what in (("tls.crt", "certificate"), ("tls.key", "key")):
        if b"-----BEGIN " not in b64decode(data.get(key, "")):
            yield f"tls: failed to find any PEM data in {what} input"
            return


def _service_account(value: JSON) -> Iterator[str]:
    if ENFORCE_MOUNTABLE_SECRETS in _annotations(value):
        instead = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
        yield f"metadata.annotations[{ENFORCE_MOUNTABLE_SECRETS}]: {instead}"


def _quota(value: JSON) -> Iterator[str]:
    hard = (value.get("spec") or {}).get("hard") or {}
    for name in ("cpu", "memory", "storage", "ephemeral-storage"):
        request = f"requests.{name}" if f"requests.{name}" in hard or name not in ("cpu", "memory") else name
        limit = f"limits.{name}"
        if request in hard and limit in hard and amount(hard[request]) > amount(hard[limit]):
            yield f"ResourceQuota {request} ({canonical(hard[request])}) should be less than {limit} ({canonical(hard[limit])})"


_WARNED: dict[str, Callable[[JSON], Iterator[str]]] = {
    "Pod": _pod,
    **dict.fromkeys(("Deployment", "ReplicaSet", "DaemonSet", "ReplicationController"), _template),
    "StatefulSet": _stateful_set,
    "Job": _job,
    "CronJob": _cron_job,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "StorageClass": _storage_class,
    "Service": _service,
    "NetworkPolicy": _network_policy,
    "Ingress": _ingress,
    "Secret": _secret,
    "ServiceAccount": _service_account,
    "ResourceQuota": _quota,
}
