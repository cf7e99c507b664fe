"""Disagreements as findings: what came first, what follows from it, and the likely cause. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from simulator.objects.base import JSON
from simulator.reality.differences import SCHEDULING, Difference
from simulator.reality.facts import STARTS_OVER, Account, Fact

ABOUT = 2.0
"""Seconds by which the shift of a consequence may differ from that of its cause, besides a fifth of it."""
RUN = re.compile(r"(started|ended), run (\d+)")
PULL = re.compile(r"pull of (.+)")


class Finding(NamedTuple):
    """A disagreement about a workload, in one sentence; its likely cause; what follows from it; `pods`: those that show it."""

    role: str
    pods: tuple[str, ...]
    difference: Difference
    sentence: str
    cause: str
    follows: tuple[str, ...]


class Cause(NamedTuple):
    """A row of causes.json: the kind of a difference (empty: any), the beginning of its fact, whether more or less was seen, the cause."""

    kind: str
    fact: str
    more: bool | None
    text: str


@cache
def causes() -> tuple[Cause, ...]:
    """The table. The first row that matches wins."""
    return tuple(Cause(*row) for row in msgspec.json.decode(Path(__file__).with_name("causes.json").read_bytes()))


UNKNOWN = "not explained by the manifests and the Scenario"


def findings(differences: Sequence[Difference], real: Account) -> list[Finding]:
    """The findings in the order in which they show. What happened to several pods of a workload in the same way is one finding."""
    result: list[Finding] = []
    by_pod: dict[tuple[str, str], list[Difference]] = {}
    for difference in differences:
        by_pod.setdefault((difference.role, difference.name), []).append(difference)
    for (_, name), of_pod in by_pod.items():
        roots = _roots(of_pod)
        for root, followers in roots:
            finding = Finding(
                root.role,
                (name,) if name else (),
                root,
                _sentence(root, real.messages),
                _cause(root),
                tuple(dict.fromkeys(_briefly(one) for one in followers)),
            )
            _add(result, finding)
    return result


def _add(result: list[Finding], finding: Finding) -> None:
    """Add a finding, to the pods of one that says the same."""
    for i, other in enumerate(result):
        if finding.pods and other[0] == finding.role and _key(other.difference) == _key(finding.difference):
            result[i] = other._replace(pods=(*other.pods, *finding.pods))
            return
    result.append(finding)


def _key(difference: Difference) -> tuple[str, Fact, str, bool]:
    return difference.kind, difference.fact, "" if difference.kind == "time" else difference.real, difference.shift > 0


def _roots(of_pod: Sequence[Difference]) -> list[tuple[Difference, list[Difference]]]:
    """Each difference of one pod that comes first, with those that follow from it: later ones with the same shift, and other counts."""
    times = sorted((one for one in of_pod if one.kind == "time"), key=lambda one: (_rank(one), one.at or 0.0))
    roots: list[tuple[Difference, list[Difference]]] = []
    for one in times:
        cause = next((root for root in roots if root[0].shift * one.shift > 0 and _same_shift(root[0].shift, one.shift)), None)
        if cause is not None:
            cause[1].append(one)
        else:
            roots.append((one, []))
    counted = sorted((one for one in of_pod if one.kind != "time"), key=_weight)
    if counted and _weight(counted[0]) == 0:
        roots.append((counted[0], counted[1:]))
    else:
        roots += [(one, []) for one in counted]
    return roots


def _same_shift(one: float, other: float) -> bool:
    return abs(one - other) <= ABOUT + abs(one) / 5


def _rank(one: Difference) -> int:
    """Pulls explain, rather than are explained; events report what times say better."""
    what = one.fact.what
    if PULL.match(what):
        return 0
    if what in ("created", "scheduled"):
        return 1
    return 3 if what.startswith("event ") or what == "Initialized" else 2


def _weight(one: Difference) -> int:
    """Restarts explain the numbers of events and states of a pod."""
    return 0 if one.fact.what == "restarts" and one.kind != "missing" else 1


def _cause(one: Difference) -> str:
    more = one.shift > 0 if one.kind == "time" else _number(one.real) > _number(one.simulated)
    for row in causes():
        if row.kind in ("", one.kind) and one.fact.what.startswith(row.fact) and row.more in (None, more):
            return row.text
    return UNKNOWN


def _number(text: str) -> float:
    match = re.match(r"-?[\d.]+", text)
    return float(match[0]) if match else 0.0


def _where(fact: Fact) -> str:
    return f"{fact.container}: " if fact.container else ""


def _sentence(one: Difference, messages: Mapping[tuple[str, Fact], str]) -> str:
    """What was seen, and what the runs show."""
    return f"{_where(one.fact)}{_words(one, messages)}"


def _words(one: Difference, messages: Mapping[tuple[str, Fact], str]) -> str:
    what = one.fact.what.removeprefix("event ")
    if one.kind == "time":
        return _timed(one)
    if one.fact.what == STARTS_OVER:
        over = int(one.real)
        return f"Events report {_counted(abs(over), 'start')} {'more' if over > 0 else 'fewer'} than its status"
    if one.kind == "order":
        return f"{one.real} came before {what}; in the runs always after it"
    if one.kind == "missing":
        return f"no {what}; in the runs {one.simulated}"
    if one.fact.what in ("restarts", "pods"):
        return f"{_counted(int(one.real), what.removesuffix('s'))}; in the runs {one.simulated}"
    if one.kind == "unexpected":
        message = messages.get((one.role, one.fact), "")
        often = "" if one.real == "1" else f" {one.real} times"
        return f"{what}{often}; never in the runs" + (f": {message}" if message else "")
    if what == "state":
        return f"{one.real}; in the runs {one.simulated}"
    if one.kind == "state":
        return f"{what} is {one.real}; in the runs {one.simulated}"
    return f"{one.real} {what}; in the runs {one.simulated}"


def _timed(one: Difference) -> str:
    """When something happened, and since when that is counted."""
    what = one.fact.what
    if (match := PULL.match(what)) is not None:
        return f"the pull of {match[1]} took {float(one.real):.1f} s; in the runs {one.simulated} s"
    since = "the first object" if not one.name or what == "created" else "its creation" if what in SCHEDULING else "it had a node"
    return f"{_event_words(what)} {float(one.real):.3g} s after {since}; in the runs {one.simulated} s"


def _event_words(what: str) -> str:
    """`run 2 began`, `ready`, `Pulled`."""
    if (match := RUN.fullmatch(what)) is not None:
        return f"run {match[2]} {'began' if match[1] == 'started' else 'ended'}"
    return what.removeprefix("event ") if what.startswith("event ") else what.lower()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _briefly(one: Difference) -> str:
    what = _where(one.fact) + _event_words(one.fact.what)
    if one.kind == "time":
        return f"{what} {abs(one.shift):.0f} s {'later' if one.shift > 0 else 'earlier'}"
    return f"{what} {one.real}, not {one.simulated}"


def as_json(finding: Finding) -> JSON:
    """A finding as plain values."""
    one = finding.difference
    return {
        "workload": finding.role,
        "pods": list(finding.pods),
        "kind": one.kind,
        "container": one.fact.container,
        "fact": one.fact.what,
        "real": one.real,
        "simulated": one.simulated,
        "sentence": finding.sentence,
        "cause": finding.cause,
        "follows": list(finding.follows),
    }
