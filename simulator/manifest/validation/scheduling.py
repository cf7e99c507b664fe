"""Rules for what steers a pod to a node (pkg/apis/core/validation)."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, duplicate, forbidden, invalid, required, unsupported
from simulator.manifest.validation.meta import NOT_AN_OPERATOR, each, label_selector, operator_fits
from simulator.objects.base import JSON

REQUIRED_NOW = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED_NOW = "preferredDuringSchedulingIgnoredDuringExecution"
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
ACTIONS = ("DoNotSchedule", "ScheduleAnyway")
POLICIES = ("Honor", "Ignore")
IN_BOTH = "exists in both matchLabelKeys and labelSelector"


def affinity(item: JSON, path: str) -> Errors:
    """All kinds of affinity."""
    if item.get("nodeAffinity") is not None:
        yield from _node_affinity(item["nodeAffinity"], f"{path}.nodeAffinity")
    for kind in ("podAffinity", "podAntiAffinity"):
        group, here = item.get(kind) or {}, f"{path}.{kind}"
        for index, term in enumerate(group.get(REQUIRED_NOW) or []):
            yield from _pod_term(term, f"{here}.{REQUIRED_NOW}[{index}]")
        for index, weighted in enumerate(group.get(PREFERRED_NOW) or []):
            yield from _weight(weighted, f"{here}.{PREFERRED_NOW}[{index}]")
            yield from _pod_term(weighted.get("podAffinityTerm") or {}, f"{here}.{PREFERRED_NOW}[{index}].podAffinityTerm")


def _weight(item: JSON, path: str) -> Errors:
    if not 1 <= item.get("weight", 0) <= 100:
        yield invalid(f"{path}.weight", item.get("weight", 0), "must be in the range 1-100")


def _node_affinity(item: JSON, path: str) -> Errors:
    if item.get(REQUIRED_NOW) is not None:
        yield from node_selector(item[REQUIRED_NOW], f"{path}.{REQUIRED_NOW}")
    for index, weighted in enumerate(item.get(PREFERRED_NOW) or []):
        here = f"{path}.{PREFERRED_NOW}[{index}]"
        yield from _weight(weighted, here)
        yield from _node_term(weighted.get("preference") or {}, f"{here}.preference", any_value=True)


def node_selector(item: JSON, path: str) -> Errors:
    """Terms of which one must hold."""
    terms = item.get("nodeSelectorTerms") or []
    if not terms:
        yield required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")
    for index, term in enumerate(terms):
        yield from _node_term(term, f"{path}.nodeSelectorTerms[{index}]", any_value=False)


def _node_term(term: JSON, path: str, *, any_value: bool) -> Errors:
    for index, item in enumerate(term.get("matchExpressions") or []):
        yield from _node_requirement(item, f"{path}.matchExpressions[{index}]", any_value=any_value)
    for index, item in enumerate(term.get("matchFields") or []):
        yield from _node_field(item, f"{path}.matchFields[{index}]")


def _node_requirement(item: JSON, path: str, *, any_value: bool) -> Errors:
    operator, key, values = item.get("operator", ""), item.get("key", ""), item.get("values") or []
    yield from operator_fits(operator, values, path)
    if operator in ("Gt", "Lt"):
        if len(values) != 1:
            yield required(f"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")
    elif operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        yield invalid(f"{path}.operator", operator, NOT_AN_OPERATOR)
    yield from each(f"{path}.key", key, names.qualified_name(key))
    for index, value in enumerate([] if any_value else values):
        yield from each(f"{path}.values[{index}]", value, names.label_value(value))


def _node_field(item: JSON, path: str) -> Errors:
    operator, key, values = item.get("operator", ""), item.get("key", ""), item.get("values") or []
    if operator not in ("In", "NotIn"):
        yield invalid(f"{path}.operator", operator, NOT_AN_OPERATOR)
    elif len(values) != 1:
        yield required(f"{path}.values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
    if key != "metadata.name":
        yield invalid(f"{path}.key", key, "not a valid field selector key")
    else:
        for index, value in enumerate(values):
            yield from each(f"{path}.values[{index}]", value, names.dns_subdomain(value))


def _pod_term(term: JSON, path: str) -> Errors:
    yield from label_selector(term.get("labelSelector"), f"{path}.labelSelector")
    yield from label_selector(term.get("namespaceSelector"), f"{path}.namespaceSelector")
    for name in term.get("namespaces") or []:
        yield from each(f"{path}.namespace", name, names.dns_label(name))
    yield from _label_keys(term, path)
    key = term.get("topologyKey", "")
    if not key:
        yield required(f"{path}.topologyKey", "can not be empty")
    yield from each(f"{path}.topologyKey", key, names.qualified_name(key))


def _label_keys(term: JSON, path: str) -> Errors:
    """Label keys whose values are taken from the pod itself."""
    selector = term.get("labelSelector")
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = term.get(field) or []
        if keys and selector is None:
            yield forbidden(f"{path}.{field}", "must not be specified when labelSelector is not set")
            continue
        for index, key in enumerate(keys):
            yield from each(f"{path}.{field}[{index}]", key, names.qualified_name(key))
    matched, mismatched = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    if selector is not None:
        seen = set(selector.get("matchLabels") or {})
        for item in selector.get("matchExpressions") or []:
            if item.get("key") in matched and item.get("key") in seen:
                yield invalid(f"{path}[{matched.index(item['key'])}]", item["key"], IN_BOTH)
            seen.add(item.get("key", ""))
    for index, key in enumerate(matched):
        if key in mismatched:
            yield invalid(f"{path}.matchLabelKeys[{index}]", key, "exists in both matchLabelKeys and mismatchLabelKeys")


def spread(items: list[JSON], path: str, dialect: Dialect) -> Errors:
    """Topology spread constraints."""
    for index, item in enumerate(items):
        here, action = f"{path}[{index}]", item.get("whenUnsatisfiable", "")
        if item.get("maxSkew", 0) <= 0:
            yield invalid(f"{here}.maxSkew", item.get("maxSkew", 0), "must be greater than zero")
        if not item.get("topologyKey"):
            yield required(f"{here}.topologyKey", "can not be empty")
        if action not in ACTIONS:
            yield unsupported(f"{here}.whenUnsatisfiable", action, ACTIONS)
        pair = (item.get("topologyKey", ""), action)
        if any((other.get("topologyKey", ""), other.get("whenUnsatisfiable", "")) == pair for other in items[index + 1 :]):
            yield duplicate(f"{here}.{{topologyKey, whenUnsatisfiable}}", f"{{{pair[0]}, {pair[1]}}}")
        yield from _domains(item.get("minDomains"), action, f"{here}.minDomains")
        for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if item.get(field) is not None and item[field] not in POLICIES:
                yield unsupported(f"{here}.{field}", item[field], POLICIES)
        yield from _label_keys(item, here) if dialect.spread_keys_join_the_selector else _plain_keys(item, f"{here}.matchLabelKeys")
        yield from label_selector(item.get("labelSelector"), f"{here}.labelSelector")


def _domains(count: int | None, action: str, path: str) -> Errors:
    if count is None:
        return
    if count <= 0:
        yield invalid(path, count, "must be greater than zero")
    if action != "DoNotSchedule":
        yield invalid(path, count, f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}")


def _plain_keys(item: JSON, path: str) -> Errors:
    keys, selector = item.get("matchLabelKeys") or [], item.get("labelSelector")
    if keys and selector is None:
        yield forbidden(path, "must not be specified when labelSelector is not set")
    chosen = {*((selector or {}).get("matchLabels") or {}), *(part.get("key") for part in (selector or {}).get("matchExpressions") or [])}
    for index, key in enumerate(keys):
        yield from each(f"{path}[{index}]", key, names.qualified_name(key))
        if key in chosen:
            yield invalid(f"{path}[{index}]", key, IN_BOTH)


def tolerations(items: list[JSON], path: str) -> Errors:
    """Tolerations."""
    for index, item in enumerate(items):
        here, key, operator = f"{path}[{index}]", item.get("key", ""), item.get("operator", "")
        value, effect = item.get("value", ""), item.get("effect", "")
        if key:
            yield from each(f"{here}.key", key, names.qualified_name(key))
        elif operator != "Exists":
            everything = 'which means "match all values and all keys"'
            yield invalid(f"{here}.operator", operator, f"operator must be Exists when `key` is empty, {everything}")
        if item.get("tolerationSeconds") is not None and effect != "NoExecute":
            yield invalid(f"{here}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        yield from _toleration_value(operator, value, here)
        if effect and effect not in EFFECTS:
            yield unsupported(f"{here}.effect", effect, EFFECTS)


def _toleration_value(operator: str, value: str, path: str) -> Errors:
    if operator in ("Equal", ""):
        if sentences := names.label_value(value):
            yield invalid(f"{path}.operator", value, ";".join(sentences))
    elif operator == "Exists":
        if value:
            yield invalid(f"{path}.operator", value, "value must be empty when `operator` is 'Exists'")
    elif operator in ("Lt", "Gt"):
        yield unsupported(f"{path}.operator", operator, ["Equal", "Exists", "Lt", "Gt"])
    else:
        yield unsupported(f"{path}.operator", operator, ["Equal", "Exists"])


def gates(items: list[JSON], path: str) -> Errors:
    """Scheduling gates."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        name = item.get("name", "")
        yield from each(f"{path}[{index}]", name, names.qualified_name(name))
        if name in seen:
            yield duplicate(f"{path}[{index}]", name)
        seen.add(name)
