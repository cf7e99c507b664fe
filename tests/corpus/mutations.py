"""Manifests made wrong at random: fields dropped, renamed, given to others, and values that nobody expects."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

ODD: list[Any] = [
    None, "", 0, -1, 1.5, True, [], {}, "a" * 300, "../x", [None], [[]], {"a": None}, "99999999999999999999", -(2**63), 2**70, "1Gi",
    "0x10", "NaN", "1e400", "${X}", "$(A)", "ü", [1, 2, 3], {"": ""}, "-", "80:90", "*", "2001-01-01",
]  # fmt: skip
"""Values that fit almost nowhere."""


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value below one, in order."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        yield (*path, key)
        yield from paths(below, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a place."""
    for key in path:
        value = value[key]
    return value


def mutated(documents: list[Any], chance: Random) -> list[Any]:
    """A copy with one to three changes."""
    documents = copy.deepcopy(documents)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(paths(documents))
        if places:
            _change(documents, chance.choice(places), chance)
    return documents


def _change(documents: list[Any], place: tuple[Any, ...], chance: Random) -> None:
    parent, key = at(documents, place[:-1]), place[-1]
    match chance.randrange(7):
        case 0:
            del parent[key]
        case 1:
            parent[key] = copy.deepcopy(chance.choice(ODD))
        case 2 if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]))
        case 2:
            parent[f"{key}X"] = parent.pop(key)
        case 3:
            parent[key] = copy.deepcopy(at(documents, chance.choice(list(paths(documents)))))
        case _:
            parent[key] = _tweaked(parent[key], chance)


def _tweaked(value: Any, chance: Random) -> Any:
    """Nearly the same value."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return chance.choice((value * 1000, -value, 0, str(value), value + 0.5, value + 1))
    if isinstance(value, str):
        odd = (
            value.upper(),
            f"{value}\n",
            value * 3,
            value[:-1],
            f"$({value}",
            f"`{value}",
            value.replace('"', ""),
            f"{value} & x",
            f"'{value}",
        )
        return chance.choice(odd)
    return copy.deepcopy(chance.choice(ODD))
