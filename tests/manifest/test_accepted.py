"""The API server fills in fields before it validates: what it accepts because of that is not refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.manifest.documents import Document, documents
from simulator.manifest.files import Source
from simulator.manifest.load import load_sources

FILE = Path(__file__).with_name("accepted.yaml")


def cases() -> list[Any]:
    document = next(documents(FILE.read_text(encoding="utf-8")))
    assert isinstance(document, Document)
    objects = [(case["why"], item) for case in document.value for item in case["objects"]]
    return [pytest.param(item, id=f"{item['kind']}: {why}") for why, item in objects]


@pytest.mark.parametrize("item", cases())
def test_an_object_with_fields_for_the_server_to_fill_in_is_accepted(item: dict[str, Any]) -> None:
    loaded = load_sources([Source("m.json", json.dumps(item))], fail_fast=False)
    assert [str(problem) for problem in loaded.problems] == []
    assert [manifest.object.kind for manifest in loaded.manifests] == [item["kind"]]
