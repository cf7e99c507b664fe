"""Where a cluster and the runs of its simulation disagree beyond the noise. Pure.

A fact of a cluster agrees when it lies within what the runs show, widened by half of their spread (a few runs do not show the extremes)
and by `SHARP`, since latencies of the API server, the scheduler and kubectl are not simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.reality.facts import Account, Fact, Life
from simulator.units import SECOND

SHARP = 1.0
"""Seconds."""
MOST_BEFORE = 3
"""A pod is created when others are ready or gone: each of them adds a second, up to this number."""
NOISY = ("BackOff", "Failed", "FailedMount", "Unhealthy", "FailedScheduling", "FailedCreate", "FailedCreatePodSandBox",
         "FailedAttachVolume",
         "FailedBinding", "ProvisioningFailed", "FailedKillPod", "NodeNotReady", "UnexpectedJob", "TaintManagerEviction")  # fmt: skip
"""Events that repeat until something else happens: their number depends on back-offs, aggregation and draws."""

UNKNOWN_STOP = 30.0
"""Seconds: the usual grace period. How long pods that are gone took to stop is lost with them, and others may wait for their place."""
SCHEDULING = ("scheduled", "event Scheduled")
RACES = ("event Unhealthy (readiness probe)", "event FailedScheduling", "event UnexpectedJob")


class Range(NamedTuple):
    """What the runs show."""

    low: float
    high: float

    def __str__(self) -> str:
        low, high = (f"{value:g}" for value in (round(self.low, 1), round(self.high, 1)))
        return low if low == high else f"{low} to {high}"


class Difference(NamedTuple):
    """A disagreement. `kind`: time, count, state, order, missing, unexpected; `role` and `name`: the workload, and the pod if one is meant.

    `real` and `simulated` in words; `at`: seconds since the creation of the pod (or the start) at which it shows; `shift`: of times.
    """

    kind: str
    role: str
    name: str
    fact: Fact
    real: str
    simulated: str
    at: float | None = None
    shift: float = 0.0


class Known(NamedTuple):
    """What a Scenario states: what users did (else changes are unknown), and what containers do (else that of pods that are gone is)."""

    history: bool
    programs: bool


def differences(real: Account, runs: Sequence[Sequence[Account]], known: Known) -> list[Difference]:
    """All disagreements, in the order of roles."""
    simulated = [role for run in runs for one in run for role in one.lives]
    result: list[Difference] = []
    for role in sorted(set(real.lives) | set(simulated)):
        result += _of_role(role, real, runs, known)
    for role in sorted({*real.counts, *(role for run in runs for one in run for role in one.counts)}):
        if is_comparable(role, real, runs, known):
            result += _of_object(role, real, runs)
    return result


def is_comparable(role: str, real: Account, runs: Sequence[Sequence[Account]], known: Known) -> bool:
    """Whether the runs have the history of the whole workload, not only of each of its pods.

    They lack it when users changed the workload in unknown ways, and when it depends on programs of pods that are gone.
    """
    workload = "/".join(role.split("/")[:2])
    lost = any(gone.startswith(workload) for gone in real.gone)
    if lost and not known.programs:
        return False
    if known.history:
        return True
    generation = real.generations.get(workload)
    return not lost and not any(generation and one.generations.get(workload, generation) != generation for run in runs for one in run)


# ---- pods


def _of_role(role: str, real: Account, runs: Sequence[Sequence[Account]], known: Known) -> list[Difference]:
    comparable = is_comparable(role, real, runs, known)
    lives = sorted(real.lives.get(role, []), key=lambda life: (life.created, life.name))
    played = [[one.lives.get(role, []) for one in run] for run in runs]
    if not any(per for run in played for per in run):
        return []  # The manifests have no such workload.
    result: list[Difference] = []
    numbers = [len(per) for run in played for per in run]
    if not min(numbers) <= len(lives) <= max(numbers) and comparable:
        result.append(Difference("count", role, "", Fact("", "pods"), str(len(lives)), str(Range(min(numbers), max(numbers)))))
    if not lives:
        return result
    images = {life.images for run in played for per in run for life in per}
    if drifted := [life for life in lives if life.images not in images]:
        words = " or ".join(sorted(", ".join(one) for one in images))
        result += [Difference("state", role, life.name, Fact("", "image"), ", ".join(life.images), words) for life in drifted]
        return result
    ends = [per for run in played for per in run if per]
    whens = [_when(role, one) for run in runs for one in run[-1:]]
    result += _created(role, lives, real, [when for when in whens if when], comparable)
    for fact in dict.fromkeys(fact for life in lives for fact in life.times):
        waits = UNKNOWN_STOP if real.gone and not known.programs and fact.what in SCHEDULING else 0.0
        result += _times(role, fact, lives, ends, waits)
    counted = [*lives, *(life for run in played for per in run for life in per)]
    for fact in dict.fromkeys(fact for life in counted for fact in life.counts):
        result += _counts(role, fact, lives, played)
    for fact in dict.fromkeys(fact for life in lives for fact in life.states):
        result += _states(role, fact, lives, played)
    result += _orders(role, lives, ends)
    return result


def _when(role: str, one: Account) -> list[float]:
    """When each pod of a role was created, in seconds since the first object."""
    return sorted(life.created - one.begin / SECOND for life in one.lives.get(role, []))


def _created(role: str, lives: Sequence[Life], real: Account, whens: Sequence[Sequence[float]], comparable: bool) -> list[Difference]:
    """Pods of known histories are created when the runs create them."""
    if not comparable:
        return []
    result = []
    for i, life in enumerate(lives):
        values = [when[i] for when in whens if len(when) == len(lives)]
        t = life.created - real.begin / SECOND
        earlier = sum(other.created < life.created for others in real.lives.values() for other in others)
        if values and (shift := _outside(t, values, SHARP * min(earlier, MOST_BEFORE))):
            result.append(
                Difference("time", role, life.name, Fact("", "created"), f"{t:g}", str(Range(min(values), max(values))), 0.0, shift)
            )
    return result


def _outside(value: float, values: Iterable[float], extra: float = 0.0) -> float:
    """How far a value lies outside of what was seen; 0: within, or within the noise."""
    seen = list(values)
    low, high = min(seen), max(seen)
    margin = SHARP + extra + (high - low) / 2
    if low - margin <= value <= high + margin:
        return 0.0
    return value - high if value > high else value - low


def _times(role: str, fact: Fact, lives: Sequence[Life], ends: Sequence[Sequence[Life]], extra: float) -> list[Difference]:
    """Pods of one role are interchangeable: the i-th earliest is held against the i-th earliest of runs with as many."""
    have = sorted((life.times[fact], life.name) for life in lives if fact in life.times)
    each = [sorted(life.times[fact] for life in run if fact in life.times) for run in ends]
    every = [time for times in each for time in times]
    # Which tick of a readiness probe comes first is random.
    if fact.what == "Ready":
        extra += max(life.period for life in lives)
    if not every or fact.what in RACES:
        return []  # Whether it happened at all is a count or a state.
    result = []
    for i, (time, name) in enumerate(have):
        same = [times[i] for times in each if len(times) == len(have)]
        values = same or every
        if shift := _outside(time, values, extra):
            result.append(Difference("time", role, name, fact, f"{time:g}", str(Range(min(values), max(values))), time, shift))
    return result


def _counts(role: str, fact: Fact, lives: Sequence[Life], played: Sequence[Sequence[Sequence[Life]]]) -> list[Difference]:
    have = sorted((life.counts[fact], life.name) for life in lives)
    same = [sorted(life.counts[fact] for life in per) for run in played for per in run if len(per) == len(lives)]
    every = [life.counts[fact] for run in played for per in run for life in per]
    # A container that cannot be created is tried again and again.
    tried = any(other.container == fact.container and other.what.startswith("event Failed") for life in lives for other in life.counts)
    result = []
    for i, (count, name) in enumerate(have):
        values = [counts[i] for counts in same] or every
        if not _agrees(count, min(values), max(values), fact, tried):
            result.append(_counted(role, name, fact, count, Range(min(values), max(values))))
    return result


def is_noisy(fact: Fact) -> bool:
    """Whether it is an Event that repeats."""
    return fact.what.startswith("event ") and fact.what.split()[1] in NOISY


def _agrees(count: int, low: int, high: int, fact: Fact, tried: bool = False) -> bool:
    """Whether a number is what the runs show. How often an Event repeats is noise; whether it comes at all is not.

    Failed readiness probes are: one may come in the moment of a start or a stop.
    """
    if not (tried or is_noisy(fact)):
        return low <= count <= high
    slack = 2 + 0.2 * high + (high - low) / 2
    if high == 0 and fact.what not in RACES:
        return count == 0
    if count == 0 and fact.what not in RACES:
        return low == 0
    return low - slack <= count <= high + slack


def _counted(role: str, name: str, fact: Fact, count: int, seen: Range) -> Difference:
    kind = "missing" if count == 0 else "unexpected" if seen.high == 0 else "count"
    return Difference(kind, role, name, fact, str(count), str(seen))


def _states(role: str, fact: Fact, lives: Sequence[Life], played: Sequence[Sequence[Sequence[Life]]]) -> list[Difference]:
    seen = {life.states.get(fact, "") for run in played for per in run for life in per}
    return [
        Difference("state", role, life.name, fact, life.states[fact], " or ".join(sorted(value or "none" for value in seen)))
        for life in lives
        if seen and fact in life.states and life.states[fact] not in seen
    ]


def _orders(role: str, lives: Sequence[Life], ends: Sequence[Sequence[Life]]) -> list[Difference]:
    """Events of one component about one pod whose first times are in another order than in every run; those that repeat excepted."""
    before: dict[tuple[Fact, Fact], bool] = {}
    for life in (life for run in ends for life in run):
        times = {fact: (component, time) for component, fact, time in life.order}
        for one, (component, time) in times.items():
            for other, (other_component, other_time) in times.items():
                if one.what != other.what and component == other_component and not (is_noisy(one) or is_noisy(other)):
                    before[one, other] = before.get((one, other), True) and time <= other_time
    result = []
    for life in lives:
        times_of = {fact: (component, time) for component, fact, time in life.order}
        for (one, other), always in before.items():
            if not always or before.get((other, one)) or one not in times_of or other not in times_of:
                continue
            (_, first), (_, second) = times_of[one], times_of[other]
            if first > second:
                result.append(Difference("order", role, life.name, one, other.what.removeprefix("event "), "after it", second))
    return result


# ---- other objects


def _of_object(role: str, real: Account, runs: Sequence[Sequence[Account]]) -> list[Difference]:
    if not any(role in one.counts or role in one.lives or role in one.numbers for run in runs for one in run):
        return []
    result = []
    none: Counter[Fact] = Counter()
    counts, played = real.counts.get(role, none), [one.counts.get(role, none) for run in runs for one in run]
    for fact in dict.fromkeys(fact for some in (counts, *played) for fact in some):
        values = [some[fact] for some in played]
        count = counts[fact]
        if not _agrees(count, min(values), max(values), fact):
            result.append(_counted(role, "", fact, count, Range(min(values), max(values))))
            continue
        times = [run[-1].times[role][fact] for run in runs if fact in run[-1].times.get(role, {})]
        time = real.times.get(role, {}).get(fact)
        if time is not None and times and (shift := _outside(time, times)):
            result.append(Difference("time", role, "", fact, f"{time:g}", str(Range(min(times), max(times))), time, shift))
    for name, value in real.numbers.get(role, {}).items():
        seen = {one.numbers[role].get(name, "0") for run in runs for one in run if role in one.numbers}
        if seen and value not in seen:
            result.append(Difference("state", role, "", Fact("", name), value, " or ".join(sorted(seen))))
    return result
