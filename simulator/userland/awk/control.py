"""How `next`, `exit`, `break` and `continue` leave the middle of other statements."""

from __future__ import annotations


class Next(Exception):
    """`next`."""


class Stop(Exception):
    """`exit`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LeaveLoop(Exception):
    """`break` (`again` is False) and `continue`."""

    def __init__(self, *, again: bool) -> None:
        super().__init__(again)
        self.again = again
