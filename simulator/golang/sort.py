"""The order in which Go's `sort.Sort` leaves equal elements (pattern-defeating quicksort, Go 1.19 and later).

kubectl sorts events and `--sort-by` lists with it, and it is not stable: with more than a dozen rows, rows of the same second
come out in an order that only the same steps can give. Up to 12 elements it is a plain insertion sort, and stable.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")

SMALL = 12  # up to here: insertion sort
NINTHER = 50  # from here: the pivot is a median of medians, and nearly sorted slices are repaired
REPAIRS = 5  # pairs out of order that are repaired before giving up
REVERSED = 12  # comparisons that choosing a pivot takes at most; all of them the wrong way round: a falling slice


def go_sorted(items: list[T], less: Callable[[T, T], bool]) -> list[T]:
    """`items` as `sort.Sort` would leave them."""
    slice_ = _Slice(list(items), less)
    slice_.sort(0, len(items), len(items).bit_length())
    return slice_.data


class _Hint(Enum):
    UNKNOWN = 0
    RISING = 1
    FALLING = 2


class _Slice(Generic[T]):
    def __init__(self, data: list[T], less: Callable[[T, T], bool]) -> None:
        self.data = data
        self._less = less
        self._swaps = 0

    def less(self, i: int, j: int) -> bool:
        return self._less(self.data[i], self.data[j])

    def swap(self, i: int, j: int) -> None:
        self.data[i], self.data[j] = self.data[j], self.data[i]

    def sort(self, a: int, b: int, limit: int) -> None:
        balanced = partitioned = True
        while b - a > SMALL:
            length = b - a
            if limit == 0:
                self.heap_sort(a, b)
                return
            if not balanced:
                self.scatter(a, b)
                limit -= 1
            pivot, hint = self.choose_pivot(a, b)
            if hint is _Hint.FALLING:
                self.data[a:b] = self.data[a:b][::-1]
                pivot, hint = (b - 1) - (pivot - a), _Hint.RISING
            if balanced and partitioned and hint is _Hint.RISING and self.repair(a, b):
                return
            if a > 0 and not self.less(a - 1, pivot):
                a = self.split_equal(a, b, pivot)
                continue
            middle, partitioned = self.split(a, b, pivot)
            balanced = min(middle - a, b - middle) >= length // 8
            if middle - a < b - middle:
                self.sort(a, middle, limit)
                a = middle + 1
            else:
                self.sort(middle + 1, b, limit)
                b = middle
        self.insertion_sort(a, b)

    def insertion_sort(self, a: int, b: int) -> None:
        for i in range(a + 1, b):
            self.sink(i, a)

    def sink(self, i: int, floor: int) -> None:
        while i > floor and self.less(i, i - 1):
            self.swap(i, i - 1)
            i -= 1

    def heap_sort(self, a: int, b: int) -> None:
        size = b - a
        for root in range((size - 1) // 2, -1, -1):
            self.sift(root, size, a)
        for last in range(size - 1, -1, -1):
            self.swap(a, a + last)
            self.sift(0, last, a)

    def sift(self, root: int, size: int, a: int) -> None:
        while (child := 2 * root + 1) < size:
            if child + 1 < size and self.less(a + child, a + child + 1):
                child += 1
            if not self.less(a + root, a + child):
                return
            self.swap(a + root, a + child)
            root = child

    def choose_pivot(self, a: int, b: int) -> tuple[int, _Hint]:
        quarter = (b - a) // 4
        i, j, k = a + quarter, a + quarter * 2, a + quarter * 3
        self._swaps = 0
        if b - a >= NINTHER:
            i, j, k = (self.median(x - 1, x, x + 1) for x in (i, j, k))
        j = self.median(i, j, k)
        return j, _Hint.RISING if self._swaps == 0 else _Hint.FALLING if self._swaps == REVERSED else _Hint.UNKNOWN

    def median(self, a: int, b: int, c: int) -> int:
        a, b = self.ordered(a, b)
        b, c = self.ordered(b, c)
        return self.ordered(a, b)[1]

    def ordered(self, a: int, b: int) -> tuple[int, int]:
        if self.less(b, a):
            self._swaps += 1
            return b, a
        return a, b

    def repair(self, a: int, b: int) -> bool:
        """Put a few pairs right; whether the slice is sorted then."""
        i = a + 1
        for _ in range(REPAIRS):
            while i < b and not self.less(i, i - 1):
                i += 1
            if i == b:
                return True
            if b - a < NINTHER:
                return False
            self.swap(i, i - 1)
            if i - a >= 2:
                self.sink(i - 1, 0)
            if b - i >= 2:
                j = i + 1
                while j < b and self.less(j, j - 1):
                    self.swap(j, j - 1)
                    j += 1
        return False

    def split(self, a: int, b: int, pivot: int) -> tuple[int, bool]:
        """Smaller elements before the pivot, the others behind it; where it is then, and whether nothing had to move."""
        self.swap(a, pivot)
        i, j = a + 1, b - 1
        moved = False
        while True:
            while i <= j and self.less(i, a):
                i += 1
            while i <= j and not self.less(j, a):
                j -= 1
            if i > j:
                break
            self.swap(i, j)
            i, j, moved = i + 1, j - 1, True
        self.swap(j, a)
        return j, not moved

    def split_equal(self, a: int, b: int, pivot: int) -> int:
        """Elements equal to the pivot first; where the greater ones begin."""
        self.swap(a, pivot)
        i, j = a + 1, b - 1
        while True:
            while i <= j and not self.less(a, i):
                i += 1
            while i <= j and self.less(a, j):
                j -= 1
            if i > j:
                return i
            self.swap(i, j)
            i, j = i + 1, j - 1

    def scatter(self, a: int, b: int) -> None:
        """Move three elements to where a fixed random sequence says, to break patterns."""
        length = state = b - a
        mask = (1 << length.bit_length()) - 1
        first = a + length // 4 * 2 - 1
        for i in range(3):
            state = (state ^ state << 13) & (1 << 64) - 1
            state ^= state >> 7
            state = (state ^ state << 17) & (1 << 64) - 1
            other = state & mask
            self.swap(first + i, a + (other - length if other >= length else other))
