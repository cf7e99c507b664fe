"""What objects are shown as: whole, as metadata alone, or as rows of a Table with the columns of `podsim get`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from simulator.api.errors import ApiError
from simulator.api.served import Resource
from simulator.kubectl.print.tables import table_of
from simulator.kubectl.print.tables.table import Column
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import BY_NAME, Kind, Object, to_builtins
from simulator.serve.encoding import Encoder
from simulator.serve.http import Media
from simulator.serve.present import Present, seen
from simulator.serve.shift import NO_SHIFT, Shift

META = "meta.k8s.io"
PARTIAL = "PartialObjectMetadata"


class Look(NamedTuple):
    """With what objects are shown: the view of the instant, the encoder of the process, the clock of the client, what was applied."""

    view: View
    encoder: Encoder
    shift: Shift
    applied: Mapping[str, JSON]

    @property
    def present(self) -> Present:
        """The instant at which objects are seen."""
        return Present(self.view.now, self.view.snapshot, self.applied)


class Form(Protocol):
    """How the answer to one request shows objects. A watch looks again and again."""

    look: Look

    def one(self, item: Object) -> bytes:
        """A single object."""
        ...

    def many(self, items: Sequence[Object], metadata: JSON) -> bytes:
        """A list."""
        ...

    def change(self, item: Object) -> bytes:
        """The object of an event of a watch."""
        ...

    def bookmark(self, metadata: JSON) -> bytes:
        """The object of a bookmark."""
        ...


class Whole:
    """Objects as they are."""

    def __init__(self, resource: Resource, look: Look) -> None:
        self._resource, self.look = resource, look

    def one(self, item: Object) -> bytes:
        """A single object."""
        return self.look.encoder.bytes_of(*seen(item, self.look.present), self._resource, self.look.shift)

    def many(self, items: Sequence[Object], metadata: JSON) -> bytes:
        """A list."""
        kind = self._resource.list_kind or f"{self._resource.kind}List"
        head = msgspec.json.encode({"kind": kind, "apiVersion": self._resource.api_version, "metadata": metadata})
        look, present = self.look, self.look.present
        rows = b",".join([look.encoder.item_of(*seen(item, present), self._resource, look.shift) for item in items])
        return b'%s,"items":[%s]}' % (head[:-1], rows)

    def change(self, item: Object) -> bytes:
        """The object of an event."""
        return self.look.encoder.bytes_of(*seen(item, self.look.present), self._resource, self.look.shift)

    def bookmark(self, metadata: JSON) -> bytes:
        """An object with nothing but its version."""
        return msgspec.json.encode({"kind": self._resource.kind, "apiVersion": self._resource.api_version, "metadata": metadata})


class MetadataOnly:
    """Objects without anything but their metadata."""

    def __init__(self, version: str, look: Look) -> None:
        self._version = f"{META}/{version}"
        self.look = look

    def value(self, item: Object) -> JSON:
        """One object's metadata as plain values."""
        return {"kind": PARTIAL, "apiVersion": self._version, "metadata": to_builtins(seen(item, self.look.present)[0])["metadata"]}

    def one(self, item: Object) -> bytes:
        """A single object."""
        return self.look.shift.outward(msgspec.json.encode(self.value(item)))

    def many(self, items: Sequence[Object], metadata: JSON) -> bytes:
        """A list; without objects it has no list at all."""
        rows = [self.value(item) for item in items] or None
        value = {"kind": f"{PARTIAL}List", "apiVersion": self._version, "metadata": metadata, "items": rows}
        return self.look.shift.outward(msgspec.json.encode(value))

    def change(self, item: Object) -> bytes:
        """The object of an event."""
        return self.one(item)

    def bookmark(self, metadata: JSON) -> bytes:
        """An object with nothing but its version."""
        return msgspec.json.encode({"kind": PARTIAL, "apiVersion": self._version, "metadata": metadata})


class Rows:
    """Rows of a Table. `include`: None, Metadata or Object; what each row carries of its object."""

    def __init__(self, resource: Resource, version: str, include: str, look: Look) -> None:
        self._resource, self._include = resource, include or "Metadata"
        self._version = f"{META}/{version}"
        self._metadata = MetadataOnly(version, look)
        self.look = look
        self._headed = False
        self._table = table_of(_kind(resource), look.view)

    def one(self, item: Object) -> bytes:
        """A Table of one row."""
        return self.many([item], {"resourceVersion": item.metadata.resource_version} if item.metadata.resource_version else {})

    def many(self, items: Sequence[Object], metadata: JSON) -> bytes:
        """A Table."""
        return self._encoded(self._whole([self._row(item) for item in items], metadata, headed=True))

    def change(self, item: Object) -> bytes:
        """The Table of an event: only the first one of a watch has the columns."""
        headed, self._headed = not self._headed, True
        return self._encoded(self._whole([self._row(item)], {"resourceVersion": item.metadata.resource_version}, headed=headed))

    def bookmark(self, metadata: JSON) -> bytes:
        """The Table of a bookmark has one row of empty cells."""
        empty = {"integer": 0, "boolean": False}
        columns = self._columns()
        cells = ["<unknown>" if column.title == "AGE" else empty.get(kind_of(self._resource, column), "") for column in columns]
        row = {"cells": cells, "object": {"kind": PARTIAL, "apiVersion": self._version, "metadata": metadata}}
        return msgspec.json.encode(self._whole([row], {"resourceVersion": metadata["resourceVersion"]}, headed=False))

    def _encoded(self, value: JSON) -> bytes:
        return self.look.shift.outward(msgspec.json.encode(value))

    def _whole(self, rows: list[JSON], metadata: JSON, *, headed: bool) -> JSON:
        definitions = [definition(self._resource, column) for column in self._columns()] if headed else None
        return {"kind": "Table", "apiVersion": self._version, "metadata": metadata, "columnDefinitions": definitions, "rows": rows}

    def _columns(self) -> list[Column]:
        return self._table.columns(self.look.view)

    def _row(self, item: Object) -> JSON:
        cells = self._table.row(item, self.look.view)
        kinds = [kind_of(self._resource, column) for column in self._columns()]
        return {"cells": [_typed(cell, kind) for cell, kind in zip(cells, kinds, strict=True)], "object": self._object(item)}

    def _object(self, item: Object) -> Any:
        if self._include == "Object":
            return msgspec.Raw(self.look.encoder.bytes_of(*seen(item, self.look.present), self._resource, NO_SHIFT))
        return self._metadata.value(item) if self._include == "Metadata" else None


