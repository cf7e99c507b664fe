"""`podsim compare` on recordings of real clusters: `python -m tests.reality.recorded` writes the table of docs/compare.md.

The objects at the end of each recording are made into the List that kubectl would print, and are held against its manifests and
Scenario as the published tools make them. Then each disturbance of `planted` is looked for. `--copies` writes what the tests use.
"""

from __future__ import annotations

import copy
import json
import lzma
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.objects.kinds import from_builtins
from simulator.reality.compare import Result, compare
from simulator.scenario.inputs import Choices
from simulator.whatif.base import read_base
from tests.cluster.recordings import PUBLISHED, ROOT, recordings
from tests.reality.planted import PLANTS

PAGE = ROOT / "docs" / "compare.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
COPIES = Path(__file__).parent / "dumps.jsonl.xz"
COPIED = ("await-redis-pull-1node", "deployment-crashloop", "job-fail-never", "svc-headless", "await-redis")
RUNS = 8
JSON = dict[str, Any]


def dump_of(recording: JSON) -> JSON:
    """The objects that are there in the end, as `kubectl get -o json` prints them."""
    items: dict[str, Any] = {}
    for change in recording["changes"]:
        uid = change["object"]["metadata"]["uid"]
        items.pop(uid, None)
        if change["type"] != "DELETED":
            items[uid] = change["object"]
    return {"apiVersion": "v1", "kind": "List", "items": list(items.values())}


def files_of(recording: JSON) -> dict[str, str]:
    """The manifests and the Scenario of a recording, with the times of the dump left out."""
    sys.path.insert(0, str(PUBLISHED / "cluster"))
    import to_scenario

    files: dict[str, str] = to_scenario.files_of(recording, 0)
    return files


def held_against(dump: JSON, files: JSON, runs: int = RUNS) -> Result:
    """What `podsim compare` finds."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text)
        base = read_base([folder], Choices(fail_fast=False))
        return compare(base, [from_builtins(item) for item in dump["items"]], runs, lambda _done, _all: None)


def copies() -> dict[str, tuple[JSON, JSON]]:
    """The dumps and files that the tests use."""
    lines = lzma.decompress(COPIES.read_bytes()).decode().splitlines()
    return {one["id"]: (one["dump"], one["files"]) for one in map(json.loads, lines)}


def alone(files: JSON) -> JSON:
    """The manifests without their Scenario: all that containers do is fitted."""
    return {"manifest.yaml": files["manifest.yaml"]}


def _missed(only_manifests: bool) -> Iterable[str]:
    """The disturbances that are not found."""
    for plant in PLANTS:
        dump, files = copy.deepcopy(dump_of(recordings()[plant.recording])), files_of(recordings()[plant.recording])
        plant.change(dump)
        if not held_against(dump, alone(files) if only_manifests else files).findings:
            yield plant.title


def _alarms(chosen: Iterable[JSON], only_manifests: bool) -> Iterable[str]:
    """The undisturbed recordings that differ."""
    for one in chosen:
        if held_against(dump_of(one), alone(files_of(one)) if only_manifests else files_of(one)).findings:
            yield one["id"]


def _table() -> Iterable[str]:
    every = [one for _, one in sorted(recordings().items())]
    untouched = [one for one in every if not one["scenario"].get("actions") and not one["scenario"].get("usage")]
    yield "| compared | with | result |"
    yield "|---|---|---|"
    for chosen, only_manifests, words in ((every, False, "manifests and Scenario"), (untouched, True, "manifests alone")):
        wrong = list(_alarms(chosen, only_manifests))
        kind = "undisturbed recordings" + (" without actions of users" if only_manifests else "")
        yield f"| {len(chosen)} {kind} | {words} | {len(wrong)} false alarms{': ' + ', '.join(wrong) if wrong else ''} |"
        missed = list(_missed(only_manifests))
        result = f"{len(PLANTS) - len(missed)} found" + ("; not: " + ", ".join(missed) if missed else "")
        yield f"| {len(PLANTS)} planted disturbances | {words} | {result} |"
    yield ""
    yield f"Planted: {'; '.join(plant.title for plant in PLANTS)}."


def main() -> None:
    """Measure all, or write the copies."""
    if "--copies" in sys.argv:
        chosen = [recordings()[name] for name in COPIED]
        lines = [json.dumps({"id": one["id"], "dump": dump_of(one), "files": files_of(one)}) for one in chosen]
        COPIES.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))
        return
    lines = "\n".join(_table())
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{lines}\n{END}", text, flags=re.DOTALL), encoding="utf-8")
    print(lines)


if __name__ == "__main__":
    main()
