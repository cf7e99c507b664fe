"""The recorded requests of ../shared/wire: how many answers agree may only grow."""

from __future__ import annotations

import asyncio

import pytest

from simulator.serve.app import App
from tests.serve.requests import WIRE, judged
from tests.serve.talk import Client, session

AGREE, OF = 614, 728
"""docs/serve.md says why the others differ."""


@pytest.mark.skipif(not WIRE.exists(), reason="../shared/wire is not there")
def test_answers_agree_with_the_recorded_ones() -> None:
    results = asyncio.run(judged())
    assert len(results) == OF
    assert sum(not one.difference for one in results) >= AGREE


def test_deprecated_resources_warn() -> None:
    for path, words in (("/api/v1/endpoints", "use discovery.k8s.io/v1 EndpointSlice"), ("/api/v1/pods", "")):
        answer = asyncio.run(Client(App(session())).get(path))
        assert words in answer.headers.get("warning", "")
