"""Objects are written as they were read: one of each kind, with every field of Kubernetes 1.36's types set."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from simulator.objects.kinds import from_builtins, to_builtins

FULL = json.loads(lzma.decompress((Path(__file__).parents[1] / "data" / "kubectl" / "full.json.xz").read_bytes()))


@pytest.mark.parametrize("item", FULL, ids=lambda item: f"{item['apiVersion']} {item['kind']}")
def test_nothing_is_lost(item: dict[str, Any]) -> None:
    assert to_builtins(from_builtins(item)) == item


def test_there_are_all_kinds() -> None:
    assert len(FULL) >= 40
