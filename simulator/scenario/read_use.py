"""How much CPU and memory a run uses: `cpu` and `memory` of a program's run."""

from __future__ import annotations

from typing import Any

from simulator.container.program import Use
from simulator.engine.durations import ZERO, Duration
from simulator.scenario.reader import Reader
from simulator.units import DURATION, parse_duration

USE_KEYS = ("idle", "perRequest", "steps", "ramp")


def read_use(reader: Reader, value: Any, path: str, unit: int) -> Use:
    """An amount or a distribution, an amount over time, or what idling and each request take; amounts in parts of `unit`."""
    if not isinstance(value, dict) or not value.keys() & set(USE_KEYS):
        return Use(((0, reader.amount(value, path, unit)),))
    given = reader.mapping(value, path, USE_KEYS)
    reader.exclude(given, path, "steps", ("ramp", "idle"), "an amount over time is in `steps`, in `ramp` or in `idle`")
    reader.exclude(given, path, "ramp", ("steps", "idle"), "an amount over time is in `steps`, in `ramp` or in `idle`")
    per_request: Duration = ZERO
    if "perRequest" in given:
        # A request takes CPU time, and memory while it is answered.
        inner, where = given["perRequest"], f"{path}.perRequest"
        per_request = reader.duration(inner, where, ZERO) if unit > 1 else reader.amount(inner, where, unit)
    for key in ("steps", "ramp"):
        if key in given:
            return Use(_points(reader, given[key], f"{path}.{key}", unit), key == "ramp", per_request)
    idle = reader.amount(given["idle"], f"{path}.idle", unit) if "idle" in given else ZERO
    return Use(((0, idle),), False, per_request)


def _points(reader: Reader, value: Any, path: str, unit: int) -> tuple[tuple[int, Duration], ...]:
    """The amounts by time, in order of time."""
    given = reader.table(value, path, DURATION, "a time since the start of the work, such as 30s")
    points = [(_time(key), reader.amount(item, f"{path}[{key}]", unit)) for key, item in given.items()]
    return tuple(sorted(points, key=lambda point: point[0]))


def _time(text: str) -> int:
    try:
        return parse_duration(text)
    except (ValueError, AttributeError):  # reported
        return 0
