"""Values as Go prints them with %v and %q."""

from __future__ import annotations

import json


def go_value(value: object) -> str:
    """A JSON value as `fmt.Sprint` prints it: `map[a:1 b:[x y]]`, `<nil>`, `true`."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
        case dict():
            return f"map[{' '.join(f'{key}:{go_value(value[key])}' for key in sorted(value))}]"
        case list() | tuple():
            return f"[{' '.join(map(go_value, value))}]"
        case float() if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        case _:
            return str(value)


def html_safe(text: str) -> str:
    """JSON with what Go escapes in it besides."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def quoted(text: str) -> str:
    """A string as %q prints it."""
    return json.dumps(text, ensure_ascii=False)
