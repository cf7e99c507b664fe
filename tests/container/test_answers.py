"""When a rule of a program holds."""

from __future__ import annotations

import pytest

from simulator.container.answers import Window


@pytest.mark.parametrize(
    ("window", "inside"), [(Window(10, 20), [10, 19]), (Window(10, None), [10, 19, 20, 10**15]), (Window(0, 0), []), (Window(20, 21), [20])]
)
def test_a_window_includes_its_first_instant_and_not_its_last(window: Window, inside: list[int]) -> None:
    assert [t for t in (-1, 0, 9, 10, 19, 20, 10**15) if window.covers(t)] == inside
