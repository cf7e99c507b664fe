"""The gallery: listed, read, run, copied."""

from __future__ import annotations

import json
import re
import shlex
from itertools import groupby
from pathlib import Path

import pytest

from simulator.cli.app import run_command_line
from simulator.cli.gallery_command import Exhibit, exhibits
from tests.conftest import ROOT, Podsim
from tests.depth import tries


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
    assert f"[scenarios/](scenarios): {len(names)} scenarios" in (ROOT / "README.md").read_text(encoding="utf-8")
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


BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
ENDS = re.compile(r"exit code (\d)")


@pytest.mark.parametrize("one", exhibits(), ids=lambda one: one.name)
def test_the_commands_that_it_names_work(one: Exhibit, podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    block = BLOCK.search(one.readme)
    assert block is not None
    for line in block[1].splitlines():
        command, _, comment = line.partition("#")
        words = shlex.split(command)
        assert words[0] == "podsim"
        result = podsim(*words[1:])
        ends = ENDS.search(comment)
        assert result.code == (int(ends[1]) if ends else 0), f"{line}: {result.err}"
        assert result.out.strip() or ends, f"{line} prints nothing"


def test_what_they_claim_is_so_whatever_the_luck(podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    seeds = ("--seeds", str(tries(6)))
    result = podsim("test", "scenarios", *seeds, "-o", "json")
    assert result.code == 0, podsim("test", "scenarios", *seeds).out
    files = json.loads(result.out)
    assert len(files) == len(exhibits())
    assert all(len(file["expectations"]) >= 3 for file in files)


def test_one_is_run_as_podsim_run_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery", "hello-init"]) == 0
    assert capsys.readouterr().out.startswith("hello-init  Kubernetes 1.34")


def test_one_is_copied_and_runs_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery", "deadlock", "--copy", str(tmp_path)]) == 0
    assert run_command_line(["run", str(tmp_path / "deadlock")]) == 0
    capsys.readouterr()
    assert run_command_line(["gallery", "deadlock", "--copy", str(tmp_path)]) == 2
    assert "already exists" in capsys.readouterr().err


def test_a_name_that_nobody_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["gallery", "dedlock"]) == 2
    assert "did you mean 'deadlock'?" in capsys.readouterr().err
