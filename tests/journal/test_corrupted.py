"""Corrupted journals are refused with a sentence by every command that reads one: never a traceback, never shown as the truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import simulator
from simulator.journal.lines import dump, export
from tests.conftest import Podsim

ROOT = Path(__file__).parents[2]
FEW = 12
"""Corrupted files of each form; `podsim` commands that look at one take 30 ms."""
COMMANDS = ("get pods -A", "describe pods", "why", "story", "timeline", "events", "logs deploy/web", "export csv", "metrics", "graph")


def _forms() -> dict[str, bytes]:
    journal = simulator.run(str(ROOT / "scenarios/crash-loop"), duration="60s").journal
    return {
        "blocks": b"".join(journal.saved()),
        "lines": "".join(export(journal)).encode(),
        "old lines": "".join(f"{line}\n" for line in dump(journal)).encode(),
    }


def _flip(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data) - 1)]


def _remove(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + data[at + draw.randrange(1, 2000) :]


def _repeat(data: bytes, draw: random.Random) -> bytes:
    begin, end = sorted(draw.randrange(len(data)) for _ in range(2))
    return data[:end] + data[begin:]


def _garbage(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + draw.randbytes(draw.randrange(1, 50)) + data[at:]


def _swap_lines(data: bytes, draw: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    a, b = draw.sample(range(len(lines)), 2)
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def _replace_value(data: bytes, draw: random.Random) -> bytes:
    """A value somewhere becomes one of another type."""
    places = [at for at, byte in enumerate(data) if data[at : at + 1] == b":"] or [0]
    at = draw.choice(places) + 1
    return data[:at] + draw.choice([b"null,", b"-1,", b'"",', b"[],", b"{},", b"1e99,", b'"' + b"9" * 400 + b'",']) + data[at:]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flip, _cut, _remove, _repeat, _garbage, _swap_lines, _replace_value)


def corrupted(form: str, count: int, seed: int = 1) -> Iterator[bytes]:
    """Corrupted journals of this form, the same each time."""
    draw = random.Random(f"{form} {seed}")
    whole = _forms()[form]
    for number in range(count):
        data = whole
        while data == whole:
            data = DAMAGES[number % len(DAMAGES)](whole, draw)
        yield data


@pytest.mark.parametrize("form", ["blocks", "lines", "old lines"])
def test_no_command_ends_with_a_traceback(podsim: Podsim, tmp_path: Path, form: str) -> None:
    file = tmp_path / "bad.journal"
    for number, data in enumerate(corrupted(form, FEW)):
        file.write_bytes(data)
        command = COMMANDS[number % len(COMMANDS)]
        result = podsim(*command.split(), "--from", str(file))
        assert "Traceback" not in result.err + result.out
        if form == "old lines":
            assert result.code in (0, 1, 2), (number, command, result.err)
        else:
            assert (result.code, result.out) == (2, ""), (number, command, result.out)
            assert result.err.startswith(f"error: {file}:"), (number, command, result.err)
