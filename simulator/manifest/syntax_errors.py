"""The messages for invalid YAML, independent of the library that parses it.

kubectl's YAML library and ours descend from the same C library and share its messages. They are listed here: a message that a
later release of our library words differently becomes `NOT_YAML` until it is added.
"""

from __future__ import annotations

import re

import msgspec
import yaml

TOO_DEEP = "nested too deeply"
KUBECTL_TOO_DEEP = "exceeded max depth of 10000"
CONTROL_CHARACTER = "control characters are not allowed"
NOT_YAML = "not valid YAML"

PROBLEMS = frozenset((
    "block sequence entries are not allowed in this context",
    "could not find expected ':'",
    "could not find expected directive name",
    "did not find URI escaped octet",
    "did not find expected '!'",
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
    "did not find expected '-' indicator",
    "did not find expected <document start>",
    "did not find expected alphabetic or numeric character",
    "did not find expected comment or line break",
    "did not find expected digit or '.' character",
    "did not find expected hexdecimal number",
    "did not find expected key",
    "did not find expected node content",
    "did not find expected tag URI",
    "did not find expected version number",
    "did not find expected whitespace",
    "did not find expected whitespace or line break",
    "did not find the expected '>'",
    "found a tab character that violates indentation",
    "found a tab character where an indentation space is expected",
    "found an incorrect leading UTF-8 octet",
    "found an incorrect trailing UTF-8 octet",
    "found an indentation indicator equal to 0",
    "found character that cannot start any token",
    "found duplicate %TAG directive",
    "found duplicate %YAML directive",
    "found extremely long version number",
    "found incompatible YAML document",
    "found invalid Unicode character escape code",
    "found undefined tag handle",
    "found unexpected ':'",
    "found unexpected document indicator",
    "found unexpected end of stream",
    "found unexpected non-alphabetical character",
    "found unknown directive name",
    "found unknown escape character",
    "mapping keys are not allowed in this context",
    "mapping values are not allowed in this context",
))  # fmt: skip
WITHOUT_LIBYAML = {
    "mapping values are not allowed here": "mapping values are not allowed in this context",
    "mapping keys are not allowed here": "mapping keys are not allowed in this context",
    "sequence entries are not allowed here": "block sequence entries are not allowed in this context",
    "expected ',' or ']'": "did not find expected ',' or ']'",
    "expected ',' or '}'": "did not find expected ',' or '}'",
    "expected <block end>, but found": "did not find expected key",
    "expected the node content": "did not find expected node content",
    "expected '<document start>'": "did not find expected <document start>",
    "expected alphabetic or numeric character": "did not find expected alphabetic or numeric character",
    "expected '>'": "did not find the expected '>'",
    "expected a comment or a line break": "did not find expected comment or line break",
    "expected chomping or indentation indicators": "did not find expected comment or line break",
    "expected indentation indicator in the range 1-9": "found an indentation indicator equal to 0",
    "found character ": "found character that cannot start any token",
    "found incompatible YAML document": "found incompatible YAML document",
    "found unknown escape character": "found unknown escape character",
    "found undefined tag handle": "found undefined tag handle",
    "found unexpected document separator": "found unexpected document indicator",
    "found duplicate YAML directive": "found duplicate %YAML directive",
    "duplicate tag handle": "found duplicate %TAG directive",
    "expected escape sequence": "did not find expected hexdecimal number",
}
"""How the problems that PyYAML's own parser reports begin, and libyaml's sentences for them."""
BLOCK_LIST = "while parsing a block collection"
CONTEXTS = frozenset((
    "while parsing a %TAG directive",
    "while parsing a block collection",
    "while parsing a block mapping",
    "while parsing a block node",
    "while parsing a flow mapping",
    "while parsing a flow node",
    "while parsing a flow sequence",
    "while parsing a node",
    "while parsing a quoted scalar",
    "while parsing a tag",
    "while scanning a %TAG directive",
    "while scanning a %YAML directive",
    "while scanning a block scalar",
    "while scanning a directive",
    "while scanning a plain scalar",
    "while scanning a quoted scalar",
    "while scanning a simple key",
    "while scanning a tag",
    "while scanning a tag directive",
    "while scanning an alias",
    "while scanning an anchor",
    "while scanning for the next token",
))  # fmt: skip
NESTING = "exceeded maximum nesting depth"
"""libyaml 0.2.6 and later have their own limit, above ours: a line of more brackets is refused before its events arrive."""
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SyntaxProblem(msgspec.Struct, frozen=True):
    """A problem: its place (from 0, in the document), its text in podsim's report and in kubectl's message (which may have a line)."""

    line: int
    column: int
    message: str
    kubectl: str


def too_deep(line: int) -> SyntaxProblem:
    """More nested lists and mappings than any real manifest has."""
    return SyntaxProblem(line, 0, TOO_DEEP, KUBECTL_TOO_DEEP)


def unknown_anchor(name: str, line: int, column: int) -> SyntaxProblem:
    """An undefined alias."""
    message = f"unknown anchor '{name}' referenced"
    return SyntaxProblem(line, column, message, _with_line(line, message))


def control_character(text: str) -> SyntaxProblem:
    """A character that YAML does not allow; its place is computed, since that of the library depends on the encoding."""
    match = UNPRINTABLE.search(text)
    return SyntaxProblem(text.count("\n", 0, match.start()) if match else 0, 0, CONTROL_CHARACTER, CONTROL_CHARACTER)


def syntax_problem(error: yaml.YAMLError, text: str) -> SyntaxProblem:
    """The problem behind an error of the library for `text`."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return control_character(text)
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if error.problem == NESTING:
        return too_deep(line)
    problem = _in_our_words(error.problem or "", error.context or "")
    context = f"{error.context}: " if error.context in CONTEXTS else ""
    # In kubectl's message the scanner's line counts from 1, the parser's from 0 (goyaml.v2's `fail`).
    shown = line + 1 if isinstance(error, yaml.scanner.ScannerError) and line else line
    return SyntaxProblem(line, column, context + problem, _with_line(shown, problem))


def _in_our_words(problem: str, context: str) -> str:
    if problem in PROBLEMS:
        return problem
    sentence = next((ours for beginning, ours in WITHOUT_LIBYAML.items() if problem.startswith(beginning)), NOT_YAML)
    return "did not find expected '-' indicator" if context == BLOCK_LIST and sentence == "did not find expected key" else sentence


def _with_line(line: int, message: str) -> str:
    return f"line {line}: {message}" if line else message
