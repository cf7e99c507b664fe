"""Reads YAML values, and collects all problems in them, each with file, line, column and path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from simulator.engine.durations import Choice, Duration, Exponential, Fixed, Lognormal, Normal, Uniform
from simulator.errors import Problem
from simulator.manifest.places import Places
from simulator.units import parse_duration, parse_quantity, parse_rate

T = TypeVar("T")

DISTRIBUTIONS = ("uniform", "normal", "lognormal", "exponential", "choice")


class Reader:
    """Reads the values of one document. A wrong value is reported in `problems` and replaced by a default, so that reading continues."""

    def __init__(self, file: str, places: Places) -> None:
        self.file = file
        self._places = places
        self.problems: list[Problem] = []

    def place(self, path: str) -> tuple[int, int]:
        """Line and column of a field."""
        return self._places(path)

    def has_file(self, name: str) -> bool:
        """Whether there is a file of that name, relative to the document."""
        return Path(self.file).parent.joinpath(name).exists()

    def problem(self, path: str, message: str) -> None:
        """Report a problem at `path`."""
        self.problems.append(Problem(self.file, *self.place(path), path, message))

    def mapping(self, value: Any, path: str, keys: Iterable[str]) -> dict[str, Any]:
        """A mapping with these keys only; a missing mapping is empty."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problem(path, f"must be a mapping, not {_kind(value)}")
            return {}
        allowed = list(keys)
        for key in value:
            if key not in allowed:
                self.problem(f"{path}.{key}" if path else str(key), f"unknown key {key!r}; {_hint(str(key), allowed)}")
        return {key: item for key, item in value.items() if key in allowed and item is not None}

    def table(self, value: Any, path: str, keys: str = "", meaning: str = "") -> dict[str, Any]:
        """A mapping with free keys. `meaning`: what keys that do not match the pattern `keys` have to be."""
        if value is not None and not isinstance(value, dict):
            self.problem(path, f"must be a mapping, not {_kind(value)}")
            return {}
        items = {str(key): item for key, item in (value or {}).items()}
        for key in items if keys else ():
            if not re.fullmatch(keys, key):
                self.problem(f"{path}[{key}]", f"must be {meaning}, not {key!r}")
        return items

    def list(self, value: Any, path: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """A list whose items are read by `read(item, path)`."""
        if value is None:
            return ()
        if not isinstance(value, list):
            self.problem(path, f"must be a list, not {_kind(value)}")
            return ()
        return tuple(read(item, f"{path}[{i}]") for i, item in enumerate(value))

    def text(self, value: Any, path: str, default: str = "") -> str:
        """A string; numbers are taken as they are written."""
        if value is None:
            return default
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
        self.problem(path, f"must be a string, not {_kind(value)}")
        return default

    def choice(self, value: Any, path: str, choices: Sequence[str], default: str = "") -> str:
        """One of these words."""
        text = self.text(value, path, default)
        if value is None or text == default or text in choices:
            return text
        self.problem(path, f"must be {one_of(choices)}, not {text!r}")
        return default

    def matching(self, value: Any, path: str, pattern: str, meaning: str) -> str:
        """A string that matches a pattern, or an empty one. `meaning`: what it has to be, with an example."""
        text = self.text(value, path)
        if text and not re.fullmatch(pattern, text):
            self.problem(path, f"must be {meaning}, not {text!r}")
            return ""
        return text

    def quantity(self, value: Any, path: str, default: str) -> str:
        """A quantity of a resource, as text."""
        text = self.text(value, path, default)
        try:
            parse_quantity(text)
        except ValueError:
            self.problem(path, f"must be a quantity such as 4 or 8Gi, not {text!r}")
        return text

    def require(self, given: dict[str, Any], path: str, *keys: str) -> None:
        """Report keys of a mapping that are missing."""
        for key in keys:
            if key not in given:
                self.problem(path, f"needs a {key}")

    def require_any(self, given: dict[str, Any], path: str, *keys: str) -> None:
        """Report that a mapping has none of these keys."""
        if not given.keys() & set(keys):
            self.problem(path, f"needs a {', or a '.join(keys)}")

    def exclude(self, given: dict[str, Any], path: str, key: str, others: tuple[str, ...], why: str) -> None:
        """Report a key of a mapping that cannot stand beside any of the others."""
        if key in given and given.keys() & set(others):
            self.problem(f"{path}.{key}", why)

    def integer(self, value: Any, path: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """A whole number between `low` and `high`."""
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(path, f"must be a whole number, not {_kind(value)}")
            return default
        if (low is not None and value < low) or (high is not None and value > high):
            self.problem(path, f"must be between {low} and {high}" if high is not None else f"must be at least {low}")
            return default
        return value

    def number(self, value: Any, path: str, default: float, low: float, high: float) -> float:
        """A number more than `low` and at most `high`."""
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low < value <= high:
            self.problem(path, f"must be a number more than {low:g} and at most {high:g}, not {value!r}")
            return default
        return float(value)

    def flag(self, value: Any, path: str, default: bool = False) -> bool:
        """True or false."""
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problem(path, f"must be true or false, not {_kind(value)}")
            return default
        return value

    def span(self, value: Any, path: str, default: int = 0, *, positive: bool = False) -> int:
        """A fixed duration in nanoseconds, not negative; if `positive`, longer than nothing."""
        if value is None:
            return default
        try:
            span = parse_duration(value)
        except (ValueError, AttributeError):
            self.problem(path, f"must be a duration such as 1m30s, 250ms or a number of seconds, not {value!r}")
            return default
        if span < 0:
            self.problem(path, "must not be negative")
            return default
        if positive and span == 0:
            self.problem(path, "must be more than 0")
            return default
        return span

    def rate(self, value: Any, path: str, default: int) -> int:
        """Bytes per second, more than 0."""
        if value is None:
            return default
        try:
            rate = parse_rate(value)
        except ValueError:
            rate = 0
        if rate <= 0:
            self.problem(path, f"must be a rate such as 50MB/s or 400Mbit/s, not {value!r}")
        return rate or default

    def duration(self, value: Any, path: str, default: Duration) -> Duration:
        """A fixed duration, or a distribution of one key."""
        return self._drawn(value, path, default, self.span)

    def amount(self, value: Any, path: str, unit: int) -> Duration:
        """A quantity of a resource in parts of `unit` to one, or a distribution of one key."""
        return self._drawn(value, path, Fixed(0), lambda item, where: self.parts(item, where, unit))

    def parts(self, value: Any, path: str, unit: int) -> int:
        """A quantity in parts of `unit` to one, not negative."""
        text = self.quantity(value, path, "0")
        try:
            amount = int(parse_quantity(text) * unit)
        except ValueError:  # reported
            return 0
        if amount < 0:
            self.problem(path, "must not be negative")
        return max(0, amount)

    def _drawn(self, value: Any, path: str, default: Duration, read: Callable[[Any, str], int]) -> Duration:
        """A fixed value, or a distribution of one key, whose values `read` reads."""
        if value is None:
            return default
        if not isinstance(value, dict):
            return Fixed(read(value, path))
        given = self.mapping(value, path, DISTRIBUTIONS)
        if len(given) != 1:
            if given or not value:  # an unknown key has been reported
                self.problem(path, f"a distribution needs one of the keys {', '.join(DISTRIBUTIONS)}")
            return default
        name, inner = next(iter(given.items()))
        return self._distribution(name, inner, f"{path}.{name}", read) or default

    def _distribution(self, name: str, value: Any, path: str, read: Callable[[Any, str], int]) -> Duration | None:
        if name in ("uniform", "choice"):
            values = self.list(value, path, read)
            if name == "choice" and values:
                return Choice(values)
            if name == "uniform" and len(values) == 2 and values[0] <= values[1]:
                return Uniform(*values)
            self.problem(path, "must be [low, high]" if name == "uniform" else "must be a list of values")
            return None
        keys = {"normal": ("mean", "sd"), "lognormal": ("median", "sigma"), "exponential": ("mean",)}[name]
        given = self.mapping(value, path, keys)
        missing = [key for key in keys if key not in given]
        if missing:
            self.problem(path, f"needs {' and '.join(missing)}")
            return None
        first = read(given[keys[0]], f"{path}.{keys[0]}")
        if name == "normal":
            return Normal(first, read(given["sd"], f"{path}.sd"))
        if name == "exponential":
            return Exponential(first)
        sigma = given["sigma"]
        if isinstance(sigma, bool) or not isinstance(sigma, int | float) or sigma < 0:
            self.problem(f"{path}.sigma", "must be a number that is not negative")
            return None
        return Lognormal(first, float(sigma))


def one_of(choices: Sequence[str]) -> str:
    """Words in a sentence: `a or b`, `one of a, b, c`."""
    return " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"


def _hint(key: str, allowed: list[str]) -> str:
    """The most similar key, or all of them."""
    from difflib import get_close_matches  # only needed when something is wrong

    near = get_close_matches(key, allowed, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(allowed))}"


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "nothing" if value is None else type(value).__name__)
