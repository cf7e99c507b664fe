"""Results as rows: one for each arm, or one for each arm and metric when there are many runs; CSV and JSON of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from simulator.objects.base import JSON
from simulator.whatif.plan import Measure, Outcome
from simulator.whatif.statistics import Distribution, Interval, distribution, share
from simulator.whatif.sweep import Result

WORST_RUNS = 3


class Arm(NamedTuple):
    """What came of one arm. `texts`: address -> value; `outcomes` in order of the seeds; `refused`: why nothing was played."""

    texts: dict[str, str]
    outcomes: tuple[Outcome, ...]
    refused: str

    def values(self, column: int) -> list[float | None]:
        """What was measured in that column, run by run."""
        return [outcome.values[column] for outcome in self.outcomes if outcome.values]


class Spread(NamedTuple):
    """How a metric is spread over the runs of an arm; `worst` are the seeds of the worst runs, the worst one first."""

    arm: Arm
    measure: Measure
    values: Distribution
    worst: tuple[int, ...]


def arms(result: Result) -> list[Arm]:
    """One for each arm of which there are outcomes."""
    grouped: dict[tuple[int, ...], list[Outcome]] = {}
    for outcome in result.outcomes:
        grouped.setdefault(outcome.task.arm, []).append(outcome)
    texts = result.plan.texts
    return [Arm(texts(arm), tuple(outcomes), next((o.refused for o in outcomes if o.refused), "")) for arm, outcomes in grouped.items()]


def spreads(result: Result, arm: Arm) -> list[Spread]:
    """A row for each metric that was asked for."""
    if arm.refused:
        return []
    found = []
    for column, measure in enumerate(result.plan.measures):
        ranked = sorted(arm.outcomes, key=lambda outcome: (_rank(outcome.values[column]), -(outcome.task.seed or 0)), reverse=True)
        seeds = tuple(outcome.task.seed for outcome in ranked[:WORST_RUNS] if outcome.task.seed is not None)
        found.append(Spread(arm, measure, distribution(arm.values(column)), seeds))
    return found


def _rank(value: float | None) -> float:
    return float("inf") if value is None else value


def shares(result: Result, arm: Arm) -> dict[str, Interval]:
    """The share of runs with at least one restart, and with a back-off."""
    names = [measure.name for measure in result.plan.measures]
    found = {}
    for name, title in (("restarts", "restart"), ("back-offs", "back-off")):
        values = arm.values(names.index(name)) if name in names else []
        if values:
            found[title] = share(sum(1 for value in values if value), len(values))
    return found


def short_names(addresses: Sequence[str]) -> dict[str, str]:
    """Addresses cut down to what tells them apart: their last steps, or more of them where two end alike."""
    found: dict[str, str] = {}
    for address in addresses:
        parts = _parts(address)
        for count in range(1, len(parts) + 1):
            name = "".join(parts[-count:]).lstrip(".:/")
            if sum("".join(_parts(other)[-count:]).lstrip(".:/") == name for other in addresses) == 1:
                break
        found[address] = name
    return found


def _parts(address: str) -> list[str]:
    """An address cut at its dots, colons and slashes outside of brackets; each part begins with its separator."""
    parts, depth = [""], 0
    for letter in address:
        depth += (letter == "[") - (letter == "]")
        if letter in ".:/" and depth == 0:
            parts.append("")
        parts[-1] += letter
    return parts


def as_json(result: Result) -> JSON:
    """Everything: settings, seeds and values of each run; null has not come to pass. Distributions where there are many runs."""
    plan = result.plan
    names = [measure.name for measure in plan.measures]
    units = {measure.name: measure.unit for measure in plan.measures}
    found: list[JSON] = []
    for arm in arms(result):
        row: JSON = {"set": arm.texts}
        if arm.refused:
            row["refused"] = arm.refused
        elif len(plan.seeds) == 1:
            row["values"] = dict(zip(names, arm.outcomes[0].values, strict=True))
        else:
            row["distributions"] = {s.measure.name: {**s.values._asdict(), "worstSeeds": list(s.worst)} for s in spreads(result, arm)}
            row["shares"] = {name: interval._asdict() for name, interval in shares(result, arm).items()}
            row["runs"] = [{"seed": o.task.seed, **dict(zip(names, o.values, strict=True))} for o in arm.outcomes]
        found.append(row)
    return {"partial": result.partial, "units": units, "arms": found}


def as_csv(result: Result) -> str:
    """A line for each run: the settings, the seed where there are many, the values, and why an arm was refused."""
    plan = result.plan
    addresses, many = [axis.address for axis in plan.axes], len(plan.seeds) > 1
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*addresses, *(["seed"] if many else []), *(measure.name for measure in plan.measures), "refused"])
    for outcome in result.outcomes:
        texts = plan.texts(outcome.task.arm)
        values = outcome.values or ("",) * len(plan.measures)
        writer.writerow([*(texts[a] for a in addresses), *([outcome.task.seed] if many else []), *values, outcome.refused])
    return out.getvalue()
