"""The inputs of a run as plain JSON values, to be played again later, also by another Python or another podsim.

Manifests are stored as the texts they were read from, and read again; the Scenario as its values, each with the name of its type. What
does not fit the types of this podsim is refused: nothing but these types is made from what is read.
"""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from simulator.dialect import Dialect
from simulator.errors import InputError
from simulator.manifest.files import Source
from simulator.manifest.load import Loaded, RawObject, Validate, load_objects, load_sources
from simulator.objects.base import JSON
from simulator.scenario.inputs import Inputs
from simulator.scenario.spec import Scenario

PARTS = ("before", "loaded")
TYPE, TUPLE, MAP = "type", "tuple", "map"
"""Keys of what JSON has no word for: a value of one of our types, a tuple, a mapping with keys of its own."""


class NotReadable(Exception):
    """A stored value that is not one of this podsim's types."""


def stored(inputs: Inputs) -> JSON:
    """Inputs as JSON values. What is expected of the run is left out: it has been judged."""
    return {
        "scenario": _encoded(inputs.scenario._replace(expect=())),
        **{part: _stored_manifests(getattr(inputs, part)) for part in PARTS},
        "named": list(inputs.named),
        "files": list(inputs.files),
        "namespaces": list(inputs.namespaces),
        "horizon": inputs.horizon,
        "exact": inputs.exact,
    }


def restored(data: Any) -> Inputs:
    """The inputs again, whose manifests are read from their texts. Raises NotReadable."""
    fields = {
        "scenario": dict, "before": dict, "loaded": dict, "named": list, "files": list, "namespaces": list, "horizon": int, "exact": bool,
    }  # fmt: skip
    if not isinstance(data, dict) or any(not isinstance(data.get(name), kind) for name, kind in fields.items()):
        raise NotReadable("inputs")
    scenario = _decoded(data["scenario"])
    if not isinstance(scenario, Scenario):
        raise NotReadable("scenario")
    names = [data[name] for name in ("named", "files", "namespaces")]
    if not all(isinstance(name, str) for part in names for name in part):
        raise NotReadable("names")
    try:
        before, loaded = (_restored_manifests(data[part], scenario) for part in PARTS)
    except InputError as error:
        raise NotReadable("manifests") from error
    named, files, namespaces = (tuple(part) for part in names)
    return Inputs(scenario, loaded, before, named, data["horizon"], data["exact"], files, namespaces)


def _stored_manifests(loaded: Loaded) -> JSON:
    edited = {str(i): loaded.manifests[i].raw for i in loaded.edited}
    return {"validate": loaded.validate, "sources": [list(source) for source in loaded.sources], "edited": edited}


def _restored_manifests(data: JSON, scenario: Scenario) -> Loaded:
    """Manifests read from their texts, then those whose values are not those of the text. Raises InputError or NotReadable."""
    hints = {"validate": Validate, "sources": list[list[str]], "edited": dict[str, dict[str, Any]]}
    if any(name not in data or not _fits(data[name], hint) for name, hint in hints.items()):
        raise NotReadable("manifests")
    validate: Validate = data["validate"]
    texts: list[list[str]] = data["sources"]
    edited: dict[str, JSON] = data["edited"]
    namespace, dialect = scenario.namespace or "default", Dialect(scenario.kubernetes)
    given = [Source(*text) for text in texts if len(text) == len(Source._fields)]
    # What was refused when the texts were first read is refused again, and the rest ran without it.
    loaded = load_sources(given, namespace=namespace, validate=validate, dialect=dialect, fail_fast=False)
    manifests = list(loaded.manifests)
    for key, value in edited.items():
        if not key.isdigit() or int(key) >= len(manifests):
            raise NotReadable("manifests")
        place = manifests[int(key)]
        item = RawObject(value, place.file, place.place)
        manifests[int(key)] = load_objects([item], namespace=namespace, validate=validate, dialect=dialect).manifests[0]
    return loaded._replace(manifests=manifests, edited=tuple(int(key) for key in edited))


# ---- values


def _encoded(value: Any) -> Any:
    if _is_ours(type(value)):
        defaults = _defaults(type(value))
        parts = {name: getattr(value, name) for name in _names(type(value))}
        given = {name: part for name, part in parts.items() if name not in defaults or part != defaults[name]}
        return {TYPE: type(value).__name__, **{name: _encoded(part) for name, part in given.items()}}
    if isinstance(value, tuple):
        return {TUPLE: [_encoded(part) for part in value]}
    if isinstance(value, dict):
        return {MAP: {name: _encoded(part) for name, part in value.items()}}
    return [_encoded(part) for part in value] if isinstance(value, list) else value


def _is_ours(kind: type) -> bool:
    return hasattr(kind, "_fields") or hasattr(kind, "__struct_fields__")


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a named tuple or a struct."""
    names: tuple[str, ...] = kind._fields if hasattr(kind, "_fields") else kind.__struct_fields__
    return names


def _defaults(kind: Any) -> JSON:
    if hasattr(kind, "_fields"):
        return dict(kind._field_defaults)
    values = kind.__struct_defaults__
    return dict(zip(kind.__struct_fields__[-len(values) :] if values else (), values, strict=True))


def _decoded(value: Any) -> Any:
    """Raises NotReadable."""
    if isinstance(value, list):
        return [_decoded(part) for part in value]
    if not isinstance(value, dict):
        return value
    if TYPE in value:
        return _typed(str(value[TYPE]), {name: _decoded(part) for name, part in value.items() if name != TYPE})
    if isinstance(value.get(TUPLE), list):
        return tuple(_decoded(part) for part in value[TUPLE])
    if isinstance(value.get(MAP), dict):
        return {name: _decoded(part) for name, part in value[MAP].items()}
    raise NotReadable("value")


def _typed(name: str, fields: JSON) -> Any:
    """A value of one of the types that a Scenario is made of."""
    kind = types().get(name)
    if kind is None:
        raise NotReadable(name)
    hints = _hints(kind)
    if any(field not in hints or not _fits(value, hints[field]) for field, value in fields.items()):
        raise NotReadable(name)
    try:
        return kind(**fields)
    except TypeError as error:
        raise NotReadable(name) from error


@cache
def types() -> dict[str, type]:
    """The types that a Scenario is made of, by name: those that its fields are annotated with, and theirs."""
    result: dict[str, type] = {}
    hints: list[Any] = [Scenario]
    while hints:
        hint = hints.pop()
        if isinstance(hint, type) and _is_ours(hint) and hint.__name__ not in result:
            result[hint.__name__] = hint
            hints += _hints(hint).values()
        hints += get_args(hint)
    return result


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is one of an annotation; of those only that occur in the fields of a Scenario."""
    if hint is Any:
        return True
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, arg) for arg in args)
    if origin is Literal:
        return value in args
    if origin is tuple and Ellipsis not in args:
        return isinstance(value, tuple) and len(value) == len(args) and all(map(_fits, value, args))
    if origin in (tuple, list):
        return isinstance(value, origin) and all(_fits(part, args[0]) for part in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(name, args[0]) and _fits(part, args[1]) for name, part in value.items())
    if hint in (int, float):
        return isinstance(value, int | float if hint is float else int) and not isinstance(value, bool)
    return value is None if hint is NoneType else isinstance(value, hint)
