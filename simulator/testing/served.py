"""A simulated cluster that real clients use in a test: `podsim_server` of the pytest plugin. The server runs in a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar, cast

from simulator.errors import UsageError
from simulator.public.simulated_cluster import SimulatedCluster
from simulator.public.times import When, nanoseconds
from simulator.serve.clock import parse_pace
from simulator.serve.server import Server, Settings
from simulator.serve.session import Session
from simulator.units import HOUR, SECOND, short_duration

T = TypeVar("T")
PATIENCE = 30
"""Seconds in which the server must answer."""


class PodsimServer:
    """The server of a test: `kubeconfig` is the file for clients, `cluster` a `SimulatedCluster`, `clock` moves its time."""

    def __init__(self, server: Server, session: Session, cluster: SimulatedCluster, loop: asyncio.AbstractEventLoop) -> None:
        self.kubeconfig: Path = server.settings.kubeconfig
        self.address: str = server.address
        self.clock = ServerClock(session, loop)
        self.cluster = cast(SimulatedCluster, _InThread(cluster, loop))


class ServerClock:
    """The simulated time of a server. Every clock can be moved forward."""

    def __init__(self, session: Session, loop: asyncio.AbstractEventLoop) -> None:
        self._session, self._loop = session, loop

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self._session.now / SECOND

    def step(self, span: When) -> float:
        """Advance by a duration; the new time."""
        return self._move(self._session.now + (nanoseconds(span) or 0))

    def to(self, when: When) -> float:
        """Advance to a time. Raises UsageError when it is past."""
        return self._move(nanoseconds(when) or 0)

    def next(self) -> float:
        """Advance to the next change of an object; the new time."""
        asyncio.run_coroutine_threadsafe(self._session.advance_to_write(self._session.now + HOUR), self._loop).result()
        return self.now

    def _move(self, t: int) -> float:
        if t < self._session.now:
            raise UsageError(f"{short_duration(t)} is in the past: the time is {short_duration(self._session.now)}")
        asyncio.run_coroutine_threadsafe(self._session.advance(t), self._loop).result()
        return self.now


class _InThread:
    """An object whose attributes and methods are used in the thread of a loop: the simulation belongs to that thread."""

    def __init__(self, target: object, loop: asyncio.AbstractEventLoop) -> None:
        self._target, self._loop = target, loop

    def __getattr__(self, name: str) -> Any:
        value = self._call(lambda: getattr(self._target, name))
        if not callable(value):
            return value

        @wraps(value)
        def method(*args: Any, **options: Any) -> Any:
            return self._call(lambda: value(*args, **options))

        return method

    def __repr__(self) -> str:
        return self._call(lambda: repr(self._target))

    def _call(self, call: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(call())
            except BaseException as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result()


@contextmanager
def served(cluster: SimulatedCluster, clock: str, kubeconfig: Path) -> Iterator[PodsimServer]:
    """Serve a cluster meanwhile. Raises UsageError for a clock that there is not."""
    pace = parse_pace(clock)
    started = cluster.started
    namespace = started.scenario.namespace or "default"
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="podsim serve", daemon=True)
    thread.start()
    try:
        session = Session(started, settles=pace.mode != "real")
        asyncio.run_coroutine_threadsafe(session.advance(0), loop).result()
        server = Server(session, Settings(pace=pace, kubeconfig=kubeconfig, namespace=namespace))
        running = asyncio.run_coroutine_threadsafe(server.run(), loop)
        begun = time.monotonic()
        while not server.answers and not running.done():
            if time.monotonic() - begun > PATIENCE:
                raise UsageError(f"the server did not answer within {PATIENCE} s")
            time.sleep(0.005)
        try:
            yield PodsimServer(server, session, cluster, loop)
        finally:
            server.stop()
            running.result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
