"""Objects that programs create: manifests, checked as those in files are."""

from __future__ import annotations

from typing import Any

from simulator.container.program import Creation
from simulator.engine.durations import ZERO
from simulator.errors import ManifestError
from simulator.manifest.load import RawObject, load_objects
from simulator.manifest.places import Places
from simulator.scenario.reader import Reader


def read_creation(reader: Reader, value: Any, path: str) -> Creation:
    """An entry of `creates`: a manifest, with the time `after` which it is created. Its problems are problems of the Scenario."""
    given = reader.table(value, path)
    after = reader.duration(given.get("after"), f"{path}.after", ZERO) if "after" in given else ZERO
    manifest = {key: item for key, item in given.items() if key != "after"}
    line = reader.place(path)[0]
    try:
        load_objects([RawObject(manifest, reader.file, Places(None, line))])
    except ManifestError as error:
        for problem in error.problems:
            reader.problem(f"{path}.{problem.path}" if problem.path else path, problem.message)
    return Creation(after, manifest, line)
