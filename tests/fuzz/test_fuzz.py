"""Odd input at every door: podsim refuses it with a sentence or accepts it, and has no bug. `make fuzz` tries as many cases as CASES says.

A case that finds a bug becomes a file `crashes/DOOR.NAME`, which is tried first, always.
"""

from __future__ import annotations

import copy
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.doors import DOORS, Door, data_of, examples

CASES = int(os.environ.get("CASES", "0"))
"""So many for each door; 0: those that fit into the tests."""
SLOW = {"manifest": 25, "scenario": 25, "expectations": 15, "script": 50, "journal": 40, "infer": 40}
USUAL = 75
CRASHES = sorted((Path(__file__).parent / "crashes").iterdir())
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**18),
    1e308,
    "",
    " ",
    "x",
    "-1",
    "1e999",
    "é\u202e",
    "\x1b[31m",
    "a" * 300,
    "1" * 400,
    "{{",
    "$(x)",
    "$((",
    "%s%n",
    "../..",
    "/",
    "~",
    [],
    [None],
    {},
    {"": None},
    {"a": {"a": {"a": []}}},
    [[[[]]]],
    "100%",
    "0s",
    "-5s",
    "9999999h",
    "0x10",
    "١٢",
    "Infinity",
    "NaN",
    "\n",
    ":",
    "=",
    ",",
)
TOKENS = [one.encode() for one in ODD if isinstance(one, str)] + [
    b"\xff",
    b"\x80",
    b"[",
    b"]",
    b"(",
    b")",
    b"{",
    b"}",
    b"'",
    b'"',
    b"`",
    b"\\",
    b"*",
    b"?",
    b"|",
    b"&",
    b";",
    b"<<",
    b"!",
    b"#",
]


@cache
def samples(door: Door) -> tuple[bytes, ...]:
    return examples(door)


@cache
def documents(door: Door) -> tuple[Any, ...]:
    return tuple(data_of(door))


@st.composite
def edited(draw: st.DrawFn, door: Door) -> bytes:
    """An example with up to three edits."""
    data = draw(st.sampled_from(samples(door)))
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.sampled_from([0, 0, 1, 2, 5, 40])))
        data = data[:begin] + draw(st.one_of(st.sampled_from(TOKENS), st.just(data[begin:end] * 2), st.binary(max_size=4))) + data[end:]
    return data


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of each part of a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))][0 if path else 1 :]


@st.composite
def changed(draw: st.DrawFn, door: Door) -> bytes:
    """Examples as data with up to two odd parts, keys removed or added."""
    whole = copy.deepcopy(list(documents(door)))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(places(whole) or [(0,)]))
        holder: Any = whole
        for key in way:
            holder = holder[key]
        match draw(st.integers(0, 5)):
            case 0 if isinstance(holder, dict):
                del holder[last]
            case 1 if isinstance(holder, dict):
                holder[draw(st.sampled_from(["x", "name", "", "kind", "spec", "$patch"]))] = draw(st.sampled_from(ODD))
            case _:
                holder[last] = draw(st.sampled_from(ODD))
    return "\n---\n".join(json.dumps(one) for one in whole).encode()


def inputs(door: Door) -> st.SearchStrategy[bytes]:
    junk = st.one_of(
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.lists(st.sampled_from(TOKENS), max_size=6).map(b"".join),
    )
    return st.one_of(edited(door), edited(door), *([changed(door)] * 3 if door.structured else []), junk)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_odd_input_is_no_bug(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODSIM_TRACEBACK", "1")
    monkeypatch.setenv("PODSIM_LIMITS", "pods=200,nodes=20,hours=2,runs=20")

    @seed(int(os.environ.get("FUZZ_SEED", "0")))
    @settings(max_examples=CASES or SLOW.get(door.name, USUAL), database=None, derandomize=False, suppress_health_check=list(HealthCheck))
    @given(data=inputs(door))
    def enter(data: bytes) -> None:
        door.enter(data)

    enter()


@pytest.mark.parametrize("file", CRASHES, ids=lambda file: file.name)
def test_what_was_a_bug_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODSIM_TRACEBACK", "1")
    [door] = [door for door in DOORS if door.name == file.name.partition(".")[0]]
    door.enter(file.read_bytes())
