"""The cheapest setting that meets a goal, found by running each candidate with the same seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from simulator.advice.app import LIVENESS, READINESS, STARTUP, App, Subject
from simulator.advice.finding import rounded_up
from simulator.advice.goals import LOST, READY, RESTART, Goal, Lost, Ready, Restarted
from simulator.advice.knobs import Knob, knob
from simulator.advice.search import largest, smallest
from simulator.advice.start_times import StartTime
from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.scenario.write import flow
from simulator.units import SECOND
from simulator.whatif.addresses import resolve
from simulator.whatif.base import Base
from simulator.whatif.disturbance import settled_at
from simulator.whatif.engines.select import select_engine
from simulator.whatif.field_paths import value_at, with_value
from simulator.whatif.plan import Axis, Measure, Outcome, Plan
from simulator.whatif.statistics import Interval, share
from simulator.whatif.sweep import settings

FIRST_RUNS = 60
"""So many runs of a candidate show whether it is hopeless."""
HITS_TO_SHOW = 8
"""The goal's margin times the number of runs: enough for a candidate well within the goal to be recognised as such."""
FEWEST, MOST = 80, 4000
REQUEST_RATE = 20


class Tried(NamedTuple):
    """A candidate: in how many runs the goal's event happened, the share with its interval, and whether the goal surely holds."""

    value: int
    runs: int
    hits: int
    interval: Interval
    holds: bool


class Solution(NamedTuple):
    """All candidates that were tried, by value. `best`: the cheapest that meets the goal (None: none does); `runs`: for each candidate."""

    goal: Goal
    subject: Subject
    knob: Knob
    tried: tuple[Tried, ...]
    best: int | None
    runs: int


