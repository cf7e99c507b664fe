"""Which objects of the manifests most likely create a missing Secret or ConfigMap, by programs that podsim does not run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Object, Unstructured, to_builtins

WORKLOADS = ("Job", "CronJob", "Deployment", "StatefulSet", "DaemonSet", "Pod")
"""Kinds with containers, in the order in which they are named as makers."""
OWN_NAME = frozenset(
    (
        "Bundle",
        "ClusterExternalSecret",
        "DopplerSecret",
        "ExternalSecret",
        "KafkaUser",
        "ObjectBucketClaim",
        "OnePasswordItem",
        "SealedSecret",
    )
)
"""Kinds whose operators create an object with the same name, unless their spec has another one."""
DERIVED = {
    "Cluster": ("{}-app", "{}-superuser", "{}-ca", "{}-server", "{}-replication"),
    "Elasticsearch": ("{}-es-elastic-user", "{}-es-http-certs-public", "{}-es-transport-certs-public"),
    "Kafka": ("{}-cluster-ca-cert", "{}-clients-ca-cert"),
    "Keycloak": ("{}-initial-admin",),
    "Kibana": ("{}-kb-http-certs-public",),
    "MongoDBCommunity": ("{}-*-*",),
    "PostgresCluster": ("{}-pguser-*", "{}-cluster-cert"),
    "RabbitmqCluster": ("{}-default-user", "{}-erlang-cookie"),
    "Tenant": ("{}-tls", "{}-log", "{}-console"),
    "postgresql": ("*.{}.credentials.postgresql.acid.zalan.do",),
}
"""Kinds whose operators create objects of these names, `{}` being their own (CloudNativePG, ECK, Strimzi, Keycloak, MongoDB's, Crunchy's
and Zalando's PostgreSQL, RabbitMQ's, MinIO's)."""
_NAMING_FIELD = re.compile(
    r"secretname|secretref|targetsecret|destination|^target$|managedsecretreference|secretobjects|configmapname", re.IGNORECASE
)
_ISSUER = re.compile(r"cert-manager\.io/(cluster-)?issuer|acme")
_CREATING = re.compile(r"\b(create|apply|patch|replace|certgen|generate|secret-name)\b|kind:\s*(Secret|ConfigMap)")
_WRITING = frozenset({"create", "update", "patch", "*"})
_PLURALS = {"Secret": "secrets", "ConfigMap": "configmaps"}


class Maker(NamedTuple):
    """An object that likely causes another one to be created, and what says so."""

    kind: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"probably created by {self.kind} {self.name}: {self.reason}"


def likely_maker(snapshot: Snapshot, key: Key) -> Maker | None:
    """The most likely maker of a missing object: an object for an operator, a program that names it, or one that may write it by RBAC."""
    if key.kind not in _PLURALS:
        return None
    objects = [item for item in (*snapshot.all(), *_deleted_jobs(snapshot)) if item.metadata.namespace in ("", key.namespace)]
    for search in (_custom, _program, _permitted):
        maker = next(search(key, objects), None)
        if maker is not None:
            return maker
    return None


def _deleted_jobs(snapshot: Snapshot) -> Iterator[Object]:
    """Jobs that are gone: jobs that create certificates often have a `ttlSecondsAfterFinished` of 0."""
    return (snapshot.writes(key)[-1].item for key in snapshot.known("Job") if snapshot.get(key) is None)


# ---- objects for operators


def _custom(key: Key, objects: list[Object]) -> Iterator[Maker]:
    for item in objects:
        if not isinstance(item, Unstructured):
            continue
        name, spec = item.metadata.name, item.content.get("spec")
        if item.kind == "Ingress":
            if any(_ISSUER.search(annotation) for annotation in item.metadata.annotations) and key.name in _tls_names(spec):
                yield Maker("Ingress", name, "its annotation asks cert-manager for the certificate")
        elif (item.kind in OWN_NAME and name == key.name) or any(
            glob_matches(key.name, pattern.format(name)) for pattern in DERIVED.get(item.kind, ())
        ):
            yield Maker(item.kind, name, "its operator creates an object of this name")
        elif _is_custom(item) and (field := _naming_field(spec, key.name, "spec")):
            yield Maker(item.kind, name, f"its {field} names it")


def _is_custom(item: Unstructured) -> bool:
    """Whether an object is of a group that only an operator serves."""
    group = item.api_version.partition("/")[0]
    return "." in group and not group.endswith("k8s.io")


def _tls_names(spec: Any) -> set[str]:
    entries = spec.get("tls") if isinstance(spec, dict) else None
    return {entry.get("secretName", "") for entry in entries or () if isinstance(entry, dict)}


def _naming_field(value: Any, name: str, path: str, *, names: bool = False) -> str:
    """The path of the field that names an object to create; empty: there is none. `names`: the field around `value` is about one."""
    if isinstance(value, str):
        return path if names and value == name else ""
    items = value.items() if isinstance(value, dict) else [("", item) for item in value] if isinstance(value, list) else ()
    for key, item in items:
        about = bool(_NAMING_FIELD.search(key)) or (names and key in ("", "name"))
        if field := _naming_field(item, name, f"{path}.{key}" if key else path, names=about):
            return field
    return ""


# ---- programs


def _program(key: Key, objects: list[Object]) -> Iterator[Maker]:
    word = re.compile(rf"(?<![\w.-]){re.escape(key.name)}(?![\w.-])")
    scripts = {item.metadata.name: to_builtins(item) for item in objects if item.kind == "ConfigMap"}
    workloads = [item for kind in WORKLOADS for item in objects if item.kind == kind and not item.metadata.owner_references]
    for item in workloads:
        for container in _containers(to_builtins(item)):
            text = "\n".join([*(container.get("command") or ()), *(container.get("args") or ())])
            if word.search(text) and _CREATING.search(text):
                yield Maker(item.kind, item.metadata.name, f"the command line of its container {container.get('name', '')} names it")
    for item in workloads:
        data = to_builtins(item)
        for container in _containers(data):
            for variable in container.get("env") or ():
                if variable.get("value") == key.name and re.search(r"SECRET|CERT|CONFIG", variable.get("name", "")):
                    yield Maker(item.kind, item.metadata.name, f"its variable {variable['name']} names it")
        for name in _mounted_config_maps(data):
            text = "\n".join(str(value) for value in (scripts.get(name, {}).get("data") or {}).values())
            if word.search(text) and _CREATING.search(text):
                yield Maker(item.kind, item.metadata.name, f"a script in its ConfigMap {name} names it")


def _pod_spec(data: JSON) -> JSON:
    """The spec of the pods of a workload, or of a pod."""
    spec = data.get("spec") or {}
    spec = (spec.get("jobTemplate") or {}).get("spec") or spec
    template: JSON = (spec.get("template") or {}).get("spec") or spec
    return template


def _containers(data: JSON) -> list[JSON]:
    spec = _pod_spec(data)
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def _mounted_config_maps(data: JSON) -> list[str]:
    return [(volume.get("configMap") or {}).get("name", "") for volume in _pod_spec(data).get("volumes") or ()]


# ---- permissions


def _permitted(key: Key, objects: list[Object]) -> Iterator[Maker]:
    """Workloads whose ServiceAccount may write exactly this object."""
    items = {kind: [to_builtins(item) for item in objects if item.kind == kind] for kind in ("Role", "ClusterRole", "RoleBinding")}
    roles = {
        (role["kind"], role["metadata"]["name"])
        for role in (*items["Role"], *items["ClusterRole"])
        if any(_may_write(rule, key) for rule in role.get("rules") or ())
    }
    accounts = {
        subject.get("name", "")
        for binding in items["RoleBinding"]
        if (binding.get("roleRef", {}).get("kind"), binding.get("roleRef", {}).get("name")) in roles
        for subject in binding.get("subjects") or ()
        if subject.get("kind") == "ServiceAccount"
    }
    for kind in WORKLOADS:
        for item in objects:
            if item.kind == kind and not item.metadata.owner_references:
                account = _pod_spec(to_builtins(item)).get("serviceAccountName") or "default"
                if account in accounts:
                    yield Maker(kind, item.metadata.name, f"its ServiceAccount {account} may write this {key.kind} by name")


def _may_write(rule: JSON, key: Key) -> bool:
    resources = _PLURALS[key.kind] in (rule.get("resources") or ())
    return resources and key.name in (rule.get("resourceNames") or ()) and bool(_WRITING & set(rule.get("verbs") or ()))
