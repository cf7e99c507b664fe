"""The smallest preStop sleep with which no request is lost, found by playing clients while pods are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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
from simulator.whatif.calls import with_clients
from simulator.whatif.disturbance import Workload, calm, services_of, workloads_behind
from simulator.whatif.sweep import settings

LONGEST = 60
"""Seconds of sleep after which nothing more is to be expected of it."""


class Tried(NamedTuple):
    """What a sleep of so many seconds lost: requests in all runs, and in how many of these runs."""

    seconds: int
    lost: int
    runs_with_loss: int
    runs: int


class Asked(NamedTuple):
    """Clients of a Service, what happens behind it and when (ns; None: when the start-up is over), how many seeds are played."""

    service: str
    clients: Traffic
    during: str
    at: int | None
    runs: int


class SafeSleep(NamedTuple):
    """What was tried, by seconds; `safe` is the smallest that lost nothing (None: none did); `names`: the containers that sleep."""

    tried: tuple[Tried, ...]
    safe: int | None
    names: tuple[str, ...]
    handler: JSON
    grace: int

    @property
    def needs_grace(self) -> int:
        """The grace period that the pod must have so that the sleep leaves it what it has now; 0: it has enough."""
        return self.grace + (self.safe or 0) if (self.safe or 0) * 2 > self.grace else 0


def sleeping(seconds: int, dialect: Dialect) -> JSON | None:
    """The hook that sleeps, as the release has it; None for no hook."""
    if not seconds:
        return None
    if dialect.offers_pre_stop_sleep:
        return {"sleep": {"seconds": seconds}}
    return {"exec": {"command": ["sleep", str(seconds)]}}


def safe_sleep(base: Base, asked: Asked, sets: Sequence[tuple[str, str]] = ()) -> SafeSleep:
    """Search by doubling, then by halves, until one second less loses a request. `sets`: what is changed in all runs. Raises UsageError."""
    base, given = settings(base, sets)
    if asked.at is None:
        asked = asked._replace(at=calm(Story(Cluster(base.arm(given)).run().at())))
    workloads = _workloads(base, asked.service)
    fields = [(f"{item.kind.lower()}/{item.metadata.name}", c.name) for item in workloads for c in item.spec.template.spec.containers]
    grace = max(_grace(item) for item in workloads)
    dialect = Dialect(base.inputs.scenario.kubernetes)
    known: dict[int, Tried] = {}

    def loses(seconds: int) -> bool:
        if seconds not in known:
            known[seconds] = _try(base, asked, seconds, fields, dialect, given)
        return known[seconds].lost > 0

    low, high = 0, 1
    if not loses(0):
        return _result(known, 0, fields, dialect, grace)
    while loses(high) and high < LONGEST:
        low, high = high, min(2 * high, LONGEST)
    if loses(high):
        return _result(known, None, fields, dialect, grace)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if loses(middle) else (low, middle)
    return _result(known, high, fields, dialect, grace)


def _result(known: dict[int, Tried], safe: int | None, fields: Sequence[tuple[str, str]], dialect: Dialect, grace: int) -> SafeSleep:
    handler = sleeping(safe or 0, dialect) or {}
    return SafeSleep(tuple(known[key] for key in sorted(known)), safe, tuple(f"{owner}:{name}" for owner, name in fields), handler, grace)


def _try(base: Base, asked: Asked, seconds: int, fields: Sequence[tuple[str, str]], dialect: Dialect, given: Sequence[Setting]) -> Tried:
    """Play every seed with that sleep, and enough grace for it."""
    found: list[Setting] = [*given]
    for owner, name in fields:
        base, field = resolve(base, f"{owner}:{name}.lifecycle.preStop")
        found.append(Setting(field, sleeping(seconds, dialect)))
    for owner in dict.fromkeys(owner for owner, _ in fields):
        base, field = resolve(base, f"{owner}.spec.template.spec.terminationGracePeriodSeconds")
        found.append(Setting(field, LONGEST + 30))
    inputs = with_clients(base.arm(found), asked.clients, asked.during, asked.at or 0)
    first = inputs.scenario.seed
    losses = [_lost(inputs, seed, asked) for seed in range(first, first + asked.runs)]
    return Tried(seconds, sum(losses), sum(loss > 0 for loss in losses), asked.runs)


def _lost(inputs: Inputs, seed: int, asked: Asked) -> int:
    """Requests without a good answer since what happens, in one run."""
    journal = Cluster(inputs._replace(scenario=inputs.scenario._replace(seed=seed))).run()
    seconds = [one for calls in traffic(journal.at(), asked.service) for one in calls.seconds if one.begin * SECOND >= (asked.at or 0)]
    return sum(count for one in seconds for result, count in one.counts.items() if result != "ok")


def _workloads(base: Base, service: str) -> list[Workload]:
    manifests = [*base.inputs.before.manifests, *base.inputs.loaded.manifests]
    there = [one.metadata.name for one in services_of(manifests)]
    if not service and len(there) != 1:
        raise UsageError(f"for which Service? name it: podsim traffic NAME --safe-prestop; there is {', '.join(there) or 'none'}")
    service = service or there[0]
    found = [item for one in services_of(manifests) if one.metadata.name == service for item in workloads_behind(one, manifests)]
    if not found:
        known = ", ".join(there) or "none"
        raise UsageError(f"no Deployment, StatefulSet or DaemonSet is behind a Service {service!r}; Services are {known}")
    return found


def _grace(item: Workload) -> int:
    given = item.spec.template.spec.termination_grace_period_seconds
    return 30 if given is None else given


def as_json(found: SafeSleep) -> JSON:
    """Everything."""
    return {
        "safe": found.safe,
        "containers": list(found.names),
        "handler": found.handler,
        "terminationGracePeriodSeconds": found.needs_grace or None,
        "tried": [one._asdict() for one in found.tried],
    }


def as_lines(found: SafeSleep, asked: Asked) -> list[str]:
    """The table, the verdict, and the YAML to write."""
    lines = ["preStop sleep  requests lost  runs with losses"]
    lines += [f"{f'{one.seconds} s':<13}  {one.lost:>13}  {f'{one.runs_with_loss} of {one.runs}':>16}" for one in found.tried]
    lines.append("")
    if found.safe is None:
        return [
            *lines,
            f"Requests are lost even with {LONGEST} s: something else than the race with kube-proxy loses them (readiness, one replica).",
        ]
    if not found.safe:
        return [*lines, f"No preStop sleep is needed: nothing was lost in {asked.runs} runs."]
    less = f"; with {found.safe - 1} s some are"
    lines.append(
        f"{found.safe} s is the smallest sleep that lost nothing in {asked.runs} runs{less}. Write into {' and '.join(found.names)}:"
    )
    lines += ["  lifecycle:", "    preStop:", *_handler(found.handler)]
    if found.needs_grace:
        lines.append(
            f"and terminationGracePeriodSeconds: {found.needs_grace}, so that {found.grace} s are left for the rest of the shutdown."
        )
    return lines


def _handler(handler: JSON) -> list[str]:
    if "sleep" in handler:
        return ["      sleep:", f"        seconds: {handler['sleep']['seconds']}"]
    return ["      exec:", f'        command: [sleep, "{handler["exec"]["command"][1]}"]']
