"""`docs/scenario.schema.json` is made from the reader: both accept the same shapes and reject the same shapes."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from simulator.errors import Problem
from simulator.manifest.places import Places
from simulator.scenario.read import read_document
from simulator.scenario.reader import Reader
from simulator.scenario.schema import schema
from tests.conftest import ROOT

FILE = ROOT / "docs" / "scenario.schema.json"
SCENARIOS = sorted([*ROOT.glob("scenarios/*/scenario.yaml"), *ROOT.glob("tests/**/data/*.yaml")])


def test_the_published_schema_is_what_the_reader_asks_for(request: pytest.FixtureRequest) -> None:
    text = json.dumps(schema(), indent=2) + "\n"
    if request.config.getoption("--update-golden"):
        FILE.write_text(text, "utf-8")
    assert FILE.read_text("utf-8") == text
    Draft202012Validator.check_schema(schema())


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def scenario(file: Path) -> Any:
    return next((value for value in yaml.safe_load_all(file.read_text("utf-8")) if isinstance(value, dict)), {})


OURS = [file for file in SCENARIOS if scenario(file).get("kind") == "Scenario"]


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.relative_to(ROOT)))
def test_it_takes_every_scenario_of_the_project(file: Path) -> None:
    assert [error.message for error in validator().iter_errors(scenario(file))] == []


def mappings(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all mappings in a value."""
    paths = [path] if isinstance(value, dict) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return paths + [inner for key, item in items for inner in mappings(item, (*path, key))]


def complaints(value: Any) -> list[Problem]:
    reader = Reader("x.yaml", Places(None, 0))
    read_document(reader, value, "x.yaml")
    return reader.problems


@given(data=st.data())
def test_a_key_that_nobody_knows_is_refused_where_the_reader_refuses_it(data: st.DataObject) -> None:
    value = copy.deepcopy(scenario(data.draw(st.sampled_from(OURS))))
    path = data.draw(st.sampled_from(mappings(value)))
    place = value
    for step in path:
        place = place[step]
    place["nosuchkey"] = data.draw(st.sampled_from(["5s", 1, True, [], {}]))
    refused = any("nosuchkey" in problem.message for problem in complaints(value))
    shape = [error for error in validator().iter_errors(value) if "nosuchkey" in error.message]
    assert bool(shape) == refused, path
