"""Where an applied object is written down, as a fact of the journal."""

from __future__ import annotations

from simulator.journal.records import Cause, Fact
from simulator.manifest.landmarks import landmarks
from simulator.manifest.load import Manifest
from simulator.objects.kinds import Key


def applied(t: int, key: Key, manifest: Manifest, folder: str, cause: Cause) -> Fact:
    """An object came from this manifest: its file, as seen from the Scenario's folder, its line and those of its fields."""
    data = {"file": shown(manifest.file, folder), "line": manifest.line, "fields": landmarks(manifest.place)}
    return Fact(t, "applied", key, data, cause)


def shown(file: str, folder: str) -> str:
    """A file as it is named: relative to the folder of the Scenario, when it is in there."""
    return file.removeprefix(f"{folder}/") if folder != "." else file
