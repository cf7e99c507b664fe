"""Lengths of time as sleep(1), timeout(1) and most waiting tools write them."""

from __future__ import annotations

import re

from simulator.units import SECOND

FOREVER = -1
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "ms": 0.001}


def duration(text: str) -> int | None:
    """Nanoseconds of `2`, `0.5`, `5m`, `1d`, `250ms`; FOREVER for `infinity`; None if it is no time."""
    if text in ("infinity", "inf"):
        return FOREVER
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)(ms|[smhd]?)", text)
    return round(float(match[1]) * _UNITS[match[2]] * SECOND) if match else None
