"""The bounded matcher finds what `re` finds, and takes linear time where `re` takes exponential time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.process.problems import NotSimulatedError
from simulator.shell.regex import bounded
from simulator.shell.regex.bounded import Matcher
from simulator.shell.regex.pattern import Pattern, compiled
from simulator.shell.regex.posix import basic, extended, reason
from simulator.shell.regex.program import LARGEST_PROGRAM, Untranslated, program

ITEMS = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\w", r"\W", r"\b", "^", "$", r"(?<!\w)", r"(?!\w)", " ", r"\.", "{", "x{", "[]a]"]
)
REPEATS = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{1,}", "{0,2}?"])
EXPRESSIONS = st.recursive(
    ITEMS,
    lambda inner: (
        st.tuples(st.sampled_from(["a", "[ab]", ".", "b"]), REPEATS).map("".join)
        | st.lists(inner, max_size=4).map("".join)
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})")
        | inner.map(lambda inside: f"({inside})")
        | st.tuples(inner, REPEATS).map(lambda both: f"(?:{both[0]}){both[1]}")
    ),
    max_leaves=5,
)
TEXTS = st.text(alphabet="ab. x", max_size=6)


def spans(found: re.Match[str] | bounded.BoundedMatch | None) -> tuple[int, int] | None:
    return None if found is None else (found.start(), found.end())


@given(EXPRESSIONS, TEXTS, st.sampled_from([0, re.IGNORECASE, re.MULTILINE, re.DOTALL]))
def test_both_find_the_same(expression: str, text: str, flags: int) -> None:
    quick = re.compile(expression, flags)
    slow = Matcher(program(expression, flags), quick.groups)
    assert spans(slow.search(text, 0)) == spans(quick.search(text))
    assert spans(slow.match(text, 0)) == spans(quick.match(text))
    assert (slow.match(text, 0, whole=True) is None) == (quick.fullmatch(text) is None)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("(a|ab)(c|bcd)(d*)", "xabcd"),
        (r"(\w+) (\w+)", "one two three"),
        (r"(a)|(b)", "b"),
        (r"(\w)\1", "abccd"),
        (r"^(.*)=(.*)$", "key=a=b"),
        (r"(?:(a)|b)*", "abab"),
        (r"(\w+?)(\d*)$", "web12"),
    ],
)
def test_groups(expression: str, text: str) -> None:
    quick = re.compile(expression)
    expected = quick.search(text)
    found = Matcher(program(expression), quick.groups).search(text, 0)
    assert expected is not None
    assert found is not None
    assert found.groups() == expected.groups()
    assert found[0] == expected[0]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("(a+)+$", "a" * 60 + "b"),
        ("(a|aa)+$", "a" * 60 + "b"),
        ("^(a|a)*$", "a" * 60 + "b"),
        ("(.*)(.*)(.*)(.*)(.*)(.*)x$", "a" * 200),
        ("a?" * 40 + "a" * 40, "a" * 39),
        (".*.*.*.*.*.*b", "a" * 500),
        ("(x+x+)+y", "x" * 60),
    ],
)
def test_exponential_expressions_take_linear_time(expression: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "LARGEST_SEARCH", 60 * len(expression) * (len(text) + 1))
    assert Pattern(expression, 0).search(text) is None


def test_what_no_bound_can_help_is_named() -> None:
    with pytest.raises(NotSimulatedError, match=rf"a search for a regular expression of more than {bounded.LARGEST_SEARCH} steps"):
        Pattern(r"(a*)*\1b", 0).search("a" * 60)
    with pytest.raises(NotSimulatedError, match="an option or a special group that may take exponential time"):
        Pattern("(?i:(a+)+)b", 0).search("a" * 60)
    with pytest.raises(Untranslated, match=f"more than {LARGEST_PROGRAM} steps"):
        program("((a{1,300}){1,300}){1,300}")


# From GNU sed 4.9 and gawk: an empty match directly behind another one does not count.
@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("x*", "abxd", "-a-b-d-"),
        ("b*", "abc", "-a-c-"),
        ("a", "banana", "b-n-n-"),
        ("", "ab", "-a-b-"),
        ("$", "ab", "ab-"),
        ("^", "ab", "-ab"),
    ],
)
def test_replacing_all(expression: str, text: str, expected: str) -> None:
    assert compiled(expression).subn(lambda _: "-", text)[0] == expected
    assert compiled(f"(?:{expression}){{1}}(?:(?:z*)*)").subn(lambda _: "-", text)[0] == expected, "the bounded matcher"


def test_splitting() -> None:
    assert compiled(", *").split("a, b,c") == ["a", "b", "c"]
    assert compiled("(,)").split("a,b") == ["a", "b"], "groups do not count"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("[a", "Unmatched [, [^, [:, [., or [="),
        ("(a", r"Unmatched ( or \("),
        ("a)", r"Unmatched ) or \)"),
        ("a\\", "Trailing backslash"),
        ("*a", "Invalid preceding regular expression"),
        ("[b-a]", "Invalid range end"),
    ],
)
def test_bad_expressions(expression: str, why: str) -> None:
    with pytest.raises(re.error) as caught:
        compiled(extended(expression))
    assert reason(caught.value) == why


def test_both_syntaxes() -> None:
    assert compiled(basic(r"\(a\)\{2\}")).search("xaa") is not None
    assert compiled(extended("(a){2}")).search("xaa") is not None
