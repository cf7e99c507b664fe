"""The published API's kinds and their fields (`fields.json`, made by `tools/field_table/make.py`, which also explains the codes)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

Fields = dict[str, str]


class Served(NamedTuple):
    """A kind that the API server serves: the name of its type in the table, its plural, and whether it is namespaced."""

    type: str
    plural: str
    namespaced: bool


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Fields | tuple[str, str, int]]]:
    text = Path(__file__).with_name("fields.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, dict[str, str] | tuple[str, str, int]]])


def served(api_version: str, kind: str) -> Served | None:
    """The kind of that name in that version of the API, None when the API server serves none."""
    row = _table()["kinds"].get(f"{api_version}/{kind}")
    return Served(row[0], row[1], bool(row[2])) if isinstance(row, tuple) else None


@lru_cache(maxsize=1)
def served_kinds() -> dict[tuple[str, str], str]:
    """Spelling of every served kind by its apiVersion and lower-case name, as kubectl looks it up."""
    return {(name.rpartition("/")[0], name.rpartition("/")[2].lower()): name.rpartition("/")[2] for name in _table()["kinds"]}


@lru_cache(maxsize=1)
def served_groups() -> frozenset[str]:
    """Every built-in API group, former ones included; core is the empty string."""
    return frozenset(name.rpartition("/")[0].rpartition("/")[0] for name in _table()["kinds"]) | {"extensions"}


@lru_cache(maxsize=512)
def fields(type_name: str) -> Fields:
    """The fields of a type and their codes; empty for a type without a schema."""
    row = _table()["types"].get(type_name, {})
    return row if isinstance(row, dict) else {}
