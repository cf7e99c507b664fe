"""Results as rows: one for each arm, or for each arm and metric when there are several seeds; as CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.objects.base import JSON
from simulator.views import spreadsheet
from simulator.whatif.plan import Measure, Outcome
from simulator.whatif.statistics import Distribution, Interval, distribution, share
from simulator.whatif.sweep import Result

WORST_RUNS = 3


class Arm(NamedTuple):
    """The results of one arm. `texts`: address -> value; `outcomes` in the order of the seeds; `refused`: why it did not run."""

    texts: dict[str, str]
    outcomes: tuple[Outcome, ...]
    refused: str

    def values(self, column: int) -> list[float | None]:
        """The values of one measure in every run."""
        return [outcome.values[column] for outcome in self.outcomes if outcome.values]


class Spread(NamedTuple):
    """The distribution of a metric over the runs of an arm; `worst`: the seeds of the worst runs, worst first."""

    arm: Arm
    measure: Measure
    values: Distribution
    worst: tuple[int, ...]


def arms(result: Result) -> list[Arm]:
    """One for each arm with outcomes."""
    grouped: dict[tuple[int, ...], list[Outcome]] = {}
    for outcome in result.outcomes:
        grouped.setdefault(outcome.task.arm, []).append(outcome)
    texts = result.plan.texts
    return [Arm(texts(arm), tuple(outcomes), next((o.refused for o in outcomes if o.refused), "")) for arm, outcomes in grouped.items()]


def spreads(result: Result, arm: Arm) -> list[Spread]:
    """One for each measure."""
    if arm.refused:
        return []
    rows = []
    for column, measure in enumerate(result.plan.measures):
        ranked = sorted(arm.outcomes, key=lambda outcome: (_rank(outcome.values[column]), -(outcome.task.seed or 0)), reverse=True)
        seeds = tuple(outcome.task.seed for outcome in ranked[:WORST_RUNS] if outcome.task.seed is not None)
        rows.append(Spread(arm, measure, distribution(arm.values(column)), seeds))
    return rows


def _rank(value: float | None) -> float:
    return float("inf") if value is None else value


def shares(result: Result, arm: Arm) -> dict[str, Interval]:
    """The shares of runs with at least one restart, and with a back-off."""
    names = [measure.name for measure in result.plan.measures]
    intervals = {}
    for name, title in (("restarts", "restart"), ("back-offs", "back-off")):
        values = arm.values(names.index(name)) if name in names else []
        if values:
            intervals[title] = share(sum(1 for value in values if value), len(values))
    return intervals


def short_names(addresses: Sequence[str]) -> dict[str, str]:
    """Addresses shortened to their last steps, as many as keep them distinct."""
    names: dict[str, str] = {}
    for address in addresses:
        parts = _parts(address)
        for count in range(1, len(parts) + 1):
            name = "".join(parts[-count:]).lstrip(".:/")
            if sum("".join(_parts(other)[-count:]).lstrip(".:/") == name for other in addresses) == 1:
                break
        names[address] = name
    return names


def _parts(address: str) -> list[str]:
    """An address split at dots, colons and slashes outside brackets; each part starts with its separator."""
    parts, depth = [""], 0
    for letter in address:
        depth += (letter == "[") - (letter == "]")
        if letter in ".:/" and depth == 0:
            parts.append("")
        parts[-1] += letter
    return parts


def as_json(result: Result) -> JSON:
    """Settings, seeds and values of each run; null: did not happen during the run. With several seeds, distributions, too."""
    plan = result.plan
    names = [measure.name for measure in plan.measures]
    units = {measure.name: measure.unit for measure in plan.measures}
    rows: list[JSON] = []
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
        rows.append(row)
    return {"partial": result.partial, "units": units, "arms": rows}


def as_csv(result: Result) -> str:
    """A line for each run: the settings, the seed where there are several, the values, and why an arm was refused."""
    plan = result.plan
    addresses, many = [axis.address for axis in plan.axes], len(plan.seeds) > 1
    lines: list[list[object]] = [[*addresses, *(["seed"] if many else []), *(measure.name for measure in plan.measures), "refused"]]
    for outcome in result.outcomes:
        texts = plan.texts(outcome.task.arm)
        values = outcome.values or ("",) * len(plan.measures)
        lines.append([*(texts[a] for a in addresses), *([outcome.task.seed] if many else []), *values, outcome.refused])
    return spreadsheet.as_csv(lines)
