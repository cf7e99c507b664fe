"""The parts of the JSON Schemas that readers decide from tables: durations, kinds of expectations, verbs of actions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from simulator.dialect import SUPPORTED
from simulator.objects.base import JSON
from simulator.objects.kinds import KINDS as KIND_TABLE
from simulator.scenario.conditions import WORDS as CONDITIONS
from simulator.scenario.read_actions import STATES, VERBS, options_of
from simulator.scenario.read_expect import BOUNDS, EVENT_TYPES, INSTANTS, KINDS, OF_SERVICES, PREDICATES, QUANTIFIERS, WORDS, word_of
from simulator.scenario.read_options import NEEDS as NEEDED
from simulator.scenario.read_options import REBOOTS
from simulator.scenario.reader import one_of
from simulator.units import DURATION as DURATION_PATTERN
from simulator.units import QUANTITY

TEXT = {"type": ["string", "number"]}
"""Numbers are read as text."""
NOT_EMPTY = {**TEXT, "minLength": 1}
SPAN: JSON = {
    "type": ["string", "number"],
    "pattern": rf"^\s*\+?(?:{DURATION_PATTERN})\s*$",
    "patternErrorMessage": "must be a duration such as 1m30s, 250ms or a number of seconds",
    "minimum": 0,
}
DURATION = {"$ref": "#/$defs/duration"}
AMOUNT = {"$ref": "#/$defs/amount"}
RUNS = "spec.programs[].runs[]"
"""The path of one run of a program."""
ACTIONS, EXPECT = "spec.actions[]", "spec.expect[]"
"""The paths of one action and of one expectation."""
NUMBER = {
    "type": ["string", "number"],
    "pattern": rf"^\s*[+-]?(?:{DURATION_PATTERN})\s*$",
    "patternErrorMessage": "must be a number or a duration",
}
POSITIVE_SPAN = {**SPAN, "pattern": f"^(?=.*[1-9]){SPAN['pattern'][1:]}", "exclusiveMinimum": 0}
NEEDS: dict[str, JSON] = {
    **{kind: {"oneOf": [{"required": [name]} for name in PREDICATES]} for kind in QUANTIFIERS},
    **{kind: {"anyOf": [{"required": [name]} for name in BOUNDS]} for kind in ("endpoints", "metric")},
    "log": {"oneOf": [{"required": [name]} for name in ("contains", "matches")]},
    "event": {"anyOf": [{"required": [name]} for name in ("reason", "message", "type")]},
}
"""Kind of expectation -> the options that it needs."""
MODES = (("within",), ("by",), ("at",), ("from", "until"))
"""The ways to say when; one expectation has one of them."""


def expectation_schemas(item: JSON, metrics: Iterable[str], place: str = EXPECT) -> dict[str, JSON]:
    """The schemas of an entry of `expect` and of its values: one kind, and the options of that kind. `place`: the path of the entry."""
    bounded = {**_object(dict.fromkeys(BOUNDS, NUMBER)), "minProperties": 1}
    values: dict[str, JSON] = {
        **{kind: {"$ref": f"#/$defs/{_subject_of(kind)}"} for kind in KINDS if kind not in ("order", "metric")},
        "metric": {"enum": [*metrics]},
        "order": {"type": "array", "items": step_schema(), "minItems": 2},
        **dict.fromkeys((*INSTANTS, "within"), SPAN),
        **dict.fromkeys(BOUNDS, NUMBER),
        "count": {"oneOf": [{"type": "integer", "minimum": 0}, bounded]},
        "of": {"$ref": f"#/$defs/{ANY_SUBJECT}"},
        "is": {"enum": [*WORDS]},
        "type": {"enum": [*EVENT_TYPES]},
    }
    texts = {option: NOT_EMPTY for options in KINDS.values() for option in options if option not in values}
    whole = {**item, **_one_of(KINDS, {kind: (kind, *options) for kind, options in KINDS.items()}, NEEDS)}
    pairs = [{"required": [one, other]} for first, second in combinations(MODES, 2) for one in first for other in second]
    whole["not"] = {"anyOf": pairs}
    return {place: whole, **{f"{place}.{name}": value for name, value in (values | texts).items()}}


def action_schemas(item: JSON) -> dict[str, JSON]:
    """The schemas of an entry of `actions` and of its values: a time, one verb, and the options of that verb."""
    values: dict[str, JSON] = {
        **{verb: {"type": "string", "minLength": 1} for verb in VERBS},
        **{verb: {"enum": list(states)} for verb, states in STATES.items()},
        "reboot": {"anyOf": [{"enum": list(REBOOTS)}, POSITIVE_SPAN]},
        "programs": {"$ref": "#/properties/spec/properties/programs"},
        "at": SPAN,
        "when": when_schema(),
    }
    needs: dict[str, JSON] = {verb: {"required": [*names]} for verb, names in NEEDED.items()}
    chosen = _one_of(VERBS, {verb: ("at", "when", verb, *options_of(verb)) for verb in VERBS}, needs)
    return {
        ACTIONS: {**item, **chosen, "anyOf": [{"required": ["at"]}, {"required": ["when"]}]},
        **{f"{ACTIONS}.{name}": value for name, value in values.items()},
    }


def when_schema() -> JSON:
    """What an action waits for."""
    subjects = {word: {**_subject_schema(kinds)} for word, kinds in CONDITIONS.items()}
    return {**_object({**subjects, "timeout": POSITIVE_SPAN}), "anyOf": [{"required": [word]} for word in CONDITIONS]}


def _one_of(kinds: Iterable[str], keys: dict[str, tuple[str, ...]], needs: dict[str, JSON]) -> JSON:
    """A mapping that has one of these kinds as a key, and otherwise only the keys that go with it; some need others."""
    names = [*kinds]
    allowed = {kind: {"propertyNames": {"enum": [*keys[kind]]}, **needs.get(kind, {})} for kind in names}
    branches = [{"if": {"required": [kind]}, "then": allowed[kind]} for kind in names]
    return {"oneOf": [{"required": [kind]} for kind in names], "allOf": branches}


def step_schema() -> JSON:
    """A milestone of `order`: a subject and a word."""
    words = "|".join(WORDS)
    message = "must be a subject and a word, such as `deployment/db ready`"
    return {"type": "string", "pattern": rf"^\s*{_subject([])}\s+(?:{words})\s*$", "patternErrorMessage": message}


ANY_SUBJECT = "anySubject"


def subject_schemas() -> dict[str, JSON]:
    """The schemas of subjects: objects of any kind, and of the kinds that each word applies to."""
    kinds = {_subject_of(word): names for word, names in reversed(WORDS.items())}
    return {name: _subject_schema(kinds[name]) for name in (ANY_SUBJECT, *(name for name in kinds if name != ANY_SUBJECT))}


def _subject_of(kind: str) -> str:
    """The name of the schema for the subject of a kind of expectation: words that apply to the same kinds share one."""
    word = "reachable" if kind in OF_SERVICES else word_of(kind)
    kinds = WORDS.get(word, ())
    return f"{next(name for name, same in WORDS.items() if same == kinds)}Subject" if kinds else ANY_SUBJECT


def _subject_schema(kinds: Sequence[str]) -> JSON:
    example = "such as pod/app-*, deployment/web:server or shop/service/web"
    message = f"must name {one_of([f'a {kind}' for kind in kinds])}" if kinds else f"must name its subject, {example}"
    return {"type": "string", "pattern": f"^{_subject(kinds)}$", "patternErrorMessage": message}


def _subject(kinds: Sequence[str]) -> str:
    """The pattern of a subject: `[namespace/]kind/name[:container]`, its kind one of these (none: any) in all its spellings."""
    words = [word for kind in KIND_TABLE if kind.name in kinds or not kinds for word in (kind.singular, kind.plural, *kind.short_names)]
    # JavaScript's patterns cannot ignore case.
    spelt = ("".join(f"[{letter.upper()}{letter}]" for letter in word) for word in sorted(words))
    return rf"(?:[^/:\s]+/)?(?:{'|'.join(spelt)})(?:\.[A-Za-z.]+)?/[^/:\s]+(?::[^\s]+)?"


def release_schema() -> JSON:
    """A release that podsim imitates. YAML reads 1.30 without quotes as 1.3, which is none."""
    releases = "|".join(re.escape(release) for release in SUPPORTED)
    numbers = [float(release) for release in SUPPORTED if str(float(release)) == release]
    message = f'must be a release such as "{SUPPORTED[-1]}", in quotes; podsim simulates {SUPPORTED[0]} to {SUPPORTED[-1]}'
    text = {"type": "string", "pattern": rf"^\s*v?(?:{releases})(?![0-9])", "patternErrorMessage": message}
    return {"anyOf": [text, {"enum": numbers}]}


def duration_schema() -> JSON:
    """A duration, or one of the distributions."""
    return {"oneOf": _drawn(SPAN)}


def _drawn(item: JSON) -> list[JSON]:
    """A value, or one of the distributions of such values."""
    sigma = {"type": "number", "minimum": 0}
    return [
        item,
        _only("uniform", {"type": "array", "items": item, "minItems": 2, "maxItems": 2}),
        _only("choice", {"type": "array", "items": item, "minItems": 1}),
        _only("normal", _object({"mean": item, "sd": item}, ("mean", "sd"))),
        _only("lognormal", _object({"median": item, "sigma": sigma}, ("median", "sigma"))),
        _only("exponential", _object({"mean": item}, ("mean",))),
    ]


def amount_schema() -> JSON:
    """A quantity of a resource, or one of the distributions."""
    return {"oneOf": _drawn({**TEXT, "pattern": f"^(?:{QUANTITY})$", "patternErrorMessage": "must be a quantity such as 200m or 64Mi"})}


def use_schemas() -> dict[str, JSON]:
    """How much CPU and memory a run uses: an amount, an amount over time, or what idling and requests take."""
    over_time = {
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{DURATION_PATTERN})$"},
        "additionalProperties": AMOUNT,
        "minProperties": 1,
    }

    def use(per_request: JSON) -> JSON:
        more = {"perRequest": per_request}
        timed = [_object({key: over_time, **more}, (key,)) for key in ("steps", "ramp")]
        return {"oneOf": [AMOUNT, *timed, {**_object({"idle": AMOUNT, **more}), "minProperties": 1}]}

    return {f"{RUNS}.cpu": use(DURATION), f"{RUNS}.memory": use(AMOUNT), f"{RUNS}.disk": use(AMOUNT)}


def _only(name: str, inner: JSON) -> JSON:
    return _object({name: inner}, (name,))


def _object(properties: dict[str, JSON], required: Sequence[str] = ()) -> JSON:
    # Copies, because each place gets a description of its own.
    own = {name: {**value} for name, value in properties.items()}
    return {"type": "object", "additionalProperties": False, **({"required": [*required]} if required else {}), "properties": own}
