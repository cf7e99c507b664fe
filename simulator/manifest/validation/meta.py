"""Rules for metadata, labels and selectors (apimachinery/pkg/api/validation, apis/meta/v1/validation)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, FieldError, forbidden, invalid, required, too_long
from simulator.objects.base import JSON

MOST_ANNOTATION_BYTES = 256 * 1024
STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
NOT_AN_OPERATOR = "not a valid selector operator"


def each(path: str, value: Any, sentences: Iterable[str]) -> Errors:
    """An error for each message about a value."""
    for sentence in sentences:
        yield invalid(path, value, sentence)


def not_negative(path: str, value: int | None) -> Errors:
    """A number that must not be negative."""
    if value is not None and value < 0:
        yield invalid(path, value, names.NOT_NEGATIVE)


def object_meta(meta: JSON, name_rule: names.Rule, *, namespaced: bool) -> Errors:
    """The metadata of an object to be created."""
    path = "metadata"
    if beginning := meta.get("generateName"):
        yield from each(f"{path}.generateName", beginning, names.generated_beginning(name_rule)(beginning))
    # A generated name is set before validation: here one of both is enough.
    if name := meta.get("name"):
        yield from each(f"{path}.name", name, name_rule(name))
    elif not meta.get("generateName"):
        yield required(f"{path}.name", "name or generateName is required")
    yield from _namespace(meta.get("namespace", ""), f"{path}.namespace", namespaced=namespaced)
    yield from not_negative(f"{path}.generation", meta.get("generation"))
    yield from labels(meta.get("labels"), f"{path}.labels")
    yield from annotation_map(meta.get("annotations"), f"{path}.annotations")
    yield from _owners(meta.get("ownerReferences") or [], f"{path}.ownerReferences")
    yield from _finalizers(meta.get("finalizers") or [], f"{path}.finalizers")


def _namespace(namespace: str, path: str, *, namespaced: bool) -> Errors:
    if not namespaced:
        if namespace:
            yield forbidden(path, "not allowed on this type")
    elif not namespace:
        yield required(path)
    else:
        yield from each(path, namespace, names.dns_label(namespace))


def labels(items: JSON | None, path: str) -> Errors:
    """Labels and matchLabels."""
    for key, value in sorted((items or {}).items()):
        yield from each(path, key, names.qualified_name(key))
        yield from each(path, value, names.label_value(value))


def annotation_map(items: JSON | None, path: str) -> Errors:
    """Annotations: keys like those of labels, the prefix in any case; with a limit of their total size."""
    items = items or {}
    for key in sorted(items):
        yield from each(path, key, names.qualified_name(key.lower()))
    if sum(len(key.encode()) + len(str(value).encode()) for key, value in items.items()) > MOST_ANNOTATION_BYTES:
        yield too_long(path, MOST_ANNOTATION_BYTES)


def _owners(owners: list[JSON], path: str) -> Errors:
    first = ""
    for owner in owners:
        fields = (
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        )
        for name, sentence in fields:
            if not owner.get(name):
                yield invalid(f"{path}.{name}", "", sentence)
        if owner.get("controller"):
            this = f"{owner.get('kind', '')}/{owner.get('name', '')}"
            if first:
                both = f'Found "true" in references for {first} and {this}'
                yield invalid(path, owners, f"Only one reference can have Controller set to true. {both}")
            first = first or this


def _finalizers(items: list[str], path: str) -> Errors:
    for name in items:
        yield from each(path, name, names.qualified_name(name))
    if {"orphan", "foregroundDeletion"} <= set(items):
        yield invalid(path, items, "finalizer orphan and foregroundDeletion cannot be both set")
    for index, name in enumerate(items):
        yield from known_finalizer(name, f"{path}[{index}]")


def known_finalizer(name: str, path: str) -> Errors:
    """A finalizer without a domain must be one of Kubernetes' own."""
    if "/" not in name and name not in STANDARD_FINALIZERS:
        yield invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified")


def label_selector(selector: JSON | None, path: str) -> Errors:
    """A label selector."""
    if selector is None:
        return
    yield from labels(selector.get("matchLabels"), f"{path}.matchLabels")
    for index, item in enumerate(selector.get("matchExpressions") or []):
        yield from _requirement(item, f"{path}.matchExpressions[{index}]")


def _requirement(item: JSON, path: str) -> Errors:
    operator, values = item.get("operator", ""), item.get("values") or []
    yield from operator_fits(operator, values, path)
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        yield invalid(f"{path}.operator", operator, NOT_AN_OPERATOR)
    yield from each(f"{path}.key", item.get("key", ""), names.qualified_name(item.get("key", "")))
    for index, value in enumerate(values):
        yield from each(f"{path}.values[{index}]", value, names.label_value(value))


def operator_fits(operator: str, values: list[str], path: str) -> Errors:
    """Values where the operator needs them, none where it does not."""
    if operator in ("In", "NotIn") and not values:
        yield required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    if operator in ("Exists", "DoesNotExist") and values:
        yield forbidden(f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")


def selects(selector: JSON | None, items: JSON | None) -> bool:
    """Whether a selector matches labels. None matches nothing, an empty one everything."""
    if selector is None:
        return False
    present = items or {}
    if any(present.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(item, present) for item in selector.get("matchExpressions") or [])


def _holds(item: JSON, present: JSON) -> bool:
    key, values = item.get("key", ""), item.get("values") or []
    return {
        "In": present.get(key) in values,
        "NotIn": key not in present or present[key] not in values,
        "Exists": key in present,
        "DoesNotExist": key not in present,
    }.get(item.get("operator", ""), False)


def is_empty(selector: JSON) -> bool:
    """Whether a selector matches everything."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def can_select(selector: JSON | None) -> bool:
    """Whether a selector is valid: labels, operators, and the values each operator needs."""
    if selector is None:
        return True
    if any(names.qualified_name(key) or names.label_value(value) for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    broken: list[FieldError] = [error for item in selector.get("matchExpressions") or [] for error in _requirement(item, "")]
    return not broken
