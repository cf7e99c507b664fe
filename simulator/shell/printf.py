r"""The format of printf: conversions, and the backslash sequences that it shares with echo. POSIX XCU, printf, EXTENDED DESCRIPTION."""

from __future__ import annotations

import re

from simulator.process.bounds import room_for
from simulator.process.problems import UsageError
from simulator.shell.expand.arith import evaluate
from simulator.shell.expand.variables import ExpansionError, Variables

ECHO_ESCAPE = re.compile(r"\\(0[0-7]{0,3}|x[0-9a-fA-F]{1,2}|[abefnrtv\\c])")
"""What `echo -e` and `%b` replace: octal numbers need a leading zero there, and only there."""
_FORMAT_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|[abefnrtv\\\"'c])")
_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CONVERSION = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z%])")


_DIGITS = 18
"""More than any width that fits into memory has."""


def unescape(text: str, pattern: re.Pattern[str] = ECHO_ESCAPE) -> tuple[str, bool]:
    r"""Backslash sequences replaced; and whether `\c` ended the output."""
    stopped = text.find("\\c")

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "01234567":
            return chr(int(code, 8) & 255)
        if code[0] == "x":
            return chr(int(code[1:], 16))
        return _LETTERS.get(code, code)

    if stopped >= 0 and (stopped - len(text[:stopped].rstrip("\\"))) % 2 == 0:
        return pattern.sub(one, text[:stopped]), True
    return pattern.sub(one, text), False


def printf(template: str, args: list[str]) -> str:
    """All that printf prints: POSIX reuses the format as long as arguments are left and it consumes some. Raises UsageError."""
    text, left, stopped = formatted(template, args)
    while left and not stopped and len(left) < len(args):
        args = left
        more, left, stopped = formatted(template, args)
        text += more
    return text


def formatted(template: str, args: list[str]) -> tuple[str, list[str], bool]:
    r"""One pass of the format over the arguments: the text, the arguments left, and whether `\c` ended it.

    Raises UsageError and OutOfMemoryError.
    """
    queue, parts, at, stopped = list(args), [], 0, False

    def take() -> str:
        # POSIX: a conversion without an argument behaves as if it had an empty one.
        return queue.pop(0) if queue else ""

    for match in _CONVERSION.finditer(template):
        literal, stopped = unescape(template[at : match.start()], _FORMAT_ESCAPE)
        parts.append(literal)
        at = match.end()
        flags, width, precision, kind = match.groups()
        if kind == "%":
            parts.append("%")
            continue
        width = take() if width == "*" else width or ""
        precision = take() if precision == "*" else precision
        room_for(max(_length(width), _length(precision)))
        spec = f"%{flags}{width}{'.' + precision if precision is not None else ''}"
        if kind == "b":
            text, stopped = unescape(take())
            parts.append((spec + "s") % text)
        else:
            parts.append(_converted(kind, spec, f"%{flags}{width}s", take()))
        if stopped:
            return "".join(parts), [], True
    literal, stopped = unescape(template[at:], _FORMAT_ESCAPE)
    return "".join([*parts, literal]), queue, stopped


def _converted(kind: str, spec: str, without_precision: str, value: str) -> str:
    """One argument by its conversion character."""
    if kind in "diu":
        return (spec + "d") % _number(value)
    if kind in "oxX":
        return (spec + kind) % _number(value)
    if kind in "eEfFgG":
        return (spec + kind) % _floating(value)
    if kind == "c":
        return without_precision % value[:1]
    if kind == "q":  # bash's own: a word that the shell reads back as the value
        return re.sub(r"([^A-Za-z0-9_@%+=:,./-])", r"\\\1", value) or "''"
    if kind == "s":
        return (spec + "s") % value
    raise UsageError(f"%{kind}: invalid format")


def _length(text: str | None) -> int:
    """A width or precision, whose sign only says where blanks go."""
    digits = (text or "").lstrip("-")
    return int(digits[:_DIGITS]) if digits.isdigit() else 0


def _number(text: str) -> int:
    """An integer argument. POSIX: with a leading quote it is the code of the character that follows."""
    if text[:1] in ("'", '"'):
        return ord(text[1]) if len(text) > 1 else 0
    try:
        return evaluate(text, Variables()) if text else 0
    except ExpansionError:
        digits = re.match(r"\s*[-+]?\d+", text)
        return int(digits[0]) if digits else 0


def _floating(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
