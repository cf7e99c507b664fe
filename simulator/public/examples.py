"""The scenarios that come with podsim, by name."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import UsageError
from simulator.scenario.gallery import exhibits


def example(name: str) -> Path:
    """The folder of a scenario of the gallery, for `simulator.run`. Raises UsageError for an unknown name.

    Args:
        name: As `podsim gallery` lists it, such as `hello-init`.
    """
    for one in exhibits():
        if one.name == name:
            return one.folder
    raise UsageError(f"no scenario {name!r} in the gallery; `podsim gallery` lists them")
