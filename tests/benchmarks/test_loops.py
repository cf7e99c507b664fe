"""What loops without a sleep cost beside a plain pod: seconds of a processor for each simulated minute, and bytes of the journal.

`python -m tests.benchmarks.test_loops` prints it.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from simulator.journal.lines import dump
from tests.benchmarks.conftest import Note
from tests.process.test_pacing import LOOPS, PLAIN, played

MINUTES = 60


class Cost(NamedTuple):
    """Milliseconds of a processor for a simulated minute, after the first ten, and kilobytes of the journal of an hour."""

    minute: float
    journal: float


def cost(folder: Path, script: str) -> Cost:
    """The best of three: what else runs on the machine adds to it."""
    seconds = []
    for minutes in (10, 10 + MINUTES):
        tries = []
        for _ in range(3):
            begun = time.process_time()
            journal = played(folder, script, minutes)
            tries.append(time.process_time() - begun)
        seconds.append(min(tries))
    return Cost((seconds[1] - seconds[0]) / MINUTES * 1000, sum(map(len, dump(journal))) / 1000)


def test_loops_cost_little(tmp_path: Path, note: Note) -> None:
    plain = cost(tmp_path, PLAIN)
    for script in LOOPS:
        loop = cost(tmp_path, script)
        ratio = loop.minute / plain.minute
        note(
            f"{script}: {ratio:.1f} times a plain pod per simulated minute; journal of an hour: {loop.journal:.0f} kB ({plain.journal:.0f})"
        )
        assert loop.journal < 1000


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as there:
        test_loops_cost_little(Path(there), print)
