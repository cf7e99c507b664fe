"""What Go's encoding/json says about text that is no JSON, and about values of the wrong kind."""

from __future__ import annotations

import json

from simulator.golang.text import quoted

END = "unexpected end of JSON input"
_WORDS = {
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Illegal trailing comma before end of object": "looking for beginning of object key string",
    "Illegal trailing comma before end of array": "looking for beginning of value",
    "Expecting value": "looking for beginning of value",
    "Expecting ':' delimiter": "after object key",
    "Extra data": "after top-level value",
    "Invalid control character at": "in string literal",
    "Invalid \\escape": "in string escape code",
    "Invalid \\uXXXX escape": "in \\u hexadecimal character escape",
}
"""Go's word for each complaint of Python's reader, which names the same character."""
_LITERALS = ("true", "false", "null")


def syntax_error(error: json.JSONDecodeError) -> str:
    """Go's sentence about the mistake that Python's reader found."""
    text, at = error.doc, error.pos
    if error.msg.startswith("Illegal trailing comma"):  # Python names the comma, Go what follows it
        at += 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip())
    if at >= len(text) or error.msg.startswith("Unterminated string"):
        return END
    for literal in _LITERALS:
        if error.msg == "Expecting value" and text[at] == literal[0]:
            matched = next(i for i in range(len(literal)) if text[at + i : at + i + 1] != literal[i])
            rest = text[at + matched : at + matched + 1]
            return f"invalid character {_char(rest)} in literal {literal} (expecting {_char(literal[matched])})" if rest else END
    if error.msg == "Expecting ',' delimiter":
        return f"invalid character {_char(text[at])} {'after array element' if _in_array(text[:at]) else 'after object key:value pair'}"
    return f"invalid character {_char(text[at])} {_WORDS.get(error.msg, 'looking for beginning of value')}"


def _in_array(text: str) -> bool:
    """Whether text that ends behind a value ends in an array."""
    opened: list[str] = []
    inside = escaped = False
    for char in text:
        if inside:
            inside = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            inside = True
        elif char in "[{":
            opened.append(char)
        elif char in "]}":
            opened.pop()
    return opened[-1:] == ["["]


def _char(char: str) -> str:
    """A character between single quotes, as Go prints it."""
    return {"'": r"'\''", '"': "'\"'"}.get(char) or f"'{quoted(char)[1:-1]}'"


def kind_word(value: object) -> str:
    """What Go's decoder calls the kind of a value."""
    words = {bool: "bool", str: "string", list: "array", dict: "object", type(None): "null"}
    return words.get(type(value), "number")
