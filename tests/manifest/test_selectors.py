"""Label selectors as text: what is read, and what the API server says to what cannot be."""

from __future__ import annotations

import pytest

from simulator.manifest.selectors import parse_labels

LABELS = {"app": "web", "tier": "front", "in": "x", "n": "5"}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True), ("app", True), ("!app", False), ("gone", False), ("!gone", True),
        ("app=web", True), ("app == web", True), ("app!=web", False), ("gone!=x", True), ("app=", False),
        ("app in (api, web),tier notin (back)", True), ("app in (api)", False), ("gone notin (a)", True), ("gone in ()", False),
        ("in=x", True), ("in in (x)", True), ("n>4", True), ("n<5", False), ("app>1", False), ("app=web,!tier", False),
    ],
)  # fmt: skip
def test_what_is_selected(text: str, selected: bool) -> None:
    assert all(term.matches(LABELS) for term in parse_labels(text)) is selected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in x", "unable to parse requirement: found 'x' expected: '('"),
        ("a in (x", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
        ("=a", "found '=', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("a=!", "unable to parse requirement: found '!', expected: identifier"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"),
    ],
)
def test_what_cannot_be_read(text: str, error: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 (the whole sentence is compared below)
        parse_labels(text)
    assert str(raised.value) == error


def test_keys_and_values_must_be_those_of_labels() -> None:
    with pytest.raises(ValueError, match=r'^unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key'):
        parse_labels("a/b/c=d")
    with pytest.raises(ValueError, match=r'^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-": a valid label must be'):
        parse_labels("a=-")
