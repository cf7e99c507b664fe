"""How many lines `head` and `tail` print."""

from __future__ import annotations

import pytest

from tests.fake_container import sh

TWENTY = "".join(f"{i}\n" for i in range(1, 21))


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("head f", range(1, 11)),
        ("cat f | head", range(1, 11)),
        ("head -n 3 f", range(1, 4)),
        ("cat f | head -3", range(1, 4)),
        ("head -n 0 f", range(0)),
        ("head -n -18 f", range(1, 3)),
        ("tail f", range(11, 21)),
        ("tail -n 3 f", range(18, 21)),
        ("tail -n +18 f", range(18, 21)),
    ],
)
def test_how_many_lines(script: str, lines: range) -> None:
    assert sh(f"cd /; {script}", files={"/f": TWENTY}).stdout == "".join(f"{i}\n" for i in lines)
