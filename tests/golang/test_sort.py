"""Go's sort: sorted as any other, and equal elements where Go leaves them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.golang.sort import go_sorted


@given(st.lists(st.integers(0, 9), max_size=200))
def test_go_sorts(numbers: list[int]) -> None:
    order = go_sorted(list(enumerate(numbers)), lambda a, b: a[1] < b[1])
    assert [number for _, number in order] == sorted(numbers)
    assert sorted(i for i, _ in order) == list(range(len(numbers)))
    if len(numbers) <= 12:
        assert order == sorted(enumerate(numbers), key=lambda pair: pair[1])


def test_go_leaves_equal_elements_in_its_own_order() -> None:
    seconds = [12, 12, 12, 12, 12, 12, 44, 44, 44, 12, 12, 28, 28, 28]
    order = go_sorted(list(range(14)), lambda a, b: seconds[a] < seconds[b])
    assert order == [9, 10, 2, 3, 4, 5, 0, 1, 12, 11, 13, 8, 6, 7]


@given(st.lists(st.integers(), max_size=100).map(sorted))
def test_what_is_sorted_stays(numbers: list[int]) -> None:
    assert go_sorted(numbers, lambda a, b: a < b) == numbers
