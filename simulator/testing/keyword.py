"""`-k EXPRESSION`: selects tests by words in their names, with `and`, `or`, `not` and parentheses, like pytest."""

from __future__ import annotations

import re

from simulator.errors import UsageError

_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")


def fits(expression: str, text: str) -> bool:
    """Whether a text matches an expression, ignoring case; an empty one matches everything. Raises UsageError."""
    tokens = _TOKEN.findall(expression)
    if not tokens:
        return True
    value, rest = _any(tokens, text.casefold())
    if rest:
        raise UsageError(f"-k {expression!r}: {rest[0]!r} is unexpected here")
    return value


def _any(tokens: list[str], text: str) -> tuple[bool, list[str]]:
    value, rest = _all(tokens, text)
    while rest and rest[0] == "or":
        other, rest = _all(rest[1:], text)
        value = value or other
    return value, rest


def _all(tokens: list[str], text: str) -> tuple[bool, list[str]]:
    value, rest = _one(tokens, text)
    while rest and rest[0] == "and":
        other, rest = _one(rest[1:], text)
        value = value and other
    return value, rest


def _one(tokens: list[str], text: str) -> tuple[bool, list[str]]:
    if not tokens or tokens[0] in (")", "and", "or"):
        raise UsageError("-k: a word is missing" + (f" before {tokens[0]!r}" if tokens else " at the end"))
    if tokens[0] == "not":
        value, rest = _one(tokens[1:], text)
        return not value, rest
    if tokens[0] == "(":
        value, rest = _any(tokens[1:], text)
        if not rest:
            raise UsageError("-k: a parenthesis is not closed")
        return value, rest[1:]
    return tokens[0].casefold() in text, tokens[1:]
