"""The JSON Schema of lessons is what the reader asks for."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from simulator.lessons.course import COURSE
from simulator.lessons.schema import descriptions, schema
from simulator.metrics.table import ALIASES, BY_NAME
from simulator.scenario.schema import Descriptions
from simulator.scenario.schema_files import schema_file
from tests.conftest import Podsim
from tests.golden.test_scenario_schema import properties

FOLDERS = sorted(COURSE.iterdir())


@pytest.fixture(scope="module")
def published() -> Any:
    return schema([*BY_NAME, *ALIASES])


def test_the_published_schema_is_up_to_date(published: Any, request: pytest.FixtureRequest, podsim: Podsim) -> None:
    text = json.dumps(published, indent=1, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        schema_file("Lesson").write_text(text, "utf-8")
    assert schema_file("Lesson").read_text("utf-8") == text
    Draft202012Validator.check_schema(published)
    assert podsim("schema", "lesson").out == text


def test_every_property_is_described_and_no_description_is_left_over(published: Any) -> None:
    described = [(path, item["description"]) for path, item in properties(published)]
    assert [path for path, text in described if not text.endswith((".", "..."))] == []
    every = descriptions()
    every.add(copy.deepcopy(published), "Lesson")
    assert set(every.texts) - every.used <= set(Descriptions().texts)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_takes_every_lesson(published: Any, folder: Path) -> None:
    document = yaml.safe_load((folder / "lesson.yaml").read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(published).iter_errors(document)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"questions": [{"name": "a", "ask": "?"}]},
        {"questions": [{"name": "a", "ask": "?", "instant": "pod/a redy"}]},
        {"questions": [{"name": "a", "ask": "?", "number": {"metric": "nonsense", "of": "pod/a"}}]},
        {"questions": [{"name": "a", "ask": "?", "instant": "pod/a ready", "number": {"metric": "restarts", "of": "pod/a"}}]},
        {"tasks": [{"name": "a"}]},
        {"titel": "x"},
    ],
)
def test_it_refuses_what_the_reader_refuses(published: Any, change: dict[str, Any]) -> None:
    document = yaml.safe_load((FOLDERS[0] / "lesson.yaml").read_text("utf-8"))
    assert not Draft202012Validator(published).is_valid({**document, "spec": {**document["spec"], **change}})
