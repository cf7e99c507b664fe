"""Python's garbage collector while podsim works.

It looks for garbage more rarely during a run, because a run makes millions of objects that stay. So what past runs have left is collected
when another one begins.
"""

from __future__ import annotations

import gc
from contextlib import ContextDecorator

THRESHOLDS = (100_000, 20, 50)
"""New containers before the collector looks at them, and how often at older ones. Python's 700 costs a run up to half its time."""
MUCH = 20_000
"""So many records are worth a collection, which costs a few percent of the time that it takes to write them."""


class Rarely(ContextDecorator):
    """`with RARELY:`, or `@RARELY` before a function: raises the collector's thresholds.

    The end of the outermost block restores them.
    """

    def __init__(self) -> None:
        self._blocks = 0
        self._before = THRESHOLDS

    def __enter__(self) -> None:
        self._blocks += 1
        if self._blocks == 1:
            self._before = gc.get_threshold()
            # A threshold of 0 switches the collector off, which is rarer still.
            if self._before[0]:
                gc.set_threshold(*map(max, self._before, THRESHOLDS))

    def __exit__(self, *_: object) -> None:
        self._blocks -= 1
        if not self._blocks:
            gc.set_threshold(*self._before)


RARELY = Rarely()
"""For all threads: the thresholds are the process's."""


class PastRuns:
    """What runs have written since the last collection. Collections that find little, because the runs are still in use, get rarer."""

    def __init__(self) -> None:
        self._records = 0
        self._enough = MUCH

    def add(self, records: int) -> None:
        """A run has written some records."""
        self._records += records

    def collect(self) -> None:
        """Another run begins: free what past ones have left, if that is much."""
        if self._records >= self._enough and gc.isenabled():
            self._records = 0
            self._enough = MUCH if gc.collect() > MUCH else 2 * self._enough


PAST_RUNS = PastRuns()
"""Those of this process."""
