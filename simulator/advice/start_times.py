"""`--start NAME=TIME`: how long the start-up of a container takes, as a time or a distribution."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.errors import UsageError

_START = re.compile(r"(?P<container>[^=]+)=(?P<time>.+)")
_DISTRIBUTION = re.compile(r"(uniform|normal|lognormal|exponential|choice)\((.*)\)")


class StartTime(NamedTuple):
    """The start-up time of a container (`deployment/api:server`): a time or a distribution in the form that YAML gives it."""

    container: str
    value: object
    text: str


def parse_start_time(text: str) -> StartTime:
    """`deployment/api:server=lognormal(median=8s,sigma=0.4)`, `…=uniform(2s,9s)`, `…=8s`. Raises UsageError."""
    match = _START.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--start {text!r}: write deployment/api:server=lognormal(median=8s,sigma=0.4)")
    container, time = match["container"].strip(), match["time"].strip()
    distribution = _DISTRIBUTION.fullmatch(time)
    if distribution is None:
        return StartTime(container, time, time)
    arguments = [argument.strip() for argument in distribution[2].split(",")]
    named = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    parameters = {name.strip(): _number(value.strip()) for name, value in named.items()} if named else arguments
    return StartTime(container, {distribution[1]: parameters}, time)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
