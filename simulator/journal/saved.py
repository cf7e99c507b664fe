"""Reads journals from files, which have blocks or lines."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO

from simulator.errors import JournalError, Problem
from simulator.journal import block_file, lines
from simulator.journal.journal import Journal


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection, which looks at all objects again and again while they become more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def load(file: BinaryIO, name: str = "-") -> Journal:
    """Read a journal of either form, as `lines.load`. Raises JournalError."""
    first = file.readline()
    if block_file.is_form(first):
        try:
            _, header = lines.header_of(first)
        except ValueError as error:
            raise JournalError([Problem(name, 1, 0, "", "this journal is damaged: its HEADER cannot be read")]) from error
        with _uncollected():
            return Journal.from_blocks(header, block_file.read(first, file, name))
    return lines.load(chain([first], file), name)
