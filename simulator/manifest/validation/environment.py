"""Rules for a container's environment (pkg/apis/core/validation)."""

from __future__ import annotations

import re

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, invalid, required, unsupported
from simulator.manifest.validation.meta import each
from simulator.objects.base import JSON

ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
"""Fields of the pod that a variable can refer to."""
FILE_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
"""Fields of the pod that a file can contain."""
KNOWN_FIELDS = (*ENV_FIELDS, *FILE_FIELDS, "spec.restartPolicy", "spec.schedulerName", "status.phase", "spec.host")
CONTAINER_FIELDS = tuple(f"{part}.{name}" for part in ("limits", "requests") for name in ("cpu", "ephemeral-storage", "memory"))
HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
CPU_DIVISORS = ("1m", "1")
BYTE_DIVISORS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
ONLY_ONE = "may not have more than one field specified at a time"
_SUBSCRIPT = re.compile(r"([^\[\]]+)\['(.*)'\]")


def env(items: list[JSON], path: str, dialect: Dialect) -> Errors:
    """Variables."""
    for index, item in enumerate(items):
        here, name = f"{path}[{index}]", item.get("name", "")
        if not name:
            yield required(f"{here}.name")
        else:
            yield from each(f"{here}.name", name, _name_rule(dialect)(name))
        if item.get("valueFrom") is not None:
            yield from _value_from(item["valueFrom"], item.get("value", ""), f"{here}.valueFrom", dialect)


def _name_rule(dialect: Dialect) -> names.Rule:
    return names.any_env_name if dialect.env_names_may_be_any_text else names.env_name


def _value_from(item: JSON, value: str, path: str, dialect: Dialect) -> Errors:
    given = [name for name in SOURCES if item.get(name) is not None]
    for name in given:
        yield from _source(name, item[name], f"{path}.{name}")
    if not given:
        yield invalid(path, "", dialect.say("validation.env_source"))
    elif value:
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid(path, "", ONLY_ONE)


def _source(name: str, item: JSON, path: str) -> Errors:
    if name == "fieldRef":
        yield from field_ref(item, ENV_FIELDS, path)
    elif name == "resourceFieldRef":
        yield from resource_field_ref(item, path, in_file=False)
    elif name == "fileKeyRef":
        yield from _file_key(item, path)
    else:
        # An empty name is reported by the rule for names.
        yield from each(f"{path}.name", item.get("name", ""), names.dns_subdomain(item.get("name", "")))
        if key := item.get("key"):
            yield from each(f"{path}.key", key, names.config_key(key))
        else:
            yield required(f"{path}.key")


def _file_key(item: JSON, path: str) -> Errors:
    rules = (("key", names.any_env_name), ("volumeName", names.dns_label), ("path", no_steps_back))
    for name, rule in rules:
        value = item.get(name, "")
        if value:
            yield from each(f"{path}.{name}", value, rule(value))
        else:
            yield required(f"{path}.{name}")


def field_ref(item: JSON, allowed: tuple[str, ...], path: str) -> Errors:
    """A reference to one of the allowed fields of the pod."""
    label = item.get("fieldPath", "")
    if not item.get("apiVersion") or not label:
        yield required(f"{path}.{'fieldPath' if item.get('apiVersion') else 'apiVersion'}")
        return
    problem, subscript = "", _SUBSCRIPT.fullmatch(label)
    if item["apiVersion"] != "v1":
        problem = f"unsupported pod version: {item['apiVersion']}"
    elif subscript and subscript[1] not in ("metadata.annotations", "metadata.labels"):
        problem = f"field label does not support subscript: {label}"
    elif not subscript and label not in KNOWN_FIELDS:
        problem = f"field label not supported: {label}"
    if problem:
        yield invalid(f"{path}.fieldPath", label, f"error converting fieldPath: {problem}")
    elif subscript:
        key = subscript[2].lower() if subscript[1] == "metadata.annotations" else subscript[2]
        yield from each(path, key, names.qualified_name(key))
    elif label not in allowed:
        yield unsupported(f"{path}.fieldPath", label, allowed)


def resource_field_ref(item: JSON, path: str, *, in_file: bool) -> Errors:
    """A request or a limit of a container."""
    resource, divisor = item.get("resource", ""), item.get("divisor", "0")
    if in_file and not item.get("containerName"):
        yield required(f"{path}.containerName")
    elif not resource:
        yield required(f"{path}.resource")
    elif resource not in CONTAINER_FIELDS and not resource.startswith(HUGE_PAGES):
        yield unsupported(f"{path}.resource", resource, CONTAINER_FIELDS)
    if divisor in ("", "0"):
        return
    what, allowed = _divisors(resource)
    if what and divisor not in allowed:
        listed = "1m and 1" if what == "cpu" else ", ".join(BYTE_DIVISORS)
        yield invalid(f"{path}.divisor", resource, f"only divisor's values {listed} are supported with the {what} resource")


def _divisors(resource: str) -> tuple[str, tuple[str, ...]]:
    name = resource.partition(".")[2]
    if name == "cpu":
        return "cpu", CPU_DIVISORS
    what = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}.get(name, "")
    return ("hugepages" if resource.startswith(HUGE_PAGES) else what), BYTE_DIVISORS


def env_from(items: list[JSON], path: str, dialect: Dialect) -> Errors:
    """Whole ConfigMaps and Secrets as variables."""
    for index, item in enumerate(items):
        here, prefix = f"{path}[{index}]", item.get("prefix", "")
        if prefix:
            yield from each(f"{here}.prefix", prefix, _name_rule(dialect)(prefix))
        given = [name for name in ("configMapRef", "secretRef") if item.get(name) is not None]
        for kind in given:
            name = item[kind].get("name", "")
            if name:
                yield from each(f"{here}.{kind}.name", name, names.generated_beginning(names.dns_subdomain)(name))
            else:
                yield required(f"{here}.{kind}.name")
        if not given:
            yield invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(given) > 1:
            yield invalid(path, "", ONLY_ONE)


def no_steps_back(text: str) -> list[str]:
    """A path that does not leave its directory."""
    return ["must not contain '..'"] if ".." in text.split("/") else []
