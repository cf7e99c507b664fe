"""Every `scenarios/*/expected/*.txt`: its first line is a command, the rest what it prints. Rewritten with `--update-golden`."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim

SCENARIOS = ROOT / "scenarios"
TEXTS = sorted(SCENARIOS.glob("*/expected/*.txt"))
PROMPT = "$ podsim "


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_expected_text(file: Path, podsim: Podsim, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(ROOT)
    command, _, expected = file.read_text(encoding="utf-8").partition("\n")
    assert command.startswith(PROMPT), f"{file}: the first line is the command: {PROMPT}..."
    words = shlex.split(command.removeprefix(PROMPT))
    if words[0] != "run":
        # The commands of a folder refer to the run of its Scenario.
        assert podsim("run", f"scenarios/{file.parent.parent.name}").code == 0
    result = podsim(*words)
    if request.config.getoption("--update-golden"):
        file.write_text(f"{command}\n{result.out}", encoding="utf-8")
        expected = result.out
    assert result.code == 0, result.err
    assert result.out == expected


def test_each_scenario_is_described_and_held() -> None:
    folders = [folder for folder in SCENARIOS.iterdir() if folder.is_dir()]
    assert len(folders) >= 4
    for folder in folders:
        assert (folder / "README.md").is_file(), f"{folder.name} has no README.md"
        assert (folder / "scenario.yaml").is_file(), f"{folder.name} has no scenario.yaml"
        assert [file for file in TEXTS if file.parent.parent == folder], f"{folder.name} has no expected texts"
