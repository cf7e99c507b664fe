"""Where golden journals are."""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".golden"


def golden_beside(path: str) -> Path:
    """Beside the test: `web.podsim.yaml` -> `web.golden`; for the scenario.yaml of a folder `scenario.golden`."""
    place = Path(path)
    if place.is_dir():
        place = place / "scenario.yaml"
    return place.with_name(place.name.partition(".")[0] + SUFFIX)


def golden_in(folder: str, path: str) -> Path:
    """In a folder of their own, under the relative path of the test."""
    beside = golden_beside(path)
    here = Path.cwd()
    absolute = beside if beside.is_absolute() else here / beside
    inner = absolute.relative_to(here) if absolute.is_relative_to(here) else Path(*absolute.parts[-2:])
    return Path(folder) / inner
