"""A probe worker that skips turns which would report nothing new. The journal is the same as with all of them."""

from __future__ import annotations

from simulator.engine import Order, Process, Timer
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.host import ProbeHost, Subject
from simulator.kubelet.prober.results import Results
from simulator.kubelet.prober.worker import Trigger, Turn, Worker


class QuietWorker(Worker):
    """The plain loop, but after a quiet turn the ticks up to the next possible change are skipped.

    Thousands of successful probes of a container that does nothing else would take most of the time of a simulation.
    """

    def __init__(self, node: NodeContext, host: ProbeHost, subject: Subject, results: Results) -> None:
        super().__init__(node, host, subject, results)
        self._skips = False
        self._noticed = False

    def notice(self) -> None:
        """The pod's status or containers changed: take turns again."""
        self._noticed = True
        if self._skips and self._wake is not None:
            self._wake.set()

    def _wait(self, turn: Turn) -> Process[Trigger | None]:
        # After a manual run, one turn at a tick shows where this worker is among the others.
        is_regular = self._tick.next - self._tick.period == self._began
        # What changed during the turn, perhaps by its own first result, may be news for the next one.
        if turn is Turn.QUIET and is_regular and not self._noticed and self._tick.next > self._engine.now:
            yield from self._skip()
        trigger = yield from super()._wait(turn)
        self._noticed = False
        return trigger

    def _skip(self) -> Process[None]:
        """Until an answer of the container may change, something about the pod does, or a signal; then on to the next tick."""
        self._skips = True
        change = self._node.runtime.settled_until(self._container_id)
        if not (self._stopped or self._trigger is not None) and (change is None or change > self._tick.next):
            yield from self._sleep_until(change)
        self._skips = False
        # The change that ended the wait may be earlier in this instant than the manual run that it leads to.
        if self._trigger is not None:
            yield self._trigger.due
        # A turn at this very instant may already be over for this worker: the plain loop took it before the change, and it was quiet.
        self._tick = self._tick.not_before(self._engine.now)
        if self._tick.next == self._engine.now and self._host.turns.passed(self._rank):
            self._tick = self._tick.not_before(self._engine.now + 1)

    def _sleep_until(self, t: int | None) -> Process[None]:
        """Until the world changes at `t` (None: forever), or until a signal from outside."""
        wake = self._wake = self._engine.event()
        timer: Timer | None = None if t is None else self._engine.call_at(t, wake.set, Order.WORLD)
        yield wake
        self._wake = None
        if timer is not None:
            timer.cancel()
