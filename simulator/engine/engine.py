"""Clock, processes, timers: SimPy with integer nanoseconds, a fixed order within an instant, and timers that can be cancelled."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from enum import IntEnum
from typing import Any, TypeVar

import simpy
from simpy.events import PENDING, EventPriority

from simulator.engine.streams import Streams
from simulator.errors import InvariantError
from simulator.units import format_micro_time, format_time, seconds

MOST_CALLS_AT_ONCE = 500_000
"""More calls than this at one instant count as an endless loop: a thousand for each of 500 pods."""
T = TypeVar("T")
Process = Generator[Any, Any, T]
"""A process: a generator that yields events and returns a T; one process runs another with `yield from`."""


class Order(IntEnum):
    """The order of calls at one instant."""

    WORLD = 0
    """Files, sockets, exits, kills, writes of users: the world changes before anyone looks."""
    TICK = 1
    """Ticks of kubelets. They have an order of their own because skipping those that change nothing must not move other calls."""
    ACT = 2
    """Components acting on what they have observed."""
    OBSERVE = 3
    """Relists, answers, timers that look at the world."""
    PROBE = 4
    """Probes whose tick is due, one after the other."""


class Event(simpy.Event):
    """Something to wait for (`value = yield event`). Only the first `set` counts; later calls do nothing and return False."""

    def set(self, value: Any = None, order: int = Order.ACT, delay: int = 0) -> bool:
        """Wake the waiters at this instant, or after `delay` nanoseconds."""
        if self._value is not PENDING:
            return False
        self._ok = True
        self._value = value
        self.env.schedule(self, EventPriority(order), delay)
        return True

    def then(self, call: Callable[[Any], object]) -> None:
        """Call back with the value once it is set."""

        def tell(event: simpy.Event) -> None:
            call(event.value)

        assert self.callbacks is not None, "set and done with"
        self.callbacks.append(tell)

    @property
    def is_set(self) -> bool:
        """Whether `set` was called."""
        return self._value is not PENDING


class Timer:
    """A call that is due at an instant. A cancelled timer is inert."""

    __slots__ = ("_call", "_engine", "due")

    def __init__(self, call: Callable[[], object], due: int, engine: Engine) -> None:
        self._call: Callable[[], object] | None = call
        self._engine = engine
        self.due = due

    @property
    def pending(self) -> bool:
        """Whether the call is still to come."""
        return self._call is not None

    def cancel(self) -> None:
        """Cancel it; no effect once it has fired."""
        self._call = None

    def fire(self, _: simpy.Event) -> None:
        """Call back, unless cancelled or set by a component that has ended; for the engine only."""
        call, self._call = self._call, None
        if call is not None and not self._engine.has_ended:
            call()


class _Clock(simpy.Environment):
    """SimPy's clock, which also notes how far the calls of the present instant have come."""

    reached: tuple[float, int] = (-math.inf, 0)
    """The present instant, and the latest order of its calls so far."""

    def step(self) -> None:
        here = self._queue[0][:2]
        if here > self.reached:
            self.reached = here
        super().step()


