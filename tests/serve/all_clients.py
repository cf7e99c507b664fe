"""Everything that real clients are asked, with counts: what `make test-clients` runs. Each part is a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
WIRE = ROOT.parent / "shared" / "wire"


def parts() -> list[list[str]]:
    """The command lines, which print their counts last."""
    python = sys.executable
    return [
        [python, "-m", "tests.serve.texts"],
        [python, "-m", "tests.serve.test_informer"],
        *([[python, "-m", "tests.serve.sessions"]] if WIRE.exists() else []),
        [python, "-m", "tests.serve.verbs", "1.33", "1.35", "1.36", "1.37"],
        *([[python, "-m", "tests.serve.requests"]] if WIRE.exists() else []),
    ]


def main() -> int:
    """Run all parts; the exit code is that of pytest, which asserts what must hold."""
    with tempfile.TemporaryDirectory() as folder:
        for part in parts():
            print(f"== {' '.join(part[1:6])}", flush=True)
            subprocess.run(part, cwd=ROOT, check=False, env={**os.environ, "XDG_STATE_HOME": folder})
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/serve"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
