"""The smallest budget that satisfies a wish, found by playing each candidate under the same seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from simulator.advice.app import App, Subject
from simulator.advice.budget import Numbers, killed_if_silent, numbers
from simulator.advice.finding import Change, up
from simulator.advice.prestop import sleeping
from simulator.advice.probing import handler
from simulator.advice.rules.rollout import started_after
from simulator.advice.text import snippet
from simulator.advice.wishes import Lost, Ready, Restarted, Start, Wish
from simulator.errors import UsageError
from simulator.objects.base import JSON
from simulator.objects.probes import Probe
from simulator.scenario.write import flow
from simulator.units import MINUTE, SECOND
from simulator.whatif.addresses import resolve
from simulator.whatif.base import Base
from simulator.whatif.disturbance import calm
from simulator.whatif.engines import engine
from simulator.whatif.paths import look, put
from simulator.whatif.plan import Axis, Measure, Plan
from simulator.whatif.statistics import Interval, share
from simulator.whatif.sweep import settings

FIRST_RUNS = 60
"""So many runs show whether a candidate is hopeless."""
HITS_TO_SHOW = 8
"""The margin times the runs: so many that a candidate well within it is seen to be so."""
FEWEST, MOST = 80, 4000
PERIOD = 2
"""Seconds between the probes of a startupProbe that is proposed where there is none."""
LARGEST = {"failureThreshold": 1000, "periodSeconds": 120, "initialDelaySeconds": 600, "preStop": 60}
DEFAULTS = {"restart": "startupProbe.failureThreshold", "ready": "readinessProbe.periodSeconds", "lost": "preStop"}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


class Knob(NamedTuple):
    """What is turned: its name, the candidates' limits, whether more of it is safer, what a candidate writes, and how long (ns) to play so
    that it shows.
    """

    name: str
    first: int
    last: int
    grows: bool
    change: Callable[[int], Change]
    lasts: Callable[[int], int]


class Tried(NamedTuple):
    """A candidate: the share of runs in which it happened, with its interval, and whether the wish is surely fulfilled."""

    value: int
    runs: int
    hits: int
    interval: Interval
    holds: bool


class Solution(NamedTuple):
    """All candidates that were played, by value; `best`: the smallest (or, where less is safer, largest) that holds; None: none does."""

    wish: Wish
    subject: Subject
    knob: Knob
    tried: tuple[Tried, ...]
    best: int | None
    runs: int


def solve(
    base: Base, wanted: Wish, starts: tuple[Start, ...], knob: str = "", whom: str = "", runs: int = 0, workers: int | None = None
) -> Solution:
    """Search. Raises UsageError when it is not clear what to turn, or for whom."""
    base = _with_starts(base, starts)
    app = App(base)
    subject = _subject(app, wanted, starts, whom)
    turned = _knob(app, subject, wanted, knob or DEFAULTS[wanted.kind])
    if wanted.kind == "lost":
        wanted = wanted._replace(since=calm(app.story) // SECOND)
        base = _with_rollout(base, subject, wanted.since)
    runs = runs or min(MOST, max(FEWEST, math.ceil(HITS_TO_SHOW / wanted.margin)))
    known: dict[int, Tried] = {}

    def holds(value: int) -> bool:
        if value not in known:
            known[value] = _try(base, subject, turned, wanted, value, runs, workers)
        return known[value].holds

    best = _search(holds, turned)
    return Solution(wanted, subject, turned, tuple(known[value] for value in sorted(known)), best, runs)


def _search(holds: Callable[[int], bool], knob: Knob) -> int | None:
    """The last candidate on the way from safe to cheap that holds: doubling, then halving what is left."""
    first, last = knob.first, knob.last
    if not knob.grows:
        if not holds(first):
            return None
        good, bad = first, last + 1
        step = max(1, first)
        while good + step < bad:
            if holds(good + step):
                good, step = good + step, step * 2
            else:
                bad = good + step
                break
        return _between(holds, good, bad)
    bad, good = first - 1, first
    while not holds(good):
        if good >= last:
            return None
        bad, good = good, min(last, max(2 * good, 1))
    return _between(holds, good, bad)


def _between(holds: Callable[[int], bool], good: int, bad: int) -> int:
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good


def _try(base: Base, subject: Subject, knob: Knob, wanted: Wish, value: int, runs: int, workers: int | None) -> Tried:
    """Play a candidate; a hopeless one only as far as that is clear."""
    change = knob.change(value)
    base = base if wanted.kind == "lost" else _lasting(base, wanted.within or knob.lasts(value))
    base, field = resolve(base, change.address)
    axis = Axis(change.address, field, (flow(change.value),), (change.value,))
    first = base.inputs.scenario.seed
    plan = Plan(base, (axis,), (Measure("wish", "", "", _event(subject, wanted)),), tuple(range(first, first + runs)))
    hits, played = 0, 0
    for outcomes in _batches(plan, workers):
        refused = next((outcome.refused for outcome in outcomes if outcome.refused), "")
        if refused:
            raise UsageError(f"{knob.name} = {value}: {refused}")
        hits += sum(bool(outcome.values[0]) for outcome in outcomes)
        played += len(outcomes)
        interval = share(hits, played)
        if (interval.low >= wanted.limit) if wanted.below else (interval.high <= wanted.limit):
            break
    holds = interval.high < wanted.limit if wanted.below else interval.low > wanted.limit
    return Tried(value, played, hits, interval, holds)


def _batches(plan: Plan, workers: int | None) -> Iterator[list[Any]]:
    tasks = plan.tasks()
    for part in (tasks[:FIRST_RUNS], tasks[FIRST_RUNS:]):
        if part:
            play = engine("", workers, "", len(part))
            yield [outcome for outcomes in play(plan, part) for outcome in outcomes]


def _event(subject: Subject, wanted: Wish) -> Callable[[Any], float]:
    workload = f"{subject.object.metadata.namespace}/{subject.workload}"
    if wanted.kind == "restart":
        return Restarted(workload, subject.container.name)
    return Ready(workload, wanted.within) if wanted.kind == "ready" else Lost(subject.services[0].metadata.name, wanted.since)


def _lasting(base: Base, time: int) -> Base:
    """With runs that last so long (ns), a little more: what comes later does not matter to the wish, nor does what else is expected."""
    document = put(put(base.document, ["spec", "expect"], None), ["spec", "duration"], f"{up(time) + 2}s")
    return base._replace(document=document, choices=base.choices._replace(duration=None))


def _with_starts(base: Base, starts: tuple[Start, ...]) -> Base:
    """The Scenario with those start-up times in it."""
    for start in starts:
        base, found = settings(base, [(f"program/{start.whom}.listen.from", flow(start.value))])
        for setting in found:
            for way in setting.field.ways:
                base = base._replace(document=put(base.document, list(way), setting.value))
    return base._replace(inputs=base.arm())


def _with_rollout(base: Base, subject: Subject, at: int) -> Base:
    """With clients of its Service, and a rollout at second `at`."""
    document = base.document
    traffic = [{"to": f"service/{subject.services[0].metadata.name}", "namespace": subject.object.metadata.namespace, "rate": 20}]
    action = {"at": f"{at}s", "rolloutRestart": subject.workload}
    document = put(document, ["spec", "traffic"], traffic)
    document = put(document, ["spec", "actions"], [*(look(document, ["spec", "actions"]) or []), action])
    base = base._replace(document=document)
    return base._replace(inputs=base.arm())


def _subject(app: App, wanted: Wish, starts: tuple[Start, ...], whom: str) -> Subject:
    """For whom the knob is turned: who is named, else the only one that it could be."""
    there = [one for one in app.subjects if not one.is_init]
    named = whom or (starts[0].whom if starts else "")
    if named:
        found = [one for one in there if named in (one.name, one.container.name)]
    elif wanted.kind == "lost":
        found = [one for one in there if one.services]
    else:
        found = [one for one in there if one.probe("startupProbe") or one.probe("livenessProbe") or one.probe("readinessProbe")]
    if len(found) != 1:
        names = ", ".join(one.name for one in (found or there)) or "no container that runs on"
        raise UsageError(
            f"--solve: {f'no container {named}' if named and not found else 'for which container? say --for NAME'}; there is {names}"
        )
    if wanted.kind == "lost" and not found[0].services:
        raise UsageError(f"--solve: no Service leads to {found[0].name}")
    return found[0]


def _knob(app: App, subject: Subject, wanted: Wish, name: str) -> Knob:
    """Raises UsageError when there is no such knob."""
    if name == "preStop":
        change = Change(subject.field("lifecycle.preStop"), None)
        last = max(0, min(LARGEST[name], subject.grace // SECOND - 1))
        return Knob(name, 0, last, True, lambda n: change._replace(value=sleeping(n, app.dialect)), lambda n: 0)
    sort, dot, field = name.rpartition(".")
    if not dot:
        sort, field = DEFAULTS[wanted.kind].rpartition(".")[0] or "readinessProbe", name
    if sort not in PROBES or field not in LARGEST or field == "preStop":
        raise UsageError(
            f"--knob {name!r}: there is preStop, or failureThreshold, periodSeconds, initialDelaySeconds of {', '.join(PROBES)}"
        )
    # A restart needs patience; readiness comes sooner the oftener it is asked for.
    grows = wanted.kind != "ready" or field == "failureThreshold"
    first = 0 if field == "initialDelaySeconds" else 1
    probe = subject.probe(sort)
    begin = started_after(app, subject) or MINUTE

    def lasts(n: int) -> int:
        return begin + killed_if_silent(_turned(numbers(probe or Probe(period_seconds=PERIOD)), field, n), app.visible).high

    if probe is not None:
        return Knob(f"{sort}.{field}", first, LARGEST[field], grows, lambda n: Change(subject.field(f"{sort}.{field}"), n), lasts)
    if sort != "startupProbe" or subject.probe("livenessProbe") is None:
        raise UsageError(f"--solve: {subject.name} has no {sort} to turn; --knob names another one")
    asks = {**handler(subject, "livenessProbe"), "periodSeconds": PERIOD}
    return Knob(f"{sort}.{field}", first, LARGEST[field], grows, lambda n: Change(subject.field(sort), {**asks, field: n}), lasts)


def _turned(probe: Numbers, field: str, n: int) -> Numbers:
    """A probe with another value of one of its fields."""
    if field == "failureThreshold":
        return probe._replace(failures=n)
    return probe._replace(period=n * SECOND) if field == "periodSeconds" else probe._replace(delay=n * SECOND)


def as_json(found: Solution) -> JSON:
    """Everything."""
    change = None if found.best is None else found.knob.change(found.best)
    return {
        "wish": found.wish.text,
        "subject": found.subject.name,
        "knob": found.knob.name,
        "best": found.best,
        "change": None if change is None else {"address": change.address, "value": change.value},
        "tried": [
            {
                "value": one.value,
                "runs": one.runs,
                "hits": one.hits,
                "share": one.interval.share,
                "low": one.interval.low,
                "high": one.interval.high,
                "holds": one.holds,
            }
            for one in found.tried
        ],
    }


def as_lines(found: Solution) -> list[str]:
    """The candidates, the verdict with its confidence, and the YAML to write."""
    wanted, name = found.wish, found.knob.name.rpartition(".")[2]
    lines = [f"{wanted.text} for {found.subject.name}, by {found.knob.name}", ""]
    lines.append(f"{name:<{len(name)}}  runs  share   95 % interval")
    for one in found.tried:
        span = f"{one.interval.low:.4f} to {one.interval.high:.4f}"
        lines.append(f"{one.value:<{len(name)}}  {one.runs:>4}  {one.interval.share:.4f}  {span}  {'holds' if one.holds else ''}".rstrip())
    lines.append("")
    if found.best is None:
        return [*lines, f"No {name} from {found.knob.first} to {found.knob.last} does, in {found.runs} runs each, with 95 % confidence."]
    which = "smallest" if found.knob.grows else "largest"
    lines.append(f"{found.best} is the {which} that does, with 95 % confidence ({found.runs} runs, the same luck for all). Write:")
    change = found.knob.change(found.best)
    if change.value is None:
        return [*lines, "  nothing: it holds as it is, without a preStop hook"]
    return [*lines, *(f"  {line}" for line in snippet(change))]
