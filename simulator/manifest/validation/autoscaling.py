"""Rules for HorizontalPodAutoscalers (pkg/apis/autoscaling/validation)."""

from __future__ import annotations

from simulator.manifest.quantities import canonical
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, forbidden, invalid, required, unsupported
from simulator.manifest.validation.meta import each, object_meta
from simulator.manifest.validation.resources import amount
from simulator.objects.base import JSON

SOURCES = {"Object": "object", "External": "external", "Pods": "pods", "Resource": "resource", "ContainerResource": "containerResource"}
SOURCE_TYPES = tuple(sorted(SOURCES))
SELECT_POLICIES = ("Disabled", "Max", "Min")
POLICY_TYPES = ("Percent", "Pods")
TARGET_TYPES = ("Utilization", "Value", "AverageValue")
MOST_WINDOW, MOST_PERIOD = 3600, 1800


def autoscaler(item: JSON) -> Errors:
    """A HorizontalPodAutoscaler."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if least < 1:
        yield invalid(f"{path}.minReplicas", least, "must be greater than or equal to 1")
    if most == 0:
        yield required(f"{path}.maxReplicas", "must be set and greater than 0")
    elif most < 0:
        yield invalid(f"{path}.maxReplicas", most, "must be greater than or equal to 1")
    if most < least:
        yield invalid(f"{path}.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef") or {}
    # Of the scalable kinds, only ReplicationController is in the core group.
    yield from _reference(target, f"{path}.scaleTargetRef", any_group=target.get("kind") == "ReplicationController")
    for index, metric in enumerate(_metrics(spec)):
        yield from _metric(metric, f"{path}.metrics[{index}]")
    for direction in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(direction)
        if rules is not None:
            yield from _rules(rules, f"{path}.behavior.{direction}")


def _metrics(spec: JSON) -> list[JSON]:
    """The metrics; the single field of v1 is one metric in the API server's internal type."""
    share = spec.get("targetCPUUtilizationPercentage")
    if share is None:
        return spec.get("metrics") or []
    return [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": share}}}]


def _reference(item: JSON, path: str, *, any_group: bool) -> Errors:
    for field in ("kind", "name"):
        if value := item.get(field):
            yield from each(f"{path}.{field}", value, names.path_segment(value))
        else:
            yield required(f"{path}.{field}")
    version = item.get("apiVersion", "")
    if version.count("/") > 1:
        yield invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}")
    elif "/" not in version and not any_group:
        yield invalid(f"{path}.apiVersion", version, "apiVersion must specify API group")


def _rules(item: JSON, path: str) -> Errors:
    window = item.get("stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, "must be greater than or equal to zero")
    if window is not None and window > MOST_WINDOW:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, f"must be less than or equal to {MOST_WINDOW}")
    if item.get("selectPolicy") is not None and item["selectPolicy"] not in SELECT_POLICIES:
        yield unsupported(f"{path}.selectPolicy", item["selectPolicy"], SELECT_POLICIES)
    # Missing policies are defaulted; an empty list is not.
    for index, policy in enumerate(item.get("policies") or []):
        here = f"{path}.policies[{index}]"
        if policy.get("type", "") not in POLICY_TYPES:
            yield unsupported(f"{here}.type", policy.get("type", ""), POLICY_TYPES)
        for field in ("value", "periodSeconds"):
            if policy.get(field, 0) <= 0:
                yield invalid(f"{here}.{field}", policy.get(field, 0), "must be greater than zero")
        if policy.get("periodSeconds", 0) > MOST_PERIOD:
            yield invalid(f"{here}.periodSeconds", policy["periodSeconds"], f"must be less than or equal to {MOST_PERIOD}")


def _metric(item: JSON, path: str) -> Errors:
    kind = item.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must specify a metric source type")
    if kind not in SOURCES:
        yield unsupported(f"{path}.type", kind, SOURCE_TYPES)
    given = [field for field in SOURCES.values() if item.get(field) is not None]
    if given:
        yield from _source(given[0], item[given[0]], f"{path}.{given[0]}")
    expected = SOURCES.get(kind, "")
    if expected and item.get(expected) is None:
        yield required(f"{path}.{expected}", "must populate information for the given metric source")
    if not expected:
        yield unsupported(f"{path}.type", kind, SOURCE_TYPES)
    if len(given) != 1:
        for field in sorted(set(given) - {expected}):
            yield forbidden(f"{path}.{field}", "must populate the given metric source only")


def _source(kind: str, item: JSON, path: str) -> Errors:
    target = item.get("target") or {}
    if kind == "object":
        yield from _reference(item.get("describedObject") or {}, f"{path}.describedObject", any_group=True)
    if kind in ("object", "external", "pods"):
        name = (item.get("metric") or {}).get("name", "")
        if name:
            yield from each(f"{path}.metric.name", name, names.path_segment(name))
        else:
            yield required(f"{path}.metric.name", "must specify a metric name")
    elif not item.get("name"):
        yield required(f"{path}.name", "must specify a resource name")
    if kind == "containerResource":
        if container := item.get("container"):
            yield from each(f"{path}.container", container, names.dns_label(container))
        else:
            yield required(f"{path}.container", "must specify a container")
    yield from _target(target, f"{path}.target")
    yield from _target_fits(kind, target, f"{path}.target")


def _target(item: JSON, path: str) -> Errors:
    kind = item.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must specify a metric target type")
    if kind not in TARGET_TYPES:
        yield invalid(f"{path}.type", kind, "must be either Utilization, Value, or AverageValue")
    for field in ("value", "averageValue"):
        if item.get(field) is not None and amount(str(item[field])) <= 0:
            yield invalid(f"{path}.{field}", canonical(str(item[field])), "must be positive")
    share = item.get("averageUtilization")
    if share is not None and share < 1:
        yield invalid(f"{path}.averageUtilization", share, "must be greater than 0")


def _target_fits(kind: str, item: JSON, path: str) -> Errors:
    value, average, share = (item.get(field) for field in ("value", "averageValue", "averageUtilization"))
    if kind in ("resource", "containerResource"):
        if share is None and average is None:
            yield required(f"{path}.averageUtilization", "must set either a target raw value or a target utilization")
        if share is not None and average is not None:
            yield forbidden(f"{path}.averageValue", "may not set both a target raw value and a target utilization")
    elif kind == "pods":
        if average is None or amount(str(average)) <= 0:
            yield required(f"{path}.averageValue", "must specify a positive target averageValue")
    elif value is None and average is None:
        word = "either a target value or averageValue" if kind == "object" else "either a target value for metric or a per-pod target"
        yield required(f"{path}.averageValue", f"must set {word}")
    elif kind == "external" and value is not None and average is not None:
        yield forbidden(f"{path}.value", "may not set both a target value for metric and a per-pod target")
