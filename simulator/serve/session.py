"""What is served: a running cluster. Reads see its present state; writes happen at instants of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from time import perf_counter
from typing import Protocol, TypeVar

from simulator.api.errors import ApiError
from simulator.api.requests import Reply
from simulator.api.served import Resources
from simulator.cluster import Cluster
from simulator.dialect import Dialect
from simulator.engine import Order
from simulator.journal.journal import Journal
from simulator.journal.reads import Reads
from simulator.journal.records import NO_CAUSE, Write
from simulator.journal.snapshot import Mark, Snapshot
from simulator.journal.store import Watcher
from simulator.objects.base import JSON
from simulator.objects.kinds import Object
from simulator.scenario.requests import Sent, action_of, carry_out
from simulator.scenario.spec import Action
from simulator.serve.shift import NO_SHIFT, Shift
from simulator.units import parse_time

T = TypeVar("T")
TYPED = "typed"
"""How the paths of these actions begin, as of all that were typed since the last run."""
SLICE = 0.01
"""Seconds of computing after which the simulation lets requests in between."""


class World(Protocol):
    """What requests read, and how they write: a session, or a past instant of one."""

    dialect: Dialect
    resources: Resources

    @property
    def now(self) -> int:
        """The present instant, in nanoseconds since the start."""
        ...

    @property
    def reads(self) -> Reads:
        """The objects at the present instant."""
        ...

    @property
    def journal(self) -> Journal:
        """All that was recorded."""
        ...

    @property
    def revision(self) -> int:
        """The revision of the last write."""
        ...

    @property
    def floor(self) -> int:
        """The oldest revision whose successors are known; older ones have expired."""
        ...

    @property
    def applied(self) -> Mapping[str, JSON]:
        """What was applied when the run began, by uid."""
        ...

    @property
    def shift(self) -> Shift:
        """From simulated time to the clock of clients."""
        ...

    def snapshot(self, revision: int | None = None) -> Snapshot:
        """The objects as of now, or as of a revision."""
        ...

    def listen(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call back after each stretch of simulation; the function returned ends that."""
        ...

    def subscribe(self, kind: str, watcher: Watcher) -> Callable[[], None]:
        """Call back with every later write of a kind and the state before it; the function returned ends that."""
        ...

    async def perform(self, call: Callable[[], T]) -> T:
        """Do something to the cluster at an instant of its own, with its consequences at that instant."""
        ...


class Moving(World, Protocol):
    """A world whose time advances."""

    epoch: int
    shift_now: Callable[[], Shift]

    async def advance(self, until: int) -> None:
        """Continue to an instant."""
        ...

    async def advance_to_write(self, until: int) -> bool:
        """Continue to the next instant at which an object changes, at most to an instant; whether one did."""
        ...


def wall(world: World) -> int:
    """The simulated wall clock, in nanoseconds since the epoch."""
    return parse_time(world.journal.header.start_time) + world.now


def refused() -> ApiError:
    """The refusal of a write where nothing can change."""
    return ApiError("MethodNotAllowed", "podsim serves a past instant: it can only be read", {})


