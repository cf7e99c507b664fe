"""Objects of files and requests, sent as they are or merged into what is there."""

from __future__ import annotations

from simulator.api.bodies import Body
from simulator.api.decoding import read_new, read_patched
from simulator.api.patch import Patch
from simulator.kubectl.write.acting import Acting
from simulator.kubectl.write.documents import Given, Reading, files_of, given
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, from_builtins

VALIDATIONS = {"strict": "Strict", "true": "Strict", "warn": "Warn", "ignore": "Ignore", "false": "Ignore"}
"""The server's field validation by the values of `--validate`."""


def objects_given(acting: Acting) -> list[Given]:
    """The objects of the request: written in it (`with`), or in its files. What is wrong with files becomes troubles."""
    reading = Reading(acting.namespace, bool(acting.option("namespace")), _validation(acting) != "Ignore")
    result, complaints = given(files_of(acting.request, acting.origin.folder), reading)
    acting.troubles += complaints
    return result


def new_object(acting: Acting, item: Given) -> Object:
    """Create an object as the server reads it. Raises ApiError."""
    if acting.dry == "client":
        unread: Object = from_builtins(item.value)
        return unread
    return acting.create(_read(acting, item))


def replaced_object(acting: Acting, present: Object, item: Given, part: str = "") -> Object:
    """Put an object, or that part of it, in the place of one that is there. Raises ApiError."""
    return present if acting.dry == "client" else acting.write(present, _read(acting, item), part)


def patched_object(acting: Acting, present: Object, value: JSON, change: Patch) -> Object:
    """Send a patch whose result is `value`. Raises ApiError."""
    if acting.dry == "client":
        return present
    read, remarks = read_patched(value, change, _validation(acting))
    for remark in remarks:
        acting.warn(remark)
    return acting.write(present, read)


def _read(acting: Acting, item: Given) -> JSON:
    read, remarks = read_new(Body(item.value), item.kind, _validation(acting), in_order=False)
    for remark in remarks:
        acting.warn(remark)
    return read


def _validation(acting: Acting) -> str:
    return VALIDATIONS.get(str(acting.option("validate", "strict")), "Strict")
