"""Who owns what: controller references, adoption and release (pkg/controller/controller_ref_manager.go)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from simulator.api import ApiError, ApiServer
from simulator.client.memo import remembered
from simulator.journal.records import Cause
from simulator.journal.store import Store
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, kind_for
from simulator.objects.meta import ObjectMeta, OwnerReference, is_being_deleted

T = TypeVar("T", bound=Any)
V = TypeVar("V", bound=Hashable)


def controller_reference(owner: Object) -> OwnerReference:
    """The reference by which `owner` controls an object."""
    meta = owner.metadata
    return OwnerReference(
        api_version=owner.api_version, kind=owner.kind, name=meta.name, uid=meta.uid, controller=True, block_owner_deletion=True
    )


@remembered
def controller_of(item: Object) -> OwnerReference | None:
    """The reference to the controller of an object."""
    return next((ref for ref in item.metadata.owner_references if ref.controller), None)


def _family(item: Object) -> tuple[str, str]:
    """The uid of an object's controller, empty for an orphan, and its namespace."""
    ref = controller_of(item)
    return "" if ref is None else ref.uid, item.metadata.namespace


def controlled(store: Store, kind: type[T], owner: Object) -> list[T]:
    """The objects of a kind that `owner` controls, in order of creation."""
    return store.group(kind.__name__, _family, (owner.metadata.uid, owner.metadata.namespace))


def free(store: Store, kind: type[T], namespace: str) -> list[T]:
    """The objects of a kind in a namespace that have no controller, in order of creation."""
    return store.group(kind.__name__, _family, ("", namespace))


def seen(store: Store, kind: type[Any], owner: Object, sort: Callable[[Any], V]) -> Mapping[V, int]:
    """The objects of a kind that `owner` controls, counted by `sort`, a module-level function (counts are cached by it)."""
    return store.census(kind.__name__, _family, sort, (owner.metadata.uid, owner.metadata.namespace))


def controlled_or_free(store: Store, kind: type[T], owner: Object) -> list[T]:
    """The objects of a kind that `owner` controls, and those of its namespace that have no controller, in order of creation."""
    own, orphans = controlled(store, kind, owner), free(store, kind, owner.metadata.namespace)
    if not orphans or not own:
        return own or orphans
    mine = {("", owner.metadata.namespace), (owner.metadata.uid, owner.metadata.namespace)}
    return [item for item in store.typed(kind, owner.metadata.namespace) if _family(item) in mine]


def is_controlled_by(item: Object, owner: Object) -> bool:
    """Whether `owner` controls `item`."""
    ref = controller_of(item)
    return ref is not None and ref.uid == owner.metadata.uid


def owner_key(namespace: str, ref: OwnerReference) -> Key:
    """The key of the object that a reference in `namespace` refers to."""
    kind = kind_for(ref.api_version, ref.kind)
    group = ref.api_version.rpartition("/")[0]
    return Key(ref.kind if kind else f"{ref.kind}.{group}", namespace if kind is None or kind.namespaced else "", ref.name)


def owner_in(store: Store, item: Object, ref: OwnerReference) -> Object | None:
    """The owner that a reference refers to, if it still is the same object."""
    owner = store.get(owner_key(item.metadata.namespace, ref))
    return owner if owner is not None and owner.metadata.uid == ref.uid else None


def controller_key(item: Object, kind: str) -> Key | None:
    """The key of the controller of `item`, when it is of that kind."""
    ref = controller_of(item)
    return None if ref is None or ref.kind != kind else owner_key(item.metadata.namespace, ref)


def claim(api: ApiServer, owner: Any, items: Iterable[T], picks: Callable[[T], bool]) -> list[T]:
    """The items that `owner` controls after adopting matching orphans and releasing items that no longer match."""
    claimed: list[T] = []
    cause = Cause(int(owner.metadata.resource_version or 0), "claim")
    for item in items:
        ref = controller_of(item)
        if ref is not None and ref.uid != owner.metadata.uid:
            continue
        try:
            if ref is not None:
                if picks(item):
                    claimed.append(item)
                elif not is_being_deleted(owner):
                    others = [other for other in item.metadata.owner_references if other.uid != ref.uid]
                    api.update(_owned_by(item, others), cause)
            elif picks(item) and not is_being_deleted(item) and not is_being_deleted(owner):
                claimed.append(api.update(_owned_by(item, [*item.metadata.owner_references, controller_reference(owner)]), cause))
        except ApiError as error:
            if error.reason != "NotFound":
                raise
    return claimed


def _owned_by(item: T, owners: list[OwnerReference]) -> T:
    meta: ObjectMeta = evolve(item.metadata, owner_references=owners)
    changed: T = evolve(item, metadata=meta)
    return changed
