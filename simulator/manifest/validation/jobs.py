"""Rules for Job and CronJob (pkg/apis/batch/validation)."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.cron import schedule_problem, time_zone_problem
from simulator.manifest.validation.errors import Errors, invalid, required, too_long, unsupported
from simulator.manifest.validation.internal import go_value, selector_value
from simulator.manifest.validation.job_policies import failure_policy, success_policy
from simulator.manifest.validation.meta import can_select, each, label_selector, not_negative, object_meta, selects
from simulator.manifest.validation.pod import template
from simulator.manifest.validation.workloads import NO_MATCH
from simulator.objects.base import JSON
from simulator.objects.labels import JOB_CONTROLLER_UID, JOB_NAME, LEGACY_CONTROLLER_UID, LEGACY_JOB_NAME

NUMBERS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex")
MODES = ("NonIndexed", "Indexed")
REPLACEMENTS = ("Failed", "TerminatingOrFailed")
CONCURRENCY = ("Allow", "Forbid", "Replace")
MOST_INDEXED, MOST_MANAGER, MOST_CRON_NAME = 100_000, 63, 52
MOST_WITH_MANY_COMPLETIONS = 10_000
LABELS = (LEGACY_CONTROLLER_UID, LEGACY_JOB_NAME, JOB_CONTROLLER_UID, JOB_NAME)
ONLY_INDEXED = "requires indexed completion mode"


def job(item: JSON, dialect: Dialect) -> Errors:
    """A new Job, with its generated selector and labels."""
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
        yield from failure_policy(spec, f"{path}.podFailurePolicy")
    if spec.get("successPolicy") is not None:
        if mode == "Indexed":
            yield from success_policy(spec, f"{path}.successPolicy")
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
    """Pods of a Job must not have restartPolicy Always."""
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


def cron_job(item: JSON, dialect: Dialect) -> Errors:
    """A new CronJob."""
    spec, name = item.get("spec") or {}, item["metadata"].get("name", "")
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from cron_job_spec(spec, "spec", dialect)
    if len(name) > MOST_CRON_NAME:
        yield invalid("metadata.name", name, f"must be no more than {MOST_CRON_NAME} characters")


def cron_job_spec(spec: JSON, path: str, dialect: Dialect) -> Errors:
    """Schedule, policies and Job template."""
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
