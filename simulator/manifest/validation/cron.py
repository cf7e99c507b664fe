"""Validates schedules of CronJobs, with the messages of the library that Kubernetes uses (robfig/cron v3)."""

from __future__ import annotations

import re

from simulator.units import time_zone

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    (0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
"""Minute, hour, day of month, month, day of week: least, most, names."""
MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
UNITS = ("ns", "us", "µs", "μs", "ms", "s", "m", "h")
_ZONE_PART = re.compile(r"[A-Za-z._\-0-9+]{1,14}")


def schedule_problem(text: str) -> str:
    """Why a schedule cannot be read; empty when it can."""
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition(" ")
        if not text:
            return "invalid schedule format: runtime error: slice bounds out of range [:-1]"
        if problem := time_zone_problem(zone.partition("=")[2]):
            return f"provided bad location {zone.partition('=')[2]}: {problem[0]}"
        text = text.strip()
    if text.startswith("@"):
        return _macro_problem(text)
    fields = text.split()
    if len(fields) != len(FIELDS):
        return f"expected exactly {len(FIELDS)} fields, found {len(fields)}: [{' '.join(fields)}]"
    problems = (_field_problem(field, *limits) for field, limits in zip(fields, FIELDS, strict=True))
    return next((problem for problem in problems if problem), "")


def _macro_problem(text: str) -> str:
    if text in MACROS:
        return ""
    if not text.startswith("@every "):
        return f"unrecognized descriptor: {text}"
    problem = _span_problem(text.removeprefix("@every "))
    return f"failed to parse duration {text}: time: {problem}" if problem else ""


def _span_problem(span: str) -> str:
    """Why a duration is invalid, in the words of Go's parser: it is one or more pairs of number and unit."""
    rest = re.sub(r"^[-+]", "", span)
    if rest == "0":
        return ""
    while part := re.match(r"(?:\d+\.?\d*|\.\d+)([^.\d]*)", rest):
        unit, rest = part[1], rest[part.end() :]
        if not unit:
            return f'missing unit in duration "{span}"'
        if unit not in UNITS:
            return f'unknown unit "{unit}" in duration "{span}"'
        if not rest:
            return ""
    return f'invalid duration "{span}"'


def _field_problem(field: str, least: int, most: int, words: dict[str, int]) -> str:
    parts = [part for part in re.split(",", field) if part]
    return next((problem for part in parts if (problem := _range_problem(part, least, most, words))), "")


def _range_problem(part: str, least: int, most: int, words: dict[str, int]) -> str:
    span, *steps = part.split("/")
    ends = span.split("-")
    if ends[0] in ("*", "?"):
        start, end = least, most
    else:
        numbers = [_number(word, words) for word in ends[:2]]
        bad = next((number for number in numbers if isinstance(number, str)), None)
        if bad is not None:
            return bad
        if len(ends) > 2:
            return f"too many hyphens: {part}"
        start, end = int(numbers[0]), int(numbers[-1])
    if len(steps) > 1:
        return f"too many slashes: {part}"
    step: int | str = 1
    if steps:
        step = _number(steps[0], {})
        if isinstance(step, str):
            return step
        # `5/15` means: from 5 on, to the end.
        end = most if len(ends) == 1 else end
    return _limits_problem(part, (start, end, int(step)), least, most)


def _limits_problem(part: str, span: tuple[int, int, int], least: int, most: int) -> str:
    start, end, step = span
    if start < least:
        return f"beginning of range ({start}) below minimum ({least}): {part}"
    if end > most:
        return f"end of range ({end}) above maximum ({most}): {part}"
    if start > end:
        return f"beginning of range ({start}) beyond end of range ({end}): {part}"
    return f"step of range should be a positive number: {part}" if step == 0 else ""


def _number(word: str, words: dict[str, int]) -> int | str:
    """The number, or why it is invalid."""
    if word.lower() in words:
        return words[word.lower()]
    if re.fullmatch(r"[-+]?\d+", word) is None:
        return f'failed to parse int from {word}: strconv.Atoi: parsing "{word}": invalid syntax'
    return f"negative number ({int(word)}) not allowed: {word}" if int(word) < 0 else int(word)


def time_zone_problem(name: str) -> list[str]:
    """Why a time zone is invalid."""
    if not name:
        return ["timeZone must be nil or non-empty string"]
    for part in name.split("/"):
        if part in (".", "..") or part.startswith("-") or _ZONE_PART.fullmatch(part) is None:
            return [f"unknown time zone {name}"]
    problems = []
    if name.lower() == "local":
        problems.append("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
    return problems if name in ("UTC", "Local") or _is_zone(name) else [*problems, f"unknown time zone {name}"]


def _is_zone(name: str) -> bool:
    try:
        time_zone(name)
    except ValueError:
        return False
    return True
