"""What containers do (loops, tools, images): reported cases, each with the commands that show what must be true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Podsim

from .report import SHARED

HERE = Path(__file__).parent
CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "programs.yaml").read_text(encoding="utf-8"))
REPORTED = SHARED / "field-cases" / "programs"


def narrow(text: str) -> str:
    """A text with one blank for each gap, as columns are as wide as their contents."""
    return re.sub(r"[ \t]+", " ", text)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_program_behaves_as_on_a_real_cluster(podsim: Podsim, name: str, tmp_path: Path) -> None:
    for step in CASES[name]:
        words = [str(HERE / "programs" / f"{name}.yaml") if word == "MANIFEST" else word for word in shlex.split(step["run"])]
        result = podsim(*words)
        said = narrow(result.out + result.err)
        assert result.code == step.get("code", 0), said
        assert [text for text in step.get("has", ()) if narrow(text) not in said] == [], said
        assert [text for text in step.get("lacks", ()) if narrow(text) in said] == [], said
        if "journal" in step:
            assert (tmp_path / "last-run.journal").stat().st_size < step["journal"]


def test_every_manifest_has_its_expectations() -> None:
    assert {path.stem for path in (HERE / "programs").iterdir()} == set(CASES)


@pytest.mark.skipif(not REPORTED.is_dir(), reason="the reported cases are not at hand")
def test_the_manifests_are_the_reported_ones() -> None:
    for path in REPORTED.glob("*.yaml"):
        copied = (HERE / "programs" / path.name).read_text(encoding="utf-8")
        assert list(yaml.safe_load_all(path.read_text(encoding="utf-8"))) == list(yaml.safe_load_all(copied)), path.name