def solve(
    base: Base,
    goal: Goal,
    starts: Sequence[StartTime] = (),
    knob_name: str = "",
    container: str = "",
    runs: int = 0,
    workers: int | None = None,
) -> Solution:
    """Search for the cheapest setting.

    `starts`: start-up times of containers; `knob_name`: the setting to vary (empty: the usual one for the goal); `container`: whose
    (empty: the only one that it can be); `runs`: for each candidate (0: as many as the goal needs). Raises UsageError when it is not clear
    which setting of which container to vary, and for a candidate that the API server refuses.
    """
    base = _with_start_times(base, starts)
    app = App(base)
    subject = _subject(app, goal, container or (starts[0].container if starts else ""))
    varied = knob(app, subject, goal, knob_name)
    if goal.kind == LOST:
        goal = goal._replace(since=settled_at(app.story) // SECOND)
        base = _with_rollout(base, subject, goal.since)
    runs = runs or min(MOST, max(FEWEST, math.ceil(HITS_TO_SHOW / goal.margin)))
    candidates = Candidates(base, subject, goal, varied, runs, workers)
    values = varied.range
    search = smallest if values.grows else largest
    best = search(candidates.holds, values.first, values.last)
    return Solution(goal, subject, varied, tuple(candidates.tried[value] for value in sorted(candidates.tried)), best, runs)


class Candidates(msgspec.Struct):
    """Runs the candidates of a search; each only once."""

    base: Base
    subject: Subject
    goal: Goal
    knob: Knob
    runs: int
    workers: int | None
    tried: dict[int, Tried] = msgspec.field(default_factory=dict)

    def holds(self, value: int) -> bool:
        """Whether a candidate surely meets the goal."""
        if value not in self.tried:
            self.tried[value] = self._try(value)
        return self.tried[value].holds

    def _try(self, value: int) -> Tried:
        """Run a candidate; a hopeless one only until that is clear."""
        goal, hits, count = self.goal, 0, 0
        interval = Interval(0, 0, 1)
        for outcomes in self._batches(self._plan(value)):
            refused = next((outcome.refused for outcome in outcomes if outcome.refused), "")
            if refused:
                raise UsageError(f"{self.knob.name} = {value}: {refused}")
            hits += sum(bool(outcome.values[0]) for outcome in outcomes)
            count += len(outcomes)
            interval = share(hits, count)
            is_hopeless = interval.low >= goal.limit if goal.below else interval.high <= goal.limit
            if is_hopeless:
                break
        holds = interval.high < goal.limit if goal.below else interval.low > goal.limit
        return Tried(value, count, hits, interval, holds)

    def _plan(self, value: int) -> Plan:
        """The runs of a candidate, one for each seed."""
        change = self.knob.change(value)
        # Requests are lost during the rollout, and the inputs last long enough for that.
        base = self.base if self.goal.kind == LOST else _with_duration(self.base, self.goal.within or self.knob.run_time(value))
        base, changed = resolve(base, change.address)
        axis = Axis(change.address, changed, (flow(change.value),), (change.value,))
        first = base.inputs.scenario.seed
        return Plan(base, (axis,), (Measure("wish", "", "", _event(self.subject, self.goal)),), tuple(range(first, first + self.runs)))

    def _batches(self, plan: Plan) -> Iterator[list[Outcome]]:
        tasks = plan.tasks()
        for batch in (tasks[:FIRST_RUNS], tasks[FIRST_RUNS:]):
            if batch:
                run = select_engine("", self.workers, "", len(batch))
                yield [outcome for outcomes in run(plan, batch) for outcome in outcomes]


def _event(subject: Subject, goal: Goal) -> Callable[[Snapshot], float]:
    """What is counted: 1 in a run in which the goal's event happened, else 0."""
    workload = f"{subject.object.metadata.namespace}/{subject.workload}"
    if goal.kind == RESTART:
        return Restarted(workload, subject.container.name)
    if goal.kind == READY:
        return Ready(workload, goal.within)
    return Lost(subject.services[0].metadata.name, goal.since)


# ---- the inputs of the runs


def _with_duration(base: Base, time: int) -> Base:
    """Runs that last `time` (ns) and a little more: nothing after that matters to the goal. Expectations are not needed."""
    document = with_value(with_value(base.document, ["spec", "expect"], None), ["spec", "duration"], f"{rounded_up(time) + 2}s")
    return base._replace(document=document, choices=base.choices._replace(duration=None))


def _with_start_times(base: Base, starts: Sequence[StartTime]) -> Base:
    """The Scenario with those start-up times."""
    for start in starts:
        base, replaced = settings(base, [(f"program/{start.container}.listen.from", flow(start.value))])
        for setting in replaced:
            for location in setting.field.locations:
                base = base._replace(document=with_value(base.document, list(location), setting.value))
    return base._replace(inputs=base.arm())


def _with_rollout(base: Base, subject: Subject, at: int) -> Base:
    """The Scenario with requests to the container's Service, and a rollout at second `at`."""
    service = f"service/{subject.services[0].metadata.name}"
    traffic = [{"to": service, "namespace": subject.object.metadata.namespace, "rate": REQUEST_RATE}]
    restart = {"at": f"{at}s", "rolloutRestart": subject.workload}
    document = with_value(base.document, ["spec", "traffic"], traffic)
    document = with_value(document, ["spec", "actions"], [*(value_at(document, ["spec", "actions"]) or []), restart])
    base = base._replace(document=document)
    return base._replace(inputs=base.arm())


def _subject(app: App, goal: Goal, name: str) -> Subject:
    """The container to vary: the named one, else the only one that it can be. Raises UsageError."""
    running = [subject for subject in app.subjects if not subject.is_init]
    if name:
        matches = [subject for subject in running if name in (subject.name, subject.container.name)]
    elif goal.kind == LOST:
        matches = [subject for subject in running if subject.services]
    else:
        matches = [subject for subject in running if any(subject.probe(probe) for probe in (STARTUP, LIVENESS, READINESS))]
    if len(matches) != 1:
        problem = f"no container {name}" if name and not matches else "several containers: name one with --for NAME"
        names = ", ".join(subject.name for subject in matches or running) or "no long-running container"
        raise UsageError(f"--solve: {problem}; available: {names}")
    if goal.kind == LOST and not matches[0].services:
        raise UsageError(f"--solve: no Service selects {matches[0].name}")
    return matches[0]
