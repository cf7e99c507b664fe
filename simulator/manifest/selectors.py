"""Parses label selectors as the API server does: `app=web,tier in (a, b),!old`; with its messages for invalid ones."""

from __future__ import annotations

import re

from simulator.manifest.validation.names import label_value, qualified_name
from simulator.objects.selector_text import Requirement

_TOKEN = re.compile(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")
_SYMBOLS = frozenset(("==", "!=", *"=!(),<>"))
_OPERATORS = ("in", "notin", "=", "==", "!=", ">", "<")
_LISTED = "in, notin, =, ==, !=, gt, lt"


def parse_labels(text: str) -> list[Requirement]:
    """The terms of a selector. Raises ValueError with the API server's message."""
    return _Parser(text).terms()


class _Parser:
    """Tokens and the current position; the end is an empty token."""

    def __init__(self, text: str) -> None:
        self._tokens = [*_TOKEN.findall(text), ""]
        self._at = 0

    @property
    def _next(self) -> str:
        return str(self._tokens[self._at])

    def _take(self) -> str:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def terms(self) -> list[Requirement]:
        """All terms, separated by commas."""
        result: list[Requirement] = []
        while self._next:
            if not _is_word(self._next) and self._next != "!":
                raise ValueError(f"found '{self._next}', expected: !, identifier, or 'end of string'")
            try:
                result.append(self._term())
            except ValueError as error:
                raise ValueError(f"unable to parse requirement: {error}") from error
            separator = self._take()
            if separator not in ("", ","):
                raise ValueError(f"found '{separator}', expected: ',' or 'end of string'")
            if separator and not _is_word(self._next) and self._next != "!":
                raise ValueError(f"found '{self._next}', expected: identifier after ','")
        return result

    def _term(self) -> Requirement:
        negated = self._next == "!"
        if negated:
            self._take()
        key = self._take()
        if not _is_word(key):
            raise ValueError(f"found '{key}', expected: identifier")
        if errors := qualified_name(key):
            raise ValueError(f'<nil>: Invalid value: "{key}": {"; ".join(errors)}')
        if negated:
            return Requirement(key, "!")
        if self._next in ("", ","):
            return Requirement(key, "exists")
        operator = self._take()
        if operator not in _OPERATORS:
            raise ValueError(f"found '{operator}', expected: {_LISTED}")
        values = self._set() if operator in ("in", "notin") else (self._value(),)
        _check(key, operator, values)
        return Requirement(key, operator, values)

    def _value(self) -> str:
        if self._next in ("", ","):
            return ""
        value = self._take()
        if not _is_word(value):
            raise ValueError(f"found '{value}', expected: identifier")
        return value

    def _set(self) -> tuple[str, ...]:
        """`(a, b)`; nothing between commas is an empty value."""
        if (opening := self._take()) != "(":
            raise ValueError(f"found '{opening}' expected: '('")
        first = self._next
        if first != ")" and first != "," and not _is_word(first):
            raise ValueError(f"found '{first}', expected: ',', ')' or identifier")
        values: list[str] = []
        while True:
            values.append(self._take() if _is_word(self._next) else "")
            if self._next not in (",", ")"):
                expected = "',' or ')'" if values[-1] else "',', or identifier"
                raise ValueError(f"found '{self._next}', expected: {expected}")
            if self._take() == ")":
                return tuple(sorted(set(values)))


def _is_word(token: str) -> bool:
    return bool(token) and token not in _SYMBOLS


def _check(key: str, operator: str, values: tuple[str, ...]) -> None:
    """Raise ValueError for values that are invalid for labels, or that cannot be compared."""
    errors = []
    if operator in (">", "<") and not re.fullmatch(r"[-+]?[0-9]+", values[0]):
        errors.append(f"values[0]: Invalid value: \"{values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer")
    for index, value in enumerate(values):
        if problems := label_value(value):
            errors.append(f'values[{index}][{key}]: Invalid value: "{value}": {"; ".join(problems)}')
    if errors:
        raise ValueError(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
