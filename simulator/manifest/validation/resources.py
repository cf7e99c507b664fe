"""Rules for requests and limits (pkg/apis/core/validation, pkg/apis/core/helper)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from simulator.manifest.quantities import canonical, parse
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import NOT_FOUND, Errors, FieldError, duplicate, forbidden, invalid, required, unsupported
from simulator.manifest.validation.meta import each
from simulator.objects.base import JSON

COMPUTE = ("cpu", "memory", "ephemeral-storage")
COUNTED = (
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)
STANDARD = (
    *COMPUTE,
    *(f"requests.{name}" for name in COMPUTE),
    *(f"limits.{name}" for name in COMPUTE),
    *COUNTED,
    "storage",
    "requests.storage",
)
IN_QUOTAS = tuple(name for name in STANDARD if name != "storage")
NameRule = Callable[[str, str], Errors]


def is_huge_pages(name: str) -> bool:
    """`hugepages-2Mi`."""
    return name.startswith("hugepages-")


def is_native(name: str) -> bool:
    """A resource of Kubernetes' own, not of a device plug-in."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """A resource that a device plug-in offers: whole pieces, no overcommitment."""
    return not is_native(name) and not name.startswith("requests.") and not names.qualified_name(f"requests.{name}")


def may_overcommit(name: str) -> bool:
    """Whether requests may be below limits."""
    return is_native(name) and not is_huge_pages(name)


def amount(text: str) -> Decimal:
    """The value of a quantity that is known to be one."""
    return parse(text)[0]


def resource_name(name: str, path: str) -> Errors:
    """A name of something that can be asked for somewhere."""
    wrong = list(each(path, name, names.qualified_name(name)))
    yield from wrong
    if not wrong and "/" not in name and name not in STANDARD and not name.startswith(("hugepages-", "requests.hugepages-")):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def container_resource_name(name: str, path: str) -> Errors:
    """A name of something that a container can ask for."""
    yield from resource_name(name, path)
    if "/" not in name:
        if name not in COMPUTE and not is_huge_pages(name):
            yield invalid(path, name, "must be a standard resource for containers")
    elif not is_native(name) and not is_extended(name):
        yield invalid(path, name, "doesn't follow extended resource name standard")


def pod_resource_name(name: str, path: str) -> Errors:
    """A name of something that a pod can ask for as a whole."""
    wrong = list(resource_name(name, path))
    yield from wrong
    if not wrong and name not in ("cpu", "memory") and not is_huge_pages(name):
        yield unsupported(path, name, ["cpu", "hugepages-", "memory"])


def quantity(name: str, text: str, path: str) -> Errors:
    """An amount of a resource: not negative, and whole when the resource is counted in pieces."""
    value = amount(text)
    if value < 0:
        yield invalid(path, canonical(text), names.NOT_NEGATIVE)
    if (name in COUNTED or is_extended(name)) and value != value.to_integral_value():
        yield invalid(path, canonical(text), "must be an integer")


def requirements(item: JSON, claims: set[str], path: str, name_rule: NameRule = container_resource_name) -> Errors:
    """Requests and limits together."""
    limits, requests = item.get("limits") or {}, item.get("requests") or {}
    for name, text in sorted(limits.items()):
        yield from _entry(name, text, f"{path}.limits[{name}]", name_rule)
    for name, text in sorted(requests.items()):
        yield from _entry(name, text, f"{path}.requests[{name}]", name_rule)
        yield from _against_limit(name, text, limits, path)
    requested = {*limits, *requests}
    if any(is_huge_pages(name) for name in requested) and not requested & {"cpu", "memory"}:
        yield forbidden(path, "HugePages require cpu or memory")
    yield from _claims(item.get("claims") or [], claims, f"{path}.claims")


def _entry(name: str, text: str, path: str, name_rule: NameRule) -> Errors:
    yield from name_rule(name, path)
    yield from quantity(name, text, path)
    if is_huge_pages(name) and not _divisible(name, text):
        yield invalid(path, canonical(text), f"{canonical(text)} is not positive integer multiple of {name}")


def _divisible(name: str, text: str) -> bool:
    try:
        page = amount(name.removeprefix("hugepages-"))
    except ValueError:
        return False
    return page > 0 and page == page.to_integral_value() and amount(text) % page == 0


def _against_limit(name: str, text: str, limits: JSON, path: str) -> Errors:
    if name not in limits:
        if not may_overcommit(name):
            yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")
        return
    limit = canonical(limits[name])
    if not may_overcommit(name) and amount(text) != amount(limit):
        yield invalid(f"{path}.requests", canonical(text), f"must be equal to {name} limit of {limit}")
    elif amount(text) > amount(limit):
        yield invalid(f"{path}.requests", canonical(text), f"must be less than or equal to {name} limit of {limit}")


def _claims(items: list[JSON], claims: set[str], path: str) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate(items):
        here, name, request = f"{path}[{index}]", item.get("name", ""), item.get("request", "")
        if not name:
            yield required(here)
            continue
        if request:
            yield from each(f"{here}.request", request, names.dns_label(request))
        key = f"{name}/{request}" if request else name
        if name in seen or key in seen or (not request and any(other.startswith(f"{name}/") for other in seen)):
            yield duplicate(here, name if name in seen or not request else key)
        seen.add(key)
        if name not in claims:
            rest = f": {', '.join(sorted(claims))}" if claims else " which is empty"
            yield FieldError(here, NOT_FOUND, name, f"must be one of the names in pod.spec.resourceClaims{rest}")
