"""The recordings: a compressed file of JSON lines for each release, one line for each take of a case."""

from __future__ import annotations

import json
import lzma
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "traces"
RELEASES = tuple(sorted(path.name.partition(".jsonl")[0] for path in FOLDER.glob("*.jsonl.xz")))

Trace = dict[str, Any]


class Case(NamedTuple):
    """One pod and what happened to it; `takes` are recordings of it by the same kubelet."""

    release: str
    id: str
    takes: tuple[Trace, ...]

    @property
    def family(self) -> str:
        """The first word of the id: init, ready, image..."""
        return self.id.removeprefix("b-").partition("-")[0]

    def __str__(self) -> str:
        return f"{self.release}/{self.id}"


@lru_cache(maxsize=8)
def cases(release: str) -> tuple[Case, ...]:
    """All cases of a release, by id."""
    lines = lzma.decompress((FOLDER / f"{release}.jsonl.xz").read_bytes()).splitlines()
    takes: dict[str, list[Trace]] = {}
    for trace in map(json.loads, lines):
        takes.setdefault(trace["id"], []).append(trace)
    return tuple(Case(release, name, tuple(group)) for name, group in sorted(takes.items()))


def all_cases() -> list[Case]:
    """The cases of all releases."""
    return [case for release in RELEASES for case in cases(release)]


def case(name: str) -> Case:
    """The case of that name: `1.36/ready-exec`."""
    release, _, id_ = name.partition("/")
    return next(item for item in cases(release) if item.id == id_)
