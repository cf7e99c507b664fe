"""The options of requests that write: dry run, field validation, field manager, and what a deletion may say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from simulator.api.admission_refusal import Invalid
from simulator.api.deletion import Deletion
from simulator.api.errors import ApiError
from simulator.dialect import Dialect
from simulator.golang.text import quoted
from simulator.manifest.validation.errors import FieldError, forbidden, invalid, required, too_long, unsupported
from simulator.objects.base import JSON

Query = Mapping[str, Sequence[str]]
VALIDATIONS = ("", "Ignore", "Strict", "Warn")
POLICIES = ("Foreground", "Background", "Orphan", "nil")
LONGEST_MANAGER = 128


class Options(NamedTuple):
    """What a create, update or patch request says about itself. `force` belongs to server-side apply; None: not given."""

    dry: bool = False
    validation: str = "Warn"
    manager: str = "unknown"
    force: bool | None = None


class DeleteOptions(NamedTuple):
    """What a delete request says."""

    deletion: Deletion
    dry: bool = False
    resource_version: str = ""
    has_policy: bool = False
    """Whether the request has a propagation policy."""


def write_options(query: Query, agent: str, kind: str, dialect: Dialect, *, apply: bool = False) -> Options:
    """The options of a request; `kind` is CreateOptions, UpdateOptions or PatchOptions. Raises ApiError (Invalid, BadRequest).

    `agent` is the User-Agent, whose first word is the manager of a request that names none. `apply`: a server-side apply.
    """
    manager, validation = _last(query, "fieldManager"), _last(query, "fieldValidation")
    force = _boolean(_last(query, "force")) if "force" in query and kind == "PatchOptions" else None
    errors: list[FieldError] = []
    if kind == "PatchOptions":
        if apply and not manager:
            errors.append(required("fieldManager", "is required for apply patch"))
        if not apply and force is not None:
            errors.append(forbidden("force", "may not be specified for non-apply patch"))
    if len(manager) > LONGEST_MANAGER:
        errors.append(too_long("fieldManager", LONGEST_MANAGER))
    if any(not char.isprintable() for char in manager):
        errors.append(invalid("fieldManager", manager, "should only contain printable characters"))
    errors += _dry_errors(query.get("dryRun", ()))
    if validation not in VALIDATIONS:
        errors.append(unsupported("fieldValidation", validation, VALIDATIONS))
    _refuse(kind, errors, dialect)
    return Options("All" in query.get("dryRun", ()), validation or "Warn", manager or agent.partition("/")[0][:LONGEST_MANAGER], force)


def delete_options(query: Query, body: JSON, dialect: Dialect) -> DeleteOptions:
    """The options of a deletion, from its body if it has one, else from its query. Raises ApiError (Invalid, BadRequest)."""
    given = body or _from_query(query)
    dry = [*query.get("dryRun", ()), *(given.get("dryRun") or ())]
    policy, orphan = given.get("propagationPolicy"), given.get("orphanDependents")
    errors: list[FieldError] = []
    if policy is not None and orphan is not None:
        errors.append(invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"))
    if policy is not None and policy not in POLICIES[:-1]:
        errors.append(unsupported("propagationPolicy", policy, POLICIES))
    _refuse("DeleteOptions", [*errors, *_dry_errors(dry)], dialect)
    precondition: JSON = given.get("preconditions") or {}
    chosen = policy or ("" if orphan is None else "Orphan" if orphan else "Background")
    deletion = Deletion(given.get("gracePeriodSeconds"), precondition.get("uid") or "", chosen)
    return DeleteOptions(deletion, "All" in dry, precondition.get("resourceVersion") or "", bool(chosen))


def _from_query(query: Query) -> JSON:
    read: dict[str, Callable[[str], Any]] = {"propagationPolicy": str, "gracePeriodSeconds": _integer, "orphanDependents": _boolean}
    return {name: parse(_last(query, name)) for name, parse in read.items() if _last(query, name)}


def _dry_errors(values: Sequence[str]) -> list[FieldError]:
    return [unsupported("dryRun", list(values), ("All",))] if set(values) - {"All"} else []


def _refuse(kind: str, errors: list[FieldError], dialect: Dialect) -> None:
    if errors:
        raise Invalid(f"{kind}.meta.k8s.io", "", errors, dialect)


def _last(query: Query, name: str) -> str:
    values = query.get(name, ())
    return values[0] if values else ""


def _boolean(text: str) -> bool:
    """A boolean of a query as the API server reads it: everything but `0` and `false` is true."""
    return text.lower() not in ("0", "false")


def _integer(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        raise ApiError("BadRequest", f"strconv.ParseInt: parsing {quoted(text)}: invalid syntax") from None
