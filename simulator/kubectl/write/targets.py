"""The objects that a verb is to change: those that its request names, found in the store or named by files."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.api import ApiError
from simulator.kubectl.errors import Complaint
from simulator.kubectl.resolve import NO_NAME, Selection, filtered, key, key_kind, listed, targets
from simulator.kubectl.write.acting import Acting
from simulator.kubectl.write.documents import Reading, given
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Kind, Object

SCALABLE = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")


class Named(NamedTuple):
    """An object that was asked for; `item` None when it is not there. `source`: the file that named it."""

    kind: Kind
    namespace: str
    name: str
    item: Object | None = None
    source: str = ""

    @property
    def key(self) -> Key:
        """Its key in the store."""
        return key(self.kind, self.namespace, self.name)

    @property
    def label(self) -> str:
        """kubectl's `deployments/web`."""
        return f"{self.kind.plural}/{self.name}"


def resources(acting: Acting, *, everything: bool = False) -> list[Named]:
    """The objects of the request's target; those that are missing become troubles. Raises KubectlError when none can be looked for.

    `everything`: a type without names means all of its objects.
    """
    present = []
    for named in requested(acting, everything=everything):
        if named.item is None:
            acting.troubles.append(missing(named))
        else:
            present.append(named)
    return present


def missing(named: Named) -> ApiError:
    """The answer about an object that is not there."""
    return ApiError("NotFound", f'{named.kind.resource} "{named.name}" not found')


def requested(acting: Acting, *, everything: bool = False) -> list[Named]:
    """As `resources`, with the missing ones among them. Raises KubectlError."""
    if acting.request.sources:
        return _from_files(acting)
    selection = Selection(str(acting.option("selector", "")), str(acting.option("fieldSelector", "")), bool(acting.option("all")))
    present = targets(str(acting.request.target).split(), acting.store, selection)
    if present[0].names:
        return [one for kind, names in present for name in names for one in _by_name(acting, kind, name)]
    if not (selection.chooses or everything):
        raise Complaint(NO_NAME)
    return [one for kind, _ in present for one in _selected(acting, kind, selection)]


def for_each(acting: Acting, one: Callable[[Object], object]) -> None:
    """Do something to each object of the request's target; what is refused for one does not stop the next."""
    for named in resources(acting):
        acting.each(lambda item=named.item: one(item))  # type: ignore[misc]


def one_named(acting: Acting, kind: Kind, name: str) -> Object:
    """The object of that name. Raises ApiError when it is not there."""
    named = Named(kind, acting.namespace if kind.namespaced else "", name)
    acting.authorize("get", kind, named.namespace, name)
    item = acting.store.get(named.key)
    if item is None:
        raise missing(named)
    return item


def _from_files(acting: Acting) -> list[Named]:
    """The objects that files name, as they are in the cluster."""
    reading = Reading(acting.namespace, bool(acting.option("namespace")), checked=False)
    present, complaints = given(acting.request.sources, reading)
    acting.troubles += complaints
    named = [Named(item.kind, item.namespace, item.name, source=item.source) for item in present]
    for one in named:
        _authorize_get(acting, one)
    return [one._replace(item=acting.store.get(one.key)) for one in named]


def _by_name(acting: Acting, kind: Kind, name: str) -> list[Named]:
    """The object of that name. A Scenario may give a glob instead."""
    namespace = acting.namespace if kind.namespaced else ""
    named = Named(kind, namespace, name)
    if acting.origin.globs and any(sign in name for sign in "*?["):
        items = acting.store.objects(key_kind(kind), namespace)
        return [_of(kind, item) for item in items if glob_matches(item.metadata.name, name)]
    _authorize_get(acting, named)
    return [named._replace(item=acting.store.get(named.key))]


def _authorize_get(acting: Acting, named: Named) -> None:
    """Raise AccessDenied unless the object may be read. `kubectl delete` deletes by name without reading first."""
    if acting.request.verb != "delete":
        acting.authorize("get", named.kind, named.namespace, named.name)


def _selected(acting: Acting, kind: Kind, selection: Selection) -> list[Named]:
    namespace = None if acting.option("allNamespaces") else acting.namespace
    acting.authorize("list", kind, namespace)
    return [_of(kind, item) for item in filtered(kind, listed(kind, namespace, acting.store), selection)]


def _of(kind: Kind, item: Object) -> Named:
    return Named(kind, item.metadata.namespace, item.metadata.name, item)
