"""The JSON Schemas of Scenario and Expectations files, for editors, recorded from the readers.

Only the readers know the formats. They run here on a value that has every key, and the type that they expect at each path is recorded
instead of checked. What a reader decides from a table (kinds of expectations, verbs of actions) is taken from that table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from simulator.engine.durations import Duration, Fixed
from simulator.manifest.places import Places
from simulator.objects.base import JSON
from simulator.scenario.expectations_file import read_expectations_document
from simulator.scenario.header import API_VERSION, EXPECTATIONS, SCENARIO
from simulator.scenario.read import read_document
from simulator.scenario.read_options import OPTIONS
from simulator.scenario.reader import Reader
from simulator.scenario.schema_files import schema_file
from simulator.scenario.schema_parts import (
    ACTIONS,
    AMOUNT,
    DURATION,
    EXPECT,
    POSITIVE_SPAN,
    SPAN,
    TEXT,
    action_schemas,
    amount_schema,
    duration_schema,
    expectation_schemas,
    release_schema,
    subject_schemas,
    use_schemas,
)
from simulator.scenario.spec import Scenario
from simulator.units import QUANTITY, RATE

T = TypeVar("T")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
HOME = "https://raw.githubusercontent.com/podsim/podsim/main/simulator/"
"""Where the published schemas are, which is also their identity."""
EVERY = "*"
"""In a path: any key of a mapping whose keys are free."""
TITLES = {
    SCENARIO: ("podsim Scenario", "A run of manifests: timings, failures, actions and expectations that manifests cannot express."),
    EXPECTATIONS: ("podsim Expectations", "What must hold in a run of a Scenario or of manifests. File names end in .podsim.yaml."),
}


class Everything(dict[str, Any]):
    """A value that has every key, with such a value under each."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return Everything()

    def get(self, key: str, default: Any = None) -> Any:
        """Such a value."""
        return Everything()


