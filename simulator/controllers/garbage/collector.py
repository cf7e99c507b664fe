"""The garbage collector: background, foreground and orphaning deletion (pkg/controller/garbagecollector/garbagecollector.go)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiServer
from simulator.api.deletion import FOREGROUND, ORPHAN, Deletion
from simulator.client.ownership import owner_in
from simulator.controllers.base import Controller, because
from simulator.controllers.garbage.graph import Graph
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import OwnerReference, is_being_deleted


class GarbageCollector(Controller):
    """Deletes objects without remaining owners, and handles the finalizers of foreground and orphaning deletion."""

    name = "garbage-collector-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._graph = Graph()

    def start(self) -> None:
        """Watch everything."""
        for kind in self._store.kinds():
            for item in self._store.objects(kind):
                self._graph.note(key_of(item), item)
        self._store.watch("*", self._on_write)

    def _on_write(self, write: Write, before: Object | None) -> None:
        item, key = write.item, write.key
        if write.type == "DELETED":
            self._graph.forget(key)
            for dependent in self._graph.dependents(item.metadata.uid):
                self._queue.add(dependent)
            # The owner may be waiting for the deletion of this dependent.
            self._enqueue_owners(item)
            return
        self._graph.note(key, item)
        meta = item.metadata
        if meta.deletion_timestamp is not None and (FOREGROUND in meta.finalizers or ORPHAN in meta.finalizers):
            self._queue.add(key)
        elif meta.owner_references and (before is None or before.metadata.owner_references != meta.owner_references):
            self._queue.add(key)
            self._enqueue_owners(item)

    def _enqueue_owners(self, item: Object) -> None:
        for ref in item.metadata.owner_references:
            owner = owner_in(self._store, item, ref)
            if owner is not None and FOREGROUND in owner.metadata.finalizers:
                self._queue.add(key_of(owner))

    def sync(self, key: Key) -> None:
        """Orphan or delete the dependents of a deleted object, or delete an object without owners."""
        item: Any = self._store.get(key)
        if item is None:
            return
        meta = item.metadata
        if meta.deletion_timestamp is not None and ORPHAN in meta.finalizers:
            self._orphan(item)
        elif meta.deletion_timestamp is not None and FOREGROUND in meta.finalizers:
            self._wait_for_dependents(item)
        elif meta.deletion_timestamp is None:
            self._judge(item)

    def _orphan(self, item: Any) -> None:
        """Remove the owner from its dependents, then its finalizer."""
        for key in self._graph.dependents(item.metadata.uid):
            dependent = self._store.get(key)
            if dependent is not None:
                self._without_owners(dependent, {item.metadata.uid})
        self._without_finalizer(item, ORPHAN)

    def _wait_for_dependents(self, item: Any) -> None:
        """Delete the dependents; remove the finalizer when none that blocks the deletion is left."""
        blocked = False
        for key in self._graph.dependents(item.metadata.uid):
            dependent: Any = self._store.get(key)
            if dependent is None:
                continue
            ref = next((ref for ref in dependent.metadata.owner_references if ref.uid == item.metadata.uid), None)
            blocked = blocked or bool(ref and ref.block_owner_deletion)
            if not is_being_deleted(dependent):
                self._queue.add(key)
        if not blocked:
            self._without_finalizer(item, FOREGROUND)

    def _judge(self, item: Any) -> None:
        """Delete an object when none of its owners remains."""
        solid, dangling, waiting = self._owners(item)
        if not dangling and not waiting:
            return
        gone = {ref.uid for ref in [*dangling, *waiting]}
        if solid:
            self._without_owners(item, gone)
            return
        propagation = "Foreground" if waiting and self._graph.dependents(item.metadata.uid) else "Background"
        if ORPHAN in item.metadata.finalizers:
            propagation = "Orphan"
        self._api.delete(key_of(item), Deletion(uid=item.metadata.uid, propagation=propagation), because(item, "owner is gone"))

    def _owners(self, item: Any) -> tuple[list[OwnerReference], list[OwnerReference], list[OwnerReference]]:
        """References to owners that remain, that are gone, and that wait for the deletion of this object."""
        solid: list[OwnerReference] = []
        dangling: list[OwnerReference] = []
        waiting: list[OwnerReference] = []
        for ref in item.metadata.owner_references:
            owner = owner_in(self._store, item, ref)
            if owner is None:
                dangling.append(ref)
            elif is_being_deleted(owner) and FOREGROUND in owner.metadata.finalizers:
                waiting.append(ref)
            else:
                solid.append(ref)
        return solid, dangling, waiting

    def _without_owners(self, item: Any, uids: set[str]) -> None:
        kept = [ref for ref in item.metadata.owner_references if ref.uid not in uids]
        self._api.update(evolve(item, metadata=evolve(item.metadata, owner_references=kept)), because(item, "released by its owner"))

    def _without_finalizer(self, item: Any, finalizer: str) -> None:
        kept = [name for name in item.metadata.finalizers if name != finalizer]
        self._api.update(evolve(item, metadata=evolve(item.metadata, finalizers=kept)), because(item, "finalizer done"))
