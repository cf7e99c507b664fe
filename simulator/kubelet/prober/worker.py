"""One probe of one container: when it runs and what its results count for (prober/worker.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.engine import Event, Order, Process, Timer
from simulator.kubelet.prober.network import Target
from simulator.kubelet.prober.results import Result, Results
from simulator.kubelet.specs import is_sidecar, restarts, runtime_id
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus, PodStatus
from simulator.objects.probes import Probe
from simulator.units import SECOND, parse_time

if TYPE_CHECKING:
    from simulator.kubelet.prober.manager import ProbeManager

LIVENESS, READINESS, STARTUP = "Liveness", "Readiness", "Startup"
INITIAL = {LIVENESS: Result.SUCCESS, READINESS: Result.FAILURE, STARTUP: Result.UNKNOWN}
"""What a new container begins with."""


class Key(NamedTuple):
    """Which probe."""

    pod_uid: str
    container: str
    type: str


class Worker:
    """Ticks each period from the moment the pod was added, whatever the container does; a manual trigger runs it in between."""

    def __init__(self, manager: ProbeManager, pod: Pod, container: Container, type_: str, probe: Probe, results: Results) -> None:
        self._manager = manager
        self._engine = manager.engine
        self._pod = pod
        self._container = container
        self.type = type_
        self._probe = probe
        self._results = results
        self.key = Key(pod.metadata.uid, container.name, type_)
        self._container_id = ""
        self._on_hold = False
        self._last: Result | None = None
        self._run = 0
        self._next_tick = 0
        self._stopped = False
        self._triggered = False
        self._overtook = False
        self._seen: PodStatus | None = None
        self._wake: Event | None = None
        self._is_quiet = False
        self._rests = False

    # ---- what others may ask of it

    def stop(self) -> None:
        """End after the probe that is under way, if one is."""
        self._stopped = True
        if self._wake is not None:
            self._wake.set()

    def trigger(self, *, overtakes: bool) -> bool:
        """Ask for a run now; False when one is asked for already.

        A run that `overtakes` begins before the status of the sync that asked for it is stored, and sees the one before.
        """
        if self._triggered:
            return False
        self._triggered = True
        self._overtook = overtakes and self._wake is not None
        self._seen = self._manager.status_of(self.key.pod_uid) if self._overtook else None
        if self._wake is not None:
            self._wake.set(order=Order.OBSERVE)
        return True

    def notice(self) -> None:
        """Something changed that the probe may see: a worker that rests goes back to its ticks."""
        if self._rests and self._wake is not None:
            self._wake.set()

    # ---- the worker's life

    def run(self) -> Process[None]:
        """Until the pod ends or the worker is stopped."""
        period = (self._probe.period_seconds or 10) * SECOND
        # A young kubelet spreads the first probes of the pods that it finds over their period.
        if period > self._engine.now - self._manager.started_at:  # PRB-15
            yield self._engine.sleep(self._engine.streams.uniform(0, period, "probe", *self.key), Order.OBSERVE)
        self._next_tick = self._engine.now + period
        while (yield from self._do_probe()):
            yield from self._wait(period)
            if self._stopped:
                break
        if self._container_id:
            self._results.remove(self._container_id)
        self._manager.forget(self.key)

    def _wait(self, period: int) -> Process[None]:
        """Until the next tick or a trigger. A tick missed during a long probe comes at once, further ones are lost."""
        if self._is_quiet and self._next_tick > self._engine.now:
            yield from self._rest(period)
        if not (self._stopped or self._triggered or self._next_tick < self._engine.now):
            yield from self._sleep_until(self._next_tick, Order.OBSERVE)
        now = self._engine.now
        if self._triggered:
            self._triggered = False
            if self._manager.dialect.readiness_trigger_resets_ticker:  # PRB-13
                self._next_tick = now + period
                return
        if self._next_tick <= now:
            self._next_tick += (now - self._next_tick) // period * period + period

    def _rest(self, period: int) -> Process[None]:
        """Leave out the ticks that could say nothing new: until an answer may change, somebody notices something, stops or triggers."""
        self._rests = True
        change = self._manager.settled_until(self._container_id)
        if not (self._stopped or self._triggered) and (change is None or change > self._next_tick):
            yield from self._sleep_until(change, Order.WORLD)
        self._rests = False
        late = self._engine.now - self._next_tick
        if late > 0:
            self._next_tick += -(-late // period) * period

    def _sleep_until(self, t: int | None, order: Order) -> Process[None]:
        """Until `t` (None: for ever), or until somebody wakes the worker."""
        wake = self._wake = self._engine.event()
        timer: Timer | None = None if t is None else self._engine.call_at(t, wake.set, order)
        yield wake
        self._wake = None
        if timer is not None:
            timer.cancel()

    def _do_probe(self) -> Process[bool]:
        """One turn; whether the worker goes on. Read from top to bottom: each guard says why nothing is asked."""
        self._is_quiet = False
        status = self._seen if self._overtook else self._manager.status_of(self.key.pod_uid)
        self._overtook = False
        # The pod has not been synced yet.
        if status is None:  # PRB-01
            return True
        # A pod that has ended is not probed.
        if status.phase in ("Failed", "Succeeded"):  # PRB-02
            return False
        container = _find(status.container_statuses, self.key.container) or _find(status.init_container_statuses, self.key.container)
        # The container has not been created yet.
        if container is None:  # PRB-03
            return True
        instance = runtime_id(container.container_id)
        if instance != self._container_id:  # PRB-04
            self._take_up(instance)
        # The container is about to be restarted; probing goes on with its successor.
        if self._on_hold:  # PRB-05
            self._is_quiet = self._manager.skips_quiet_probes
            return True
        if container.state.running is None:  # PRB-06
            self._results.set(self.key.pod_uid, self._container_id, Result.FAILURE)
            return self._will_run_again(container)
        # Liveness and startup do not matter to a pod that is going away.
        pod = self._manager.pod_of(self.key.pod_uid) or self._pod
        if self._pod.metadata.deletion_timestamp is not None and self.type != READINESS:  # PRB-07
            if self.type == STARTUP:
                self._manager.log_deletion_before_start(pod, self.key.container)
            self._results.set(self.key.pod_uid, self._container_id, Result.SUCCESS)
            return False
        # The initial delay counts from the start as the status has it, in whole seconds.
        if self._seconds_since(container.state.running.started_at) < (self._probe.initial_delay_seconds or 0):  # PRB-08
            return True
        # A startup probe has done its work; the others wait until it has.
        if bool(container.started) == (self.type == STARTUP):  # PRB-09
            self._is_quiet = self._manager.skips_quiet_probes
            return True
        heard = yield from self._manager.probe(self._pod, Target(status.pod_ip, self._container, instance), self.type, self._probe)
        if heard is not None:  # PRB-14
            self._count(heard.result)
            # One more success of a probe that has succeeded says nothing.
            published = self._results.get(self._container_id)
            self._is_quiet = self._manager.skips_quiet_probes and heard.result is published is Result.SUCCESS and not heard.warns
        return True

    def _take_up(self, container_id: str) -> None:
        """A new instance: forget the old one's result, begin with the initial value."""
        if self._container_id:
            self._results.remove(self._container_id)
        self._container_id = container_id
        self._on_hold = False
        self._results.set(self.key.pod_uid, container_id, INITIAL[self.type])

    def _will_run_again(self, container: ContainerStatus) -> bool:
        """Whether a container that does not run now may run again."""
        if container.state.terminated is None or is_sidecar(self._container):
            return True
        if self._manager.dialect.probe_ends_with_container:
            return restarts(self._container, self._pod, container.state.terminated.exit_code)
        return self._pod.spec.restart_policy != "Never"

    def _seconds_since(self, timestamp: str | None) -> int:
        return (self._engine.wall - parse_time(timestamp)) // SECOND if timestamp else 0

    def _count(self, result: Result) -> None:
        """Thresholds: only so many equal results in a row say something."""
        self._run = self._run + 1 if result is self._last else 1
        self._last = result
        needed = self._probe.failure_threshold if result is Result.FAILURE else self._probe.success_threshold
        if self._run < (needed or (3 if result is Result.FAILURE else 1)):  # PRB-10
            return
        self._results.set(self.key.pod_uid, self._container_id, result)
        rests = self.type == STARTUP and (result is Result.FAILURE or self._manager.dialect.startup_probe_rests_after_success)  # PRB-11
        if rests or (self.type == LIVENESS and result is Result.FAILURE):
            self._on_hold = True
            self._run = 0


def _find(statuses: list[ContainerStatus], name: str) -> ContainerStatus | None:
    return next((status for status in statuses if status.name == name and status.container_id), None)
