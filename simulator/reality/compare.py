"""`podsim compare`: a real cluster held against several runs of its manifests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulator.calibrate.infer import observation
from simulator.errors import Problem, UsageError
from simulator.objects.kinds import Object
from simulator.reality.differences import Known, differences, is_comparable
from simulator.reality.facts import account, span
from simulator.reality.findings import Finding, findings
from simulator.reality.fitted import fit
from simulator.reality.simulated import accounts
from simulator.units import HOUR, SECOND, short_duration
from simulator.whatif.base import Base

LONGEST = 24 * HOUR


class Result(NamedTuple):
    """The findings; what was compared, in numbers; what was fitted and what was not compared, in words."""

    findings: tuple[Finding, ...]
    pods: int
    events: int
    runs: int
    seconds: int
    kubernetes: str
    fitted: tuple[str, ...]
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...]


def compare(base: Base, objects: Sequence[Object], runs: int, report: Callable[[int, int], None]) -> Result:
    """Hold the objects of a cluster against runs of the inputs. Raises UsageError when there is nothing to compare."""
    observed = observation(objects)
    if not observed.pods and not observed.events:
        raise UsageError(
            "no pods and no events in the objects of the cluster: --from needs the output of `kubectl get pods,events -o json`"
        )
    begin, end = span(objects)
    if end - begin > LONGEST:
        age = short_duration((end - begin) // SECOND * SECOND)
        raise UsageError(
            f"these objects span {age}, and podsim compares {short_duration(LONGEST)} at most: choose younger pods with a selector"
        )
    fitted = fit(base, observed, begin, end)
    inputs = fitted.base.arm()
    kinds = {"Event", *(item.kind for item in objects)}
    played = accounts(fitted, runs, end - begin, kinds, report)
    real = account(objects)
    known = Known(bool(base.file), bool(base.inputs.scenario.programs))
    listed = findings(differences(real, played, known), real)
    simulated = {role for run in played for one in run for role in one.lives}
    others = sorted({_workload(role) for role in real.lives if role not in simulated})
    changed = sorted({_workload(role) for role in real.lives if role in simulated and not is_comparable(role, real, played, known)})
    left_out = [f"{', '.join(others)}: not in the manifests"] if others else []
    left_out += [f"{role}: created, scaled and deleted pods, since it was changed in ways that no Scenario states" for role in changed]
    return Result(
        tuple(listed),
        len(observed.pods),
        len(observed.events),
        runs,
        (end - begin) // SECOND,
        inputs.scenario.kubernetes,
        fitted.fitted,
        tuple(left_out),
        tuple(inputs.problems),
    )


def _workload(role: str) -> str:
    return "/".join(role.split("/")[:2])
