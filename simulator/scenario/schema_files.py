"""Where the published JSON Schemas are; `simulator/scenario/schema.py` makes them."""

from __future__ import annotations

from pathlib import Path


def schema_file(kind: str) -> Path:
    """The published schema of a kind of file: Scenario or Expectations."""
    return Path(__file__).with_name(f"{kind.lower()}.schema.json")
