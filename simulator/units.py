"""Durations, quantities and times. Inside podsim a duration is an integer number of nanoseconds; text exists only at the doors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
TENTH = SECOND // 10
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_DURATION_UNITS = {"ns": NANOSECOND, "us": MICROSECOND, "µs": MICROSECOND, "ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DURATION_PART = re.compile(rf"({_NUMBER})(ns|us|µs|ms|s|m|h|d)")
DURATION = rf"(?:{_NUMBER}|(?:{_DURATION_PART.pattern})+)"
"""The form of a duration without a sign."""

_QUANTITY = re.compile(r"([+-]?[0-9.]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i|)")
QUANTITY = _QUANTITY.pattern.replace("[0-9.]+", _NUMBER, 1)
"""The form of a quantity, which `parse_quantity` finds out by reading the number."""
_QUANTITY_SUFFIXES = {
    "": Decimal(1),
    **{letter: Decimal(10) ** power for letter, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
}


def parse_duration(value: str | float) -> int:
    """Nanoseconds of a Go-style duration (`1m30s`, `250ms`, also `2d`) or of a number of seconds.

    Raises ValueError when it is neither.
    """
    if isinstance(value, bool):
        raise ValueError(f"not a duration: {value!r}")
    if isinstance(value, int | float):
        return _scaled(str(value), SECOND)
    text = value.strip()
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if re.fullmatch(_NUMBER, text):
        return sign * _scaled(text, SECOND)
    if not text or _DURATION_PART.sub("", text):
        raise ValueError(f"not a duration: {value!r} (write 1m30s, 250ms, or a number of seconds)")
    return sign * sum(_scaled(number, _DURATION_UNITS[unit]) for number, unit in _DURATION_PART.findall(text))


def _scaled(number: str, unit: int) -> int:
    try:
        return int((Decimal(number) * unit).to_integral_value())
    except InvalidOperation as error:
        raise ValueError(f"not a duration: {number!r}") from error


def format_duration(nanoseconds: int) -> str:
    """A duration as Go prints it: `1m30s`, `250ms`, `1.5s`, `0s`."""
    if nanoseconds == 0:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if rest < SECOND:
        unit, size = next((u, s) for u, s in (("ms", MILLISECOND), ("µs", MICROSECOND), ("ns", NANOSECOND)) if rest >= s)
        return f"{sign}{_decimal(rest, size)}{unit}"
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{head}{_decimal(rest, SECOND)}s"


def short_duration(nanoseconds: int) -> str:
    """As `format_duration`, without small units that are nothing: `2m`, `1h`, `1m30s`."""
    text = format_duration(nanoseconds)
    return re.sub(r"(?<=[hm])0[ms](0s)?$", "", text)


def tenths(nanoseconds: int) -> str:
    """As `short_duration`, rounded up to tenths of a second."""
    return short_duration(-(-nanoseconds // TENTH) * TENTH)


def _decimal(value: int, unit: int) -> str:
    whole, fraction = divmod(value, unit)
    digits = str(fraction).rjust(len(str(unit)) - 1, "0").rstrip("0") if fraction else ""
    return f"{whole}.{digits}" if digits else str(whole)


def seconds(nanoseconds: float) -> float:
    """A duration in seconds, for printing and plotting only."""
    return nanoseconds / SECOND


@lru_cache(maxsize=1024)
def parse_quantity(text: str | float) -> Decimal:
    """The value of a resource quantity: `100m` is 0.1, `64Mi` is 67108864. Raises ValueError."""
    match = _QUANTITY.fullmatch(str(text).strip())
    try:
        if match is None:
            raise InvalidOperation
        number, suffix = match.groups()
        return (
            Decimal(number + suffix)
            if suffix[:1] in ("e", "E") and len(suffix) > 1 and suffix[1] != "i"
            else Decimal(number) * _QUANTITY_SUFFIXES[suffix]
        )
    except (InvalidOperation, KeyError):
        raise ValueError(f"not a quantity: {text!r}") from None


RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMG]i?)?(B|bit)?(?:/s|ps)?")


def parse_rate(value: str | float) -> int:
    """Bytes in a second of `50MB/s`, `6.4MiB/s`, `400Mbit/s`, or of a number of bytes. Raises ValueError."""
    match = RATE.fullmatch(str(value).strip())
    if match is None or isinstance(value, bool):
        raise ValueError(f"not a rate: {value!r} (write 50MB/s or 400Mbit/s)")
    number, prefix, unit = match.groups()
    scale = _QUANTITY_SUFFIXES[{"K": "k"}.get(prefix, prefix or "")]
    return int(Decimal(number) * scale / (8 if unit == "bit" else 1))


def format_rate(rate: int) -> str:
    """A rate in bytes in a second, to be read by `parse_rate`."""
    size, unit = next((size, unit) for size, unit in ((10**9, "GB/s"), (10**6, "MB/s"), (10**3, "kB/s"), (1, "B/s")) if rate % size == 0)
    return f"{rate // size}{unit}"


TIME = r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)"
"""The form of an RFC 3339 time."""


@lru_cache(maxsize=4096)
def parse_time(text: str) -> int:
    """Nanoseconds since the Unix epoch of an RFC 3339 time, its fraction kept to the nanosecond. Raises ValueError."""
    match = re.fullmatch(TIME, text)
    if match is None:
        raise ValueError(f"not an RFC 3339 time: {text!r}")
    date, clock, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{date}T{clock}{'+00:00' if zone in 'Zz' else zone}")
    except ValueError as error:
        raise ValueError(f"no such time: {text!r}") from error
    return int(moment.timestamp()) * SECOND + int((fraction or "0").ljust(9, "0")[:9])


@lru_cache(maxsize=4096)
def _whole_second(epoch_seconds: int) -> str:
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def format_time(epoch: int) -> str:
    """A metav1.Time: RFC 3339 cut to whole seconds, in UTC. `epoch` in nanoseconds since the Unix epoch."""
    return _whole_second(epoch // SECOND) + "Z"


def format_micro_time(epoch: int) -> str:
    """A metav1.MicroTime: RFC 3339 with six digits, in UTC. `epoch` in nanoseconds since the Unix epoch."""
    return f"{_whole_second(epoch // SECOND)}.{epoch % SECOND // MICROSECOND:06d}Z"


@lru_cache(maxsize=256)
def time_zone(name: str) -> tzinfo:
    """A zone of the IANA database, from the package tzdata: machines have other releases of it, or none. Raises ValueError."""
    if name in ("", "UTC"):
        return UTC
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"unknown time zone {name}")
    try:
        with files("tzdata").joinpath("zoneinfo", *parts).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError) as error:
        raise ValueError(f"unknown time zone {name}") from error
