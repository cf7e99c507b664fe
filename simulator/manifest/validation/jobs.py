"""Rules for Job and CronJob (pkg/apis/batch/validation)."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.cron import schedule_problem, time_zone_problem
from simulator.manifest.validation.errors import (
    INVALID,
    OMITTED,
    Errors,
    FieldError,
    duplicate,
    invalid,
    required,
    too_long,
    too_many,
    unsupported,
)
from simulator.manifest.validation.internal import go_value, selector_value
from simulator.manifest.validation.meta import can_select, each, label_selector, not_negative, object_meta, selects
from simulator.manifest.validation.pod import template
from simulator.manifest.validation.workloads import NO_MATCH
from simulator.objects.base import JSON

NUMBERS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex")
MODES = ("NonIndexed", "Indexed")
ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
OPERATORS = ("In", "NotIn")
STATUSES = ("False", "True", "Unknown")
REPLACEMENTS = ("Failed", "TerminatingOrFailed")
CONCURRENCY = ("Allow", "Forbid", "Replace")
MOST_INDEXED, MOST_RULES, MOST_CODES, MOST_MANAGER, MOST_CRON_NAME = 100_000, 20, 255, 63, 52
MOST_WITH_MANY_COMPLETIONS = 10_000
LABELS = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
ONLY_INDEXED = "requires indexed completion mode"


def job(item: JSON, dialect: Dialect) -> Errors:
    """A new Job, with the selector and the labels that the API server has made."""
    spec, meta = item.get("spec") or {}, item["metadata"]
    yield from object_meta(meta, names.dns_subdomain, namespaced=True)
    yield from _generated_selector(item)
    yield from job_spec(spec, "spec", dialect)
    completions = spec.get("completions") or 0
    if spec.get("completionMode") == "Indexed" and completions > 0:
        last = f"{meta.get('name', '')}-{completions - 1}"
        if names.dns_label(last):
            yield invalid("metadata.name", meta.get("name", ""), f"will not able to create pod with invalid DNS label: {last}")


def _generated_selector(item: JSON) -> Errors:
    spec, meta = item.get("spec") or {}, item["metadata"]
    if spec.get("manualSelector") or spec.get("selector") is None:
        return
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    expected = dict(zip(LABELS, [meta.get("uid", ""), meta.get("name", "")] * 2, strict=True))
    for key, value in expected.items():
        path = f"spec.template.metadata.labels[{key}]"
        if key not in labels:
            yield required(path, f"must be '{value}'")
        elif labels[key] != value:
            yield invalid(path, labels, f"must be '{value}'")
    if can_select(spec["selector"]) and not selects(spec["selector"], expected):
        yield invalid("spec.selector", selector_value(spec["selector"]), "`selector` not auto-generated")


def job_spec(spec: JSON, path: str, dialect: Dialect) -> Errors:
    """A Job's own spec: with a selector."""
    yield from _job_spec(spec, path, dialect)
    selector = spec.get("selector")
    if selector is None:
        yield required(f"{path}.selector")
    yield from label_selector(selector, f"{path}.selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if can_select(selector) and not selects(selector, labels):
        yield invalid(f"{path}.template.metadata.labels", labels, NO_MATCH)


def _job_spec(spec: JSON, path: str, dialect: Dialect) -> Errors:
    for field in NUMBERS:
        yield from not_negative(f"{path}.{field}", spec.get(field))
    if spec.get("maxFailedIndexes") is not None:
        yield from not_negative(f"{path}.maxFailedIndexes", spec["maxFailedIndexes"])
        if spec.get("backoffLimitPerIndex") is None:
            yield required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    yield from _manager(spec.get("managedBy"), f"{path}.managedBy")
    mode = spec.get("completionMode")
    if mode is not None and mode not in MODES:
        yield unsupported(f"{path}.completionMode", mode, MODES)
    if mode == "Indexed":
        yield from _indexed(spec, path)
    elif mode in (None, "NonIndexed"):
        for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if spec.get(field) is not None:
                yield invalid(f"{path}.{field}", spec[field], ONLY_INDEXED)
    if spec.get("podFailurePolicy") is not None:
        yield from _failure_policy(spec, f"{path}.podFailurePolicy")
    if spec.get("successPolicy") is not None:
        if mode == "Indexed":
            yield from _success_policy(spec, f"{path}.successPolicy")
        else:
            yield invalid(f"{path}.successPolicy", go_value("SuccessPolicy", spec["successPolicy"]), ONLY_INDEXED)
    yield from _replacement(spec, f"{path}.podReplacementPolicy")
    yield from template(spec.get("template") or {}, f"{path}.template", dialect)
    yield from _restart_policy(spec, f"{path}.template.spec.restartPolicy")


def _manager(name: str | None, path: str) -> Errors:
    if name is None:
        return
    if not name:
        yield required(path)
    for value, sentence in names.domain_prefixed_path(name) if name else []:
        yield invalid(path, value, sentence)
    if len(name) > MOST_MANAGER:
        yield too_long(path, MOST_MANAGER)


def _indexed(spec: JSON, path: str) -> Errors:
    completions, parallelism, most = (spec.get(field) for field in ("completions", "parallelism", "maxFailedIndexes"))
    if completions is None:
        yield required(f"{path}.completions", "when completion mode is Indexed")
    if parallelism is not None and parallelism > MOST_INDEXED:
        yield invalid(f"{path}.parallelism", parallelism, f"must be less than or equal to {MOST_INDEXED} when completion mode is Indexed")
    if completions is not None and most is not None and most > completions:
        yield invalid(f"{path}.maxFailedIndexes", most, "must be less than or equal to completions")
    if most is not None and most > MOST_INDEXED:
        yield invalid(f"{path}.maxFailedIndexes", most, f"must be less than or equal to {MOST_INDEXED}")
    if (completions or 0) <= MOST_INDEXED or spec.get("backoffLimitPerIndex") is None:
        return
    if most is None:
        yield required(f"{path}.maxFailedIndexes", f"must be specified when completions is above {MOST_INDEXED}")
    limit = f"must be less than or equal to {MOST_WITH_MANY_COMPLETIONS} when completions are above {MOST_INDEXED}"
    for field, value in (("parallelism", parallelism), ("maxFailedIndexes", most)):
        if value is not None and value > MOST_WITH_MANY_COMPLETIONS:
            yield invalid(f"{path}.{field}", value, f"{limit} and used with backoff limit per index")


def _restart_policy(spec: JSON, path: str) -> Errors:
    """Pods that are meant to end do not restart for ever."""
    policy = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy", "")
    if policy in ("Always", ""):
        yield required(path, 'valid values: "OnFailure", "Never"')
    elif policy not in ("OnFailure", "Never"):
        yield unsupported(path, policy, ["OnFailure", "Never"])
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        yield invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')


def _replacement(spec: JSON, path: str) -> Errors:
    policy = spec.get("podReplacementPolicy")
    if policy is None:
        return
    allowed = ("Failed",) if spec.get("podFailurePolicy") is not None else REPLACEMENTS
    if policy not in allowed:
        yield unsupported(path, policy, allowed)


def _failure_policy(spec: JSON, path: str) -> Errors:
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
    """An error about a value that is not printed."""
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


def _success_policy(spec: JSON, path: str) -> Errors:
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
    """How many indexes `1,3-5` names, and what is wrong with it."""
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


def cron_job(item: JSON, dialect: Dialect) -> Errors:
    """A new CronJob."""
    spec, name = item.get("spec") or {}, item["metadata"].get("name", "")
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from cron_job_spec(spec, "spec", dialect)
    if len(name) > MOST_CRON_NAME:
        yield invalid("metadata.name", name, f"must be no more than {MOST_CRON_NAME} characters")


def cron_job_spec(spec: JSON, path: str, dialect: Dialect) -> Errors:
    """When, and what."""
    schedule, zone = spec.get("schedule", ""), spec.get("timeZone")
    if not schedule:
        yield required(f"{path}.schedule")
    else:
        if problem := schedule_problem(schedule):
            yield invalid(f"{path}.schedule", schedule, problem)
        if "TZ" in schedule:
            yield invalid(f"{path}.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    yield from not_negative(f"{path}.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    if zone is not None:
        yield from each(f"{path}.timeZone", zone, time_zone_problem(zone))
    policy = spec.get("concurrencyPolicy", "")
    if not policy:
        yield required(f"{path}.concurrencyPolicy")
    elif policy not in CONCURRENCY:
        yield unsupported(f"{path}.concurrencyPolicy", policy, CONCURRENCY)
    inner = (spec.get("jobTemplate") or {}).get("spec") or {}
    yield from _job_spec(inner, f"{path}.jobTemplate.spec", dialect)
    if inner.get("selector") is not None:
        yield invalid(f"{path}.jobTemplate.spec.selector", selector_value(inner["selector"]), "`selector` will be auto-generated")
    if inner.get("manualSelector"):
        yield unsupported(f"{path}.jobTemplate.spec.manualSelector", True, ["nil", "false"])
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from not_negative(f"{path}.{field}", spec.get(field))
