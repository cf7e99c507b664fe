"""Flags as programs in Go read them, with their sentences about wrong ones (spf13/pflag, cobra)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from simulator.units import parse_duration

_GO_DURATION = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*|[-+]?0")
TRUE, FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")
BITS = {"int": 64, "int64": 64, "int32": 32}


class FlagError(Exception):
    """A command line that the parser refuses."""


class Flag(NamedTuple):
    """A flag: its name, what it takes, its letter, its default, what it means without a value, whether it must be there, its help.

    `deprecated`: what is said when it is used. `negates`: the flag that this one switches off (`--hide-events`).

    Kinds: string, bool, int, int32, int64, duration (text), array (each use is one), slice (uses and commas).
    """

    name: str
    kind: str = "string"
    short: str = ""
    default: Any = None
    bare: str | None = None
    required: bool = False
    help: str = ""
    metavar: str = ""
    deprecated: str = ""
    negates: str = ""

    @property
    def shown(self) -> str:
        """How messages call it."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


class Parsed(NamedTuple):
    """A command line: arguments, flags by name, which of them were given, and how many arguments came before `--` (-1: there was none)."""

    args: list[str]
    flags: dict[str, Any]
    given: frozenset[str]
    dash: int


def parse(argv: Sequence[str], flags: Sequence[Flag]) -> Parsed:
    """Take a command line apart. Raises FlagError in pflag's words; what must be there is not asked for yet."""
    by_name, by_letter = {flag.name: flag for flag in flags}, {flag.short: flag for flag in flags if flag.short}
    values: dict[str, Any] = {flag.name: _default(flag) for flag in flags}
    given: set[str] = set()
    args: list[str] = []
    dash, rest = -1, list(argv)

    def take(flag: Flag, text: str) -> None:
        value = _value(flag, text)
        if flag.negates:
            flag, value = by_name[flag.negates], not value
        first = flag.name not in given
        given.add(flag.name)
        values[flag.name] = [*([] if first else values[flag.name]), *value] if flag.kind in ("array", "slice") else value

    while rest:
        word = rest.pop(0)
        if word == "--":
            dash = len(args)
            args += rest
            break
        if word.startswith("--"):
            _long(word[2:], rest, by_name, take)
        elif word.startswith("-") and len(word) > 1:
            _short(word[1:], rest, by_letter, take)
        else:
            args.append(word)
    return Parsed(args, values, frozenset(given), dash)


def require(given: frozenset[str], flags: Sequence[Flag]) -> None:
    """Raise FlagError when a flag is missing that must be there."""
    missing = [flag.name for flag in flags if flag.required and flag.name not in given]
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        raise FlagError(f"required flag(s) {listed} not set")


def _default(flag: Flag) -> Any:
    if flag.kind in ("array", "slice"):
        return []
    return flag.default if flag.default is not None else {"bool": False, "string": ""}.get(flag.kind)


def _long(word: str, rest: list[str], by_name: dict[str, Flag], take: Callable[[Flag, str], None]) -> None:
    name, equals, value = word.partition("=")
    if not name or name.startswith("-"):
        raise FlagError(f"bad flag syntax: --{word}")
    flag = by_name.get(name)
    if flag is None:
        raise FlagError(f"unknown flag: --{name}")
    if equals:
        take(flag, value)
    elif flag.kind == "bool" or flag.bare is not None:
        take(flag, "true" if flag.bare is None else flag.bare)
    elif rest:
        take(flag, rest.pop(0))
    else:
        raise FlagError(f"flag needs an argument: --{name}")


def _short(letters: str, rest: list[str], by_letter: dict[str, Flag], take: Callable[[Flag, str], None]) -> None:
    """One dash: letters that need no value, and at last one that does."""
    whole = letters
    while letters:
        letter, letters = letters[0], letters[1:]
        flag = by_letter.get(letter)
        if flag is None:
            raise FlagError(f"unknown shorthand flag: '{letter}' in -{whole}")
        if letters.startswith("="):
            take(flag, letters[1:])
            return
        if flag.kind == "bool" or flag.bare is not None:
            take(flag, "true" if flag.bare is None else flag.bare)
            continue
        if letters:
            take(flag, letters)
            return
        if not rest:
            raise FlagError(f"flag needs an argument: '{letter}' in -{whole}")
        take(flag, rest.pop(0))


def _value(flag: Flag, text: str) -> Any:
    if flag.kind == "string":
        return text
    if flag.kind == "array":
        return [text]
    if flag.kind == "slice":
        return text.split(",") if text else []
    why = ""
    if flag.kind == "bool":
        if text in TRUE or text in FALSE:
            return text in TRUE
        why = f"strconv.ParseBool: parsing {_quoted(text)}: invalid syntax"
    elif flag.kind == "duration":
        why = not_a_duration(text)
        if not why:
            return text
    else:
        number = _integer(text)
        limit = 2 ** (BITS[flag.kind] - 1)
        if number is not None and -limit <= number < limit:
            return number
        why = f"strconv.ParseInt: parsing {_quoted(text)}: {'invalid syntax' if number is None else 'value out of range'}"
    raise FlagError(f'invalid argument {_quoted(text)} for "{flag.shown}" flag: {why}')


def _integer(text: str) -> int | None:
    """A number as Go's ParseInt with base 0 reads it."""
    try:
        return int(text, 0) if not re.fullmatch(r"[-+]?0\d+", text) else int(text, 8)
    except ValueError:
        return None


def not_a_duration(text: str) -> str:
    """Go's complaint about a duration; empty when it is one."""
    if _GO_DURATION.fullmatch(text):
        return ""
    if re.fullmatch(r"[-+]?\d+(\.\d*)?", text):
        return f"time: missing unit in duration {_quoted(text)}"
    unit = re.match(r"[-+]?\d+(?:\.\d*)?([^\d.]+)", text)
    if unit and unit[1] not in ("ns", "us", "µs", "ms", "s", "m", "h"):
        return f"time: unknown unit {_quoted(unit[1])} in duration {_quoted(text)}"
    return f"time: invalid duration {_quoted(text)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def nanoseconds(text: str) -> int:
    """A duration flag's value."""
    return 0 if text.lstrip("+-") == "0" else parse_duration(text)
