"""The parts of the JSON Schemas that readers decide from tables: durations, kinds of expectations, verbs of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.objects.base import JSON
from simulator.scenario.read_actions import STATES, VERBS, options_of
from simulator.scenario.read_expect import BOUNDS, EVENT_TYPES, INSTANTS, KINDS, SUBJECT, WORDS
from simulator.units import DURATION as DURATION_PATTERN

TEXT = {"type": ["string", "number"]}
"""Numbers are read as text."""
NOT_EMPTY = {**TEXT, "minLength": 1}
SPAN = {
    "type": ["string", "number"],
    "pattern": rf"^\s*\+?(?:{DURATION_PATTERN.pattern})\s*$",
    "patternErrorMessage": "must be a duration such as 1m30s, 250ms or a number of seconds",
    "minimum": 0,
}
DURATION = {"$ref": "#/$defs/duration"}
ACTIONS, EXPECT = "spec.actions[]", "spec.expect[]"
"""The paths of one action and of one expectation."""
NUMBER = {
    "type": ["string", "number"],
    "pattern": rf"^\s*[+-]?(?:{DURATION_PATTERN.pattern})\s*$",
    "patternErrorMessage": "must be a number or a duration",
}
SUBJECT_TEXT = {
    "type": "string",
    "pattern": f"^(?:{SUBJECT.pattern})$",
    "patternErrorMessage": "must name its subject, such as pod/app-*, deployment/web:server or shop/service/web",
}


def expectation_schemas(item: JSON) -> dict[str, JSON]:
    """The schemas of an entry of `expect` and of its values: one kind, and the options of that kind."""
    bounded = {**_object(dict.fromkeys(BOUNDS, NUMBER)), "minProperties": 1}
    values: dict[str, JSON] = {
        **{kind: SUBJECT_TEXT for kind in KINDS if kind not in ("order", "metric")},
        "metric": TEXT,
        "order": {"type": "array", "items": _step(), "minItems": 2},
        **dict.fromkeys((*INSTANTS, "within"), SPAN),
        **dict.fromkeys(BOUNDS, NUMBER),
        "count": {"oneOf": [{"type": "integer", "minimum": 0}, bounded]},
        "of": SUBJECT_TEXT,
        "is": {"enum": [*WORDS]},
        "type": {"enum": [*EVENT_TYPES]},
    }
    texts = {option: NOT_EMPTY for options in KINDS.values() for option in options if option not in values}
    whole = {**item, **_one_of(KINDS, {kind: (kind, *options) for kind, options in KINDS.items()})}
    return {EXPECT: whole, **{f"{EXPECT}.{name}": value for name, value in (values | texts).items()}}


def action_schemas(item: JSON) -> dict[str, JSON]:
    """The schemas of an entry of `actions` and of its values: a time, one verb, and the options of that verb."""
    values: dict[str, JSON] = {
        **{verb: {"type": "string", "minLength": 1} for verb in VERBS},
        **{verb: {"enum": list(states)} for verb, states in STATES.items()},
        "programs": {"$ref": "#/properties/spec/properties/programs"},
        "at": SPAN,
    }
    chosen = _one_of(VERBS, {verb: ("at", verb, *options_of(verb)) for verb in VERBS})
    return {ACTIONS: {**item, **chosen, "required": ["at"]}, **{f"{ACTIONS}.{name}": value for name, value in values.items()}}


def _one_of(kinds: Iterable[str], keys: dict[str, tuple[str, ...]]) -> JSON:
    """A mapping that has one of these kinds as a key, and otherwise only the keys that go with it."""
    names = [*kinds]
    branches = [{"if": {"required": [kind]}, "then": {"propertyNames": {"enum": [*keys[kind]]}}} for kind in names]
    return {"oneOf": [{"required": [kind]} for kind in names], "allOf": branches}


def _step() -> JSON:
    """A milestone of `order`: a subject and a word."""
    words = "|".join(WORDS)
    message = "must be a subject and a word, such as `deployment/db ready`"
    return {"type": "string", "pattern": rf"^\s*(?:{SUBJECT.pattern})\s+(?:{words})\s*$", "patternErrorMessage": message}


def duration_schema() -> JSON:
    """A duration, or one of the distributions."""
    sigma = {"type": "number", "minimum": 0}
    return {
        "oneOf": [
            SPAN,
            _only("uniform", {"type": "array", "items": SPAN, "minItems": 2, "maxItems": 2}),
            _only("choice", {"type": "array", "items": SPAN, "minItems": 1}),
            _only("normal", _object({"mean": SPAN, "sd": SPAN}, ("mean", "sd"))),
            _only("lognormal", _object({"median": SPAN, "sigma": sigma}, ("median", "sigma"))),
            _only("exponential", _object({"mean": SPAN}, ("mean",))),
        ]
    }


def _only(name: str, inner: JSON) -> JSON:
    return _object({name: inner}, (name,))


def _object(properties: dict[str, JSON], required: Sequence[str] = ()) -> JSON:
    # Copies, because each place gets a description of its own.
    own = {name: {**value} for name, value in properties.items()}
    return {"type": "object", "additionalProperties": False, **({"required": [*required]} if required else {}), "properties": own}
