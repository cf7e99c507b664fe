"""The JSON Schema of Scenario files, for editors, recorded from the reader.

Only the reader knows the format. It runs here on a value that has every key, and the type that it expects at each path is recorded instead
of checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from simulator.engine.durations import Duration
from simulator.manifest.places import Places
from simulator.objects.base import JSON
from simulator.scenario.header import API_VERSION, SCENARIO
from simulator.scenario.read import read_document
from simulator.scenario.read_actions import VERBS
from simulator.scenario.read_expect import BOUNDS, INSTANTS, KINDS
from simulator.scenario.reader import Reader

T = TypeVar("T")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SPAN = {"description": "a duration such as 1m30s or 250ms, or a number of seconds", "type": ["string", "number"]}
TEXT = {"type": ["string", "number"]}
"""Numbers are read as text."""
EVERY = "*"
"""In a path: any key of a mapping whose keys are free."""


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

    def table(self, value: Any, path: str) -> dict[str, Any]:
        """A mapping with free keys."""
        self._note(path, {"type": "object", "additionalProperties": {}})
        return Everything({EVERY: Everything()})

    def list(self, value: Any, path: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """A list."""
        self._note(path, {"type": "array", "items": {}})
        return (read(Everything(), f"{path}[]"),)

    def text(self, value: Any, path: str, default: str = "") -> str:
        """A string."""
        self._note(path, TEXT)
        return default

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

    def span(self, value: Any, path: str, default: int = 0) -> int:
        """A fixed duration."""
        self._note(path, SPAN)
        return default

    def rate(self, value: Any, path: str, default: int) -> int:
        """Bytes per second."""
        self._note(path, {"description": "bytes a second, such as 50Mi or 10M", "type": ["string", "number"]})
        return default

    def duration(self, value: Any, path: str, default: Duration) -> Duration:
        """A duration, or a distribution."""
        self._note(path, {"$ref": "#/$defs/duration"})
        return default


def schema() -> JSON:
    """The whole schema."""
    reader = SchemaReader()
    read_document(reader, Everything(), "")
    reader.schemas["apiVersion"] = {"const": API_VERSION}
    reader.schemas["kind"] = {"const": SCENARIO}
    reader.schemas["spec.actions[]"] |= {"required": ["at"], "oneOf": [{"required": [verb]} for verb in VERBS]}
    reader.schemas["spec.actions[].at"] = SPAN
    _expectations(reader.schemas)
    root: JSON = {}
    for path in sorted(reader.schemas, key=lambda path: (path.count(".") + path.count("["), path)):
        _place(root, path).update(reader.schemas[path])
    head = {"$schema": DIALECT, "title": "podsim Scenario", "description": "What manifests cannot say: timings, failures, actions."}
    return {**head, **root, "required": ["apiVersion", "kind"], "$defs": {"duration": _durations()}}


def _expectations(schemas: dict[str, JSON]) -> None:
    """An entry of `expect` has one of the kinds. The options of each kind are checked by the reader only."""
    path = "spec.expect[]"
    schemas[path] |= {"oneOf": [{"required": [kind]} for kind in KINDS]}
    schemas.update({f"{path}.{kind}": TEXT for kind in KINDS if kind != "order"})
    schemas[f"{path}.order"] = {"type": "array", "items": TEXT, "minItems": 2}
    schemas.update({f"{path}.{name}": SPAN for name in (*INSTANTS, "within", *BOUNDS)})
    bounded = {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(BOUNDS, SPAN)}
    schemas[f"{path}.count"] = {"oneOf": [{"type": "integer", "minimum": 0}, bounded]}


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


def _bounds(low: float | None, high: float | None) -> JSON:
    return {name: value for name, value in (("minimum", low), ("maximum", high)) if value is not None}


def _durations() -> JSON:
    """A duration, or one of the distributions."""

    def one(name: str, inner: JSON) -> JSON:
        return {"type": "object", "additionalProperties": False, "required": [name], "properties": {name: inner}}

    def of(**fields: JSON) -> JSON:
        return {"type": "object", "additionalProperties": False, "required": [*fields], "properties": fields}

    sigma = {"type": "number", "minimum": 0}
    return {
        "oneOf": [
            SPAN,
            one("uniform", {"type": "array", "items": SPAN, "minItems": 2, "maxItems": 2}),
            one("choice", {"type": "array", "items": SPAN, "minItems": 1}),
            one("normal", of(mean=SPAN, sd=SPAN)),
            one("lognormal", of(median=SPAN, sigma=sigma)),
            one("exponential", of(mean=SPAN)),
        ]
    }
