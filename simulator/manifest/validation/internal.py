"""Values as the API server prints them: by its internal types, whose field names and order differ from YAML.

`internal.json` (made by `tools/field_table/internal_types.py`) says how.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from simulator.manifest.validation.errors import GoValue, go_json
from simulator.objects.base import JSON

IN_SECURITY_CONTEXT = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")
"""Fields of a pod spec that are part of the security context in the internal type."""
_ZERO = {"s": "", "i": 0, "b": False, "Q": "0", "I": 0, "J": None}


@lru_cache(maxsize=1)
def _types() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("internal.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, str]])


def internal(type_name: str, item: JSON) -> JSON:
    """A value of the published API converted to the layout of the internal type of that name."""
    if type_name == "PodSpec":
        item = _with_inner_security(item)
    if type_name == "PodTemplateSpec":
        return {**(item.get("metadata") or {}), "Spec": internal("PodSpec", item.get("spec") or {})}
    written = {name.lower(): value for name, value in item.items()}
    shown: JSON = {}
    for name, code in _types()[type_name].items():
        if code[0] == "<":
            shown.update(internal(code[1:], item))
        else:
            shown[name] = _value(code, written.get(name.lower()))
    return shown


def _with_inner_security(spec: JSON) -> JSON:
    moved = {name: spec[name] for name in IN_SECURITY_CONTEXT if name in spec}
    context = spec.get("securityContext")
    return spec if context is None and not moved else {**spec, "securityContext": {**(context or {}), **moved}}


def _value(code: str, value: Any) -> Any:
    if code[0] == "*":
        return None if value is None else _value(code[1:], value)
    if code[:2] == "[]":
        return [_value(code[2:], item) for item in value] if value else None
    if code[:2] == "{}":
        return {name: _value(code[2:], value[name]) for name in sorted(value)} if value else None
    if code in _ZERO:
        return _ZERO[code] if value is None else value
    return internal(code, value or {})


def go_value(type_name: str, item: JSON) -> GoValue:
    """A value on one line, as in an error message."""
    text = _escaped(json.dumps(internal(type_name, item), ensure_ascii=False, separators=(",", ":")))
    return GoValue(text, text)


def pretty(type_name: str, item: JSON) -> str:
    """A value on many lines, as in a diff."""
    return _escaped(json.dumps(internal(type_name, item), ensure_ascii=False, indent=1))


def _escaped(text: str) -> str:
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def selector_value(item: JSON | None) -> GoValue | None:
    """A label selector: JSON, or Go's notation."""
    if item is None:
        return None
    labels = ", ".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in sorted((item.get("matchLabels") or {}).items()))
    parts = ", ".join(_requirement(part) for part in item.get("matchExpressions") or [])
    shown = f"map[string]string{{{labels}}}" if labels else "map[string]string(nil)"
    expressions = f"[]v1.LabelSelectorRequirement{{{parts}}}" if parts else "[]v1.LabelSelectorRequirement(nil)"
    literal = f"v1.LabelSelector{{MatchLabels:{shown}, MatchExpressions:{expressions}}}"
    return GoValue(go_json({name: value for name, value in item.items() if value}), literal)


def _requirement(part: JSON) -> str:
    key, operator = json.dumps(part.get("key", "")), json.dumps(part.get("operator", ""))
    return f"v1.LabelSelectorRequirement{{Key:{key}, Operator:{operator}, Values:{_strings(part.get('values'))}}}"


def _strings(items: list[str] | None) -> str:
    return f"[]string{{{', '.join(json.dumps(item) for item in items)}}}" if items else "[]string(nil)"
