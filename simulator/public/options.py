"""The keyword options of `simulator.run` and `SimulatedCluster`. Each takes precedence over the Scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

from simulator.public.times import When, nanoseconds
from simulator.scenario.inputs import Choices

Paths = str | Path | Sequence[str | Path]


class ClusterOptions(TypedDict, total=False):
    """What a cluster is like.

    `namespace`: of objects that set none; `seed`: of all random draws; `kubernetes`: the release, as in `"1.34"`; `nodes`: how many, or
    `"3xlarge"`; `recursive`: directories are read with those below them.

    `fail_fast`: whether an object that the API server would refuse raises ManifestError (the default: a caller in Python would
    otherwise measure a cluster that lacks it, unnoticed). False: what is valid runs, as with kubectl, and `refused` of the result
    has the rest.
    """

    namespace: str | None
    seed: int | None
    kubernetes: str | None
    nodes: int | str | None
    recursive: bool
    fail_fast: bool


class ClockOptions(ClusterOptions, total=False):
    """Also: the date at which the clock starts (RFC 3339), and whether every delay takes its median."""

    start_time: str | None
    exact: bool


class RunOptions(ClockOptions, total=False):
    """Also: how long the run lasts, and what happens to unknown fields of manifests (`"strict"`, `"warn"`, `"ignore"`)."""

    duration: When
    validate: Literal["strict", "warn", "ignore"]


def choices(options: Mapping[str, Any]) -> Choices:
    """Options as the choices of a run. Raises UsageError for a value that is no duration."""
    if "duration" in options:
        options = {**options, "duration": nanoseconds(options["duration"])}
    return Choices(**options)


def check_names(options: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raises TypeError for an option that there is not: the signature of a TypedDict is not checked at run time."""
    unknown = sorted(options.keys() - known)
    if unknown:
        raise TypeError(f"unexpected keyword argument {unknown[0]!r}; available: {', '.join(sorted(known))}")


def path_list(paths: Paths) -> list[str]:
    """One path or several, as a list of texts."""
    return [str(paths)] if isinstance(paths, str | Path) else [str(path) for path in paths]
