"""Markdown on a terminal: wrapped, with styles, and readable without them."""

from __future__ import annotations

import pytest

from simulator.lessons.markdown import lines
from simulator.views.styled import Part, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Title\nA line\nand more.", "Title\nA line and more.\n"),
        ("one two three four five six", "one two three\nfour five six\n"),
        ("- one two three four\n- five", "- one two three\n  four\n- five\n"),
        ("1. one\n2. two", "1. one\n2. two\n"),
        ("a **b** `c d e f g hh` i", "a b\n`c d e f g hh` i\n"),
        (
            "See:\n\n```console\n$ podsim get\nNAME  READY  STATUS\n```\n\nEnd.",
            "See:\n\n    $ podsim get\n    NAME  READY  STATUS\n\nEnd.\n",
        ),
        ('```yaml title="a.yaml"\na: 1\n```', "    # a.yaml\n    a: 1\n"),
        ("| aa | b |\n|---|---|\n| 1 | 2 3 4 5 6 7 8 9 |", "aa  b\n──  ───────────────\n1   2 3 4 5 6 7 8 9\n"),
        ("2 * 3 * 4", "2 * 3 * 4\n"),
        ("one two x `three`, four", "one two x\n`three`, four\n"),
        ("", ""),
    ],
)
def test_text(text: str, shown: str) -> None:
    assert plain(lines(text, 17)) == shown


def test_styles_reach_over_line_ends() -> None:
    (first, second) = lines("**one two three four**, *five* `six`", 16)
    assert [part for part in (*first, *second) if part.text] == [
        Part("one", "bold"), Part(" two", "bold"), Part(" three", "bold"),
        Part("four", "bold"), Part(","), Part(" five", "italic"), Part(" `six`", "cyan"),
    ]  # fmt: skip


def test_a_margin_goes_before_every_line() -> None:
    assert plain(lines("one two\n\n```text\nthree\n```", 8, "  ")) == "  one\n  two\n\n      three\n"
