"""One worker for each pod: it syncs, then terminates, then cleans up, one step at a time (pkg/kubelet/pod_workers.go).

A pod rests after a sync that did nothing: its next syncs are not simulated until something changes that they read. Then the worker is
brought to where these syncs would have left it, so the journal is the same as with all of them. A pod whose container cannot start yet is
synced again and again, but only the last part of such a sync is simulated: the status, the volumes and the rest are as they were.
"""

from __future__ import annotations

from simulator.container.status import RuntimePod
from simulator.engine import Process
from simulator.kubelet.config import BACK_OFF_PERIOD, JITTER_FACTOR, RESYNC_INTERVAL, SYNC_WORK
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pleg import Pleg
from simulator.kubelet.pod_states import Disruption, PodState, PodStates, Work
from simulator.kubelet.pod_syncer import ENDED, Outcome, PodSyncer, Stop
from simulator.kubelet.work_queue import WorkQueue
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended

QUIET = Outcome()
"""Of a sync that did nothing."""


class PodWorkers:
    """All workers of a node."""

    def __init__(self, node: NodeContext, pleg: Pleg, queue: WorkQueue, states: PodStates, syncer: PodSyncer) -> None:
        self._node = node
        self._engine = node.engine
        self._pleg = pleg
        self._queue = queue
        self._states = states
        self._syncer = syncer
        # Between two syncs there has to be a relist, so that the second one need not wait.
        self.rests = node.config.skip_quiet and 2 * self._pleg.times.period < RESYNC_INTERVAL

    def update(self, pod: Pod, *, kill: bool = False) -> None:
        """Sync the pod soon. Updates do not queue: a later one replaces one that still waits. `kill`: the pod has left the API."""
        uid = pod.metadata.uid
        state = self._states.get(uid) or self._states.add(uid, self._first_state(pod))
        if state.finished:
            return
        self._end_rest(state)
        state.stirred = False
        ends = kill or is_being_deleted(pod) or has_ended(pod)
        became_terminating = ends and state.terminating_at is None
        if became_terminating:  # TRM-08
            state.terminating_at, state.stopped_by = self._engine.now, ENDED
            state.deleted = is_being_deleted(pod)
        if state.terminating_at is not None and state.terminated_at is None:
            state.grace = effective_grace(pod, state.grace)
        state.pending = pod  # WRK-01
        # A wait for volumes is cut short; a stop that is under way is not.
        if became_terminating:  # WRK-07
            state.cancelled.set()
        if not state.busy:
            state.busy = True
            self._engine.start(self._loop(state))

    def _first_state(self, pod: Pod) -> PodState:
        """The state of a pod that this kubelet has not seen before."""
        state = PodState(pod, self._engine.event())
        # A pod that an earlier kubelet has stopped is only cleaned up.
        if has_ended(pod) and self._pleg.cached(pod.metadata.uid).is_over:  # PRC-02
            state.terminating_at = state.terminated_at = self._engine.now
        return state

    def disrupt(self, pod: Pod, grace: int, disruption: Disruption) -> None:
        """Stop a pod for good within `grace` seconds, because its node shuts down or needs what it uses."""
        state = self._states.get(pod.metadata.uid)
        if state is not None and state.terminating_at is None:
            state.terminating_at, state.stopped_by, state.grace = self._engine.now, disruption.rule, grace
            state.disruption = disruption
            state.cancelled.set()
            self.update(pod)

    def stop_orphan(self, pod: Pod) -> None:
        """Stop what runs of a pod that no worker knows, with the shortest grace period (SyncTerminatingRuntimePod)."""
        state = self._states.add(pod.metadata.uid, PodState(pod, self._engine.event(), finished=True))
        self._engine.start(self._stop_orphan(state))

    def _stop_orphan(self, state: PodState) -> Process[None]:
        uid = state.pod.metadata.uid
        yield from self._syncer.stop_runtime_pod(state.pod, Stop("PRC-01", 1))  # PRC-01
        self._states.forget(uid)

    def rouse(self, uid: str) -> None:
        """Something has changed that a sync of the pod reads."""
        state = self._states.get(uid)
        if state is None:
            return
        state.stirred, state.settled = True, False
        self._end_rest(state)

    def rouse_and_update(self, pod: Pod) -> None:
        """Sync a pod, of which something has changed, soon."""
        self.rouse(pod.metadata.uid)
        self.update(pod)

    def _end_rest(self, state: PodState) -> None:
        uid = state.pod.metadata.uid
        if self._queue.rests(uid):
            skipped = self._queue.rouse(uid, SYNC_WORK, lambda: self._delay(uid, QUIET))
            state.last_sync = skipped.ended or state.last_sync
            if skipped.ends is not None:
                state.busy = True
                runtime = self._pleg.cached(uid)
                self._engine.start(self._loop(state, self._finish(state.pod, runtime, skipped.ends)))

    def rouse_all(self) -> None:
        """The kubelet stops: from now on it does nothing at its ticks."""
        for uid in self._states.uids():
            self.rouse(uid)

    def _loop(self, state: PodState, under_way: Process[Outcome] | None = None) -> Process[None]:
        """Steps, one after the other, as long as there are updates. `under_way`: the rest of a sync that has begun already."""
        if under_way is not None:
            yield from self._perform(state, Work.SYNC, under_way)
        while state.pending is not None and not state.finished:
            state.pod, state.pending, work = state.pending, None, state.work
            if state.cancelled.is_set:
                state.cancelled = self._engine.event()
            yield from self._perform(state, work, self._step(state, work))
        state.busy = False

    def _perform(self, state: PodState, work: Work, step: Process[Outcome]) -> Process[None]:
        outcome = yield from step
        state.last_sync = self._engine.now
        self._pleg.sync_ended(state.pod.metadata.uid)
        self._complete(state, work, outcome)

    def _finish(self, pod: Pod, runtime: RuntimePod, ends: int) -> Process[Outcome]:
        """The rest of a sync that found nothing new when it began."""
        yield self._engine.sleep(ends - self._engine.now)
        return (yield from self._syncer.finish_sync(pod, runtime, restarts_all=False, repeats=False))

    def _step(self, state: PodState, work: Work) -> Process[Outcome]:
        pod = state.pod
        # Decisions are made on what a relist saw after the last step.
        runtime = yield from self._pleg.get_newer_than(pod.metadata.uid, state.last_sync)  # WRK-02
        if work is Work.CLEAN_UP:
            return (yield from self._syncer.sync_terminated_pod(pod, runtime))
        if work is Work.TERMINATE:
            stop = Stop(state.stopped_by, state.grace, state.disruption)
            return (yield from self._syncer.sync_terminating_pod(pod, runtime, stop))
        if state.settled:
            return (yield from self._finish(pod, runtime, self._engine.now + SYNC_WORK))
        return (yield from self._syncer.sync_pod(pod, runtime, state.cancelled))

    def _complete(self, state: PodState, work: Work, outcome: Outcome) -> None:
        """Note the step's end and decide when to sync again."""
        uid = state.pod.metadata.uid
        if outcome.errors:
            error = outcome.errors[0] if len(outcome.errors) == 1 else f"[{', '.join(outcome.errors)}]"
            self._node.klog.error("Error syncing pod, skipping", error, pod=state.pod, podUID=uid)
        elif outcome.cancelled:
            self._node.klog.info("Sync exited with context cancellation error", pod=state.pod, podUID=uid, updateType="sync")
        elif work is Work.CLEAN_UP:
            state.finished = True
            return
        elif work is Work.TERMINATE:
            state.terminated_at = self._engine.now
            state.pending = state.pending or state.pod
        elif outcome.ended_by:
            if state.terminating_at is None:
                state.terminating_at, state.stopped_by = self._engine.now, outcome.ended_by
            state.grace = effective_grace(state.pod, state.grace)
            state.pending = state.pending or state.pod
        elif outcome.acted and self._node.dialect.relists_on_demand:  # PLG-02
            self._pleg.relist_now(uid)
        if outcome.resized:
            state.pending = state.pending or state.pod
        due = self._engine.now + self._delay(uid, outcome)
        state.settled = work is Work.SYNC and not outcome.repeats and self._is_current(state)
        if state.settled and outcome.is_quiet:
            self._queue.rest(uid, due)
        else:
            self._queue.add(uid, due)

    def _is_current(self, state: PodState) -> bool:
        """Whether nothing has changed since the last sync began, and the kubelet runs and has seen all containers as they are."""
        is_current = state.pending is None and not state.stirred and not self._pleg.is_outdated(state.pod.metadata.uid)
        return self.rests and is_current and not self._pleg.paused

    def _delay(self, uid: str, outcome: Outcome) -> int:
        """How long until the next sync when nothing else happens, in nanoseconds: jittered by up to a half."""
        if outcome.errors:
            base = BACK_OFF_PERIOD  # WRK-04
            if self._node.dialect.requeues_at_back_off_end and outcome.back_off_until is not None:  # WRK-05
                base = min(max(outcome.back_off_until - self._engine.now, 0), RESYNC_INTERVAL)
        else:
            base = RESYNC_INTERVAL  # WRK-03
        return self._engine.streams.uniform(base, base + round(base * JITTER_FACTOR), "resync", uid)


def effective_grace(pod: Pod, before: int) -> int:
    """Seconds that the pod gets to stop: what the API says, never more than before, at least one (calculateEffectiveGracePeriod)."""
    grace, requested = before, pod.metadata.deletion_grace_period_seconds
    if requested is not None and (grace == 0 or requested < grace):
        grace = requested
    elif grace == 0 and pod.spec.termination_grace_period_seconds is not None:
        grace = pod.spec.termination_grace_period_seconds
    return max(grace, 1)  # WRK-06
