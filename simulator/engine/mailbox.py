"""Ways to wait: a queue with one reader, and a gate with many."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from simulator.engine.engine import Engine, Event, Order, Process, Timer

T = TypeVar("T")


class Mailbox(Generic[T]):
    """A first-in, first-out queue with a single reader. A wait that is cut short takes no item (unlike SimPy's Store)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._items: deque[T] = deque()
        self._waiter: Event | None = None

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> None:
        """Add an item; the reader wakes at this instant."""
        self._items.append(item)
        if self._waiter is not None:
            self._waiter.set()

    def get(self) -> Process[T]:
        """Wait for the next item."""
        yield from self.wait()
        return self._items.popleft()

    def take(self) -> T | None:
        """The next item if there is one."""
        return self._items.popleft() if self._items else None

    def wait(self, timeout: int | None = None, order: Order = Order.ACT) -> Process[bool]:
        """Wait until there is an item, at most `timeout` nanoseconds; whether there is one."""
        if self._items:
            return True
        waiter = self._waiter = self._engine.event()
        timer: Timer | None = None
        if timeout is not None:
            timer = self._engine.call_after(timeout, waiter.set, order)
        yield waiter
        self._waiter = None
        if timer is not None:
            timer.cancel()
        return bool(self._items)


class Gate:
    """A recurring event with many waiters: `yield gate.wait()` lasts until the next `open`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._event = engine.event()

    def wait(self) -> Event:
        """An event that is set when the gate opens next."""
        return self._event

    def open(self) -> None:
        """Wake all current waiters."""
        event, self._event = self._event, self._engine.event()
        event.set()
