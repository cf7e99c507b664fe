"""The process that runs Jobs (pkg/controller/job/job_controller.go)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api import ApiError, ApiServer
from simulator.client.ownership import claim, controlled, controlled_or_free, controller_key, is_controlled_by
from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.base import Controller, because
from simulator.controllers.job import failures, indexes
from simulator.controllers.job.plan import pods_to_create, surplus_pods
from simulator.controllers.job.pods import untracked
from simulator.controllers.job.tally import (
    COMPLETE,
    MET,
    SUSPENDED,
    TARGET,
    Tally,
    Verdict,
    deadline_left,
    is_complete,
    is_finished,
    take_stock,
    true_condition,
    verdict,
    with_condition,
)
from simulator.controllers.pod_control import PodControl, slow_start
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.batch import Job, JobStatus, UncountedTerminatedPods
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.labels import JOB_TRACKING, MANAGED_BY_JOB_CONTROLLER
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_succeeded, is_active, is_ready, is_terminating
from simulator.objects.selectors import matches
from simulator.units import MINUTE, SECOND

BATCH = 1 * SECOND
"""syncJobBatchPeriod: how long changes of pods are collected."""


class Managed(NamedTuple):
    """The result of creating and deleting pods: the first error, and whether a back-off delays new ones."""

    error: ApiError | None = None
    delayed: bool = False


class JobController(Controller):
    """Creates pods until enough of them have succeeded."""

    name = "job-controller"
    back_off = (1 * SECOND, MINUTE)  # DefaultJobApiBackOff, MaxJobApiBackOff

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._pods = PodControl(api, self._recorder)
        self._back_offs: dict[str, failures.BackOff] = {}

    def start(self) -> None:
        """Watch Jobs and pods."""
        self._store.watch("Job", self._on_job)
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all("Job")

    def sync(self, key: Key) -> None:
        """Reconcile one Job."""
        job = self._store.get(key)
        if not isinstance(job, Job) or is_finished(job) or job.spec.managed_by not in ("", MANAGED_BY_JOB_CONTROLLER):
            return
        tally = take_stock(job, self._own_pods(job))
        status = job.status
        if status.start_time is None and not job.spec.suspend:
            status = evolve(status, start_time=self._engine.timestamp())
        tally = tally._replace(job=evolve(job, status=status))
        record = failures.next_back_off(self._back_offs.get(job.metadata.uid, failures.BackOff()), tally.new_succeeded, tally.new_failed)
        self._back_offs[job.metadata.uid] = record
        end = verdict(tally, self._engine.wall)
        done = Managed()
        if end is not None:
            for pod in tally.active:
                self._pods.delete(job, pod, because(job, end.reason))
        elif not is_being_deleted(job):
            done, status = self._manage(tally, record), self._suspended(tally)
            tally = tally._replace(job=evolve(job, status=status))
            if is_complete(tally, self._active(job)):
                reason = "CompletionsReached" if self._dialect.job_reports_success_criteria else ""
                end = Verdict(COMPLETE, reason, self._dialect.say("job.completions_reached"))
        left = deadline_left(tally.job, self._engine.wall)
        if end is None and left is not None:
            self._queue.add_after(key, left)
        self._write(tally, end, done)
        if done.error is not None:
            raise done.error

    def _own_pods(self, job: Job) -> list[Pod]:
        own = [pod for pod in controlled_or_free(self._store, Pod, job) if is_controlled_by(pod, job) or is_active(pod)]
        return claim(self._api, job, own, lambda pod: matches(job.spec.selector, pod.metadata.labels))

    def _active(self, job: Job) -> int:
        """How many pods are active after the writes of this sync."""
        return sum(is_active(pod) for pod in controlled(self._store, Pod, job))

    # ---- pods

    def _manage(self, tally: Tally, record: failures.BackOff) -> Managed:
        """Bring the number of active pods to what is desired."""
        job = tally.job
        surplus = surplus_pods(tally, self._engine.wall)
        for pod in surplus:
            # Without the finalizer it is not counted as failed.
            cause = because(job, "too many active pods")
            self._api.update(untracked(pod), cause)
            self._pods.delete(job, pod, cause)
        if surplus:
            return Managed()
        missing = pods_to_create(tally, record, self._engine.wall)
        if missing.wait > 0:
            self._queue.add_after(key_of(job), max(missing.wait, BATCH))
            return Managed(delayed=True)
        cause = because(job, "too few active pods")
        return Managed(slow_start(missing.pods, lambda pod: self._pods.create(job, pod, cause)))

    # ---- status

    def _suspended(self, tally: Tally) -> JobStatus:
        """The status with the condition Suspended; the deadline of a resumed Job starts again."""
        job, stamp = tally.job, self._engine.timestamp()
        if job.spec.suspend:
            status = with_condition(job.status, SUSPENDED, "True", "JobSuspended", "Job suspended", stamp)
            reason, text = "Suspended", "Job suspended"
        else:
            status = with_condition(job.status, SUSPENDED, "False", "JobResumed", "Job resumed", stamp)
            reason, text = "Resumed", "Job resumed"
        if status is job.status:
            return status
        self._recorder.event(job, NORMAL, reason, text, cause=because(job, "suspend"))
        if job.spec.suspend:
            return evolve(status, start_time=None) if self._dialect.suspended_jobs_lose_start_time else status
        return evolve(status, start_time=stamp)

    def _write(self, tally: Tally, end: Verdict | None, done: Managed) -> None:
        """Note ended pods in the status, remove their finalizer, then count them: in this order no pod is counted twice."""
        cause = because(tally.job, "pods counted")
        ended = self._ended(tally, end)
        job = self._api.update_status(evolve(tally.job, status=self._noted(tally, end, ended, done)), cause)
        for pod in ended:
            self._api.update(untracked(pod), because(pod, "counted"))
        noted = job.status.uncounted_terminated_pods or UncountedTerminatedPods()
        status = evolve(job.status, uncounted_terminated_pods=UncountedTerminatedPods(), failed=job.status.failed + len(noted.failed))
        if not indexes.is_indexed(job):
            status = evolve(status, succeeded=status.succeeded + len(noted.succeeded))
        finished = end is not None and not status.terminating
        if end is not None and finished:
            stamp = self._engine.timestamp()
            status = with_condition(status, end.type, "True", end.reason, end.message, stamp)
            status = evolve(status, completion_time=stamp if end.type == COMPLETE else None)
        self._api.update_status(evolve(job, status=status), cause)
        if end is not None and finished:
            self._report(evolve(job, status=status), end)

    def _ended(self, tally: Tally, end: Verdict | None) -> list[Pod]:
        """Pods whose finalizer can be removed: they have ended, or the Job does."""
        current = [self._store.get(key_of(pod)) for pod in tally.pods]
        pods = [pod for pod in current if isinstance(pod, Pod) and JOB_TRACKING in pod.metadata.finalizers]
        if end is not None or is_being_deleted(tally.job):
            return pods
        # The last failed pod of an index stays until its successor exists, which notes how often the index failed.
        kept = {pod.metadata.uid for pod in tally.delayed.values()}
        failed = [pod for pod in pods if failures.is_failed(tally.job, pod) and pod.metadata.uid not in kept]
        return [pod for pod in pods if has_succeeded(pod) or pod in failed]

    def _noted(self, tally: Tally, end: Verdict | None, ended: list[Pod], done: Managed) -> JobStatus:
        """The status with the pods that are about to lose their finalizer, and with the condition that precedes the final one."""
        job = tally.job
        pods = controlled(self._store, Pod, job)
        active = [pod for pod in pods if is_active(pod)]
        succeeded = [pod.metadata.uid for pod in ended if has_succeeded(pod)]
        lost = end is not None and end.type != COMPLETE
        # As the pods were before this sync: a pod that it deleted because enough others succeeded has not failed.
        before = {pod.metadata.uid for pod in tally.pods if failures.is_failed(job, pod)}
        unsuccessful = [pod for pod in ended if not has_succeeded(pod) and (lost or pod.metadata.uid in before)]
        failed = [pod.metadata.uid for pod in unsuccessful if failures.judge(job, pod).counts]
        indexed = indexes.is_indexed(job)
        status = evolve(
            job.status,
            active=0 if done.delayed else len(active),  # during a back-off the controller reports no active pods
            ready=sum(is_ready(pod) for pod in active),
            terminating=sum(is_terminating(pod) for pod in pods),
            uncounted_terminated_pods=UncountedTerminatedPods(succeeded=[] if indexed else succeeded, failed=failed),
        )
        if indexed:
            status = evolve(status, succeeded=len(tally.done), completed_indexes=indexes.format_indexes(tally.done))
            status = evolve(status, failed_indexes=indexes.format_indexes(tally.lost))
        heading = MET if end is not None and end.type == COMPLETE else TARGET
        if end is not None and self._dialect.job_reports_success_criteria and true_condition(job, heading) is None:
            status = with_condition(status, heading, "True", end.reason, end.message, self._engine.timestamp())
        return status

    def _report(self, job: Job, end: Verdict) -> None:
        cause = because(job, "finished")
        self._back_offs.pop(job.metadata.uid, None)
        if end.type != COMPLETE:
            self._recorder.event(job, WARNING, end.reason, end.message, cause=cause)
            return
        if job.spec.completions is not None and job.status.succeeded > job.spec.completions:
            text = "Too many succeeded pods running after completion count reached"
            self._recorder.event(job, WARNING, "TooManySucceededPods", text, cause=cause)
        self._recorder.event(job, NORMAL, "Completed", "Job completed", cause=cause)

    # ---- events

    def _on_job(self, write: Write, before: Object | None) -> None:
        job = write.item
        assert isinstance(job, Job), "watched"
        if write.type == "DELETED" or is_finished(job):
            self._release_pods(job, deleted=write.type == "DELETED")
        if isinstance(before, Job) and before.metadata.generation == job.metadata.generation:
            self._queue.add_after(write.key, BATCH)
        else:
            self._queue.add(write.key)

    def _release_pods(self, job: Job, *, deleted: bool) -> None:
        """Remove the finalizer from pods that will not be counted any more."""

        def release() -> None:
            for pod in controlled(self._store, Pod, job):
                if JOB_TRACKING in pod.metadata.finalizers and (deleted or is_being_deleted(pod)):
                    self._api.update(untracked(pod), because(pod, "no longer counted"))

        self._engine.call_after(0, release)

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        key = controller_key(pod, "Job")
        if key is not None:
            self._queue.add_after(key, BATCH)
            job = self._store.get(key)
            tracked = write.type != "DELETED" and JOB_TRACKING in pod.metadata.finalizers
            finished = not isinstance(job, Job) or is_finished(job)
            if tracked and finished and (is_being_deleted(pod) or job is None):
                self._engine.call_after(0, lambda: self._release(write.key))

    def _release(self, key: Key) -> None:
        pod = self._store.get(key)
        if isinstance(pod, Pod) and JOB_TRACKING in pod.metadata.finalizers:
            self._api.update(untracked(pod), because(pod, "no longer counted"))
