"""Rules for pod-level resources and resource claims (pkg/apis/core/validation)."""

from __future__ import annotations

from decimal import Decimal

from simulator.manifest.quantities import DECIMAL, canonical, parse, show
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, duplicate, forbidden, invalid, required
from simulator.manifest.validation.internal import go_value
from simulator.manifest.validation.meta import each
from simulator.manifest.validation.resources import amount, pod_resource_name, requirements
from simulator.objects.base import JSON


def claims(items: list[JSON], path: str) -> Errors:
    """`spec.resourceClaims`."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        here, name = f"{path}[{index}]", item.get("name", "")
        if not name:
            yield required(f"{here}.name")
        elif name in seen:
            yield duplicate(f"{here}.name", name)
        else:
            yield from each(f"{here}.name", name, names.dns_label(name))
            seen.add(name)
        given = [field for field in ("resourceClaimName", "resourceClaimTemplateName") if item.get(field) is not None]
        whole = go_value("PodResourceClaim", item)
        if len(given) > 1:
            yield invalid(here, whole, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified")
        if not given:
            yield invalid(here, whole, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")
        for field in given:
            yield from each(f"{here}.{field}", item[field], names.dns_subdomain(item[field]))


def pod_level_resources(spec: JSON, path: str) -> Errors:
    """`spec.resources`: at least the sum of the containers' requests, and no container with a larger limit."""
    item, here = spec.get("resources"), f"{path}.resources"
    if item is None:
        return
    if (spec.get("os") or {}).get("name") == "windows":
        yield forbidden(here, "may not be set for a windows pod")
        return
    if item.get("claims"):
        yield forbidden(f"{here}.claims", "claims may not be set for Resources at pod-level")
    yield from requirements(item, set(), here, pod_resource_name)
    containers = spec.get("containers") or []
    for name, text in sorted((item.get("requests") or {}).items()):
        together = _together(containers, name)
        if together is not None and amount(together) > amount(text):
            sentence = f"must be greater than or equal to aggregate container requests of {together}"
            yield invalid(f"{here}.requests[{name}]", canonical(text), sentence)
    for index, container in enumerate(containers):
        for name, text in sorted(((container.get("resources") or {}).get("limits") or {}).items()):
            limit = (item.get("limits") or {}).get(name)
            if limit is not None and amount(text) > amount(limit):
                where = f"{here}.containers[{index}][{name}].limits"
                yield invalid(where, canonical(text), f"must be less than or equal to pod limits of {canonical(limit)}")


def _together(containers: list[JSON], name: str) -> str | None:
    requested = [
        parse(text) for item in containers if (text := ((item.get("resources") or {}).get("requests") or {}).get(name)) is not None
    ]
    return show(sum((value for value, _ in requested), Decimal(0)), requested[0][1] if requested else DECIMAL) if requested else None
