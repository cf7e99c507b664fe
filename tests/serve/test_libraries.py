"""Client libraries against a served cluster: scripts in `libraries/` assert what they see. CI runs lightkube, `make test-clients` all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.serve.clock import Pace
from tests.serve.serving import served
from tests.serve.talk import session

LIBRARIES = Path(__file__).with_name("libraries")
OTHER = os.environ.get("PODSIM_CLIENTS_PYTHON", "")
"""A Python that has requirements/client-libraries.txt."""
NODE = os.environ.get("PODSIM_CLIENTS_NODE", "")
"""A folder with node_modules that has @kubernetes/client-node."""
LIVE = ("kopf",)
"""An operator waits by its own clock, so simulated time goes on as fast."""


def run(*command: str, folder: Path, pace: str) -> None:
    with served(session(), folder, Pace(pace)) as at:
        ran = at.run(*command, env={"NODE_PATH": str(Path(NODE, "node_modules"))}, timeout=120)
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.parametrize("name", ["lightkube", "kubernetes", "asyncio", "kr8s", "kopf"])
def test_a_library_of_python(name: str, tmp_path: Path) -> None:
    python = sys.executable if name == "lightkube" else OTHER
    if not python:
        pytest.skip("PODSIM_CLIENTS_PYTHON is not set: make test-clients")
    run(python, str(LIBRARIES / f"with_{name}.py"), folder=tmp_path, pace="real" if name in LIVE else "auto")


@pytest.mark.skipif(not NODE, reason="PODSIM_CLIENTS_NODE is not set: make test-clients")
def test_the_library_of_javascript(tmp_path: Path) -> None:
    script = tmp_path / "with_node.mjs"
    script.write_text((LIBRARIES / "with_node.mjs").read_text())
    subprocess.run(["ln", "-s", str(Path(NODE, "node_modules")), str(tmp_path / "node_modules")], check=True)
    run("node", str(script), folder=tmp_path, pace="auto")
