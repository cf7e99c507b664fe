"""The process that runs CronJobs (pkg/controller/cronjob/cronjob_controllerv2.go)."""

from __future__ import annotations

from datetime import UTC, datetime

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.client.ownership import controlled, controller_key, controller_reference
from simulator.client.recorder import NORMAL, WARNING, reference
from simulator.controllers.base import Controller, because
from simulator.controllers.cronjob.due import MANY_MISSED, due_times
from simulator.controllers.cronjob.schedule import Schedule, parse_schedule
from simulator.controllers.job.tally import COMPLETE, FAILED
from simulator.journal.records import Write
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.batch import CronJob, Job
from simulator.objects.conditions import has_condition
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import ObjectMeta, is_being_deleted
from simulator.units import MILLISECOND, MINUTE, SECOND, format_time

DELTA = 100 * MILLISECOND
"""nextScheduleDelta: how long after its time a start is handled, so that the clock has reached it for certain."""
CLOCK = "%a, %d %b %Y %H:%M:%S +0000"


class CronJobController(Controller):
    """Creates Jobs when they are due, and limits their history."""

    name = "cronjob-controller"

    def start(self) -> None:
        """Watch CronJobs and Jobs."""
        self._store.watch("CronJob", self._on_cron_job)
        self._store.watch("Job", self._on_job)
        self._enqueue_all("CronJob")

    def _on_cron_job(self, write: Write, before: Object | None) -> None:
        """Sync at once; after a new schedule only at its next start, so that starts before the change are not made up for."""
        item = write.item
        assert isinstance(item, CronJob), "watched"
        changed = write.type == "MODIFIED" and isinstance(before, CronJob) and _times(before) != _times(item)
        try:
            following = due_times(item, parse_schedule(*_times(item)), self._engine.wall).following if changed else None
        except ValueError:  # reported by the sync
            following = None
        self._queue.add_after(write.key, 0 if following is None else following - self._engine.wall + DELTA)

    def _on_job(self, write: Write, before: Object | None) -> None:
        key = controller_key(write.item, "CronJob")
        if key is not None:
            self._queue.add(key)

    def sync(self, key: Key) -> None:
        """Update the status of one CronJob, create the Job that is due, and requeue for the next start."""
        item = self._store.get(key)
        if not isinstance(item, CronJob):
            return
        jobs = self._jobs(item)
        item = self._note_jobs(self._trim(item, jobs), jobs)
        if not is_being_deleted(item) and not item.spec.suspend:
            try:
                schedule = parse_schedule(item.spec.schedule, item.spec.time_zone or "")
            except ValueError as error:
                text = f"unparseable schedule: {item.spec.schedule} : {error}"
                self._recorder.event(item, WARNING, "UnparseableSchedule", text, cause=because(item, "schedule"))
                return
            self._run(item, schedule)

    # ---- Jobs that exist

    def _jobs(self, item: CronJob) -> list[Job]:
        return controlled(self._store, Job, item)

    def _note_jobs(self, item: CronJob, jobs: list[Job]) -> CronJob:
        """Remove finished and missing Jobs from the list of active ones."""
        active, latest = list(item.status.active), item.status.last_successful_time
        cause = because(item, "jobs seen")
        uids = {ref.uid for ref in active}
        for job in jobs:
            ended = next((one.type for one in job.status.conditions if one.type in (COMPLETE, FAILED) and one.status == "True"), "")
            if job.metadata.uid not in uids and not ended:
                text = f"Saw a job that the controller did not create or forgot: {job.metadata.name}"
                self._recorder.event(item, WARNING, "UnexpectedJob", text, cause=cause)
            elif job.metadata.uid in uids and ended:
                active = [ref for ref in active if ref.uid != job.metadata.uid]
                text = f"Saw completed job: {job.metadata.name}, condition: {ended}"
                self._recorder.event(item, NORMAL, "SawCompletedJob", text, cause=cause)
            if ended == COMPLETE and (latest is None or (job.status.completion_time or "") > latest):
                latest = job.status.completion_time
        existing = {job.metadata.uid for job in jobs}
        for ref in active:
            if ref.uid not in existing:
                self._recorder.event(item, NORMAL, "MissingJob", f"Active job went missing: {ref.name}", cause=cause)
        active = [ref for ref in active if ref.uid in existing]
        return self._api.update_status(evolve(item, status=evolve(item.status, active=active, last_successful_time=latest)), cause)

    # ---- starting

    def _run(self, item: CronJob, schedule: Schedule) -> None:
        now = self._engine.wall
        due = due_times(item, schedule, now)
        if due.following is not None:
            self._queue.add_after(key_of(item), due.following - now + DELTA)
        if due.missed > MANY_MISSED:
            text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
            self._recorder.event(item, WARNING, "TooManyMissedTimes", text, cause=because(item, "schedule"))
        if due.latest is None or not self._may_start(item, due.latest):
            return
        if item.spec.concurrency_policy == "Replace":
            for job in self._jobs(item):
                if any(ref.uid == job.metadata.uid for ref in item.status.active):
                    self._delete(item, job)
            item = evolve(item, status=evolve(item.status, active=[]))
        self._start_job(item, due.latest)

    def _may_start(self, item: CronJob, due: int) -> bool:
        deadline = item.spec.starting_deadline_seconds
        if deadline is not None and due + deadline * SECOND < self._engine.wall:
            self._recorder.event(item, WARNING, "MissSchedule", f"Missed scheduled time to start a job: {_clock(due)}")
            return False
        if item.spec.concurrency_policy == "Forbid" and item.status.active:
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self._recorder.event(item, NORMAL, "JobAlreadyActive", text, cause=because(item, "concurrency policy"))
            return False
        return True

    def _start_job(self, item: CronJob, due: int) -> None:
        """Create the Job of a start time. The time is part of its name, so that no start is served twice."""
        template = item.spec.job_template
        assert template is not None, "validated"
        cause = because(item, "start time")
        job = Job(
            metadata=ObjectMeta(
                name=f"{item.metadata.name}-{due // MINUTE}",
                namespace=item.metadata.namespace,
                labels=dict(template.metadata.labels),
                annotations={**template.metadata.annotations, labels.CRONJOB_SCHEDULED_TIMESTAMP: format_time(due)},
                owner_references=[controller_reference(item)],
            ),
            spec=template.spec,
        )
        status = evolve(item.status, last_schedule_time=format_time(due))
        try:
            made = self._api.create(job, cause)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                self._recorder.event(item, WARNING, "FailedCreate", f"Error creating job: {error.message}", cause=cause)
                raise
        else:
            self._recorder.event(item, NORMAL, "SuccessfulCreate", f"Created job {made.metadata.name}", cause=cause)
            status = evolve(status, active=[*status.active, reference(made)])
        self._api.update_status(evolve(item, status=status), cause)

    # ---- history

    def _trim(self, item: CronJob, jobs: list[Job]) -> CronJob:
        """Delete the oldest finished Jobs beyond the two limits, before finished Jobs are reported: deleted ones are not."""
        limits = {COMPLETE: item.spec.successful_jobs_history_limit, FAILED: item.spec.failed_jobs_history_limit}
        deleted: set[str] = set()
        for kind, limit in limits.items():
            ended = [job for job in jobs if has_condition(job.status, kind)]
            ended.sort(key=lambda job: (job.status.start_time or "9", job.metadata.name))
            for job in ended[: max(0, len(ended) - limit)] if limit is not None else []:
                self._delete(item, job)
                deleted.add(job.metadata.uid)
        active = [ref for ref in item.status.active if ref.uid not in deleted]
        return evolve(item, status=evolve(item.status, active=active)) if deleted else item

    def _delete(self, item: CronJob, job: Job) -> None:
        if not is_being_deleted(job):
            cause = because(item, "history or concurrency policy")
            self._api.delete(key_of(job), Deletion(uid=job.metadata.uid, propagation="Background"), cause)
            self._recorder.event(item, NORMAL, "SuccessfulDelete", f"Deleted job {job.metadata.name}", cause=cause)


def _times(item: CronJob) -> tuple[str, str]:
    return item.spec.schedule, item.spec.time_zone or ""


def _clock(moment: int) -> str:
    return datetime.fromtimestamp(moment // SECOND, UTC).strftime(CLOCK)
