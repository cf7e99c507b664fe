"""One worker for each pod: it syncs, then terminates, then is done, one step at a time (pkg/kubelet/pod_workers.go)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from simulator.dialect import Dialect
from simulator.engine import Engine, Event, Process
from simulator.kubelet.config import BACK_OFF_PERIOD, JITTER_FACTOR, RESYNC_INTERVAL
from simulator.kubelet.klog import Klog
from simulator.kubelet.pod_cache import Pleg
from simulator.kubelet.pod_status import TERMINAL
from simulator.kubelet.pod_syncer import ENDED, Outcome, PodSyncer, Stop
from simulator.kubelet.work_queue import WorkQueue
from simulator.objects.pod import Pod


class Work(Enum):
    """What a worker does next."""

    SYNC = "sync"
    TERMINATE = "terminate"
    CLEAN_UP = "clean up"


@dataclass
class _Worker:
    """One pod's progress. Instants in nanoseconds; `stopped_by` is the rule by which the pod is stopped."""

    pod: Pod
    cancelled: Event
    pending: Pod | None = None
    busy: bool = False
    last_sync: int | None = None
    terminating_at: int | None = None
    terminated_at: int | None = None
    finished: bool = False
    deleted: bool = False
    stopped_by: str = ""
    grace: int = 0

    @property
    def work(self) -> Work:
        if self.terminated_at is not None:
            return Work.CLEAN_UP
        return Work.SYNC if self.terminating_at is None else Work.TERMINATE


class PodWorkers:
    """All workers of a node."""

    def __init__(self, engine: Engine, dialect: Dialect, pleg: Pleg, queue: WorkQueue, klog: Klog, syncer: Callable[[], PodSyncer]) -> None:
        self._engine = engine
        self._dialect = dialect
        self._pleg = pleg
        self._queue = queue
        self._klog = klog
        self._syncer = syncer
        self._workers: dict[str, _Worker] = {}

    # ---- what others ask

    def could_have_running_containers(self, uid: str) -> bool:
        """Whether the pod was started and its containers have not all been stopped yet."""
        worker = self._workers.get(uid)
        return worker is not None and worker.terminated_at is None

    def is_finished(self, uid: str) -> bool:
        """Whether the pod is done with."""
        worker = self._workers.get(uid)
        return worker is None or worker.finished

    def may_lose_its_containers(self, uid: str) -> bool:
        """Whether the pod was deleted and all its containers have been stopped (ShouldPodContentBeRemoved)."""
        worker = self._workers.get(uid)
        return worker is None or (worker.deleted and worker.terminated_at is not None)

    def is_terminating(self, uid: str) -> bool:
        """Whether the pod is on its way out."""
        worker = self._workers.get(uid)
        return worker is not None and worker.terminating_at is not None

    def forget(self, uid: str) -> None:
        """The pod has left the API and the node."""
        self._workers.pop(uid, None)

    # ---- updates

    def update(self, pod: Pod, *, kill: bool = False) -> None:
        """Something about the pod needs a look. Updates do not queue: a later one replaces one that still waits."""
        worker = self._workers.get(pod.metadata.uid)
        if worker is None:
            worker = self._workers[pod.metadata.uid] = _Worker(pod, self._engine.event())
        if worker.finished:
            return
        ends = kill or pod.metadata.deletion_timestamp is not None or pod.status.phase in TERMINAL
        became_terminating = ends and worker.terminating_at is None
        if became_terminating:  # TRM-08
            worker.terminating_at, worker.stopped_by = self._engine.now, ENDED
            worker.deleted = pod.metadata.deletion_timestamp is not None
        before = worker.grace
        if worker.terminating_at is not None and worker.terminated_at is None:
            worker.grace = effective_grace(pod, worker.grace)
        worker.pending = pod  # WRK-01
        # What is under way is cut short: a wait for volumes, and a stop that had more time.
        if became_terminating or 0 < worker.grace < before:  # WRK-07
            worker.cancelled.set()
        if not worker.busy:
            worker.busy = True
            self._engine.start(self._loop(worker))

    # ---- the loop

    def _loop(self, worker: _Worker) -> Process[None]:
        while worker.pending is not None and not worker.finished:
            pod, worker.pending = worker.pending, None
            worker.pod, work = pod, worker.work
            if worker.cancelled.is_set:
                worker.cancelled = self._engine.event()
            # Decisions are made on what a relist saw after the last step.
            runtime = yield from self._pleg.get_newer_than(pod.metadata.uid, worker.last_sync)  # WRK-02
            syncer = self._syncer()
            if work is Work.CLEAN_UP:
                outcome = yield from syncer.sync_terminated_pod(pod, runtime)
            elif work is Work.TERMINATE:
                outcome = yield from syncer.sync_terminating_pod(pod, runtime, Stop(worker.stopped_by, worker.grace, worker.cancelled))
            else:
                outcome = yield from syncer.sync_pod(pod, runtime, worker.cancelled)
            worker.last_sync = self._engine.now
            self._pleg.sync_ended(pod.metadata.uid)
            self._complete(worker, work, outcome)
        worker.busy = False

    def _complete(self, worker: _Worker, work: Work, outcome: Outcome) -> None:
        """Note the step's end and decide when to look again."""
        uid = worker.pod.metadata.uid
        if outcome.errors:
            error = outcome.errors[0] if len(outcome.errors) == 1 else f"[{', '.join(outcome.errors)}]"
            self._klog.error("Error syncing pod, skipping", error, pod=worker.pod, podUID=uid)
        elif outcome.cancelled:
            self._klog.info("Sync exited with context cancellation error", pod=worker.pod, podUID=uid, updateType="sync")
        elif work is Work.CLEAN_UP:
            worker.finished = True
            return
        elif work is Work.TERMINATE:
            worker.terminated_at = self._engine.now
            worker.pending = worker.pending or worker.pod
        elif outcome.ended_by:
            if worker.terminating_at is None:
                worker.terminating_at, worker.stopped_by = self._engine.now, outcome.ended_by
            worker.grace = effective_grace(worker.pod, worker.grace)
            worker.pending = worker.pending or worker.pod
        elif outcome.acted and self._dialect.relists_on_demand:  # PLG-02
            self._pleg.relist_now(uid)
        self._queue.add(uid, self._engine.now + self._delay(uid, outcome))

    def _delay(self, uid: str, outcome: Outcome) -> int:
        """How long until the next look when nothing else happens: jittered by up to a half."""
        if outcome.errors:
            base = BACK_OFF_PERIOD  # WRK-04
            if self._dialect.requeues_at_back_off_end and outcome.back_off_until is not None:  # WRK-05
                base = min(max(outcome.back_off_until - self._engine.now, 0), RESYNC_INTERVAL)
        else:
            base = RESYNC_INTERVAL  # WRK-03
        return self._engine.streams.uniform(base, base + round(base * JITTER_FACTOR), "resync", uid)


def effective_grace(pod: Pod, before: int) -> int:
    """Seconds that the pod gets to end: what the API says, never more than before, at least one (calculateEffectiveGracePeriod)."""
    grace, asked = before, pod.metadata.deletion_grace_period_seconds
    if asked is not None and (grace == 0 or asked < grace):
        grace = asked
    elif grace == 0 and pod.spec.termination_grace_period_seconds is not None:
        grace = pod.spec.termination_grace_period_seconds
    return max(grace, 1)  # WRK-06