class Session:
    """A running cluster and everyone who watches it. One task at a time moves its clock; between slices others are served."""

    def __init__(self, cluster: Cluster, *, settles: bool = True) -> None:
        self.cluster = cluster
        self.api, self.store = cluster.api, cluster.store
        self.dialect = cluster.dialect
        self.settles = settles
        """Whether a write is answered only after its consequences at its instant."""
        self.shift_now: Callable[[], Shift] = lambda: NO_SHIFT
        self.floor = 0
        self.keep: int | None = None
        """How much history is kept at least, in nanoseconds; None: all."""
        self._forgotten = self.now
        self.epoch = cluster.engine.epoch
        self.resources = Resources(self.store)
        self.actions: list[Action] = []
        """The requests that changed something, as actions that repeat them."""
        self._lock = asyncio.Lock()
        self._listeners: list[Callable[[], object]] = []
        self.store.watch("CustomResourceDefinition", self._define)

    # ---- reading

    @property
    def now(self) -> int:
        """The present instant, in nanoseconds since the start."""
        return self.cluster.engine.now

    @property
    def reads(self) -> Reads:
        """The store."""
        return self.store

    @property
    def journal(self) -> Journal:
        """The journal of the run."""
        return self.cluster.journal

    @property
    def revision(self) -> int:
        """The revision of the last write."""
        return self.store.revision

    def snapshot(self, revision: int | None = None) -> Snapshot:
        """The objects as of now, or as of a revision."""
        if revision is None or revision >= self.revision:
            return self.journal.so_far(self.now)
        return Snapshot(self.journal, self.now, Mark(revision, 0))

    @cached_property
    def applied(self) -> Mapping[str, JSON]:
        """What was applied when the run began, by uid; kubectl finds it in an annotation, which podsim does not store."""
        items = ((self.store.get(key), raw) for key, raw in self.cluster.applied.items())
        return {item.metadata.uid: raw for item, raw in items if item is not None}

    @property
    def shift(self) -> Shift:
        """From simulated time to the clock of clients."""
        return self.shift_now()

    def listen(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call back after each slice and each write; the function returned ends that."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def subscribe(self, kind: str, watcher: Watcher) -> Callable[[], None]:
        """Call back with every later write of a kind and the state before it; the function returned ends that."""
        self.store.watch(kind, watcher)
        return lambda: self.store.unwatch([kind], watcher)

    # ---- moving

    async def perform(self, call: Callable[[], T]) -> T:
        """Do something now, at an instant of its own; raises what it raises."""
        results: list[T] = []
        errors: list[Exception] = []

        def act() -> None:
            try:
                results.append(call())
            except Exception as error:  # of one request, which must not end the simulation
                errors.append(error)

        async with self._lock:
            await self._settle()
            engine = self.cluster.engine
            while engine.next is not None and engine.next <= engine.now + 1:
                self.cluster.play(engine.now + 1)
            t = engine.now + 1
            engine.call_at(t, act, Order.WORLD)
            self.cluster.play(t, Order.WORLD)
            self._notify()
            if self.settles:
                await self._settle()
        if errors:
            raise errors[0]
        return results[0]

    async def request(self, sent: Sent, *, dry: bool = False) -> Reply:
        """A client's request that writes: at an instant of its own, recorded as an action. A dry run needs no instant. Raises ApiError."""
        if dry:
            return carry_out(self.api, self.dialect, sent, NO_CAUSE)

        def act() -> Reply:
            action = action_of(sent, self.now, f"{TYPED}[{len(self.actions)}]")
            self.actions.append(action)
            return self.cluster.send(action)

        return await self.perform(act)

    async def advance(self, until: int) -> None:
        """Continue until an instant. Requests come in between, and may move the clock a little further."""
        while True:
            async with self._lock:
                done = self._slice(max(until, self.now))
                self._notify()
            await asyncio.sleep(0)
            if done:
                return

    async def advance_to_write(self, until: int) -> bool:
        """Continue through the next instant at which an object changes, at most until an instant; whether one did."""
        revision = self.revision
        while self.revision == revision:
            following = self.cluster.engine.next
            if following is None or following > until:
                await self.advance(until)
                break
            await self.advance(following)
        return self.revision != revision

    def _slice(self, until: int) -> bool:
        end = perf_counter() + SLICE
        return self.cluster.play_part(until, lambda: perf_counter() > end)

    async def _settle(self) -> None:
        """Finish the present instant."""
        while (following := self.cluster.engine.next) is not None and following <= self.now:
            self._slice(self.now)
            self._notify()
            await asyncio.sleep(0)

    def _forget(self) -> None:
        """Drop old history once there is twice as much as is kept."""
        if self.keep is not None and self.now - self._forgotten >= 2 * self.keep:
            self._forgotten = self.now - self.keep
            self.floor = max(self.floor, self.journal.forget(self._forgotten))

    def _notify(self) -> None:
        self._forget()
        for listener in tuple(self._listeners):
            listener()

    def _define(self, _write: Write, _before: Object | None) -> None:
        self.resources = Resources(self.store)
