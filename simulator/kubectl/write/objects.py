"""Objects of files and requests, sent as they are or merged into what is there."""

from __future__ import annotations

from simulator.api.decoding import as_server_patches, as_server_reads
from simulator.kubectl.write.acting import Acting
from simulator.kubectl.write.documents import Given, Reading, files_of, given
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, from_builtins

VALIDATIONS = {"strict": "strict", "true": "strict", "warn": "warn", "ignore": "ignore", "false": "ignore"}


def objects_given(acting: Acting) -> list[Given]:
    """The objects of the request: written in it (`with`), or in its files. What is wrong with files becomes troubles."""
    validate = VALIDATIONS.get(str(acting.option("validate", "strict")), "strict")
    reading = Reading(acting.namespace, bool(acting.option("namespace")), validate != "ignore")
    result, complaints = given(files_of(acting.request, acting.origin.folder), reading)
    acting.troubles += complaints
    return result


def new_object(acting: Acting, value: JSON) -> Object:
    """Create an object as the server reads it. Raises ApiError."""
    if acting.dry == "client":
        item: Object = from_builtins(value)
        return item
    read, remarks = as_server_reads(value, VALIDATIONS.get(str(acting.option("validate", "strict")), "strict"))
    for remark in remarks:
        acting.warn(remark)
    return acting.create(read)


def changed_object(acting: Acting, present: Object, value: JSON, patch: JSON | None = None) -> Object:
    """Send a changed object, or the patch that makes it. Raises ApiError."""
    if acting.dry == "client":
        return present
    validate = VALIDATIONS.get(str(acting.option("validate", "strict")), "strict")
    read, remarks = as_server_reads(value, validate) if patch is None else as_server_patches(value, patch, validate)
    for remark in remarks:
        acting.warn(remark)
    return acting.write(present, read)
