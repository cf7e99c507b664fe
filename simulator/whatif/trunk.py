"""A run that is played as far as it is looked at, and from which runs of other inputs branch off where they begin to differ.

Where processes fork, copies of the process rest at some instants of the run, and a branch starts from the last one before it differs.
Elsewhere a branch is a run of its own. Both give the same journal.
"""

from __future__ import annotations

import pickle
from typing import NamedTuple

from simulator.cluster import Cluster
from simulator.journal.journal import Journal
from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.objects.pod import Pod
from simulator.scenario.inputs import Inputs
from simulator.scenario.spec import ProgramRule, Scenario
from simulator.units import MINUTE, SECOND
from simulator.whatif.forks import RestingCopy, can_fork

FOREVER = 1 << 62
STEP, OBSERVED = 5 * SECOND, 5 * MINUTE
"""How often a copy may be made, and for how long."""
RECORDS, PART, MOST_RECORDS = 120, 8, 20_000
"""A copy is worth so many records, or that part of those so far; up to how many records a run is small enough to be copied."""
MARGIN = 2 * SECOND
"""A branch starts this much before it differs: what it schedules for that instant then has its place among other calls."""


class Rest(NamedTuple):
    """A copy of the process in which the run rests at `t` (ns), when it has written so many records."""

    t: int
    records: int
    copy: RestingCopy


class Trunk:
    """A run and its branches. Clients of the run send requests as long as it is played."""

    def __init__(self, inputs: Inputs) -> None:
        self.cluster = Cluster(inputs)
        self.cluster.begin(FOREVER)
        self._reached = inputs.begin
        self._rests: list[Rest] = []
        self._records = 0

    def until(self, t: int) -> Snapshot:
        """The world at `t` (ns)."""
        while self._reached < t:
            self._rest()
            step = self._reached + STEP - self._reached % STEP if self._reached < OBSERVED else t
            self._reached = min(step, t)
            self.cluster.play(self._reached)
        return self.cluster.journal.at(t)

    def play(self) -> Snapshot:
        """The end of the run: without a set duration, when nothing changes any more."""
        end = self.until(self.cluster.horizon)
        while (later := self.cluster.later_end()) is not None:
            self.cluster.horizon = later
            end = self.until(later)
        return end

    def branch(self, inputs: Inputs) -> Snapshot:
        """The end of a run of other inputs."""
        parts_at = parting(self.cluster, inputs)
        if parts_at == FOREVER:
            return self.until(inputs.horizon)
        rest = next((rest for rest in reversed(self._rests) if rest.t <= parts_at - MARGIN), None)
        journal = self._branch_from(rest, inputs) if rest is not None else None
        return (journal or Cluster(inputs).run()).at()

    def _rest(self) -> None:
        """Make a copy of the process, if enough has happened since the last one."""
        records, last = len(self.cluster.journal), self._records
        self._records = records
        since = records - self._rests[-1].records if self._rests else records
        is_calm = records == last and since >= min(RECORDS, records // PART)
        if self._reached < OBSERVED and records <= MOST_RECORDS and (since >= max(RECORDS, records // PART) or is_calm) and can_fork():
            self._rests.append(Rest(self._reached, records, RestingCopy(self._continue)))

    def _continue(self, message: bytes) -> bytes:
        """In a copy: continue with another Scenario, and answer with what is written from here on."""
        scenario, horizon = pickle.loads(message)
        cluster, written = self.cluster, len(self.cluster.journal)
        cluster.adopt(scenario, horizon)
        journal = cluster.play(horizon)
        return pickle.dumps((journal.header, written, journal.at().records()[written:]), pickle.HIGHEST_PROTOCOL)

    def _branch_from(self, rest: Rest, inputs: Inputs) -> Journal | None:
        answer = rest.copy.ask(pickle.dumps((inputs.scenario, inputs.horizon), pickle.HIGHEST_PROTOCOL))
        if not answer:
            return None
        header, written, records = pickle.loads(answer)
        shared = self.cluster.journal.at().records()[:written]
        return Journal(header, [*shared, *records])


def parting(cluster: Cluster, new: Inputs) -> int:
    """The first instant at which a run of other inputs may differ from the cluster's (ns), as far as that was played.

    At or before its beginning: in everything. `FOREVER`: only in their end.
    """
    old = cluster.inputs
    if (
        old.scenario.traffic
        or new._replace(scenario=old.scenario, horizon=old.horizon) != old
        or not _has_same_world(old.scenario, new.scenario)
    ):
        return old.begin
    before, after = old.scenario.actions, new.scenario.actions
    actions = [action.at for action in (*before, *after) if (action in before) != (action in after)]
    clients = [one.begin for one in new.scenario.traffic]
    return min([*actions, *clients, *_first_starts(cluster, new)], default=FOREVER)


def _has_same_world(old: Scenario, new: Scenario) -> bool:
    """Whether two Scenarios differ in programs, actions, clients and expectations only."""
    # What programs use is watched from the beginning.
    if old.states_use != new.states_use:
        return False
    return old == new._replace(programs=old.programs, actions=old.actions, traffic=old.traffic, expect=old.expect, duration=old.duration)


def _first_starts(cluster: Cluster, new: Inputs) -> list[int]:
    """When containers whose program is another one were created, and pods whose sandbox is."""
    before, after = cluster.scenario.programs, new.scenario.programs
    changed = [rule for rule in (*before, *after) if (rule in before) != (rule in after)]
    common = [[rule for rule in rules if rule not in changed] for rules in (before, after)]
    if common[0] != common[1]:
        return [cluster.inputs.begin]
    if not changed:
        return []
    if any(rule.sandbox is not None for rule in changed):
        return [cluster.inputs.begin]
    return [fact.t for fact in cluster.journal.at().facts("container.program") if _concerns(cluster, changed, fact)]


def _concerns(cluster: Cluster, rules: list[ProgramRule], fact: Fact) -> bool:
    """Whether one of the rules is for the container that the fact is about."""
    pod = next((write.item for write in cluster.journal.writes_until(fact.t, fact.about) if isinstance(write.item, Pod)), None)
    if pod is None:
        return False
    containers = [one for one in (*pod.spec.init_containers, *pod.spec.containers) if one.name == fact.data["container"]]
    return any(cluster.programs.matches(rule.match, pod, container) for rule in rules for container in containers)
