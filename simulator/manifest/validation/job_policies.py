"""Rules for a Job's policies: which pod failures count, and what counts as success (pkg/apis/batch/validation)."""

from __future__ import annotations

from simulator.manifest.validation import names
from simulator.manifest.validation.errors import (
    INVALID,
    OMITTED,
    Errors,
    FieldError,
    duplicate,
    invalid,
    required,
    too_many,
    unsupported,
)
from simulator.manifest.validation.meta import each, not_negative
from simulator.objects.base import JSON

ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
OPERATORS = ("In", "NotIn")
STATUSES = ("False", "True", "Unknown")
MOST_RULES, MOST_CODES = 20, 255


def failure_policy(spec: JSON, path: str) -> Errors:
    """`spec.podFailurePolicy`."""
    rules = spec["podFailurePolicy"].get("rules") or []
    inner = (spec.get("template") or {}).get("spec") or {}
    known = {item.get("name", "") for group in ("containers", "initContainers") for item in inner.get(group) or []}
    if len(rules) > MOST_RULES:
        yield too_many(f"{path}.rules", len(rules), MOST_RULES)
    for index, rule in enumerate(rules):
        here, action = f"{path}.rules[{index}]", rule.get("action", "")
        if not action:
            yield required(f"{here}.action", f"valid values: {_listed(ACTIONS)}")
        elif action == "FailIndex":
            if spec.get("backoffLimitPerIndex") is None:
                yield invalid(f"{here}.action", action, "requires the backoffLimitPerIndex to be set")
        elif action not in ACTIONS:
            yield unsupported(f"{here}.action", action, ACTIONS)
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or []
        if codes is not None:
            yield from _exit_codes(codes, known, f"{here}.onExitCodes")
        yield from _conditions(conditions, f"{here}.onPodConditions")
        if codes is not None and conditions:
            yield _whole(here, "specifying both OnExitCodes and OnPodConditions is not supported")
        if codes is None and not conditions:
            yield _whole(here, "specifying one of OnExitCodes and OnPodConditions is required")


def _whole(path: str, sentence: str) -> FieldError:
    """An error without its value."""
    return FieldError(path, INVALID, OMITTED, sentence)


def _listed(words: tuple[str, ...]) -> str:
    """Go's `%q` of a list."""
    return "[" + " ".join(f'"{word}"' for word in words) + "]"


def _exit_codes(item: JSON, known: set[str], path: str) -> Errors:
    operator, values, name = item.get("operator", ""), item.get("values") or [], item.get("containerName")
    if not operator:
        yield required(f"{path}.operator", f"valid values: {_listed(OPERATORS)}")
    elif operator not in OPERATORS:
        yield unsupported(f"{path}.operator", operator, OPERATORS)
    if name is not None and name not in known:
        yield invalid(f"{path}.containerName", name, "must be one of the container or initContainer names in the pod template")
    if not values:
        yield invalid(f"{path}.values", None if item.get("values") is None else [], "at least one value is required")
    elif len(values) > MOST_CODES:
        yield too_many(f"{path}.values", len(values), MOST_CODES)
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            yield invalid(f"{path}.values[{index}]", value, "must not be 0 for the In operator")
        if value in values[:index]:
            yield duplicate(f"{path}.values[{index}]", value)
    if values != sorted(values):
        yield invalid(f"{path}.values", values, "must be ordered")


def _conditions(items: list[JSON], path: str) -> Errors:
    if len(items) > MOST_RULES:
        yield too_many(path, len(items), MOST_RULES)
    for index, item in enumerate(items):
        here, status = f"{path}[{index}]", item.get("status", "")
        yield from each(f"{here}.type", item.get("type", ""), names.qualified_name(item.get("type", "")))
        if not status:
            yield required(f"{here}.status", f"valid values: {_listed(STATUSES)}")
        elif status not in STATUSES:
            yield unsupported(f"{here}.status", status, STATUSES)


def success_policy(spec: JSON, path: str) -> Errors:
    """`spec.successPolicy`."""
    rules, completions = spec["successPolicy"].get("rules") or [], spec.get("completions") or 0
    if not rules:
        yield required(f"{path}.rules", "at least one rules must be specified when the successPolicy is specified")
    if len(rules) > MOST_RULES:
        yield too_many(f"{path}.rules", len(rules), MOST_RULES)
    for index, rule in enumerate(rules):
        here, count, indexes = f"{path}.rules[{index}]", rule.get("succeededCount"), rule.get("succeededIndexes")
        if count is None and indexes is None:
            yield required(here, "at least one of succeededCount or succeededIndexes must be specified")
        total, problem = _index_count(indexes, completions) if indexes is not None else (None, "")
        if problem:
            yield invalid(f"{here}.succeededIndexes", indexes, f"error parsing succeededIndexes: {problem}")
        yield from not_negative(f"{here}.succeededCount", count)
        if count is not None and count > completions:
            limit = f"must be less than or equal to {completions} (the number of specified completions)"
            yield invalid(f"{here}.succeededCount", count, limit)
        if count is not None and total is not None and count > total:
            limit = f"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
            yield invalid(f"{here}.succeededCount", count, limit)


def _index_count(text: str, completions: int) -> tuple[int, str]:
    """The number of indexes in `1,3-5`, and what is wrong with it."""
    total, last = 0, -1
    for part in text.split(",") if text else []:
        ends = part.split("-")
        if len(ends) > 2:
            return 0, f"the fragment \"{part}\" violates the requirement that an index interval can have at most two parts separated by '-'"
        for word in ends:
            if not word.isdigit():
                return 0, f'cannot convert string to integer for index: "{word}"'
            if int(word) >= completions:
                return 0, f'too large index: "{word}"'
        first, final = int(ends[0]), int(ends[-1])
        if len(ends) == 2 and first >= final:
            return 0, f"non-increasing order, previous: {first}, current: {final}"
        if last >= first:
            return 0, f"non-increasing order, previous: {last}, current: {first}"
        total, last = total + final - first + 1, final
    return total, ""
