"""Rules for ConfigMap, Secret, Namespace, ServiceAccount, LimitRange, ResourceQuota, PriorityClass (pkg/apis/core, scheduling)."""

from __future__ import annotations

import base64
import json

from simulator.manifest.quantities import canonical
from simulator.manifest.validation import names
from simulator.manifest.validation.containers import one_of
from simulator.manifest.validation.errors import Errors, duplicate, forbidden, invalid, required, too_long
from simulator.manifest.validation.internal import go_value
from simulator.manifest.validation.meta import NOT_AN_OPERATOR, each, known_finalizer, object_meta
from simulator.manifest.validation.pod import PREEMPTION_POLICIES
from simulator.manifest.validation.resources import IN_QUOTAS, amount, container_resource_name, may_overcommit, quantity, resource_name
from simulator.objects.base import JSON
from simulator.objects.labels import (
    SECRET_BASIC_AUTH,
    SECRET_DOCKER_CFG,
    SECRET_DOCKER_CONFIG_JSON,
    SECRET_SERVICE_ACCOUNT_TOKEN,
    SECRET_SSH_AUTH,
    SECRET_TLS,
    SERVICE_ACCOUNT_NAME,
)

MOST_BYTES = 1024 * 1024
LIMIT_TYPES = ("Pod", "Container", "PersistentVolumeClaim")
SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "VolumeAttributesClass",
    "CrossNamespacePodAffinity",
)
OPPOSITES = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
POD_RESOURCES = ("pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
CLAIM_RESOURCES = ("persistentvolumeclaims", "requests.storage")
MOST_PRIORITY = 1_000_000_000
SECRET_KEYS: dict[str, tuple[str, ...]] = {
    SECRET_DOCKER_CFG: (".dockercfg",),
    SECRET_DOCKER_CONFIG_JSON: (".dockerconfigjson",),
    SECRET_SSH_AUTH: ("ssh-privatekey",),
    SECRET_TLS: ("tls.crt", "tls.key"),
}


def config_map(item: JSON) -> Errors:
    """A ConfigMap."""
    data, binary = item.get("data") or {}, item.get("binaryData") or {}
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    for key in sorted(data):
        yield from each(f"data[{key}]", key, names.config_key(key))
        if key in binary:
            yield invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
    for key in sorted(binary):
        yield from each(f"binaryData[{key}]", key, names.config_key(key))
    if sum(len(text.encode()) for text in data.values()) + sum(_length(text) for text in binary.values()) > MOST_BYTES:
        yield too_long("[]", MOST_BYTES)


def _length(text: str) -> int:
    return len(base64.b64decode(text))


def secret(item: JSON) -> Errors:
    """A Secret: each type has required keys."""
    data, kind = item.get("data") or {}, item.get("type", "")
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    for key in sorted(data):
        yield from each(f"data[{key}]", key, names.config_key(key))
    if sum(_length(text) for text in data.values()) > MOST_BYTES:
        yield too_long("data", MOST_BYTES)
    if kind == SECRET_SERVICE_ACCOUNT_TOKEN and not (item["metadata"].get("annotations") or {}).get(SERVICE_ACCOUNT_NAME):
        yield required(f"metadata.annotations[{SERVICE_ACCOUNT_NAME}]")
    if kind == SECRET_BASIC_AUTH and not {"username", "password"} & set(data):
        yield required("data[username]")
        yield required("data[password]")
    for key in SECRET_KEYS.get(kind, ()):
        if key not in data or (kind == SECRET_SSH_AUTH and not data[key]):
            yield required(f"data[{key}]")
        elif key.startswith(".docker") and (problem := _json_problem(data[key])):
            yield invalid(f"data[{key}]", "<secret contents redacted>", problem)


def _json_problem(text: str) -> str:
    """Why a docker configuration is no JSON object, roughly in Go's words."""
    raw = base64.b64decode(text).decode(errors="replace")
    try:
        value = json.loads(raw)
    except json.JSONDecodeError as error:
        if error.pos >= len(raw.rstrip()):
            return "unexpected end of JSON input"
        return f"invalid character '{raw[error.pos]}' looking for beginning of value"
    words = {str: "string", int: "number", float: "number", bool: "bool", list: "array"}
    if isinstance(value, dict | None):
        return ""
    return f"json: cannot unmarshal {words[type(value)]} into Go value of type map[string]interface {{}}"


def namespace(item: JSON) -> Errors:
    """A Namespace."""
    yield from object_meta(item["metadata"], names.dns_label, namespaced=False)
    for name in (item.get("spec") or {}).get("finalizers") or []:
        yield from each("spec.finalizers", name, names.qualified_name(name))
        yield from known_finalizer(name, "spec.finalizers")


def service_account(item: JSON) -> Errors:
    """A ServiceAccount."""
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)


def priority_class(item: JSON) -> Errors:
    """A PriorityClass."""
    name, value = item["metadata"].get("name", ""), item.get("value") or 0
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=False)
    if name.startswith("system-"):
        reserved = "priority class names with 'system-' prefix are reserved for system use only. error: "
        yield forbidden("metadata.name", f"{reserved}{name} is not a known system priority class")
    elif value > MOST_PRIORITY:
        yield forbidden("value", f"maximum allowed value of a user defined priority is {MOST_PRIORITY}")
    if item.get("preemptionPolicy"):
        yield from one_of(item["preemptionPolicy"], PREEMPTION_POLICIES, "preemptionPolicy")


