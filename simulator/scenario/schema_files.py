"""Where the published JSON Schemas are; `simulator/scenario/schema.py` and `simulator/lessons/schema.py` make them."""

from __future__ import annotations

from pathlib import Path

PACKAGES = {"lesson": "lessons"}
"""Kind of file -> the package with its schema, if that is not this one."""


def schema_file(kind: str) -> Path:
    """The published schema of a kind of file: Scenario, Expectations or Lesson."""
    package = PACKAGES.get(kind.lower(), "scenario")
    return Path(__file__).parent.parent / package / f"{kind.lower()}.schema.json"
