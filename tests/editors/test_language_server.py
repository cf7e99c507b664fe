"""Scenario and Expectations files in an editor: the yaml-language-server marks what podsim refuses, at the same line, and nothing else.

Needs Node.js and `npm ci --prefix tests/npm`; CI installs both and sets PODSIM_LANGUAGE_SERVER=required.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from simulator.errors import ScenarioError
from simulator.expectations.evaluate import check_names
from simulator.scenario.read import read_scenario
from simulator.scenario.schema_files import schema_file
from tests.conftest import ROOT
from tests.editors.language_server import NODE, SERVER, Diagnostic, LanguageServer
from tests.editors.project_files import files_of

MISSING = NODE is None or not SERVER.exists()
if MISSING and os.environ.get("PODSIM_LANGUAGE_SERVER") != "required":
    pytest.skip("no yaml-language-server: npm ci --prefix tests/npm", allow_module_level=True)

MARK = "  # <-"
CASE = re.compile(r"^=== (?P<kind>\w+): (?P<about>.*)\n(?P<text>(?:(?!===).*\n)*)", re.MULTILINE)


class Wrong(NamedTuple):
    """A file with a mistake in one line."""

    about: str
    kind: str
    text: str
    line: int


def wrong_files() -> list[Wrong]:
    """The cases of wrong.txt. Its marks are cut out, so that neither side sees them."""
    cases = []
    for case in CASE.finditer((ROOT / "tests" / "editors" / "wrong.txt").read_text("utf-8")):
        text = case["text"]
        if case["kind"] != "whole":
            text = f"apiVersion: podsim/v1\nkind: {case['kind']}\nspec:\n" + "".join(f"  {line}\n" for line in text.splitlines())
        lines = text.splitlines()
        (marked,) = [number for number, line in enumerate(lines, start=1) if line.endswith(MARK)]
        kind = "Expectations" if "\nkind: Expectations\n" in text else "Scenario"
        cases.append(Wrong(case["about"], kind, text.replace(MARK, ""), marked))
    return cases


WRONG = wrong_files()
KINDS = ("Scenario", "Expectations")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    schemas = {f"*.{kind.lower()}.yaml": schema_file(kind) for kind in KINDS}
    server = LanguageServer(tmp_path_factory.mktemp("editor"), schemas)
    yield server
    server.close()


@pytest.fixture(scope="module")
def marked(server: LanguageServer) -> dict[str, list[Diagnostic]]:
    """What the editor marks in all files: the wrong ones by what they are about, those of the project by their path."""
    files = [(case.about, case.kind, case.text) for case in WRONG]
    files += [(str(file), kind, file.read_text("utf-8")) for kind in KINDS for file in files_of(kind)]
    names = {f"{number}.{kind.lower()}.yaml": about for number, (about, kind, _) in enumerate(files)}
    found = server.diagnostics({name: text for name, (_, _, text) in zip(names, files, strict=True)})
    return {names[name]: lines for name, lines in found.items()}


def test_there_are_enough_wrong_files() -> None:
    assert len(WRONG) >= 75
    assert len({case.about for case in WRONG}) == len(WRONG)


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.about)
def test_a_mistake_is_marked_in_its_line_and_nowhere_else(case: Wrong, marked: dict[str, list[Diagnostic]]) -> None:
    assert {one.line for one in marked[case.about]} == {case.line}, marked[case.about]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.about)
def test_podsim_refuses_the_same_line(case: Wrong, tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text("apiVersion: podsim/v1\nkind: Scenario\n")
    file = tmp_path / "wrong.yaml"
    file.write_text(case.text)
    with pytest.raises(ScenarioError) as refused:
        check_names(read_scenario(str(file)).expect)
    assert {problem.line for problem in refused.value.problems} == {case.line}, refused.value


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_of_the_project_is_marked(kind: str, marked: dict[str, list[Diagnostic]]) -> None:
    files = [str(file) for file in files_of(kind)]
    assert len(files) > 2
    assert {file: marked[file] for file in files if marked[file]} == {}


def test_the_editor_explains_and_completes_keys(server: LanguageServer) -> None:
    text = "apiVersion: podsim/v1\nkind: Expectations\nspec:\n  manifests: [web.yaml]\n  expect:\n    - ready: deployment/web\n      "
    assert "ready" in server.hover("a.expectations.yaml", text, 6, 8)
    assert "replicas ready" in server.hover("a.expectations.yaml", text, 6, 8)
    offered = server.completions("b.expectations.yaml", text, 7, 7)
    assert "within" in offered
