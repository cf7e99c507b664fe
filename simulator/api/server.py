"""Create, update and delete: what the API server does to an object before it is stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from simulator.api import names
from simulator.api.addresses import with_addresses
from simulator.api.deletion import Deletion, graceful, is_final
from simulator.api.errors import already_exists, conflict, not_found
from simulator.api.registry import first_generation, meaning, prepared, updated
from simulator.api.size import check_size
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import NO_CAUSE, Cause
from simulator.journal.store import Store
from simulator.manifest.defaults import defaulted
from simulator.objects.base import JSON, evolve
from simulator.objects.config import ResourceQuota
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted, lasting_name
from simulator.objects.service import Service

if TYPE_CHECKING:
    from simulator.api.metrics import MetricsApi
    from simulator.objects.batch import Job

T = TypeVar("T", bound=Any)


class Gatekeeper(Protocol):
    """Admission. Each step may raise ApiError."""

    dialect: Dialect

    def admit(self, item: T) -> T:
        """Mutate a new object, whose name may not be generated yet."""

    def validate(self, item: Object) -> None:
        """Refuse an object that breaks the rules of its kind."""

    def check(self, item: Object) -> None:
        """Refuse an object that its namespace does not allow."""

    def check_deletion(self, key: Key) -> None:
        """Refuse a deletion."""

    def charge(self, item: Object) -> list[ResourceQuota]:
        """The quotas with the usage of a new object."""

    def admit_update(self, new: T, old: Object, part: str = "") -> T:
        """Mutate an object that replaces `old`."""

    def validate_update(self, new: Object, old: Object, part: str = "") -> None:
        """Refuse an update that breaks the rules of its kind."""

    def check_update(self, new: Object, old: Object, part: str = "") -> None:
        """Refuse an update that the state of the cluster does not allow."""

    def check_job_status(self, new: Job, old: Job) -> None:
        """Refuse a status that a Job cannot have."""

    def recharge(self, new: Object, old: Object) -> list[ResourceQuota]:
        """The quotas with the usage of a change."""


NAME_ATTEMPTS = 8
"""How often the API server tries another generated name (gate RetryGenerateName)."""


class ApiServer:
    """The API through which every component writes. Reads go to `store` directly.

    Without a `gatekeeper` every object is admitted as it is.
    """

    def __init__(self, engine: Engine, store: Store, gatekeeper: Gatekeeper | None = None) -> None:
        self.engine = engine
        self.store = store
        self.open_metrics: Callable[[], MetricsApi] | None = None
        self._gatekeeper = gatekeeper

    @property
    def dialect(self) -> Dialect:
        """The release of the API server."""
        assert self._gatekeeper is not None, "a whole cluster has admission"
        return self._gatekeeper.dialect

    @cached_property
    def metrics(self) -> MetricsApi:
        """The aggregated APIs of metrics; made by `open_metrics` for their first reader."""
        assert self.open_metrics is not None, "a whole cluster has metrics"
        return self.open_metrics()

    def over(self, store: Store) -> ApiServer:
        """The same API over another store."""
        return ApiServer(self.engine, store, self._gatekeeper)

    def create(self, item: T, cause: Cause = NO_CAUSE) -> T:
        """Store a new object under its name, or under one made from generateName. Raises ApiError (AlreadyExists, Forbidden, ...)."""
        filled: T = defaulted(item)
        admitted = self._named(filled if self._gatekeeper is None else self._gatekeeper.admit(filled))
        key = key_of(admitted)
        metadata = evolve(
            admitted.metadata,
            uid=names.uid(self.engine.streams.stream("uid", *key._replace(name=lasting_name(admitted.metadata)))),
            creation_timestamp=self.engine.timestamp(),
            generation=first_generation(admitted),
        )
        fresh: T = prepared(evolve(admitted, metadata=metadata))
        check_size(fresh, self.store)
        charged = self._refuse_or_charge(fresh)
        if isinstance(fresh, Service):
            fresh = cast(T, with_addresses(fresh, self.store, self.engine.streams))
        stored = self.store.put(fresh, cause)
        for quota in charged:
            self.update_status(quota, cause)
        return stored

    def _refuse_or_charge(self, item: Object) -> list[ResourceQuota]:
        """The quotas to write with a new object. Raises ApiError when it is refused."""
        if self._gatekeeper is not None:
            self._gatekeeper.validate(item)
            self._gatekeeper.check(item)
        if self.store.get(key_of(item)) is not None:
            raise already_exists(key_of(item))
        return [] if self._gatekeeper is None else self._gatekeeper.charge(item)

    def update(self, item: T, cause: Cause = NO_CAUSE) -> T:
        """Replace an object but for its status; its generation increases when its spec changed. Raises ApiError."""
        now = self._current(item)
        if isinstance(item, Service):
            item = cast(T, with_addresses(item, self.store, self.engine.streams, now))
        item = updated(item, now)
        changed = meaning(item) != meaning(now)
        generation = (now.metadata.generation or 0) + 1 if changed and now.metadata.generation else now.metadata.generation
        status = {"status": now.status} if hasattr(now, "status") else {}
        return self._write(evolve(item, metadata=evolve(item.metadata, generation=generation), **status), now, cause)

    def edit(self, item: T, cause: Cause = NO_CAUSE, part: str = "") -> T:
        """As `update`, for users: with defaults and admission. `part`: only that one of a pod (resize, ...). Raises ApiError."""
        now = self._current(item)
        item = defaulted(item)
        check_size(item, self.store)
        charged: list[ResourceQuota] = []
        if self._gatekeeper is not None:
            item = self._gatekeeper.admit_update(item, now, part)
            self._gatekeeper.validate_update(item, now, part)
            self._gatekeeper.check_update(item, now, part)
            charged = self._gatekeeper.recharge(item, now)
        written = self.update(item, cause)
        for quota in charged:
            self.update_status(quota, cause)
        return written

    def update_status(self, item: T, cause: Cause = NO_CAUSE, managers: list[JSON] | None = None) -> T:
        """Replace the status of an object; of a Deployment also its annotations, as its status subresource does. Raises ApiError.

        `managers`: the managedFields that come with it.
        """
        now = self._current(item)
        changed: T = evolve(now, status=item.status)
        if managers is not None:
            changed = evolve(changed, metadata=evolve(now.metadata, managed_fields=managers))
        if item.kind == "Deployment":
            changed = evolve(changed, metadata=evolve(changed.metadata, annotations=item.metadata.annotations))
        elif item.kind == "Job" and self._gatekeeper is not None:
            self._gatekeeper.check_job_status(cast("Job", changed), cast("Job", now))
        return self._write(changed, now, cause)

    def delete(self, key: Key, deletion: Deletion | None = None, cause: Cause = NO_CAUSE) -> Object | None:
        """Delete an object, gracefully where it has a grace period.

        Returns:
            The object as it is marked for deletion, or None when it is removed.

        Raises:
            ApiError: NotFound; Conflict, when the uid is another one; or Forbidden.
        """
        now = self.store.get(key)
        if self._gatekeeper is not None:
            self._gatekeeper.check_deletion(key)
        if now is None:
            raise not_found(key)
        options = deletion or Deletion()
        if options.uid and options.uid != now.metadata.uid:
            raise conflict(key)
        marked = graceful(now, options, self.engine.wall)
        if is_final(marked):
            # The end of a grace period is a write of its own.
            if is_being_deleted(now) and marked != now:
                self.store.put(marked, cause)
            self.store.remove(key, cause)
            return None
        stored: Object = marked if marked == now else self.store.put(marked, cause)
        return stored

    def _write(self, item: T, now: Object, cause: Cause) -> T:
        """Store a change; an object being deleted that has lost its last finalizer is removed."""
        if evolve(item, metadata=evolve(item.metadata, resource_version=now.metadata.resource_version)) == now:
            return now
        if is_final(item):
            self.store.remove(key_of(item), cause)
            last: T = evolve(item, metadata=evolve(item.metadata, resource_version=now.metadata.resource_version))
            return last
        return self.store.put(item, cause)

    def _current(self, item: T) -> T:
        key = key_of(item)
        now: Any = self.store.get(key)
        if now is None or (item.metadata.uid and item.metadata.uid != now.metadata.uid):
            raise not_found(key)
        if item.metadata.resource_version and item.metadata.resource_version != now.metadata.resource_version:
            raise conflict(key)
        current: T = now
        return current

    def _named(self, item: T) -> T:
        meta = item.metadata
        if meta.name or not meta.generate_name:
            return item
        stream = self.engine.streams.stream("name", item.kind, meta.namespace, lasting_name(meta))
        for _ in range(NAME_ATTEMPTS):
            named: T = evolve(item, metadata=evolve(meta, name=names.generated(meta.generate_name, stream)))
            if self.store.get(key_of(named)) is None:
                break
        return named
