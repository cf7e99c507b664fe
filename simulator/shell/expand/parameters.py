"""What `${...}` does to a value (POSIX 2.6.2, and bash's additions): strip, replace, cut, change case."""

from __future__ import annotations

import re
from collections.abc import Callable

from simulator.shell.expand.pattern import Pieces, regex
from simulator.shell.expand.variables import ExpansionError
from simulator.shell.quoting import quote
from simulator.shell.regex.pattern import compiled

DEFAULTS = frozenset({"-", "=", "?", "+", ":-", ":=", ":?", ":+"})
ANY_CHARACTER: Pieces = (("?", False),)  # the pattern of ${x^} without one


def strip(text: str, op: str, pattern: Pieces) -> str:
    """`#` and `##` take the shortest and longest matching start away, `%` and `%%` the end."""
    expression = compiled(regex(pattern), re.DOTALL)
    # Every cut is tried: Python's non-greedy match finds a shortest match from one side only.
    cuts = range(len(text) + 1)
    for cut in cuts if op in ("#", "%%") else reversed(cuts):
        if op[0] == "#" and expression.fullmatch(text[:cut]):
            return text[cut:]
        if op[0] == "%" and expression.fullmatch(text[cut:]):
            return text[:cut]
    return text


def replace(text: str, op: str, pattern: Pieces, new: str) -> str:
    """`/` the first match, `//` all, `/#` at the start, `/%` at the end."""
    if not any(t for t, _ in pattern):
        return text  # bash: an empty pattern matches nothing here
    anchors = {"/#": (r"\A", ""), "/%": ("", r"\Z")}.get(op, ("", ""))
    expression = compiled(anchors[0] + f"(?:{regex(pattern)})" + anchors[1], re.DOTALL)
    return expression.subn(lambda _: new, text, count=0 if op == "//" else 1)[0]


def recase(text: str, op: str, pattern: Pieces) -> str:
    """`^` and `,` change the first character, `^^` and `,,` all that match."""
    change: Callable[[str], str] = str.upper if op[0] == "^" else str.lower
    one = compiled(regex(pattern if any(t for t, _ in pattern) else ANY_CHARACTER), re.DOTALL)
    upto = len(text) if len(op) == 2 else 1
    return "".join(change(c) if i < upto and one.fullmatch(c) else c for i, c in enumerate(text))


def transform(text: str, letter: str) -> str:
    """`${x@Q}` and its like."""
    match letter:
        case "Q":
            return quote(text)
        case "U":
            return text.upper()
        case "L":
            return text.lower()
        case "u":
            return text[:1].upper() + text[1:]
    raise ExpansionError(f"@{letter}: bad substitution")


def bounds(length: int, offset: int, count: int | None) -> slice:
    """The slice that `${x:offset:count}` takes of something so long; negative numbers count from the end."""
    start = offset if offset >= 0 else length + offset
    if start < 0 or start > length:
        return slice(0, 0)
    if count is None:
        end = length
    else:
        end = start + count if count >= 0 else length + count  # a negative length is a place from the end
    if end < start:
        raise ExpansionError(f"{count}: substring expression < 0")
    return slice(start, end)


def complaint(name: str, message: str, *, bash: bool, colon: bool) -> ExpansionError:
    """The error of `${name:?message}`."""
    fallback = "parameter null or not set" if bash and colon else "parameter not set"
    return ExpansionError(f"{name}: {message or fallback}", fatal=True)
