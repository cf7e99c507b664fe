"""Times as users write them."""

from __future__ import annotations

from simulator.errors import UsageError
from simulator.units import parse_duration

When = str | float | None
"""A time since the start of the run, or a duration: `"1m30s"`, `"250ms"`, or a number of seconds; None: the end of the run."""


def nanoseconds(when: When) -> int | None:
    """The same in nanoseconds. Raises UsageError."""
    if when is None:
        return None
    try:
        return parse_duration(when)
    except ValueError as error:
        raise UsageError(str(error)) from error
