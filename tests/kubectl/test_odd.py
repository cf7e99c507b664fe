"""What the real kubectl (1.36 and 1.37, with the API server's own printers) says about objects that have every field there is."""

from __future__ import annotations

import json
import lzma
import shlex
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.app import podsim
from tests.conftest import cli_runner
from tests.kubectl.recorded import DATA

ODD: dict[str, Any] = json.loads(lzma.decompress((DATA / "odd.json.xz").read_bytes()))


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("odd") / "odd.jsonl"
    head = {"type": "HEADER", "startTime": ODD["start"], "kubernetes": "1.36", "kubectl": "1.37"}
    lines = [head, *({"t": 0, "type": "ADDED", "object": item} for item in ODD["objects"])]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize("text", ODD["texts"], ids=lambda text: f"{text['kubectl']} {text['args']}")
def test_a_text(text: dict[str, Any], journal: Path) -> None:
    words = [*shlex.split(text["args"]), "--from", str(journal), "--at", "10s", "--kubectl", text["kubectl"]]
    said = cli_runner().invoke(podsim, words)
    assert said.stdout == text["out"]
    assert said.stderr == text["err"]
    assert said.exit_code == text["code"]


WATCHED: dict[str, Any] = json.loads(lzma.decompress((DATA / "odd-watch.json.xz").read_bytes()))


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("odd") / "changing.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in WATCHED["journal"]))
    return path


@pytest.mark.parametrize("text", WATCHED["texts"], ids=lambda text: text["args"])
def test_a_watch(text: dict[str, Any], changing: Path) -> None:
    said = cli_runner().invoke(podsim, [*shlex.split(text["args"]), "--from", str(changing), "--at", "10.5s"])
    assert (said.stdout, said.stderr) == (text["out"], text["err"])


def test_there_are_many() -> None:
    assert len(ODD["texts"]) > 400
    assert len(WATCHED["texts"]) > 30
