"""The changelog keeps the form that tools and readers expect."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
from changelog import problems

GOOD = "# Changelog\n\n## [Unreleased]\n### Added\n- x\n\n## [0.1.0] - 2026-12-01\n### Fixed\n- y\n"


def test_ours() -> None:
    assert problems((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")) == []
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("[Unreleased]", "Unreleased", "line 3: a section is headed [Unreleased] or [VERSION] - YYYY-MM-DD, not 'Unreleased'"),
        (" - 2026-12-01", "", "line 7: a release has a date, and only a release"),
        ("### Fixed", "### Bugs", "line 8: a group is one of Added, Changed, Deprecated, Removed, Fixed, Security, not 'Bugs'"),
        ("### Added\n", "", "line 4: an entry belongs to a group of a section"),
    ],
)
def test_what_is_refused(before: str, after: str, problem: str) -> None:
    assert problem in problems(GOOD.replace(before, after))


def test_a_release_needs_a_section_of_its_own() -> None:
    checked = subprocess.run([sys.executable, "tools/changelog.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    released = "## [0.1.0] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (checked.returncode == 0) == released
    assert released or "no section [0.1.0] - YYYY-MM-DD" in checked.stderr
