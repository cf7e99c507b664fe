"""The objects of a real cluster, as `kubectl get -o json` or `-o yaml` prints them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import ManifestError, Problem

if TYPE_CHECKING:
    from simulator.objects.kinds import Object


def objects_of(file: str) -> list[Object]:
    """The objects of a file, those of lists one by one. Raises ManifestError when they cannot be read."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        from simulator.manifest.files import file_error

        raise ManifestError([Problem(file, 0, 0, "", file_error(error))]) from error
    return [_object(item, file) for value in _values(text, file) for item in _opened(value)]


def _object(value: Any, file: str) -> Object:
    """One object, as its type reads it. Raises ManifestError."""
    import msgspec

    from simulator.manifest.decode import fit
    from simulator.manifest.refusals import not_an_object, unreadable
    from simulator.objects.kinds import from_builtins

    problem = not_an_object(value)
    if not problem:
        decoded = fit(value)
        problem = decoded.refusal
    if not problem:
        try:
            return from_builtins(decoded.value)
        except msgspec.ValidationError:
            problem = unreadable(value)
    raise ManifestError([Problem(file, 0, 0, "", problem)])


def _values(text: str, file: str) -> list[Any]:
    """The documents of a text. Raises ManifestError."""
    import msgspec

    from simulator.manifest.documents import Document, documents

    try:
        return [msgspec.json.decode(text)]
    except (msgspec.DecodeError, RecursionError):
        parsed = list(documents(text))
    broken = [one for one in parsed if not isinstance(one, Document)]
    if broken:
        raise ManifestError([Problem(file, one.line, one.column, "", one.message) for one in broken])
    return [one.value for one in parsed if isinstance(one, Document)]


def _opened(value: Any) -> list[Any]:
    """The items of a list, with the kind that lists of the API server (a PodList) name only once."""
    if not isinstance(value, dict):
        return []
    kind = str(value.get("kind", ""))
    if not kind.endswith("List"):
        return [value]
    same = {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")}
    return [{**same, **item} for item in value.get("items") or [] if isinstance(item, dict)]
