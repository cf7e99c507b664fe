"""The files of the last run: whole, private, of one run, and readable by another podsim or refused with a sentence."""

from __future__ import annotations

import json
import os
import pickle
import stat
from pathlib import Path
from typing import Any

import pytest

from simulator import whole_files
from simulator.cli import last_run
from simulator.whole_files import write_whole
from tests.conftest import Podsim

JOURNAL = "last-run.journal"
SCALE = ("scale", "deploy/web", "--replicas=2")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, podsim: Podsim) -> Path:
    """A folder with a last run in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODSIM_LAST_RUN", JOURNAL)
    podsim("create", "deployment", "web", "--image=nginx")
    return tmp_path


def inputs(here: Path, **changes: Any) -> None:
    file = here / f"{JOURNAL}.inputs"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def refusal(podsim: Podsim) -> str:
    result = podsim(*SCALE)
    assert (result.code, result.out) == (2, "")
    return result.err.removeprefix(f"error: {JOURNAL} cannot be continued: ").removesuffix("; `podsim run` it again\n")


def test_it_can_be_continued(podsim: Podsim, here: Path) -> None:
    assert podsim(*SCALE).out == "deployment.apps/web scaled\n"
    assert podsim("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}").out == "2"


def test_only_the_owner_can_read_it_and_no_draft_is_left(here: Path) -> None:
    files = sorted(path.name for path in here.iterdir())
    assert files == [JOURNAL, f"{JOURNAL}.inputs"]
    assert {stat.S_IMODE((here / name).stat().st_mode) for name in files} == {0o600}


def test_another_podsim_may_read_the_format(podsim: Podsim, here: Path) -> None:
    inputs(here, podsim="9.9.9")
    assert podsim(*SCALE).code == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"format": 2, "podsim": "9.9.9"}, "podsim 9.9.9 wrote it, in another format"),
        ({"format": None, "podsim": None}, "another podsim wrote it, in another format"),
        ({"inputs": {}, "podsim": "9.9.9"}, f"podsim 9.9.9 wrote it, and this is podsim {last_run.__version__}"),
        ({"journal": "0"}, f"it and {JOURNAL}.inputs are of different runs"),
    ],
)
def test_what_is_not_understood_is_refused(podsim: Podsim, here: Path, changes: dict[str, Any], why: str) -> None:
    inputs(here, **changes)
    assert refusal(podsim) == why


class Pwned:
    """What an older podsim would have run when it read its own files."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pwned",)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"a":' * 100_000, pickle.dumps((("0.1.0", 3, 11), Pwned()))])
def test_what_is_not_json_is_refused(podsim: Podsim, here: Path, content: bytes) -> None:
    (here / f"{JOURNAL}.inputs").write_bytes(content)
    assert refusal(podsim) == f"{JOURNAL}.inputs is damaged, or an older podsim wrote it"
    assert not (here / "pwned").exists()


def test_without_its_inputs_it_is_only_a_journal(podsim: Podsim, here: Path) -> None:
    (here / f"{JOURNAL}.inputs").unlink()
    assert refusal(podsim) == "only its journal is there"
    assert podsim("get", "deploy", "web").code == 0


def test_a_run_that_was_cut_off_between_the_two_files_is_noticed(podsim: Podsim, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (here / JOURNAL).read_bytes()

    def cut_off(target: Path, content: bytes, *, private: bool) -> None:
        if target.name == JOURNAL:
            raise OSError("no space left")
        write_whole(target, content, private=private)

    monkeypatch.setattr(whole_files, "write_whole", cut_off)
    podsim("create", "deployment", "other", "--image=nginx")
    monkeypatch.undo()
    monkeypatch.setenv("PODSIM_LAST_RUN", str(here / JOURNAL))
    assert (here / JOURNAL).read_bytes() == before
    assert "are of different runs" in podsim(*SCALE).err
