"""docs/scenario.md names every key, and its example is a Scenario."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.manifest.documents import Document, documents
from simulator.scenario.expectations_file import SPEC_KEYS as EXPECTATIONS_KEYS
from simulator.scenario.read import SPEC_KEYS, read_scenario
from simulator.scenario.read_actions import VERBS, options_of
from simulator.scenario.read_expect import KINDS, WORDS, read_expectations
from simulator.scenario.read_programs import PROGRAM_KEYS, RUN_KEYS
from simulator.scenario.reader import DISTRIBUTIONS, Reader
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")


def test_the_example_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    file.write_text(block[1], encoding="utf-8")
    scenario = read_scenario(str(file))
    assert (scenario.name, len(scenario.programs), len(scenario.actions), scenario.before.manifests) == ("shop", 5, 3, ("db.yaml",))


def test_every_key_is_named() -> None:
    example, actions = PAGE.partition("## Durations")[0], PAGE.partition("## Actions")[2]
    for key in (*SPEC_KEYS, *RUN_KEYS, *PROGRAM_KEYS):
        assert re.search(rf"\b{key}:", example), key
    for verb in VERBS:
        assert re.search(rf"`\{{?{verb}\b", actions), verb
        for option in options_of(verb):
            assert re.search(rf"\b{option}\b", actions), f"{verb}: {option}"
    for name in DISTRIBUTIONS:
        assert f"{{{name}:" in PAGE, name


def test_every_expectation_is_named() -> None:
    page = PAGE.partition("## Expectations")[2]
    for kind, options in KINDS.items():
        for name in (kind, *options):
            assert re.search(rf"\b{name}\b", page), f"{kind}: {name}"
    for name in (*WORDS, *EXPECTATIONS_KEYS):
        assert re.search(rf"\b{name}\b", page), name


def test_the_examples_of_expectations_can_be_read() -> None:
    page = PAGE.partition("## Expectations")[2]
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        document = next(documents(block))
        assert isinstance(document, Document)
        reader = Reader("", document.places)
        value = document.value
        scenario = read_expectations(reader, value.get("expect", value.get("spec", {}).get("expect")), "expect")
        assert scenario
        assert reader.problems == []