class SchemaReader(Reader):
    """Records the schema of each path that is read."""

    def __init__(self) -> None:
        super().__init__("", Places(None, 0))
        self.schemas: dict[str, JSON] = {}

    def _note(self, path: str, schema: JSON) -> None:
        self.schemas.setdefault(path, {}).update(schema)

    def problem(self, path: str, message: str) -> None:
        """There are no problems to report."""

    def mapping(self, value: Any, path: str, keys: Iterable[str]) -> dict[str, Any]:
        """A mapping with these keys only."""
        allowed = list(keys)
        self._note(path, {"type": "object", "additionalProperties": False, "properties": {key: {} for key in allowed}})
        return {key: Everything() for key in allowed}

    def table(self, value: Any, path: str, keys: str = "", meaning: str = "") -> dict[str, Any]:
        """A mapping with free keys."""
        names = {"propertyNames": _pattern(keys, meaning)} if keys else {}
        self._note(path, {"type": "object", "additionalProperties": {}, **names})
        return Everything({EVERY: Everything()})

    def list(self, value: Any, path: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """A list."""
        self._note(path, {"type": "array", "items": {}})
        return (read(Everything(), f"{path}[]"),)

    def text(self, value: Any, path: str, default: str = "") -> str:
        """A string."""
        self._note(path, TEXT)
        return default

    def choice(self, value: Any, path: str, choices: Sequence[str], default: str = "") -> str:
        """One of these words."""
        self._note(path, {"enum": [*choices]})
        return default

    def matching(self, value: Any, path: str, pattern: str, meaning: str) -> str:
        """A string that matches a pattern."""
        self._note(path, _pattern(pattern, meaning))
        return ""

    def quantity(self, value: Any, path: str, default: str) -> str:
        """A quantity of a resource."""
        self._note(path, _pattern(QUANTITY, "a quantity such as 4 or 8Gi"))
        return default

    def require(self, given: dict[str, Any], path: str, *keys: str) -> None:
        """Keys that a mapping must have."""
        self._note(path, {"required": [*keys]})

    def require_any(self, given: dict[str, Any], path: str, *keys: str) -> None:
        """Keys of which a mapping must have one."""
        self._note(path, {"anyOf": [{"required": [key]} for key in keys]})

    def exclude(self, given: dict[str, Any], path: str, key: str, others: tuple[str, ...], why: str) -> None:
        """A key that cannot stand beside others."""
        beside = {"anyOf": [{"required": [other]} for other in others]}
        self._note(path, {"if": beside, "then": {"propertyNames": {"not": {"const": key}}}})

    def integer(self, value: Any, path: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """A whole number."""
        self._note(path, {"type": "integer", **_bounds(low, high)})
        return default

    def number(self, value: Any, path: str, default: float, low: float, high: float) -> float:
        """A number."""
        self._note(path, {"type": "number", "exclusiveMinimum": low, "maximum": high})
        return default

    def flag(self, value: Any, path: str, default: bool = False) -> bool:
        """True or false."""
        self._note(path, {"type": "boolean"})
        return default

    def span(self, value: Any, path: str, default: int = 0, *, positive: bool = False) -> int:
        """A fixed duration."""
        self._note(path, POSITIVE_SPAN if positive else SPAN)
        return default

    def rate(self, value: Any, path: str, default: int) -> int:
        """Bytes per second."""
        self._note(path, {**_pattern(RATE.pattern, "a rate such as 50MB/s or 400Mbit/s"), "exclusiveMinimum": 0})
        return default

    def duration(self, value: Any, path: str, default: Duration) -> Duration:
        """A duration, or a distribution."""
        self._note(path, DURATION)
        return default

    def amount(self, value: Any, path: str, unit: int) -> Duration:
        """A quantity of a resource, or a distribution."""
        self._note(path, AMOUNT)
        return Fixed(0)


def schema(kind: str, metrics: Iterable[str]) -> JSON:
    """The schema of files of that kind: Scenario or Expectations. `metrics`: the names of metrics, which packages above this one know."""
    reader = SchemaReader()
    if kind == SCENARIO:
        read_document(reader, Everything(), "")
        for name, read in OPTIONS.items():
            read(reader, Everything(), f"{ACTIONS}.{name}")
        reader.schemas |= action_schemas(reader.schemas[ACTIONS]) | use_schemas()
    else:
        read_expectations_document(reader, Everything(), "", lambda path: Scenario())
        reader.schemas["spec"] |= {"required": ["expect"], "oneOf": [{"required": ["scenario"]}, {"required": ["manifests"]}]}
        reader.schemas["spec.expect"]["minItems"] = 1
    reader.schemas |= expectation_schemas(reader.schemas[EXPECT], metrics)
    reader.schemas["spec.kubernetes"] = release_schema()
    return assembled(kind, reader.schemas, f"{HOME}scenario/{schema_file(kind).name}", TITLES[kind], Descriptions())


def assembled(kind: str, schemas: dict[str, JSON], identity: str, titles: tuple[str, str], descriptions: Descriptions) -> JSON:
    """The schema of a kind of file, from the schemas of its paths. `titles`: its title and its description."""
    schemas = {**schemas, "apiVersion": {"const": API_VERSION}, "kind": {"const": kind}}
    root: JSON = {}
    for path in sorted(schemas, key=lambda path: (path.count(".") + path.count("["), path)):
        _place(root, path).update(schemas[path])
    title, description = titles
    head = {"$schema": DIALECT, "$id": identity, "title": title, "description": description}
    parts = subject_schemas() | ({"duration": duration_schema(), "amount": amount_schema()} if DURATION in schemas.values() else {})
    whole = {**head, **root, "required": ["apiVersion", "kind"], "$defs": parts}
    descriptions.add(whole, kind)
    return whole


class Descriptions:
    """What each property means, by the end of its path; of several ends that match, the longest one counts. `more`: further texts."""

    def __init__(self, more: dict[str, str] | None = None) -> None:
        own: dict[str, str] = json.loads(Path(__file__).with_name("descriptions.json").read_text("utf-8"))
        self.texts = {**own, **(more or {})}
        self.used: set[str] = set()

    def of(self, path: str) -> str:
        """The meaning of the property at a path such as `Scenario.spec.programs.match.pod`; empty when nothing is said."""
        steps = path.split(".")
        end = next((end for i in range(len(steps)) if (end := ".".join(steps[i:])) in self.texts), "")
        self.used.add(end)
        return self.texts.get(end, "")

    def add(self, part: Any, path: str) -> None:
        """Put a description into every property of a schema."""
        if isinstance(part, list):
            for item in part:
                self.add(item, path)
        for keyword, inner in part.items() if isinstance(part, dict) else ():
            if keyword == "properties":
                for name, item in inner.items():
                    self.add(item, f"{path}.{name}")
                    inner[name] = {"description": self.of(f"{path}.{name}"), **item}
            elif keyword == "$defs":
                for name, item in inner.items():
                    self.add(item, name)
            elif keyword in ("items", "additionalProperties", "oneOf"):
                self.add(inner, path)


def _place(root: JSON, path: str) -> JSON:
    """The schema at a path such as `spec.programs[].match` or `spec.images[*].pull`, created if it is missing."""
    here = root
    for step in path.replace("[]", ".[]").replace(f"[{EVERY}]", f".{EVERY}").split("."):
        if step == "[]":
            here = here["items"]
        elif step == EVERY:
            here = here["additionalProperties"]
        elif step:
            here = here.setdefault("properties", {}).setdefault(step, {})
    return here


def _pattern(pattern: str, meaning: str) -> JSON:
    return {**TEXT, "pattern": f"^(?:{pattern})$", "patternErrorMessage": f"must be {meaning}"}


def _bounds(low: float | None, high: float | None) -> JSON:
    return {name: value for name, value in (("minimum", low), ("maximum", high)) if value is not None}
