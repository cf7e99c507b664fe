"""The gallery: listed, read, run, copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli.app import run_command_line
from simulator.cli.gallery_command import exhibits


def test_every_scenario_says_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    found = exhibits()
    assert len(found) >= 20
    assert run_command_line(["gallery"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [one.name for one in found]
    for one in found:
        assert one.title
        assert one.readme.startswith(f"# {one.name}: ")
        assert "**Covers**" in one.readme
        assert "**Watch for**" in one.readme
        assert f"podsim run scenarios/{one.name}\n" in one.readme


def test_one_is_run_as_podsim_run_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery", "hello-init"]) == 0
    assert capsys.readouterr().out.startswith("hello-init  Kubernetes 1.34")


def test_one_is_copied_and_runs_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery", "deadlock", "--copy", str(tmp_path)]) == 0
    assert run_command_line(["run", str(tmp_path / "deadlock")]) == 0
    capsys.readouterr()
    assert run_command_line(["gallery", "deadlock", "--copy", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_a_name_that_nobody_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery", "dedlock"]) == 2
    assert "did you mean 'deadlock'?" in capsys.readouterr().err
