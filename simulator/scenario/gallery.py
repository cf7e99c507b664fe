"""The gallery: the scenarios that come with podsim."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from simulator.errors import UsageError

PLACES = (Path(__file__).parent.parent / "gallery", Path(__file__).parent.parent.parent / "scenarios")
"""Where the scenarios are: in an installed package, in a checkout."""
INDEX = "README.md"
"""Lists them by group, in teaching order."""


GROUP = "## "
ENTRY = re.compile(r"- \[(?P<name>[\w-]+)\]\((?P=name)\): (?P<title>.+)")


class Exhibit(NamedTuple):
    """A scenario of the gallery: its name, what it shows, its folder and its group."""

    name: str
    title: str
    folder: Path
    group: str

    @property
    def readme(self) -> str:
        """What it covers and what to watch for."""
        return (self.folder / "README.md").read_text("utf-8")


def gallery_folder() -> Path:
    """Where the scenarios are. Raises UsageError when podsim was installed without them."""
    home = next((place for place in PLACES if (place / INDEX).is_file()), None)
    if home is None:
        raise UsageError("this installation of podsim has no gallery")
    return home


def exhibits() -> list[Exhibit]:
    """Every scenario in the order of the gallery's index. Raises UsageError when podsim was installed without them."""
    home = gallery_folder()
    group, result = "", []
    for line in (home / INDEX).read_text("utf-8").splitlines():
        if line.startswith(GROUP):
            group = line.removeprefix(GROUP)
        elif entry := ENTRY.fullmatch(line):
            result.append(Exhibit(entry["name"], entry["title"], home / entry["name"], group))
    return result
