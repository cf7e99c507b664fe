"""Deletion of finished Jobs (pkg/controller/ttlafterfinished)."""

from __future__ import annotations

from simulator.api.deletion import Deletion
from simulator.controllers.base import Controller, because
from simulator.controllers.job.tally import COMPLETE, FAILED, is_finished
from simulator.objects.batch import Job
from simulator.objects.kinds import Key
from simulator.objects.meta import is_being_deleted
from simulator.units import SECOND, parse_time


class TtlController(Controller):
    """Deletes Jobs when ttlSecondsAfterFinished has passed, their pods first."""

    name = "ttl-after-finished-controller"

    def start(self) -> None:
        """Watch Jobs."""
        self._store.watch("Job", lambda write, before: self._queue.add(write.key))
        self._enqueue_all("Job")

    def sync(self, key: Key) -> None:
        """Delete one Job, or requeue it for when it is due."""
        job = self._store.get(key)
        if not isinstance(job, Job) or not is_finished(job) or is_being_deleted(job):
            return
        if job.spec.ttl_seconds_after_finished is None:
            return
        ends = [item.last_transition_time for item in job.status.conditions if item.type in (COMPLETE, FAILED) and item.status == "True"]
        due = parse_time(ends[0] or "") + job.spec.ttl_seconds_after_finished * SECOND
        if due > self._engine.wall:
            self._queue.add_after(key, due - self._engine.wall)
            return
        self._api.delete(key, Deletion(uid=job.metadata.uid, propagation="Foreground"), because(job, "time to live has expired"))