def resource_quota(item: JSON) -> Errors:
    """A ResourceQuota."""
    spec = item.get("spec") or {}
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    hard, scopes = spec.get("hard") or {}, spec.get("scopes") or []
    for name, text in sorted(hard.items()):
        path = f"spec.hard[{name}]"
        yield from resource_name(name, path)
        if "/" not in name and name not in IN_QUOTAS and not name.startswith(("hugepages-", "requests.hugepages-")):
            yield invalid(path, name, "must be a standard resource for quota")
        yield from quantity(name, text, path)
    for scope in scopes:
        if scope not in SCOPES:
            yield invalid("spec.scopes", scopes, "unsupported scope")
        for name in sorted(hard):
            if name in IN_QUOTAS and not _scope_fits(scope, name):
                yield invalid("spec.scopes", scopes, "unsupported scope applied to resource")
    if any(pair <= set(scopes) for pair in OPPOSITES):
        yield invalid("spec.scopes", scopes, "conflicting scopes")
    if spec.get("scopeSelector") is not None:
        yield from _scope_selector(spec["scopeSelector"], sorted(hard), "spec.scopeSelector.matchExpressions")


def _scope_fits(scope: str, name: str) -> bool:
    if scope == "BestEffort":
        return name == "pods"
    if scope == "VolumeAttributesClass":
        return name in CLAIM_RESOURCES
    return scope not in SCOPES or name in POD_RESOURCES


def _scope_selector(selector: JSON, hard: list[str], path: str) -> Errors:
    seen = set()
    for item in selector.get("matchExpressions") or []:
        scope, operator, values = item.get("scopeName", ""), item.get("operator", ""), item.get("values") or []
        if scope not in SCOPES:
            yield invalid(f"{path}.scopeName", scope, "unsupported scope")
        for name in hard:
            if name in IN_QUOTAS and not _scope_fits(scope, name):
                yield invalid(path, go_value("ScopeSelector", selector), "unsupported scope applied to resource")
        if scope not in ("PriorityClass", "VolumeAttributesClass") and scope in SCOPES and operator != "Exists":
            listed = "ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
            listed += "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
            yield invalid(f"{path}.operator", operator, f"must be 'Exists' when scope is any of {listed}")
        if operator in ("In", "NotIn"):
            if not values:
                yield required(f"{path}.values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                yield invalid(f"{path}.values", values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
        else:
            yield invalid(f"{path}.operator", operator, NOT_AN_OPERATOR)
        seen.add(scope)
    if any(pair <= seen for pair in OPPOSITES):
        yield invalid(path, None, "conflicting scopes")


def limit_range(item: JSON) -> Errors:
    """A LimitRange: least <= default request <= default <= most, for each resource."""
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    seen: set[str] = set()
    for index, limit in enumerate((item.get("spec") or {}).get("limits") or []):
        path, kind = f"spec.limits[{index}]", limit.get("type", "")
        yield from _limit_type(kind, seen, f"{path}.type")
        seen.add(kind)
        parts = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
        for part in parts:
            if kind == "Pod" and part.startswith("default"):
                if limit.get(part):
                    yield forbidden(f"{path}.{part}", "may not be specified when `type` is 'Pod'")
                continue
            for name in sorted(limit.get(part) or {}):
                rule = container_resource_name if kind in ("Pod", "Container") else resource_name
                yield from rule(name, f"{path}.{part}[{name}]")
        if kind == "PersistentVolumeClaim" and "storage" not in {**(limit.get("min") or {}), **(limit.get("max") or {})}:
            yield required(f"{path}.limits", "either minimum or maximum storage value is required, but neither was provided")
        for name in sorted({name for part in parts for name in limit.get(part) or {}}):
            yield from _limits_agree(limit, name, path)


def _limit_type(kind: str, seen: set[str], path: str) -> Errors:
    wrong = names.qualified_name(kind)
    yield from each(path, kind, wrong)
    if not wrong and "/" not in kind and kind not in LIMIT_TYPES:
        yield invalid(path, kind, "must be a standard limit type or fully qualified")
    if kind in seen:
        yield duplicate(path, kind)


def _limits_agree(limit: JSON, name: str, path: str) -> Errors:
    def text(part: str) -> str | None:
        value = (limit.get(part) or {}).get(name)
        return None if value is None else canonical(value)

    least, most, default, request, ratio = (text(part) for part in ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio"))
    pairs = (
        (least, most, "min", least, "min value {} is greater than max value {}"),
        (least, request, "defaultRequest", request, "min value {} is greater than default request value {}"),
        (request, most, "defaultRequest", request, "default request value {} is greater than max value {}"),
        (request, default, "defaultRequest", request, "default request value {} is greater than default limit value {}"),
        (least, default, "default", least, "min value {} is greater than default value {}"),
        (default, most, "default", most, "default value {} is greater than max value {}"),
    )
    for low, high, part, shown, sentence in pairs:
        if low is not None and high is not None and amount(low) > amount(high):
            yield invalid(f"{path}.{part}[{name}]", shown, sentence.format(low, high))
    here = f"{path}.maxLimitRequestRatio[{name}]"
    if ratio is not None and amount(ratio) < 1:
        yield invalid(here, ratio, f"ratio {ratio} is less than 1")
    if ratio is not None and least is not None and most is not None and amount(least) > 0 and amount(ratio) > amount(most) / amount(least):
        yield invalid(here, ratio, f"ratio {ratio} is greater than max/min = {float(amount(most) / amount(least)):f}")
    if not may_overcommit(name) and default is not None and request is not None and amount(default) != amount(request):
        sentence = f"default value {default} must equal to defaultRequest value {request} in {name}"
        yield invalid(f"{path}.defaultRequest[{name}]", request, sentence)
