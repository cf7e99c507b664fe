"""The JSON Schema of lesson.yaml, recorded from its reader as that of a Scenario is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from simulator.lessons.read import ANSWERS, LESSON, MOST_CHOICES, read_lesson_document
from simulator.objects.base import JSON
from simulator.scenario.schema import HOME, Descriptions, Everything, SchemaReader, assembled
from simulator.scenario.schema_parts import expectation_schemas, step_schema

TITLES = ("podsim Lesson", "A lesson: questions about a run, and manifests to change until a check passes.")
QUESTION = "spec.questions[]"
EXPECTED = (f"{QUESTION}.choices[].if[]", f"{QUESTION}.choices[].unless[]", "spec.tasks[].expect[]")
"""Where a lesson has expectations."""


def schema(metrics: Iterable[str]) -> JSON:
    """The schema. `metrics`: the names of metrics."""
    names = [*metrics]
    reader = SchemaReader()
    read_lesson_document(reader, Everything(), Path())
    schemas = reader.schemas
    for place in EXPECTED:
        schemas |= expectation_schemas(schemas[place], names, place)
    schemas[QUESTION]["oneOf"] = [{"required": [kind]} for kind in ANSWERS]
    schemas[f"{QUESTION}.choices"] |= {"minItems": 2, "maxItems": MOST_CHOICES}
    schemas[f"{QUESTION}.instant"] = step_schema()
    schemas[f"{QUESTION}.number.metric"] = {"enum": names}
    return assembled(LESSON, schemas, f"{HOME}lessons/lesson.schema.json", TITLES, descriptions())


def descriptions() -> Descriptions:
    """What the properties of a lesson mean. Expectations are described with the Scenario, as entries of `expect`."""
    more: dict[str, str] = json.loads(Path(__file__).with_name("descriptions.json").read_text("utf-8"))
    shared = {key.removeprefix("expect."): text for key, text in Descriptions().texts.items() if key.startswith("expect.")}
    return Descriptions({f"{key}.{name}": text for key in ("if", "unless") for name, text in shared.items()} | more)
