"""The smallest preStop sleep with which no request fails, found by running clients while pods are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from simulator.advice.search import smallest
from simulator.cluster import Cluster
from simulator.dialect import Dialect
from simulator.errors import UsageError
from simulator.metrics import Story
from simulator.network.traffic import Traffic
from simulator.objects.base import JSON
from simulator.scenario.inputs import Inputs
from simulator.units import SECOND
from simulator.views.traffic import traffic
from simulator.whatif.addresses import resolve
from simulator.whatif.base import Base, Setting
from simulator.whatif.disturbance import Workload, services_of, settled_at, workloads_behind
from simulator.whatif.sweep import settings
from simulator.whatif.traffic_runs import with_clients

LONGEST = 60
"""Seconds of sleep beyond which a longer one is not tried."""


class Tried(NamedTuple):
    """How many requests failed with a sleep of so many seconds, over all runs, and in how many runs at least one did."""

    seconds: int
    lost: int
    runs_with_loss: int
    runs: int


class Question(NamedTuple):
    """Clients of a Service, what happens behind it at `at` (ns; None: once the start-up is over), and how many seeds to run."""

    service: str
    clients: Traffic
    during: str
    at: int | None
    runs: int


class SafeSleep(NamedTuple):
    """The sleeps that were tried, shortest first. `safe`: the shortest without a failed request (None: there is none).

    `names`: the containers that get the hook; `handler`: the hook; `grace`: the longest grace period of their pods (s).
    """

    tried: tuple[Tried, ...]
    safe: int | None
    names: tuple[str, ...]
    handler: JSON
    grace: int

    @property
    def needs_grace(self) -> int:
        """The grace period (s) with which the pod has as much time beside the sleep as it has now; 0: its own is enough."""
        sleep = self.safe or 0
        return self.grace + sleep if sleep * 2 > self.grace else 0


class Target(NamedTuple):
    """A container that gets the hook: the address of its workload, and its name."""

    workload: str
    container: str


def sleep_hook(seconds: int, dialect: Dialect) -> JSON | None:
    """The hook that sleeps, as the release offers it; None for no hook."""
    if not seconds:
        return None
    if dialect.offers_pre_stop_sleep:
        return {"sleep": {"seconds": seconds}}
    return {"exec": {"command": ["sleep", str(seconds)]}}


def safe_sleep(base: Base, question: Question, sets: Sequence[tuple[str, str]] = ()) -> SafeSleep:
    """Find the shortest sleep without a failed request. `sets`: fields replaced in all runs. Raises UsageError."""
    base, overrides = settings(base, sets)
    if question.at is None:
        question = question._replace(at=settled_at(Story(Cluster(base.arm(overrides)).run().at())))
    workloads = _workloads(base, question.service)
    targets = [
        Target(f"{item.kind.lower()}/{item.metadata.name}", container.name)
        for item in workloads
        for container in item.spec.template.spec.containers
    ]
    trials = _Trials(base, question, targets, overrides)
    best = smallest(trials.is_safe, 0, LONGEST)
    tried = tuple(trials.results[seconds] for seconds in sorted(trials.results))
    names = tuple(f"{target.workload}:{target.container}" for target in targets)
    return SafeSleep(tried, best, names, sleep_hook(best or 0, trials.dialect) or {}, max(_grace(item) for item in workloads))


class _Trials(msgspec.Struct):
    """Runs the question with one sleep after the other; `results` by seconds."""

    base: Base
    question: Question
    targets: Sequence[Target]
    overrides: Sequence[Setting]
    results: dict[int, Tried] = msgspec.field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """The release decides how a hook sleeps."""
        return Dialect(self.base.inputs.scenario.kubernetes)

    def is_safe(self, seconds: int) -> bool:
        """Whether no request fails with that sleep."""
        if seconds not in self.results:
            self.results[seconds] = self._run(seconds)
        return self.results[seconds].lost == 0

    def _run(self, seconds: int) -> Tried:
        """Run every seed with that sleep, and with enough grace for it."""
        base, changes = self.base, [*self.overrides]
        for target in self.targets:
            base, hook = resolve(base, f"{target.workload}:{target.container}.lifecycle.preStop")
            changes.append(Setting(hook, sleep_hook(seconds, self.dialect)))
        for workload in dict.fromkeys(target.workload for target in self.targets):
            base, grace = resolve(base, f"{workload}.spec.template.spec.terminationGracePeriodSeconds")
            changes.append(Setting(grace, LONGEST + 30))
        question = self.question
        inputs = with_clients(base.arm(changes), question.clients, question.during, question.at or 0)
        first = inputs.scenario.seed
        losses = [_lost(inputs, seed, question) for seed in range(first, first + question.runs)]
        return Tried(seconds, sum(losses), sum(loss > 0 for loss in losses), question.runs)


def _lost(inputs: Inputs, seed: int, question: Question) -> int:
    """How many requests fail in one run, from the start of the disturbance on."""
    journal = Cluster(inputs._replace(scenario=inputs.scenario._replace(seed=seed))).run()
    since = question.at or 0
    seconds = [one for calls in traffic(journal.at(), question.service) for one in calls.seconds if one.begin * SECOND >= since]
    return sum(count for one in seconds for result, count in one.counts.items() if result != "ok")


def _workloads(base: Base, service: str) -> list[Workload]:
    manifests = [*base.inputs.before.manifests, *base.inputs.loaded.manifests]
    services = services_of(manifests)
    names = ", ".join(one.metadata.name for one in services) or "none"
    if not service and len(services) != 1:
        raise UsageError(f"several Services: name one with podsim traffic NAME --safe-prestop; available: {names}")
    name = service or services[0].metadata.name
    workloads = [item for one in services if one.metadata.name == name for item in workloads_behind(one, manifests)]
    if not workloads:
        raise UsageError(f"no Service {name!r} selects a Deployment, StatefulSet or DaemonSet; available: {names}")
    return workloads


def _grace(item: Workload) -> int:
    seconds = item.spec.template.spec.termination_grace_period_seconds
    return 30 if seconds is None else seconds