def _kind(resource: Resource) -> Kind:
    """The kind whose table shows a resource: the stored one, if that is of another group."""
    return BY_NAME.get(resource.key_kind) or resource.as_kind


def _typed(cell: str, kind: str) -> object:
    return int(cell) if kind == "integer" and cell.lstrip("-").isdigit() else cell


NAMES = {
    "IP": "IP", "CLUSTER-IP": "Cluster-IP", "EXTERNAL-IP": "External-IP", "INTERNAL-IP": "Internal-IP", "OS-IMAGE": "OS-Image",
    "KERNEL-VERSION": "Kernel-Version", "CONTAINER-RUNTIME": "Container-Runtime", "ADDRESSTYPE": "AddressType",
    "STORAGECLASS": "StorageClass", "VOLUMEATTRIBUTESCLASS": "VolumeAttributesClass", "VOLUMEMODE": "VolumeMode", "MINPODS": "MinPods",
    "MAXPODS": "MaxPods", "POD-SELECTOR": "Pod-Selector", "RECLAIMPOLICY": "ReclaimPolicy", "VOLUMEBINDINGMODE": "VolumeBindingMode",
    "ALLOWVOLUMEEXPANSION": "AllowVolumeExpansion", "GLOBAL-DEFAULT": "Global-Default", "PREEMPTIONPOLICY": "PreemptionPolicy",
    "SERVICEACCOUNTS": "ServiceAccounts", "SIGNERNAME": "SignerName", "REQUESTEDDURATION": "RequestedDuration",
}  # fmt: skip
"""Names of columns that are not their title with capital letters (the recorded Tables of 1.36)."""
_COUNTS = ("DESIRED", "CURRENT", "READY")
TYPES = {
    **{(kind, title): "integer" for kind in ("ReplicaSet", "ReplicationController", "DaemonSet") for title in _COUNTS},
    ("DaemonSet", "UP-TO-DATE"): "integer",
    ("DaemonSet", "AVAILABLE"): "integer",
    ("CronJob", "SUSPEND"): "boolean",
    ("CronJob", "ACTIVE"): "integer",
    ("PodDisruptionBudget", "ALLOWED DISRUPTIONS"): "integer",
    ("PriorityClass", "VALUE"): "integer",
    ("PriorityClass", "GLOBAL-DEFAULT"): "boolean",
}
"""Types of columns that are not texts."""


def kind_of(resource: Resource, column: Column) -> str:
    """The type of a column."""
    return column.type or ("date" if column.title == "CREATED AT" else TYPES.get((resource.kind, column.title), "string"))


def definition(resource: Resource, column: Column) -> JSON:
    """A column as the Table defines it."""
    name = column.name or NAMES.get(column.title) or " ".join(word.capitalize() for word in column.title.split(" "))
    format_ = "name" if column.title == "NAME" else ""
    return {"name": name, "type": kind_of(resource, column), "format": format_, "description": "", "priority": int(column.wide)}


def form_for(media: Media, resource: Resource, include: str, look: Look, *, is_list: bool) -> Form:
    """The form that a request asks for. Raises ApiError (BadRequest, NotAcceptable)."""
    version = media.parameters.get("v", "v1")
    if media.form == "Table":
        if include not in ("", "None", "Metadata", "Object"):
            allowed = "must be 'Metadata', 'Object', 'None', or empty"
            raise ApiError("BadRequest", f'Unable to convert to Table as requested: includeObject: Invalid value: "{include}": {allowed}')
        return Rows(resource, version, include, look)
    if media.form:
        if media.form.endswith("List") != is_list:
            internal = f"*{resource.group.partition('.')[0] or 'core'}.{resource.kind}{'List' * is_list}"
            what = f"a list ({internal})" if is_list else f"not a list ({internal})"
            raise ApiError("NotAcceptable", f"you requested {media.form}, but the requested object is {what}")
        return MetadataOnly(version, look)
    return Whole(resource, look)
