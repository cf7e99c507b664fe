"""A run that shows what something leads to: inputs with some values changed, perhaps with clients; and the command that plays the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from simulator.cluster import Cluster
from simulator.journal.snapshot import Snapshot
from simulator.network.traffic import Traffic
from simulator.scenario.inputs import Inputs
from simulator.units import MINUTE, SECOND, short_duration
from simulator.whatif.base import Base
from simulator.whatif.calls import with_clients
from simulator.whatif.sweep import settings

RATE = 20.0
"""Requests a second of the clients in a trial."""

Pairs = tuple[tuple[str, str], ...]
"""Addresses and values, as `--set` takes them."""


class Trial(NamedTuple):
    """What is changed, for how long it is played (0: as the inputs say), and what happens at `at` to the workload behind `service`."""

    sets: Pairs = ()
    duration: int = 0
    service: str = ""
    during: str = ""
    at: int = 1 * MINUTE

    def play(self, base: Base, given: Pairs = ()) -> Snapshot:
        """Play it, with what is changed in all trials. Raises what bad input raises."""
        inputs = inputs_with(base, (*given, *self.sets))
        if self.service:
            inputs = with_clients(inputs, Traffic(self.service, rate=RATE), self.during, self.at)
        return Cluster(inputs._replace(horizon=max(inputs.horizon, self.duration))).run().at()

    def command(self, paths: Sequence[str], options: str = "", given: Pairs = ()) -> str:
        """What a user types to see it. `options`: those that the inputs were read with."""
        sets = "".join(f" --set {shlex.quote(f'{address}={value}')}" for address, value in (*given, *self.sets))
        if self.service:
            files = "".join(f" -f {shlex.quote(path)}" for path in paths)
            during = f" --during {self.during} --event-at {short_duration(self.at)}" if self.during else ""
            return f"podsim traffic {self.service}{files} --rate {RATE:g}{during}{sets}{options}"
        lasts = f" --duration {self.duration // SECOND}s" if self.duration else ""
        return f"podsim run {shlex.join(paths)}{sets}{lasts}{options}"


def inputs_with(base: Base, pairs: Pairs) -> Inputs:
    """The inputs with some values changed, checked as if they were written so. Raises UsageError, ManifestError, ScenarioError."""
    changed, found = settings(base, pairs)
    return changed.arm(found)
