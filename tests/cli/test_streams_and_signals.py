"""Closed streams, places that cannot be written, SIGTERM and SIGINT: a sentence and an exit code, and results of sweeps are kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim

SWEEP = ("sweep", str(ROOT / "scenarios" / "hello-init"), "--runs", "80", "--workers", "2", "--resume", "kept.jsonl")


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(folder),
        "PODSIM_LAST_RUN": str(folder / "last"),
        "PODSIM_TRACEBACK": "1",
    }


@pytest.mark.parametrize(
    ("command", "code", "err"),
    [
        ("run scenarios/hello-init >&-", 0, ""),
        ("run - <&-", 2, "error: no objects in -\n"),
        ("get pods -f scenarios/hello-init <&- >&- 2>&-", 0, ""),
        ("run nosuch 2>/dev/full", 2, ""),
        ("run scenarios/hello-init >/dev/full", 2, "error: No space left on device\n"),
    ],
)
def test_streams_that_are_closed_or_full(command: str, code: int, err: str, tmp_path: Path) -> None:
    words = f"exec '{sys.executable}' -m simulator {command}"
    result = subprocess.run(["/bin/sh", "-c", words], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (code, err)


@pytest.mark.parametrize(
    "command",
    [
        "run HELLO --save /proc/x",
        "report -f HELLO -o /proc/x.html",
        "export objects -f HELLO -o /proc/x",
        "explain HELLO --save /proc/x.yaml",
        "sweep HELLO --runs 2 --resume /proc/x.jsonl",
        "init HELLO -o /proc/x.podsim.yaml",
        "notebooks /proc/x",
    ],
)
def test_places_that_cannot_be_written(command: str, podsim: Podsim) -> None:
    result = podsim(*command.replace("HELLO", "scenarios/hello-init").split())
    assert (result.code, result.err.startswith("error: "), "No such file or directory" in result.err) == (2, True, True), result.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sweep_that_is_interrupted_is_continued(number: signal.Signals, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    command = [sys.executable, "-m", "simulator", *SWEEP]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path), stdout=-1, stderr=-1, text=True) as process:
        while process.poll() is None and (not kept.exists() or kept.read_text("utf-8").count("\n") < 3):
            time.sleep(0.02)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err
    assert "continue with --resume" in err
    done = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert 3 <= len(done) < 81
    result = subprocess.run([*command, "-o", "json"], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)["partial"] is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.jsonl"]
