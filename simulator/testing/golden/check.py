"""Compares a run with its golden journal, or writes it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import NamedTuple

from simulator.errors import JournalError, Problem
from simulator.expectations.verdict import Verdict
from simulator.journal.journal import Journal
from simulator.manifest.files import file_error
from simulator.testing.golden.compare import differences
from simulator.testing.golden.place import golden_beside, golden_in
from simulator.testing.golden.summary import summary
from simulator.testing.golden.text import from_text, to_text
from simulator.whole_files import write_whole

MOST_LISTED = 40
"""How many differences are listed; the others are counted."""


class Golden(NamedTuple):
    """Where golden journals are (`folder` empty: beside the tests), and by how many seconds times may differ (None: as each file says)."""

    folder: str = ""
    tolerance: float | None = None

    def target(self, path: str) -> Path:
        """The golden journal of a test, whether it exists or not."""
        return golden_in(self.folder, path) if self.folder else golden_beside(path)

    def place(self, path: str) -> Path | None:
        """The golden journal that a test is compared with; None: there is none, and no folder was given in which one is expected."""
        target = self.target(path)
        return target if self.folder or target.is_file() else None


def hold(journal: Journal, place: Path, tolerance: float | None, path: str) -> Verdict:
    """Whether the same happened as in the golden journal. Raises JournalError when it cannot be read."""
    expected = f"as in {place}"
    update = f"podsim test {shlex.quote(path)} --update-golden"
    text = f"golden journal {place.name}"
    try:
        old = place.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Verdict(text, str(place), 1, False, expected, (f"{place} does not exist",), shows=(update,))
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError([Problem(str(place), 0, 0, "", file_error(error))]) from error
    texts = differences(summary(journal.at()), from_text(old, str(place)), tolerance)
    if not texts:
        return Verdict(text, str(place), 1, True, expected, ("the same",))
    more = len(texts) - MOST_LISTED
    listed = (*texts[:MOST_LISTED], f"and {more} more differences") if more > 0 else tuple(texts)
    return Verdict(text, str(place), 1, False, expected, listed, shows=(f"{update}   to accept this",))


def write(journal: Journal, place: Path) -> str:
    """Write the golden journal, keeping its tolerance; returns its path, empty when it was up to date. Raises JournalError."""
    new_summary = summary(journal.at())
    try:
        old = place.read_text(encoding="utf-8") if place.is_file() else ""
        if old:
            new_summary = new_summary._replace(tolerance=from_text(old, str(place)).tolerance)
        new = to_text(new_summary)
        if new == old:
            return ""
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, new)
    except OSError as error:
        raise JournalError([Problem(str(place), 0, 0, "", error.strerror or str(error))]) from error
    return str(place)
