"""Where Go's base64 decoder stops reading: the table of its own test (encoding/base64, TestDecodeCorrupt)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.manifest.gobase64 import corrupt_at

ROWS = {
    "": None,
    "\n": None,
    "AAA=\n": None,
    "AAAA\n": None,
    "!!!!": 0,
    "====": 0,
    "x===": 1,
    "=AAA": 0,
    "A=AA": 1,
    "AA=A": 2,
    "AA==A": 4,
    "AAA=AAAA": 4,
    "AAAAA": 4,
    "AAAAAA": 4,
    "A=": 1,
    "A==": 1,
    "AA=": 3,
    "AA==": None,
    "AAA=": None,
    "AAAA": None,
    "AAAAAA=": 7,
    "YWJjZA=====": 8,
    "A!\n": 1,
    "A=\n": 1,
}


@pytest.mark.parametrize(("text", "at"), ROWS.items(), ids=map(repr, ROWS))
def test_corrupt_at(text, at):
    assert corrupt_at(text) == at


@given(st.binary(max_size=40))
def test_sound_text_is_read(data):
    assert corrupt_at(base64.b64encode(data).decode()) is None
