"""Make `traces/` from a folder of full recordings: keep what is compared, compress the rest away.

usage: python -m tests.conformance.compact FOLDER      (FOLDER holds a folder of *.json for each release)
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Any

from tests.conformance.klog import family_of
from tests.conformance.traces import FOLDER, Trace

KEPT = ("id", "about", "duration", "startTime", "serializeImagePulls", "relist", "pod", "behavior", "actions", "services", "configMaps")


def compact(full: dict[str, Any]) -> Trace:
    """A recording with only what is played and compared."""
    kept: Trace = {key: full[key] for key in KEPT if full.get(key) not in (None, [])}
    kept["events"] = [[e["t"], e["fieldPath"], e["type"], e["reason"], e["message"], e["count"]] for e in full["events"]]
    kept["status"] = [[entry["t"], None if entry.get("deleted") else summary_of(entry["status"])] for entry in full["status"]]
    kept["klog"] = [[entry["t"], entry["line"]] for entry in full["klog"] if family_of(entry["line"])]
    kept["removed"] = [call["t"] for call in full["runtime"] if call.get("call") == "RemoveContainer"]
    return kept


def summary_of(status: dict[str, Any]) -> dict[str, Any]:
    """What of a recorded status is compared; in the shape of `series.summary`."""
    return {
        "phase": status.get("phase"),
        "conditions": {c["type"]: [c["status"], c.get("reason")] for c in status.get("conditions") or []},
        "containers": {c["name"]: _container(c) for key in ("initContainerStatuses", "containerStatuses") for c in status.get(key) or []},
    }


def _container(status: dict[str, Any]) -> list[Any]:
    name, detail = next(iter((status.get("state") or {"none": {}}).items()))
    facts = [name, detail.get("reason"), detail.get("exitCode")]
    return [*facts, bool(status.get("ready")), status.get("restartCount", 0), status.get("started")]


def main(folder: Path) -> None:
    """Write one file for each release."""
    FOLDER.mkdir(exist_ok=True)
    for release in sorted(path for path in folder.iterdir() if path.is_dir()):
        lines = (json.dumps(compact(json.loads(path.read_text())), separators=(",", ":")) for path in sorted(release.glob("*.json")))
        packed = lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)
        (FOLDER / f"{release.name}.jsonl.xz").write_bytes(packed)
        print(f"{release.name}: {len(packed)} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
