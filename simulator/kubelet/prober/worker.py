"""One probe of one container: when it runs and what its results count for (prober/worker.go)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from simulator.engine import Event, Order, Process
from simulator.kubelet.config import OLD_CONTAINER
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.client import Target
from simulator.kubelet.prober.host import ProbeHost, Subject
from simulator.kubelet.prober.results import LIVENESS, READINESS, STARTUP, Result, Results
from simulator.kubelet.prober.turns import Rank
from simulator.kubelet.prober.values import Count, Tick
from simulator.kubelet.specs import restarts, runtime_id
from simulator.objects.pod_facts import is_sidecar, is_terminal, never_restarts
from simulator.objects.pod_status import ContainerStatus, PodStatus
from simulator.units import MILLISECOND, SECOND, parse_time

INITIAL = {LIVENESS: Result.SUCCESS, READINESS: Result.FAILURE, STARTUP: Result.UNKNOWN}
"""The result that a new container starts with."""


FIRST_ANSWER = 8 * MILLISECOND
"""How long a probe takes to answer (recorded)."""

SEEN_BEFORE = 0.5
"""The share of probes that see a status of their tick before another probe of that tick changes it (recorded: one of two)."""


class Turn(Enum):
    """What comes after a turn of a worker.

    QUIET: the next turns would report nothing new until something about the container changes. LAST: the worker ends.
    """

    NEXT = "next"
    QUIET = "quiet"
    LAST = "last"


class Trigger(NamedTuple):
    """A manual run. One that `overtakes` begins before the status of the sync that triggered it is stored, and sees `status` instead.

    `due`: the earliest moment of the instant at which it can begin.
    """

    overtakes: bool
    status: PodStatus | None
    due: Event


class Worker:
    """Takes a turn each period from the moment the pod was added, whatever the container does; a trigger adds a turn in between."""

    def __init__(self, node: NodeContext, host: ProbeHost, subject: Subject, results: Results) -> None:
        self._node = node
        self._engine = node.engine
        self._host = host
        self._subject = subject
        self._timing = subject.probe.timing
        self._results = results
        self.key = subject.key
        self._container_id = ""
        self._on_hold = False
        self._count = Count()
        self._tick = Tick(0, self._timing.period)
        self._began = 0
        self._lead: int | None = None
        self._order = 0
        self._stopped = False
        self._trigger: Trigger | None = None
        self._wake: Event | None = None

    # ---- signals from outside

    def stop(self) -> None:
        """End after the probe that is under way, if one is."""
        self._stopped = True
        if self._wake is not None:
            self._wake.set()

    def trigger(self, *, overtakes: bool) -> bool:
        """Run now; False when a run is pending already. A worker that is not asleep cannot be overtaken."""
        if self._trigger is not None:
            return False
        overtakes = overtakes and self._wake is not None
        due = self._engine.sleep(0, Order.OBSERVE)
        self._trigger = Trigger(overtakes, self._host.status_of(self.key.pod_uid) if overtakes else None, due)
        if self._wake is not None:
            self._wake.set(order=Order.OBSERVE)
        return True

    def notice(self) -> None:
        """Something changed that a probe may see. The plain loop looks at each tick anyway."""

    # ---- the loop

    def run(self) -> Process[None]:
        """Until the pod ends or the worker is stopped."""
        # A young kubelet spreads the first probes of the pods that it starts with over their period.
        if self._tick.period > self._engine.now - self._node.config.started_at:  # PRB-15
            yield self._engine.sleep(self._engine.streams.uniform(0, self._tick.period, "probe", *self.key), Order.OBSERVE)
        self._tick = self._tick.restarted(self._engine.now)
        turn = yield from self._do_probe(None)
        while turn is not Turn.LAST:
            self._note_lead()
            trigger = yield from self._wait(turn)
            if self._stopped:
                break
            turn = yield from self._do_probe(trigger)
        if self._container_id:
            self._results.remove(self.key.type, self._container_id)
        self._host.forget(self.key)

    def _wait(self, _turn: Turn) -> Process[Trigger | None]:
        """Until the next tick or a trigger, which is returned. A tick missed during a long probe comes at once, further ones are lost."""
        if not (self._stopped or self._trigger is not None or self._tick.next < self._engine.now):
            wake = self._wake = self._engine.event()
            self._host.turns.wake_at(self._tick.next, self._rank, wake)
            yield wake
            self._wake = None
        trigger, self._trigger = self._trigger, None
        if trigger is not None and self._node.dialect.readiness_trigger_resets_ticker:  # PRB-13
            self._tick = self._tick.restarted(self._engine.now)
            self._lead = None
        else:
            self._tick = self._tick.after(self._engine.now)
        return trigger

    # ---- the order of turns at one instant

    def _note_lead(self) -> None:
        """Note how long before its tick the timer is set. As long as that stays the same, so does the order of this worker."""
        lead = self._tick.next - self._engine.now
        if lead != self._lead:
            self._lead, self._order = lead, self._host.turns.next_order()

    @property
    def _rank(self) -> Rank:
        """The rank of the turn at the next tick."""
        return Rank(self._tick.next - (self._lead or 0), self._order)

    # ---- one turn

    def _do_probe(self, trigger: Trigger | None) -> Process[Turn]:
        """One turn, and what comes after it. Read from top to bottom: each guard says why the container is not probed."""
        self._began = self._engine.now
        status = trigger.status if trigger is not None and trigger.overtakes else self._host.status_of(self.key.pod_uid)
        # The pod has not been synced yet.
        if status is None:  # PRB-01
            return Turn.NEXT
        # A pod that has ended is not probed.
        if is_terminal(status.phase):  # PRB-02
            return Turn.LAST
        container = _find(status.container_statuses, self.key.container) or _find(status.init_container_statuses, self.key.container)
        # The container has not been created yet.
        if container is None:  # PRB-03
            return Turn.NEXT
        instance = runtime_id(container.container_id)
        if instance != self._container_id:  # PRB-04
            # Another probe of this very tick may still see the container started.
            if self.key.type == STARTUP and container.started and self._engine.streams.coin(SEEN_BEFORE, "startup", *self.key):
                yield self._engine.sleep(FIRST_ANSWER, Order.OBSERVE)
            keeps = self._node.dialect.sidecars_stay_started and bool(container.started)
            self._take_over(instance, inherited=is_inherited(self._node, container), was_started=keeps)
            # A container that an earlier kubelet has found ready is not ready for a moment: until the probe has answered.
            if self.key.type == READINESS and container.ready and self._results.get(READINESS, instance) is Result.FAILURE:
                yield self._engine.sleep(FIRST_ANSWER, Order.OBSERVE)
        # The container is about to be restarted; probing continues with its successor.
        if self._on_hold:  # PRB-05
            return Turn.QUIET
        if container.state.running is None:  # PRB-06
            self._results.set(self.key, self._container_id, Result.FAILURE)
            return Turn.NEXT if self._will_run_again(container) else Turn.LAST
        # Liveness and startup do not matter to a pod that is being deleted. Like the real worker, this one keeps the pod of its creation.
        if self._subject.pod.metadata.deletion_timestamp is not None and self.key.type != READINESS:  # PRB-07
            if self.key.type == STARTUP:
                self._log_deletion_before_start()
            self._results.set(self.key, self._container_id, Result.SUCCESS)
            return Turn.LAST
        # The initial delay counts from the start as the status has it, in whole seconds.
        if self._whole_seconds_since(container.state.running.started_at) < self._timing.delay:  # PRB-08
            return Turn.NEXT
        # A startup probe has done its work; the others wait until it has.
        if bool(container.started) == (self.key.type == STARTUP):  # PRB-09
            return Turn.QUIET
        attempt = yield from self._host.probe(self._subject, Target(status.pod_ip, self._subject.container, instance))
        if attempt is None:  # PRB-14
            return Turn.NEXT
        self._count_result(attempt.result)
        # One more success of a probe that has succeeded changes nothing, unless each one is an event.
        published = self._results.get(self.key.type, self._container_id)
        return Turn.QUIET if attempt.result is published is Result.SUCCESS and not attempt.warns else Turn.NEXT

    def _take_over(self, container_id: str, *, inherited: bool = False, was_started: bool = False) -> None:
        """Switch to a new instance: forget the old one's result, start with the initial value, unless an earlier kubelet has probed it."""
        if self._container_id:
            self._results.remove(self.key.type, self._container_id)
        self._container_id = container_id
        self._on_hold = False
        # A sidecar that was started stays initialized until its probe has a result of its own.
        if was_started and self.key.type == STARTUP and is_sidecar(self._subject.pod, self._subject.container):  # PRB-24
            self._results.set(self.key, container_id, Result.SUCCESS)
        if not inherited:  # PRB-23
            self._results.set(self.key, container_id, INITIAL[self.key.type])

    def _will_run_again(self, container: ContainerStatus) -> bool:
        """Whether a container that does not run now may run again."""
        pod, spec = self._subject.pod, self._subject.container
        if container.state.terminated is None or (is_sidecar(pod, spec) and self._node.dialect.sidecar_probes_outlive_runs):
            return True
        if self._node.dialect.containers_follow_own_policies:
            return restarts(spec, pod, container.state.terminated.exit_code)
        return not never_restarts(pod)

    def _whole_seconds_since(self, timestamp: str | None) -> int:
        """Nanoseconds since a time of the status, cut to whole seconds."""
        return (self._engine.wall - parse_time(timestamp)) // SECOND * SECOND if timestamp else 0

    def _count_result(self, result: Result) -> None:
        """Publish a result once it has come as often in a row as its threshold says."""
        self._count = self._count.after(result)
        if self._count.run < (self._timing.failures if result is Result.FAILURE else self._timing.successes):  # PRB-10
            return
        self._results.set(self.key, self._container_id, result)
        if self._pauses_after(result):  # PRB-11
            self._on_hold = True
            self._count = self._count.restarted()

    def _pauses_after(self, result: Result) -> bool:
        """Whether the worker waits for the next instance of the container: it will be killed, or has started up."""
        if result is Result.FAILURE:
            return self.key.type in (LIVENESS, STARTUP)
        return self.key.type == STARTUP and self._node.dialect.startup_probe_rests_after_success

    def _log_deletion_before_start(self) -> None:
        pod = self._host.pod_of(self.key.pod_uid) or self._subject.pod
        message = "Pod deletion requested before container has fully started"
        self._node.klog.info(message, pod=pod, containerName=self.key.container)


def is_inherited(node: NodeContext, status: ContainerStatus) -> bool:
    """Whether a container was started long before this kubelet, so that its probes tell of a change only."""
    running = status.state.running
    if running is None or not running.started_at or not node.dialect.keeps_statuses_over_restarts:
        return False
    return parse_time(running.started_at) < node.engine.epoch + node.config.started_at - OLD_CONTAINER


def _find(statuses: list[ContainerStatus], name: str) -> ContainerStatus | None:
    return next((status for status in statuses if status.name == name and status.container_id), None)
