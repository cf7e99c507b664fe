"""Several runs of the same inputs, as the accounts that kubectl's output for them would give."""

from __future__ import annotations

from collections.abc import Callable, Collection

from simulator.cluster import Cluster
from simulator.objects.kinds import Object
from simulator.reality.facts import Account, account
from simulator.reality.fitted import Fitted, seeded
from simulator.units import SECOND

AROUND = 2 * SECOND
PART = 20
"""A run is looked at a little before, at, and a little after the instant of the cluster's objects: what happens about then may be missing.

That is 2 seconds, or a twentieth of the length: back-offs add up.
"""


def accounts(
    fitted: Fitted, runs: int, length: int, kinds: Collection[str], report: Callable[[int, int], None] = lambda _done, _all: None
) -> list[list[Account]]:
    """For each run, what objects of the `kinds` show around `length` (ns) after its first one."""
    around = max(AROUND, length // PART)
    result = []
    for number in range(runs):
        inputs = seeded(fitted, number, runs)
        journal = Cluster(inputs).run()
        late = [action.at + AROUND for action in inputs.scenario.actions if action.at > inputs.begin + length]
        instants = [max(inputs.begin + length + shift, 0) for shift in (-around, 0, around)] + late
        shown = [[item for item in journal.at(t).all() if item.kind in kinds] for t in instants]
        # Nothing records when a pod was gone: the cluster's objects may be from a later time.
        shown += [left for items in shown[2:] if len(left := _staying(items)) < len(items)]
        result.append([account(items) for items in shown])
        report(number + 1, runs)
    return result


def _staying(items: list[Object]) -> list[Object]:
    """Without pods that are being deleted."""
    return [item for item in items if item.kind != "Pod" or not item.metadata.deletion_timestamp]
