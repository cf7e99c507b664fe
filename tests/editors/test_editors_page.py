"""docs/editors.md: its commands are run, its settings name the schemas by their identity. `--update-golden` rewrites the page."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from simulator.cli.completion.answer import SHELLS
from simulator.lessons.read import LESSON
from simulator.scenario.header import EXPECTATIONS, KINDS, SCENARIO
from simulator.scenario.schema_files import schema_file
from tests.conftest import ROOT, Podsim

PAGE = ROOT / "docs" / "editors.md"
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TOOK = re.compile(r"\b\d\.\d\ds$", re.MULTILINE)
IDENTITIES = {kind: json.loads(schema_file(kind).read_text("utf-8"))["$id"] for kind in (*KINDS, LESSON)}
MISSPELT = "apiVersion: podsim/v1\nkind: Expectations\nspec:\n  manifests: [web.yaml]\n  expect:\n    - {raedy: deployment/web}\n"


def block(language: str) -> str:
    return next(re.finditer(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))[1]


def test_its_commands_print_what_it_shows(
    podsim: Podsim, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web.podsim.yaml").write_text(MISSPELT)
    (tmp_path / "web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")

    def typed(found: re.Match[str]) -> str:
        shown = ""
        for line in (line for line in found[0].splitlines() if line.startswith("$ ")):
            command, _, file = line.removeprefix("$ podsim ").partition(" > ")
            out = podsim(*shlex.split(command)).out
            if file:
                Path(file).write_text(out)
            shown += f"{line}\n" + ("" if file else TOOK.sub("0.12s", out))
        return shown

    text = PAGE.read_text(encoding="utf-8")
    renewed = CONSOLE.sub(typed, text)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(renewed, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == renewed
    for kind in KINDS:
        assert Path(schema_file(kind).name).read_text() == schema_file(kind).read_text("utf-8")


def test_its_settings_and_its_table_name_the_schemas() -> None:
    names = {SCENARIO: "**/scenario.yaml", EXPECTATIONS: "**/*.podsim.yaml", LESSON: "**/lesson.yaml"}
    patterns = {IDENTITIES[kind]: pattern for kind, pattern in names.items()}
    assert json.loads(block("json")) == {"yaml.schemas": patterns}
    assert re.findall(r"\| (https://\S+) \|", PAGE.read_text("utf-8")) == list(IDENTITIES.values())


def test_its_scripts_are_those_of_podsim(podsim: Podsim) -> None:
    for shell in SHELLS:
        assert re.search(rf"podsim completion {shell}\b", block("sh"))
        assert podsim("completion", shell).code == 0


def test_its_example_names_its_schema_and_is_valid() -> None:
    example = block("yaml")
    assert example.splitlines()[0] == f"# yaml-language-server: $schema={IDENTITIES[EXPECTATIONS]}"
    assert yaml.safe_load(example)["kind"] == EXPECTATIONS
