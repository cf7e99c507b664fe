"""The names in a saved journal: what exists at its end, read without the rest of it, so that the Tab key need not wait."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class _Object(msgspec.Struct, rename="camel"):
    kind: str = ""
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: msgspec.Raw = msgspec.Raw(b"{}")


class _Line(msgspec.Struct):
    type: str = ""
    object: _Object | None = None
    namespace: str = ""


class _Container(msgspec.Struct):
    name: str = ""


class _PodSpec(msgspec.Struct, rename="camel"):
    init_containers: list[_Container] = []
    containers: list[_Container] = []


class Named(msgspec.Struct, frozen=True):
    """An object by its kind and its name; of a pod also the names of its containers."""

    kind: str
    namespace: str
    name: str
    containers: tuple[str, ...] = ()


class Outline(msgspec.Struct, frozen=True):
    """The objects at the end of a journal, in the order of their creation, and the namespace of its run."""

    namespace: str = "default"
    objects: tuple[Named, ...] = ()


def outline(lines: Iterable[bytes]) -> Outline:
    """The outline of a journal. Lines that cannot be read are skipped."""
    decode = msgspec.json.Decoder(_Line).decode
    namespace, objects = "", dict[tuple[str, str, str], Named]()
    for line in lines:
        try:
            record = decode(line)
        except (msgspec.DecodeError, RecursionError, ValueError):
            continue
        if record.type == "HEADER":
            namespace = record.namespace
        item = record.object
        if item is None:
            continue
        key = (item.kind, item.metadata.namespace, item.metadata.name)
        if record.type == "DELETED":
            objects.pop(key, None)
        elif key not in objects:
            objects[key] = Named(*key, _containers(item) if item.kind == "Pod" else ())
    return Outline(namespace or "default", tuple(objects.values()))


def _containers(pod: _Object) -> tuple[str, ...]:
    spec = msgspec.json.decode(pod.spec, type=_PodSpec)
    return tuple(one.name for one in (*spec.init_containers, *spec.containers))
