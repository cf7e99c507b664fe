"""The gallery: listed, read, run, copied."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

from simulator.cli.app import run_command_line
from simulator.cli.gallery_command import exhibits
from tests.conftest import ROOT


def test_every_scenario_says_what_it_shows() -> None:
    found = exhibits()
    assert len(found) >= 20
    for one in found:
        assert one.readme.startswith(f"# {one.name}: {one.title}\n"), "the index and the scenario's own README call it otherwise"
        assert "**Covers**" in one.readme
        assert "**Watch for**" in one.readme
        assert f"podsim run scenarios/{one.name}\n" in one.readme


def test_the_index_lists_every_folder_once() -> None:
    names = [one.name for one in exhibits()]
    assert sorted(names) == sorted(folder.name for folder in (ROOT / "scenarios").iterdir() if folder.is_dir())
    links = re.findall(r"^- \[", (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(links) == len(names), "a line of the index is not read"
    assert f"[scenarios/](scenarios): {len(names)} runs" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert names[0] == "hello-init"
    assert names[-1] == "cascading-liveness"


def test_they_are_listed_in_groups_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    expected = []
    for group, members in groupby(exhibits(), lambda one: one.group):
        expected += [group, *(one.name for one in members), ""]
    assert [line if line[:1] != " " else line.split()[0] for line in lines] == expected[:-1]


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
