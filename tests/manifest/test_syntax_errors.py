"""Text that is not YAML: the sentences podsim prints are its own table, whichever release of the library parses."""

from __future__ import annotations

import pytest
import yaml

from simulator.manifest.documents import Broken, documents
from simulator.manifest.syntax_errors import CONTEXTS, NOT_YAML, PROBLEMS, syntax_problem

ROWS = [
    ("a: - b", 1, 4, "block sequence entries are not allowed in this context"),
    ("a\nb: c\n", 2, 2, "mapping values are not allowed in this context"),
    ("? a\nb\nc: d", 3, 1, "while scanning a simple key: could not find expected ':'"),
    ("'a' b: c\n", 1, 5, "while parsing a block mapping: did not find expected key"),
    ("%: x\na: b", 1, 2, "while scanning a directive: could not find expected directive name"),
    ("a: !<%zz> b", 1, 6, "while parsing a tag: did not find URI escaped octet"),
    ("a: !<x b", 1, 7, "while scanning a tag: did not find the expected '>'"),
    ("a: !x! b", 1, 7, "while parsing a tag: did not find expected tag URI"),
    ("%TAG x y\n---\na: b", 1, 6, "while scanning a tag directive: did not find expected '!'"),
    ("a: [b", 2, 1, "while parsing a flow sequence: did not find expected ',' or ']'"),
    ("a: {b", 2, 1, "while parsing a flow mapping: did not find expected ',' or '}'"),
    ("- a\nb: c", 2, 1, "while parsing a block collection: did not find expected '-' indicator"),
    ("%YAML 1.2\na: b", 2, 1, "did not find expected <document start>"),
    ("a: & b", 1, 5, "while scanning an anchor: did not find expected alphabetic or numeric character"),
    ("a: * b", 1, 5, "while scanning an alias: did not find expected alphabetic or numeric character"),
    ("%YAML 1.2 x\n---\na: b", 1, 11, "while scanning a directive: did not find expected comment or line break"),
    ("%YAML 1\n---\na", 1, 8, "while scanning a %YAML directive: did not find expected digit or '.' character"),
    ("%YAML 1.\n---\na", 1, 9, "while scanning a %YAML directive: did not find expected version number"),
    ('a: "\\xzz"', 1, 7, "while parsing a quoted scalar: did not find expected hexdecimal number"),
    ("a: ]", 1, 4, "while parsing a block node: did not find expected node content"),
    ("a: |x\n b", 1, 5, "while scanning a block scalar: did not find expected comment or line break"),
    ("a: !<x>b", 1, 8, "while scanning a tag: did not find expected whitespace or line break"),
    ("%TAG ! \n---\na: b", 1, 8, "while parsing a %TAG directive: did not find expected tag URI"),
    ("a: |0\n b", 1, 5, "while scanning a block scalar: found an indentation indicator equal to 0"),
    ("a:\n \tb: c", 2, 2, "while scanning for the next token: found character that cannot start any token"),
    ("%TAG ! a\n%TAG ! b\n---\na", 2, 1, "found duplicate %TAG directive"),
    ("%YAML 1.1\n%YAML 1.1\n---\na: b", 2, 1, "found duplicate %YAML directive"),
    ("%YAML 12345678901.2\n---\na", 1, 16, "while scanning a %YAML directive: found extremely long version number"),
    ("%YAML 2.0\n---\na: b", 1, 1, "found incompatible YAML document"),
    ('a: "\\ud800"', 1, 7, "while parsing a quoted scalar: found invalid Unicode character escape code"),
    ("a: !x!y b", 1, 4, "while parsing a node: found undefined tag handle"),
    ("a: 'b\n...\nc'", 2, 1, "while scanning a quoted scalar: found unexpected document indicator"),
    ('a: "b\n--- c"', 2, 1, "while scanning a quoted scalar: found unexpected end of stream"),
    ("%FOO!\n---\na", 1, 5, "while scanning a directive: found unexpected non-alphabetical character"),
    ("%FOO x\n---\na", 1, 5, "while scanning a directive: found unknown directive name"),
    ('a: "\\q"', 1, 5, "while parsing a quoted scalar: found unknown escape character"),
    ("a: >\n\tb", 2, 1, "while scanning a block scalar: found a tab character where an indentation space is expected"),
    ("a: *x,", 1, 4, "unknown anchor 'x' referenced"),
    ("a: [\n- b]", 2, 1, "while parsing a flow node: did not find expected node content"),
    ("a: !%ff b", 1, 5, "while parsing a tag: found an incorrect leading UTF-8 octet"),
    ("a: !%c3%28 b", 1, 8, "while parsing a tag: found an incorrect trailing UTF-8 octet"),
    ("a: plain\n\ttab: x", 2, 1, "while scanning a plain scalar: found a tab character that violates indentation"),
    ("[a:]b", 1, 3, "while scanning a plain scalar: found unexpected ':'"),
    ("a: ? b", 1, 4, "mapping keys are not allowed in this context"),
    ("%TAG !é! x\n---\na", 1, 7, "while scanning a %TAG directive: did not find expected whitespace"),
]
"""A text for each sentence: line, column, message."""


@pytest.mark.parametrize(("text", "line", "column", "message"), ROWS)
def test_every_sentence_of_the_table(text: str, line: int, column: int, message: str) -> None:
    broken = list(documents(text))[-1]
    assert isinstance(broken, Broken)
    assert (broken.line, broken.column, broken.message) == (line, column, message)


def test_the_table_has_no_sentence_that_is_never_printed() -> None:
    messages = [message for *_, message in ROWS]
    assert [problem for problem in PROBLEMS if not any(message.endswith(problem) for message in messages)] == []
    assert [context for context in CONTEXTS if not any(message.startswith(f"{context}: ") for message in messages)] == []


def test_a_sentence_that_the_library_words_in_a_new_way_is_not_printed() -> None:
    mark = yaml.Mark("", 0, 3, 4, "", 0)
    problem = syntax_problem(yaml.scanner.ScannerError("while doing something new", None, "something new", mark), "")
    assert (problem.line, problem.column, problem.message) == (3, 4, NOT_YAML)
    assert problem.kubectl == "line 4: not valid YAML"


@pytest.mark.parametrize("levels", [250, 999, 1000, 1001, 100_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[\n   "])
def test_deep_nesting_is_refused_before_the_library_does(opening: str, levels: int) -> None:
    (broken,) = documents("# first\na:\n  " + opening * levels)
    assert isinstance(broken, Broken)
    assert (broken.line, broken.column, broken.message) == (202 if opening == "[\n   " else 3, 1, "nested too deeply")
    assert broken.kubectl == "error converting YAML to JSON: yaml: exceeded max depth of 10000"


def test_deep_nesting_by_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300))]
    (broken,) = documents("\n".join(lines))
    assert isinstance(broken, Broken)
    assert broken.message == "nested too deeply"


@pytest.mark.parametrize("text", ['{"a": ' * 50_000, '{"a":\t' * 201 + "1" + "}" * 201])
def test_deep_json_is_refused(text: str) -> None:
    (broken,) = documents(text)
    assert isinstance(broken, Broken)
    assert broken.message == "nested too deeply"


def test_an_anchor_can_be_set_again_as_with_kubectl() -> None:
    (document,) = documents("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")
    assert not isinstance(document, Broken)
    assert document.value == {"a": 1, "b": 1, "c": 2, "d": 2}
