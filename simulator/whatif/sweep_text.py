"""Results of a sweep as text."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.scenario.inputs import Inputs
from simulator.units import short_duration
from simulator.views.metrics_table import aligned, number
from simulator.views.styled import Line, Part
from simulator.whatif.plan import ALWAYS
from simulator.whatif.rows import Arm, arms, shares, short_names, spreads
from simulator.whatif.statistics import Interval
from simulator.whatif.sweep import Result

REFUSED = "refused"
MOST_WORST = 5


def as_text(result: Result, command: str = "podsim run") -> list[Line]:
    """The table, the abbreviations in it, and how to repeat the worst runs. `command` runs the unchanged inputs."""
    plan = result.plan
    names = short_names([axis.address for axis in plan.axes])
    lines: list[Line] = [[Part(f"{name} = {address}", "dim")] for address, name in names.items() if name != address]
    lines += [[]] if lines else []
    result_arms = arms(result)
    if len(plan.seeds) == 1:
        lines += _table(
            [*names.values(), *(measure.name for measure in plan.measures)], [_single(result, arm) for arm in result_arms], len(names)
        )
    else:
        lines += _distributions(result, result_arms, list(names.values()))
        lines += _shares(result, result_arms)
        lines += _worst(result, result_arms, command)
    lines += never_within(plan.base.inputs, any(_is_never(arm) for arm in result_arms), "duration" in names)
    lines += _refusals(result_arms, names)
    if result.partial:
        done, of = len(result.outcomes), len(plan.tasks())
        lines += [[], [Part(f"Interrupted: {done} of {of} runs. Continue with --resume {result.kept}", "yellow")]]
    return lines


def never_within(inputs: Inputs, is_used: bool, is_varied: bool = False) -> list[Line]:
    """What "never" means where the user chose no duration. `is_varied`: the duration is an axis."""
    if not is_used or is_varied or inputs.scenario.duration is not None:
        return []
    return [[], [Part(f"never: not within the {short_duration(inputs.horizon)} that a run lasts; --duration extends it", "dim")]]


def _is_never(arm: Arm) -> bool:
    return any(value is None for outcome in arm.outcomes for value in outcome.values)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> list[Line]:
    first, *others = aligned([head, *rows], left)
    return [[Part(first, "bold")], *([Part(text)] for text in others)]


def _single(result: Result, arm: Arm) -> list[str]:
    measures = result.plan.measures
    if arm.refused:
        return [*arm.texts.values(), REFUSED, *[""] * (len(measures) - 1)]
    values = (number(value, measure.unit) for value, measure in zip(arm.outcomes[0].values, measures, strict=True))
    return [*arm.texts.values(), *values]


def _distributions(result: Result, result_arms: Sequence[Arm], names: Sequence[str]) -> list[Line]:
    head = ["metric", *names, "runs", "p5", "p50", "p95", "max", "never"]
    rows = []
    shown_measures = [
        measure for measure in result.plan.measures if measure.name not in ALWAYS or _is_interesting(result, result_arms, measure.name)
    ]
    for measure in shown_measures:
        for arm in result_arms:
            texts = list(arm.texts.values())
            if arm.refused:
                rows.append([measure.name, *texts, REFUSED, *[""] * 5])
                continue
            values = next(spread.values for spread in spreads(result, arm) if spread.measure == measure)
            ranks = [number(value, measure.unit) for value in (values.p5, values.p50, values.p95, values.most)]
            rows.append([measure.name, *texts, str(values.runs), *ranks, _percent(values.never / values.runs) if values.never else "-"])
    return _table(head, rows, 1 + len(names))


def _is_interesting(result: Result, result_arms: Sequence[Arm], name: str) -> bool:
    """Whether a measure that is always taken has anything to show."""
    column = [measure.name for measure in result.plan.measures].index(name)
    return any(value for arm in result_arms for value in arm.values(column))


def _shares(result: Result, result_arms: Sequence[Arm]) -> list[Line]:
    lines: list[Line] = []
    for arm in result_arms:
        parts = [f"a {title} in {interval_text(interval)}" for title, interval in shares(result, arm).items() if interval.share]
        if parts:
            lines.append([Part(f"{_where(arm)}{', '.join(parts)}")])
    title = [[], [Part("Share of runs with failures (95 % confidence)", "bold")]]
    return [*title, *lines] if lines else [[], [Part("No run had a restart or a back-off.", "dim")]]


def _worst(result: Result, result_arms: Sequence[Arm], command: str) -> list[Line]:
    """The commands that repeat the worst runs by the first metric."""
    measure = result.plan.measures[0]
    lines: list[Line] = [[], [Part(f"Worst runs by {measure.name}", "bold")]]
    for arm in [arm for arm in result_arms if not arm.refused][:MOST_WORST]:
        worst = spreads(result, arm)[0]
        by_seed = {outcome.task.seed: outcome.values[0] for outcome in arm.outcomes}
        options = "".join(f" --set '{address}={text}'" for address, text in arm.texts.items())
        seeds = worst.worst if len(result_arms) == 1 else worst.worst[:1]
        commands = [(number(by_seed[seed], measure.unit), f"{command}{options} --seed {seed}") for seed in seeds]
        lines += [[Part(f"  {value:>8}  "), Part(typed, "cyan")] for value, typed in commands]
    return lines


def _refusals(result_arms: Sequence[Arm], names: dict[str, str]) -> list[Line]:
    """Why arms were refused; a reason that several share is printed once."""
    reasons: dict[str, list[str]] = {}
    for arm in result_arms:
        if arm.refused:
            reasons.setdefault(arm.refused, []).append(", ".join(f"{names[address]}={text}" for address, text in arm.texts.items()))
    lines: list[Line] = [[], [Part("Refused", "bold")]] if reasons else []
    for reason, where in reasons.items():
        more = f" and {len(where) - 3} more" if len(where) > 3 else ""
        lines.append([Part(f"{'; '.join(where[:3])}{more}")])
        lines += [[Part(f"  {line}", "red")] for line in reason.splitlines()]
    return lines


def interval_text(interval: Interval) -> str:
    """A share with its interval: `12.3 % (10.4 to 14.5 %)`."""
    return f"{_percent(interval.share)} ({_percent(interval.low).removesuffix(' %')} to {_percent(interval.high)})"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if value < 0.9995 else "100 %"


def _where(arm: Arm) -> str:
    texts = ", ".join(f"{address.rpartition('.')[2]}={text}" for address, text in arm.texts.items())
    return f"  {texts}: " if texts else "  "
