#!/usr/bin/env python3
"""Checks CHANGELOG.md (keepachangelog.com): its sections, and that there is a dated one for the version to be released."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASE = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\d{4}-\d\d-\d\d))?$")
GROUPS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
UNRELEASED = "Unreleased"


def problems(text: str) -> list[str]:
    """What is wrong with the sections of a changelog; the first section is for what is not released."""
    wrong: list[str] = []
    versions: list[str] = []
    group = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            release, group = RELEASE.match(line), ""
            if release is None:
                wrong.append(f"line {number}: a section is headed [{UNRELEASED}] or [VERSION] - YYYY-MM-DD, not {line[3:]!r}")
                continue
            versions.append(release["version"])
            if (release["date"] is None) != (release["version"] == UNRELEASED):
                wrong.append(f"line {number}: a release has a date, and only a release")
        elif line.startswith("### "):
            group = line[4:]
            if group not in GROUPS:
                wrong.append(f"line {number}: a group is one of {', '.join(GROUPS)}, not {group!r}")
        elif line.startswith("- ") and not (versions and group):
            wrong.append(f"line {number}: an entry belongs to a group of a section")
    if versions[:1] != [UNRELEASED]:
        wrong.append(f"the first section is [{UNRELEASED}]")
    return wrong


def main() -> None:
    """Exit with a sentence when the version cannot be released."""
    sys.path.insert(0, str(ROOT))
    from simulator.version import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wrong = problems(text)
    released = [match["version"] for line in text.splitlines() if (match := RELEASE.match(line))]
    if __version__ not in released:
        wrong.append(f"no section [{__version__}] - YYYY-MM-DD: move the entries of [{UNRELEASED}] there")
    if wrong:
        sys.exit("\n".join(f"CHANGELOG.md: {problem}" for problem in wrong))


if __name__ == "__main__":
    main()
