"""How `break`, `return` and `exit` leave the middle of other commands: raised inside the interpreter, never seen outside it."""

from __future__ import annotations


class Leave(Exception):
    """Base of all of them."""


class Break(Leave):
    """`break N` or `continue N`: `levels` loops are still to be left; with `again` the last of them continues."""

    def __init__(self, levels: int, *, again: bool) -> None:
        super().__init__(levels)
        self.levels, self.again = levels, again


class Return(Leave):
    """`return N`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Exit(Leave):
    """`exit N`, or `set -e` at work."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
