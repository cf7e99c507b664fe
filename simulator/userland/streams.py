"""What every tool does with its streams: print, complain, read its input files."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.process.effects import Call, Effects, Process, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_shown


def out(text: str) -> Effects[None]:
    """Print to standard output; nothing for an empty text."""
    if text:
        yield Write(1, text)


def complain(call: Call, text: str, status: int = 1) -> Process:
    """Print `name: text` to standard error and fail."""
    yield Write(2, f"{call.name}: {text}\n")
    return status


def inputs(call: Call, paths: Sequence[str]) -> Effects[tuple[list[tuple[str, str]], int]]:
    """(name, text) of each input, standard input if there is none; and 1 if one could not be read, after a message about it."""
    texts, status = [], 0
    for path in paths or ("-",):
        text = yield from read_shown(call, path)
        if isinstance(text, Errno):
            yield Write(2, f"{call.name}: {path}: {text}\n")
            status = 1
        else:
            texts.append((path, text))
    return texts, status


def lines(text: str) -> list[str]:
    """Lines without their newlines; a last line may lack its own."""
    parts = text.split("\n")
    return parts[:-1] if parts and not parts[-1] else parts
