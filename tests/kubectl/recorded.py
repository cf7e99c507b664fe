"""The recordings of a real cluster that the views are held against."""

from __future__ import annotations

import json
import lzma
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulator.journal import Journal
from simulator.journal.lines import load
from simulator.kubectl.view import View

DATA = Path(__file__).parents[1] / "data" / "kubectl"


@lru_cache(maxsize=1)
def recordings() -> dict[str, dict[str, Any]]:
    lines = lzma.decompress((DATA / "recordings.jsonl.xz").read_bytes()).splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


@lru_cache(maxsize=64)
def journal_of(name: str) -> Journal:
    return load([json.dumps(record) for record in recordings()[name]["journal"]], name)


def view_of(name: str, seconds: float, kubectl: str = "") -> View:
    return View(journal_of(name).at(round(seconds * 1e9)), kubectl)


def journal_with(*objects: dict[str, Any], kubectl: str = "1.36", kubernetes: str = "1.36", start: str = "2026-11-22T11:00:00Z") -> Journal:
    """A journal in which these objects were there from the start."""
    header = {"type": "HEADER", "startTime": start, "kubernetes": kubernetes, "kubectl": kubectl}
    return load([json.dumps(line) for line in [header, *({"t": 0, "type": "ADDED", "object": one} for one in objects)]])


def view_with(*objects: dict[str, Any], seconds: float = 0, **header: str) -> View:
    return View(journal_with(*objects, **header).at(round(seconds * 1e9)))
