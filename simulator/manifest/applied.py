"""The place of an applied object in its file, as a fact of the journal."""

from __future__ import annotations

from simulator.journal.records import Cause, Fact
from simulator.manifest.landmarks import landmarks
from simulator.manifest.load import Manifest
from simulator.objects.kinds import Key, key_of


def applied(t: int, key: Key, manifest: Manifest, folder: str, cause: Cause) -> Fact:
    """The fact that an object came from this manifest: its file relative to the Scenario's folder, its line and those of its fields."""
    data = {"file": shown(manifest.file, folder), "line": manifest.line, "fields": landmarks(manifest.place)}
    return Fact(t, "applied", key, data, cause)


def refused(t: int, manifest: Manifest, message: str, folder: str, cause: Cause) -> Fact:
    """The fact that the API server refused the object of this manifest: `message` is the first line of what kubectl prints."""
    data = {"file": shown(manifest.file, folder), "line": manifest.line, "message": message}
    return Fact(t, "refused", key_of(manifest.object), data, cause)


def shown(file: str, folder: str) -> str:
    """A file's name: relative to the folder of the Scenario if it is in it."""
    return file.removeprefix(f"{folder}/") if folder != "." else file
