"""`describe job`, `describe cronjob`."""

from __future__ import annotations

from simulator.golang.ages import human_duration, rfc1123
from simulator.golang.text import go_value
from simulator.kubectl.print.describe.pod import controller, template
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.view import View
from simulator.objects.batch import CronJob, Job
from simulator.objects.selector_text import selector_text
from simulator.units import parse_time

_SHOWN_INDEXES = 50  # characters, up to the next comma


def job(item: Job, sheet: Sheet, view: View) -> None:
    """A Job."""
    spec, status = item.spec, item.status
    sheet.head(item.metadata)
    sheet.row("Selector", selector_text(spec.selector))
    sheet.marks(item.metadata)
    sheet.rows([("Controlled By", controller(item.metadata)), ("Parallelism", spec.parallelism)])
    sheet.row("Completions", "<unset>" if spec.completions is None else spec.completions)
    sheet.rows([("Completion Mode", spec.completion_mode or None)])
    if view.dialect.job_has_limits:
        suspend = None if spec.suspend is None else go_value(spec.suspend)
        limits: list[tuple[str, object]] = [("Suspend", suspend), ("Backoff Limit", spec.backoff_limit)]
        sheet.rows([*limits, ("TTL Seconds After Finished", spec.ttl_seconds_after_finished)])
    _times(item, sheet)
    ready = "" if status.ready is None else f" ({status.ready} Ready)"
    sheet.row("Pods Statuses", f"{status.active} Active{ready} / {status.succeeded} Succeeded / {status.failed} Failed")
    if spec.completion_mode == "Indexed":
        sheet.row("Completed Indexes", _indexes(status.completed_indexes))
    template(spec.template, sheet, view)


def _times(item: Job, sheet: Sheet) -> None:
    start, end = item.status.start_time, item.status.completion_time
    deadline = item.spec.active_deadline_seconds
    rows: list[tuple[str, object]] = [
        ("Start Time", rfc1123(start) if start else None),
        ("Completed At", rfc1123(end) if end else None),
        ("Duration", human_duration(parse_time(end) - parse_time(start)) if start and end else None),
        ("Active Deadline Seconds", None if deadline is None else f"{deadline}s"),
    ]
    sheet.rows(rows)


def _indexes(text: str) -> str:
    """The list of indexes, cut at the first comma behind the limit."""
    if not text:
        return "<none>"
    comma = text.find(",", _SHOWN_INDEXES)
    return text if comma < 0 else text[: comma + 1] + "..."


def cron_job(item: CronJob, sheet: Sheet, view: View) -> None:
    """A CronJob."""
    spec, status = item.spec, item.status
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.row("Schedule", spec.schedule)
    sheet.row("Concurrency Policy", spec.concurrency_policy)
    sheet.row("Suspend", _or_unset(spec.suspend))
    if view.dialect.cronjob_has_time_zone:
        sheet.row("Time Zone", spec.time_zone or "<unset>")
    sheet.row("Successful Job History Limit", _or_unset(spec.successful_jobs_history_limit))
    sheet.row("Failed Job History Limit", _or_unset(spec.failed_jobs_history_limit))
    deadline = spec.starting_deadline_seconds
    sheet.row("Starting Deadline Seconds", "<unset>" if deadline is None else f"{deadline}s")
    if spec.job_template:
        made = spec.job_template.spec
        sheet.row("Selector", selector_text(made.selector) if made.selector else "<unset>")
        sheet.row("Parallelism", _or_unset(made.parallelism))
        sheet.row("Completions", _or_unset(made.completions))
        if made.active_deadline_seconds is not None:
            sheet.row("Active Deadline Seconds", f"{made.active_deadline_seconds}s")
        template(made.template, sheet, view)
    sheet.row("Last Schedule Time", rfc1123(status.last_schedule_time) if status.last_schedule_time else "<unset>")
    sheet.row("Active Jobs", ", ".join(ref.name for ref in status.active) or "<none>")


def _or_unset(value: object) -> object:
    return "<unset>" if value is None else value


DESCRIBERS = {"Job": job, "CronJob": cron_job}
