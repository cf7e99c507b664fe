"""`get jobs`, `get cronjobs`."""

from __future__ import annotations

from simulator.golang.ages import human_duration
from simulator.kubectl.print.tables.table import Column, Table, containers_cells, or_none
from simulator.kubectl.view import View
from simulator.objects.batch import CronJob, Job
from simulator.objects.selector_text import selector_text
from simulator.units import parse_time

_WIDE = [Column("CONTAINERS", wide=True), Column("IMAGES", wide=True), Column("SELECTOR", wide=True)]


def job_status(job: Job, view: View) -> str:
    """STATUS: how the job ended, or what it is at."""
    true = {c.type for c in job.status.conditions if c.status == "True"}
    for condition, word in (("Complete", "Complete"), ("Failed", "Failed")):
        if condition in true:
            return word
    if job.metadata.deletion_timestamp:
        return "Terminating"
    early = ["SuccessCriteriaMet"] if view.dialect.jobs_tell_success_early else []
    return next((condition for condition in ["Suspended", "FailureTarget", *early] if condition in true), "Running")


def _completions(job: Job) -> str:
    done, parallel = job.status.succeeded, job.spec.parallelism or 0
    if job.spec.completions is not None:
        return f"{done}/{job.spec.completions}"
    return f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1"


def _duration(job: Job, view: View) -> str:
    if not job.status.start_time:
        return ""
    if not job.status.completion_time:
        return view.age(job.status.start_time)
    return human_duration(parse_time(job.status.completion_time) - parse_time(job.status.start_time))


def _job_columns(view: View) -> list[Column]:
    status = ["STATUS"] if view.dialect.jobs_have_status else []
    return [*map(Column, ["NAME", *status, "COMPLETIONS", "DURATION", "AGE"]), *_WIDE]


def _job(job: Job, view: View) -> list[str]:
    return [
        job.metadata.name,
        *([job_status(job, view)] if view.dialect.jobs_have_status else []),
        _completions(job),
        _duration(job, view),
        view.age(job.metadata.creation_timestamp),
        *containers_cells(job.spec.template.spec.containers),
        selector_text(job.spec.selector) or "<none>",
    ]


def _cron_job_columns(view: View) -> list[Column]:
    zone = ["TIMEZONE"] if view.dialect.cronjobs_have_time_zone else []
    return [*map(Column, ["NAME", "SCHEDULE", *zone, "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"]), *_WIDE]


def _cron_job(item: CronJob, view: View) -> list[str]:
    last = item.status.last_schedule_time
    template = item.spec.job_template
    return [
        item.metadata.name,
        item.spec.schedule,
        *([or_none(item.spec.time_zone or "")] if view.dialect.cronjobs_have_time_zone else []),
        "<unset>" if item.spec.suspend is None else str(item.spec.suspend),
        str(len(item.status.active)),
        view.age(last) if last else "<none>",
        view.age(item.metadata.creation_timestamp),
        *containers_cells(template.spec.template.spec.containers if template else []),
        selector_text(template.spec.selector if template else None) or "<none>",
    ]


TABLES = {"Job": Table(_job_columns, _job), "CronJob": Table(_cron_job_columns, _cron_job)}
