"""What benchmarks measured: printed, and kept for `make bench`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Note = Callable[[str], None]


@pytest.fixture
def note(record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]) -> Note:
    """Print one line of results, also when pytest captures output, and put it into the JUnit report."""

    def noted(line: str) -> None:
        record_property("measured", line)
        with capsys.disabled():
            print(f"\n{line}")

    return noted
