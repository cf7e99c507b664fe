"""The Scenario and Expectations files of the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

PLACES = ("scenarios/**/*.yaml", "docs/**/*.yaml", "tests/**/data/**/*.yaml", "tests/cli/examples/**/*.yaml", "tests/corpus/**/*.yaml")


def first_document(file: Path) -> Any:
    """The first document of a file; None: it is no YAML."""
    try:
        return next((value for value in yaml.safe_load_all(file.read_text("utf-8")) if value is not None), None)
    except (yaml.YAMLError, ValueError):
        return None


@cache
def files_of(kind: str) -> list[Path]:
    """Files whose first document is of podsim's version and this kind."""
    files = sorted({file for place in PLACES for file in ROOT.glob(place) if b"podsim/v1" in file.read_bytes()})
    documents = [(file, first_document(file)) for file in files]
    return [
        file
        for file, value in documents
        if isinstance(value, dict) and value.get("apiVersion") == "podsim/v1" and value.get("kind") == kind
    ]
