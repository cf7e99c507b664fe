"""The differences between two sets of manifests, field by field, with their lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from simulator.manifest.load import Loaded, Manifest
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, key_of
from simulator.whatif.field_paths import Step, path_text

ABSENT = object()
LONGEST = 60


class Change(NamedTuple):
    """One field of one object. `path` empty: the whole object was added or removed; `old`, `new`: values as text, empty: not set.

    `file` and `line`: where the new value is, or the old one where there is no new one.
    """

    key: Key
    path: str
    old: str
    new: str
    file: str
    line: int

    def as_json(self) -> JSON:
        """As plain values."""
        return {"kind": self.key.kind, "namespace": self.key.namespace, "name": self.key.name, **self._asdict(), "key": str(self.key)}


def changes(old: Sequence[Manifest], new: Loaded) -> list[Change]:
    """Every difference, object by object in the order of the new manifests, removed objects last. A refused object is not removed."""
    before = {key_of(manifest.object): manifest for manifest in old}
    after = {key_of(manifest.object): manifest for manifest in new.manifests}
    result: list[Change] = []
    for key, manifest in after.items():
        if key not in before:
            result.append(Change(key, "", "", "added", manifest.file, manifest.line))
        else:
            result += _fields(key, before[key], manifest)
    refused = {(refusal.kind, refusal.name) for refusal in new.refused}
    gone = [key for key in before if key not in after and (before[key].object.kind, key.name) not in refused]
    result += [Change(key, "", "removed", "", before[key].file, before[key].line) for key in gone]
    return result


def _fields(key: Key, before: Manifest, after: Manifest) -> list[Change]:
    result = []
    for old_location, new_location, old, new in _differences(before.raw, after.raw, [], []):
        source, location = (before, old_location) if new is ABSENT else (after, new_location)
        path = path_text(location)
        result.append(Change(key, path, _text(old), _text(new), source.file, source.place(path).line))
    return result


def _differences(
    old: Any, new: Any, old_location: list[Step], new_location: list[Step]
) -> Iterator[tuple[list[Step], list[Step], Any, Any]]:
    """The smallest parts that differ; items of lists are matched by name where they have one."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*new, *old]):
            yield from _differences(old.get(name, ABSENT), new.get(name, ABSENT), [*old_location, name], [*new_location, name])
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(item, dict) for item in (*old, *new)):
        before, after = _named(old), _named(new)
        for name in dict.fromkeys([*after, *before]):
            i, one = before.get(name, (len(old), ABSENT))
            j, other = after.get(name, (len(new), ABSENT))
            yield from _differences(one, other, [*old_location, i], [*new_location, j])
    elif old != new:
        yield old_location, new_location, old, new


def _named(items: list[Any]) -> dict[Any, tuple[int, Any]]:
    """Items by name, or by position where names are missing or not unique."""
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    unique = all(name is not None for name in names) and len(set(map(str, names))) == len(names)
    return {str(names[i]) if unique else i: (i, item) for i, item in enumerate(items)}


def _text(value: Any) -> str:
    if value is ABSENT:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
