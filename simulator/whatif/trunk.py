"""A run that is looked at on its way, and from which other runs branch off."""

from __future__ import annotations

from simulator.cluster import Cluster
from simulator.journal.journal import Journal
from simulator.journal.snapshot import Snapshot
from simulator.scenario.inputs import Inputs

FOREVER = 1 << 62
"""Clients of the run send requests as long as it lasts."""


class Trunk:
    """A run that is played as far as it is looked at."""

    def __init__(self, inputs: Inputs) -> None:
        self.cluster = Cluster(inputs)
        self.cluster.begin(FOREVER)
        self._reached = inputs.begin

    def until(self, t: int) -> Snapshot:
        """The world at `t` (ns)."""
        if t > self._reached:
            self._reached = t
            self.cluster.run_until(t)
        return self.cluster.journal.at(t)

    def branch(self, inputs: Inputs) -> Journal:
        """A whole run of inputs that are like the trunk's up to some instant."""
        return Cluster(inputs).run()
