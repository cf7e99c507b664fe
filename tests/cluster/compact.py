"""Makes the project's copy of recorded clusters and of the published tools that compare them.

usage: python -m tests.cluster.compact FOLDER      (FOLDER holds cluster/ and conformance/ with the recordings and the tools)

What the comparison does not read (kubectl's texts, logs, the runtime's calls) is left out; `tests/data` has the texts.
"""

from __future__ import annotations

import json
import lzma
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.cluster.recordings import FRESH, PUBLISHED, RECORDED, RESTARTS, TAKE_2

UNREAD = ("texts", "streams", "klog", "cri", "metricsAnswers")
KINDS = {RECORDED: ("recordings", "hpa"), RESTARTS: ("restarts",), FRESH: ("fresh",)}
"""The files of the copy, and the folders whose recordings they have."""
TOOLS = {"cluster": ("compare", "facts", "tolerance", "kubectl", "to_scenario"), "conformance": ("compare", "to_scenario")}


def compact(full: dict[str, Any]) -> dict[str, Any]:
    """A recording with only what is played and compared."""
    return {key: value for key, value in full.items() if key not in UNREAD}


def main(folder: Path) -> None:
    """Write recordings and tools."""
    for file in KINDS:
        lines = [json.dumps(compact(json.loads(path.read_text())), separators=(",", ":")) for path in recordings_of(folder, file)]
        file.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
        print(f"{len(lines)} recordings: {file.stat().st_size} bytes")
    for room, names in TOOLS.items():
        for name in names:
            shutil.copyfile(folder / room / f"{name}.py", PUBLISHED / room / f"{name}.py")


def recordings_of(folder: Path, copy: Path) -> list[Path]:
    """The full recordings of a copy, by name; of two takes the first, except of restarts."""
    files = [file for kind in KINDS[copy] for file in (folder / "cluster" / kind).glob("*.json")]
    return sorted(file for file in files if copy == RESTARTS or not file.stem.endswith(TAKE_2))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
