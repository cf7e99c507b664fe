"""Reads journals from files, which have blocks or lines."""

from __future__ import annotations

from itertools import chain
from typing import BinaryIO

from simulator.errors import JournalError, Problem
from simulator.garbage import RARELY
from simulator.journal import block_file, lines
from simulator.journal.journal import Journal


@RARELY
def load(file: BinaryIO, name: str = "-") -> Journal:
    """Read a journal of either form, as `lines.load`. Raises JournalError."""
    first = file.readline()
    if block_file.is_form(first):
        try:
            _, header = lines.header_of(first)
        except ValueError as error:
            raise JournalError([Problem(name, 1, 0, "", "this journal is damaged: its HEADER cannot be read")]) from error
        return Journal.from_blocks(header, block_file.read(first, file, name))
    return lines.load(chain([first], file), name)
