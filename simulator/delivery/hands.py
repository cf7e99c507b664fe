"""What helm and Argo CD do to a cluster: apply and delete objects, wait for a condition, and say what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from simulator.api import ApiError, ApiServer
from simulator.api.deletion import Deletion
from simulator.engine import Engine, Order, Process
from simulator.journal.records import Cause, Fact
from simulator.journal.watchers import Watchers
from simulator.manifest.load import Manifest
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, key_of, to_builtins

Condition = Callable[[], bool]
RUNNING, FAILED, SUCCEEDED = "running", "failed", "succeeded"
CAUSE = Cause(0, "USR-05")
BACKGROUND = Deletion(propagation="Background")


class Hands:
    """`apply_one`: creates or applies the object of one manifest, and returns the error if the API server refuses it."""

    def __init__(self, engine: Engine, api: ApiServer, apply_one: Callable[[Manifest], ApiError | None], tool: str, release: Key) -> None:
        self.engine = engine
        self.api = api
        self._apply = apply_one
        self._tool = tool
        self._release = release
        self._watchers = Watchers(api.store)
        self.due: int | None = None
        """When the present wait gives up; None: nothing waits, or forever."""

    def say(self, text: str, state: str = RUNNING, about: Key | None = None, **more: Any) -> None:
        """Record a step. `state`: what has become of the whole delivery."""
        data = {"tool": self._tool, "text": text, "state": state, **more}
        self.api.store.journal.append(Fact(self.engine.now, "delivery", about or self._release, data, CAUSE))

    def get(self, key: Key) -> JSON | None:
        """An object as JSON; None: it does not exist."""
        item = self.api.store.get(key)
        return None if item is None else to_builtins(item)

    def apply(self, manifests: Sequence[Manifest]) -> list[ApiError]:
        """Send objects one after the other, refused ones included; the errors."""
        return [error for manifest in manifests if (error := self._apply(manifest)) is not None]

    def delete(self, manifests: Iterable[Manifest]) -> list[Key]:
        """Delete what exists of some objects; their keys. Dependents are deleted in the background."""
        keys = [key for manifest in manifests if self.api.store.get(key := key_of(manifest.object)) is not None]
        for key in keys:
            self.api.delete(key, BACKGROUND, CAUSE)
        return keys

    def until(self, holds: Condition, keys: Iterable[Key], timeout: int | None) -> Process[bool]:
        """Wait until something about some objects holds, looking again after each change of their kinds; False: it never did in time."""
        kinds = sorted({key.kind for key in keys})
        deadline = None if timeout is None else self.engine.now + timeout
        self.due = deadline
        while not holds() and (deadline is None or self.engine.now < deadline):
            changed = self.engine.event()
            leave = self._watchers.add(kinds, partial(changed.set, order=Order.OBSERVE))
            timer = None if deadline is None else self.engine.call_at(deadline, changed.set, Order.OBSERVE)
            yield changed
            leave()
            if timer is not None:
                timer.cancel()
        self.due = None
        return holds()

    def polled(self, holds: Condition, period: int, timeout: int) -> Process[bool]:
        """As `until`, looking at once and then at fixed intervals."""
        deadline = self.engine.now + timeout
        self.due = deadline
        while not (met := holds()) and self.engine.now < deadline:
            yield self.engine.sleep(min(period, deadline - self.engine.now), Order.OBSERVE)
            if self.engine.now == deadline:
                break
        self.due = None
        return met

    def gone(self, keys: Sequence[Key], timeout: int | None) -> Process[bool]:
        """Wait until deleted objects do not exist any more."""
        store = self.api.store
        uids = {key: item.metadata.uid for key in keys if (item := store.get(key)) is not None}
        return self.until(
            lambda: not any((item := store.get(key)) and item.metadata.uid == uid for key, uid in uids.items()), keys, timeout
        )
