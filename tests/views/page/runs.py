"""Runs that the tests of the page look at."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import simulator
from simulator.journal.journal import Journal

HERE = Path(__file__).parent
MANIFESTS = {path.stem: path for path in sorted((HERE / "data").glob("*.yaml"))}


@cache
def played(name: str) -> Journal:
    """The journal of one of the scenarios."""
    return simulator.run(str(MANIFESTS[name])).journal
