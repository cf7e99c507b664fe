"""Situations, each a small manifest and Scenario, and what `podsim why` says of them: one file each, the texts beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulator.cluster import simulate
from simulator.journal.journal import Journal
from simulator.units import parse_duration
from simulator.views.styled import plain
from simulator.views.why.lines import lines
from simulator.views.why.question import explain, targets

FILES = sorted((Path(__file__).parent / "situations").glob("*.yaml"))


def played(file: Path, folder: Path) -> tuple[list[str], Journal]:
    """The questions of a situation, and its run."""
    head, scenario, manifests = file.read_text(encoding="utf-8").split("\n---\n", 2)
    manifests, _, late = manifests.partition("=== late.yaml\n")
    (folder / "late.yaml").write_text(late, encoding="utf-8")
    (folder / "app.yaml").write_text(manifests, encoding="utf-8")
    text = f"apiVersion: podsim/v1\nkind: Scenario\n{scenario}\n"
    if "manifests:" not in scenario:
        text = (
            text.replace("spec:", "spec:\n  manifests: [app.yaml]", 1)
            if "spec:\n" in scenario
            else text.replace("spec: {", "spec: {manifests: [app.yaml], ", 1)
        )
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return yaml.safe_load(head)["ask"], simulate([str(folder)])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_situation_is_explained(file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    questions, journal = played(file, tmp_path)
    told = []
    for question in questions:
        word, _, at = question.partition(" --at ")
        snapshot = journal.at(parse_duration(at))
        trees = explain(snapshot, targets(snapshot, (word,), None))
        told.append(f"$ podsim why {question}\n" + plain([line for tree in trees for line in lines(tree, 120)]))
    text, golden = "\n".join(told), file.with_suffix(".txt")
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text