class Engine:
    """The simulation's clock and its processes.

    `epoch` is the wall clock at t=0 in nanoseconds since the Unix epoch; the clock begins at `begin`, which may lie before t=0.
    Always run to a horizon: SimPy's heap also holds cancelled timers.
    """

    has_ended = False
    """Whether the component whose engine this is has ended."""

    def __init__(self, epoch: int, seed: int = 0, *, exact: bool = False, begin: int = 0) -> None:
        self.epoch = epoch
        self.begin = begin
        self.streams = Streams(seed, exact=exact)
        self._env = _Clock(begin)
        self._instant = begin
        self._calls = 0

    @property
    def now(self) -> int:
        """Nanoseconds since t=0; negative before."""
        return int(self._env.now)

    @property
    def wall(self) -> int:
        """The wall clock, in nanoseconds since the Unix epoch."""
        return self.epoch + self.now

    def timestamp(self) -> str:
        """The wall clock as a metav1.Time (whole seconds)."""
        return format_time(self.wall)

    def micro_timestamp(self) -> str:
        """The wall clock as a metav1.MicroTime."""
        return format_micro_time(self.wall)

    def event(self) -> Event:
        """A new event that is not set."""
        return Event(self._env)

    def sleep(self, duration: int, order: Order = Order.ACT) -> Event:
        """An event that is due after `duration` nanoseconds; only for waits that cannot be cut short."""
        self._count(self.now + duration)
        event = Event(self._env)
        event.set(order=order, delay=max(duration, 0))
        return event

    def call_at(self, t: int, call: Callable[[], object], order: Order = Order.ACT) -> Timer:
        """Call back at `t` (now, when it is past)."""
        timer = Timer(call, max(t, self.now), self)
        self._count(timer.due)
        event = Event(self._env)
        event.callbacks.append(timer.fire)
        event.set(order=order, delay=timer.due - self.now)
        return timer

    def _count(self, due: int) -> None:
        """Detect endless loops of calls at one instant. Raises InvariantError."""
        if self.now > self._instant:
            self._instant, self._calls = self.now, 0
        if due > self.now:
            return
        self._calls += 1
        if self._calls > MOST_CALLS_AT_ONCE:
            raise InvariantError(f"more than {MOST_CALLS_AT_ONCE} calls at t={seconds(self._instant):g}s: the simulation does not advance")

    def call_after(self, duration: int, call: Callable[[], object], order: Order = Order.ACT) -> Timer:
        """Call back after `duration` nanoseconds."""
        return self.call_at(self.now + duration, call, order)

    def has_reached(self, order: Order) -> bool:
        """Whether a call of that order, or of a later one, has begun at this instant."""
        return self._env.reached >= (self.now, order)

    @property
    def next(self) -> int | None:
        """The next instant at which something is due, even if only a cancelled timer; None: nothing is."""
        t = self._env.peek()
        return None if t == float("inf") else int(t)

    def start(self, process: Process[T]) -> Event:
        """Run a process concurrently; the returned event is set with its result."""
        done = self.event()

        def body() -> Process[None]:
            done.set((yield from process))

        self._env.process(body())
        return done

    def part(self) -> Part:
        """The same clock for a component that can end: what it starts ends with it."""
        return Part(self)

    def run(self, horizon: int, upto: int = len(Order)) -> None:
        """Run until `horizon` nanoseconds, including that instant, or of it only the calls `upto` an order."""
        last = Event(self._env)
        last.set(order=upto, delay=horizon - self.now)
        # SimPy's own `run` would leave its stop event in the heap.
        over: list[simpy.Event] = []
        last.callbacks.append(over.append)
        step = self._env.step
        while not over:
            step()

    def run_part(self, horizon: int, enough: Callable[[], bool]) -> bool:
        """As `run`, but stop between two calls as soon as `enough` says so; whether the horizon is reached."""
        env = self._env
        while env.peek() <= horizon:
            if enough():
                return False
            env.step()
        self.run(horizon)
        return True


class Part(Engine):
    """The engine as a component uses it that can end, such as the process of a kubelet."""

    def __init__(self, whole: Engine) -> None:
        self.__dict__.update(whole.__dict__)
        self._bodies: dict[Process[Any], Process[None]] = {}

    def end(self) -> None:
        """End its processes where they wait, and let none of its timers fire."""
        self.has_ended = True
        for body in self._bodies.values():
            body.close()
        self._bodies.clear()

    def start(self, process: Process[T]) -> Event:
        """Run a process concurrently, at most until the component ends."""
        done = self.event()

        def body() -> Process[None]:
            done.set((yield from process))
            del self._bodies[process]

        self._bodies[process] = running = body()
        self._env.process(running)
        return done
