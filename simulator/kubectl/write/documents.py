"""The objects in the files that a command names, as kubectl reads them, and as the API server takes them in.

kubectl reads on after most mistakes, and tells all of them at the end; in a file that it cannot parse it stops.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from simulator.errors import Problem
from simulator.kubectl.errors import Complaint
from simulator.kubectl.request import Request
from simulator.manifest.decode import decode
from simulator.manifest.documents import Broken
from simulator.manifest.files import Source, sources
from simulator.manifest.load import RawObject, raw_objects
from simulator.manifest.places import Places
from simulator.manifest.refusals import not_an_object
from simulator.manifest.schema import served, served_kinds
from simulator.objects.base import JSON
from simulator.objects.kinds import Kind, kind_for

STDIN = "STDIN"
IGNORE_HINT = "; if you choose to ignore these errors, turn validation off with --validate=false"
CRD_HINT = "\nensure CRDs are installed first"


class Given(NamedTuple):
    """An object that kubectl would send: its value with a namespace, the file it came from, where it stood there, its kind."""

    value: JSON
    source: str
    place: Places
    kind: Kind

    @property
    def name(self) -> str:
        """Its name, as it is written."""
        return str(self.value["metadata"].get("name", ""))

    @property
    def namespace(self) -> str:
        """Its namespace, empty for kinds that live in none."""
        return str(self.value["metadata"].get("namespace", ""))


class Reading(NamedTuple):
    """How files are read: the namespace of the command, whether it was asked for by name, and whether unknown fields matter."""

    namespace: str
    enforced: bool
    checked: bool


class _Stop(Exception):
    """kubectl reads no further in this file."""


def files_of(request: Request, folder: str) -> list[Source | Problem]:
    """The texts that a request names: kept with it, or read now; called as they were named. A target of several files has them in lines."""
    if request.sources:
        return list(request.sources)
    if (written := request.options.get("with")) is not None:
        items = written if isinstance(written, list) else [written]
        return [Source(str(request.target), json.dumps({"kind": "List", "items": items}))]
    result: list[Source | Problem] = []
    for name in str(request.target).split("\n"):
        base = str(Path(folder, name)) if name != "-" else name
        for item in sources([base]):
            if isinstance(item, Source):
                result.append(item._replace(name=name + item.name.removeprefix(base)))
            else:
                result.append(item)
    return result


def given(texts: Sequence[Source | Problem], reading: Reading) -> tuple[list[Given], list[Complaint]]:
    """The objects of all files, and what kubectl has to say about the rest."""
    objects: list[Given] = []
    complaints: list[Complaint] = []
    for text in texts:
        if isinstance(text, Problem):
            return [], [Complaint(unreadable_path(text))]
        try:
            for result in _objects(text, reading):
                if isinstance(result, Given):
                    objects.append(result)
                else:
                    complaints.append(result)
        except _Stop as stop:
            complaints.append(Complaint(str(stop)))
    return objects, complaints


def unreadable_path(problem: Problem) -> str:
    """What kubectl says about a path that it cannot read."""
    if problem.message.startswith("the path"):
        return problem.message
    if problem.message.startswith("no manifests"):
        return f"error reading [{problem.file}]: recognized file extensions are [.json .yaml .yml]"
    return f"{problem.file}: {problem.message}"


def _objects(source: Source, reading: Reading) -> Iterator[Given | Complaint]:
    name = STDIN if source.name == "-" else source.name
    for part in raw_objects(source):
        if isinstance(part, Broken):
            raise _Stop(f"error parsing {name}: {part.kubectl}")
        if not isinstance(part, RawObject):
            continue
        refusal = not_an_object(part.value)
        if not refusal:
            yield _object(part, name, reading)
        elif reading.checked or not isinstance(part.value, dict):
            raise _Stop(f'error validating "{name}": error validating data: {refusal}{IGNORE_HINT}')
        else:
            yield Complaint(_undecodable(part.value, name))


def _undecodable(value: JSON, source: str) -> str:
    what = "Kind" if value.get("kind") is None else "apiVersion"
    return f"unable to decode \"{source}\": Object '{what}' is missing in '{json.dumps(value, separators=(',', ':'), sort_keys=True)}'"


def _object(part: RawObject, source: str, reading: Reading) -> Given | Complaint:
    value: JSON = part.value
    metadata = value.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        word = {str: "string", list: "array", bool: "bool"}.get(type(metadata), "number")
        unfit = f"json: cannot unmarshal {word} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
        return Complaint(f'unable to decode "{source}": {unfit}')
    decoded = decode({"metadata": metadata or {}}, "core.v1.Pod")
    if decoded.refusal:
        return Complaint(f'unable to decode "{source}": {decoded.refusal}')
    metadata = decoded.value.get("metadata") or {}
    kind = _kind(value)
    if kind is None:
        place = f'name: "{metadata.get("name", "")}" namespace: "{metadata.get("namespace", "")}" from "{source}"'
        unknown = f'no matches for kind "{value["kind"]}" in version "{value["apiVersion"]}"'
        return Complaint(f"resource mapping not found for {place}: {unknown}{CRD_HINT}")
    own = metadata.get("namespace", "")
    if reading.enforced and own and own != reading.namespace and kind.namespaced:
        differs = f'the namespace from the provided object "{own}" does not match the namespace "{reading.namespace}"'
        raise _Stop(f"{differs}. You must pass '--namespace={own}' to perform this operation.")
    # Unknown fields of the metadata are the server's to find.
    whole = {name: item for name, item in (value.get("metadata") or {}).items() if item is not None}
    place_in = {"namespace": own or reading.namespace} if kind.namespaced else {}
    return Given({**value, "metadata": {**whole, **place_in}}, source, part.place, kind)


def _kind(value: JSON) -> Kind | None:
    """The kind that the API server serves under that name, which kubectl also finds in lower case."""
    version = str(value["apiVersion"])
    name = served_kinds().get((version, str(value["kind"]).lower()), "")
    entry = served(version, name) if value["kind"] in (name, name.lower()) else None
    if entry is None:
        return None
    return kind_for(version, name) or Kind(name, version, entry.plural, (), entry.namespaced)
