"""The lesson, played, against what a real cluster printed for it; and the published tools that hold a journal against recordings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim

SCENARIO = ROOT / "scenarios" / "await-redis"
RECORDED = ROOT / "tests" / "data" / "kubectl"
SHARED = ROOT.parent / "shared"
RANDOM = [
    (re.compile(r"app-tier-dp-[a-z0-9]{8,10}-[a-z0-9]{5}\b"), "<pod>"),
    (re.compile(r"app-tier-dp-[a-z0-9]{8,10}\b"), "<set>"),
    (re.compile(r"(?<=pod-template-hash=)[a-z0-9]+"), "<hash>"),
    (re.compile(r"(?<=docker://)[0-9a-f]{64}"), "<id>"),
    (re.compile(r"(?<=@sha256:)[0-9a-f]{64}"), "<digest>"),
    (re.compile(r"kube-api-access-[a-z0-9]{5}"), "<volume>"),
    (re.compile(r"10\.244\.\d+\.\d+"), "<ip>"),
]
"""What no simulator can know, and what stands for it."""

WARNING = "  Warning "


def masked(text: str) -> list[str]:
    for pattern, name in RANDOM:
        text = pattern.sub(name, text)
    return text.splitlines()


def printed_and_recorded(podsim: Podsim, seed: int) -> tuple[list[str], list[str]]:
    assert podsim("run", str(SCENARIO), "--seed", str(seed)).code == 0
    names = podsim("get", "pods", "-n", "pb", "-o", "name", "--at", "2m36s").out.split()
    name = next(name for name in names if name.startswith("pod/app-tier-dp-"))
    printed = podsim("describe", name, "-n", "pb", "--at", "2m36s").out
    return masked(printed), masked((RECORDED / "describe-pod-1.31.txt").read_text(encoding="utf-8"))


def test_describe_is_the_recording(podsim: Podsim) -> None:
    """The lesson's author cut the warning, but not the columns that it had widened."""
    printed, recorded = printed_and_recorded(podsim, seed=0)
    assert [line for line in printed if not line.startswith(WARNING)] == recorded
    warnings = [line for line in printed if line.startswith(WARNING)]
    assert warnings
    assert all(re.search(r"  kubelet {12}(Readiness|Liveness) probe ", line) for line in warnings)


@pytest.mark.parametrize("seed", range(1, 5))
def test_another_seed_changes_no_more_than_the_width_of_a_column(podsim: Podsim, seed: int) -> None:
    printed, recorded = printed_and_recorded(podsim, seed)
    assert [line.split() for line in printed if not line.startswith(WARNING)] == [line.split() for line in recorded]


def test_logs_are_the_recording(podsim: Podsim) -> None:
    podsim("run", str(SCENARIO))
    printed = podsim("logs", "-n", "pb", "app-tier-dp", "-c", "await-redis")
    assert printed.out == (RECORDED / "logs-await-redis.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings themselves are not here")
@pytest.mark.parametrize("name", ["app-tier.yaml", "data-tier.yaml"])
def test_the_manifests_are_those_of_the_lesson(name: str) -> None:
    assert (SCENARIO / name).read_bytes() == (SHARED / "lesson" / name).read_bytes()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published tools are not here")
@pytest.mark.parametrize("trace", ["init-one-2s", "ready-http-d3-p10"])
@pytest.mark.parametrize("release", ["1.30", "1.32", "1.34", "1.36"])
def test_traces_agree_under_the_published_tools(release: str, trace: str, tmp_path: Path) -> None:
    tools = SHARED / "conformance"
    recording = tools / "traces" / release / f"{trace}.json"
    if not recording.is_file():
        pytest.skip(f"{trace} was not recorded with {release}")
    command = f"{sys.executable} -m simulator run {{dir}}/scenario.yaml --output journal"
    checked = [sys.executable, str(tools / "check.py"), "--command", command, str(recording)]
    result = subprocess.run(checked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
