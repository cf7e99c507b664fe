"""The recorded requests of ../shared/wire: how many answers agree may only grow."""

from __future__ import annotations

import asyncio

import pytest

from tests.serve.requests import WIRE, judged

AGREE, OF = 581, 728
"""docs/serve.md says why the others differ."""


@pytest.mark.skipif(not WIRE.exists(), reason="../shared/wire is not there")
def test_answers_agree_with_the_recorded_ones() -> None:
    results = asyncio.run(judged())
    assert len(results) == OF
    assert sum(not one.difference for one in results) >= AGREE
