"""Objects as JSON bytes, each version encoded once however many lists and watches show it."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.api.served import Resource
from simulator.api.versions import converted
from simulator.objects.kinds import Object, Unstructured, to_builtins
from simulator.serve.shift import Shift

KEPT = 20_000
"""Versions of objects whose bytes are kept."""


class Encoder:
    """Encodes objects, and keeps the bytes of recent versions."""

    def __init__(self) -> None:
        self._bytes: dict[tuple[str, str, str, str, int], bytes] = {}

    def bytes_of(self, item: Object, mark: str, resource: Resource, shift: Shift) -> bytes:
        """One object, in the version of a resource, with the times of clients; `mark` tells apart how one version is seen."""
        meta = item.metadata
        key = (meta.uid, meta.resource_version, mark, resource.api_version, shift.offset)
        known = self._bytes.get(key)
        if known is None:
            known = shift.outward(self._encoded(item, resource))
            if meta.uid:
                if len(self._bytes) >= KEPT:
                    del self._bytes[next(iter(self._bytes))]
                self._bytes[key] = known
        return known

    def item_of(self, item: Object, mark: str, resource: Resource, shift: Shift) -> bytes:
        """One object as part of a list: those of built-in kinds leave out what the list says."""
        text = self.bytes_of(item, mark, resource, shift)
        head = _head(resource)
        return text if resource.is_custom or not text.startswith(head) else b"{" + text[len(head) :]

    @staticmethod
    def _encoded(item: Object, resource: Resource) -> bytes:
        if item.api_version != resource.api_version or isinstance(item, Unstructured):
            return msgspec.json.encode(in_version(item, resource))
        return msgspec.json.encode(item)


def in_version(item: Object, resource: Resource) -> dict[str, Any]:
    """An object as plain values, in the version of a resource."""
    data = to_builtins(item)
    return data if item.api_version == resource.api_version else converted(data, resource)


def _head(resource: Resource) -> bytes:
    return b'{"apiVersion":"%s","kind":"%s",' % (resource.api_version.encode(), resource.kind.encode())
