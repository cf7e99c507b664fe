"""Times and numbers as `why` writes them."""

from __future__ import annotations

from simulator.units import MINUTE, SECOND, short_duration

TENTH = SECOND // 10
MOST_OUTPUT = 90
LONGEST_PLACE = 40


def when(t: int) -> str:
    """An instant or a duration, to a tenth of a second: `18.4s`, `2m36.3s`."""
    rounded = (t + TENTH // 2) // TENTH * TENTH
    if abs(rounded) >= MINUTE:
        return short_duration(rounded)
    return f"{rounded / SECOND:.1f}".removesuffix(".0") + "s"


def seconds(value: float) -> str:
    """A plan's seconds as text: `8s`, `0.3s`, `2m`."""
    return short_duration(round(value * SECOND)) if value >= 60 else f"{value:g}s"


def many(count: int, noun: str) -> str:
    """`1 pod`, `3 pods`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    last = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else last}"


def brief(text: str, most: int = MOST_OUTPUT) -> str:
    """The first line of a text, shortened."""
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def runtime_error(text: str) -> str:
    """An error of the runtime from where it says what is wrong: containerd and runc put up to 170 characters before it."""
    return brief(text.rpartition("error during container init: ")[2])


def short_place(place: str) -> str:
    """A place whose file has a long path, by the end of it: `…/web.yaml:31`."""
    return place if len(place) <= LONGEST_PLACE else f"…/{place.rpartition('/')[2]}"


def listed(names: list[str], most: int = 3) -> str:
    """`a, b and 4 more`."""
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"
