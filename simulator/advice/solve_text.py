"""The result of a search as text and as plain values."""

from __future__ import annotations

from simulator.advice.findings_text import snippet
from simulator.advice.solve import Solution
from simulator.objects.base import JSON


def as_json(solution: Solution) -> JSON:
    """Everything as plain values."""
    change = None if solution.best is None else solution.knob.change(solution.best)
    return {
        "wish": solution.goal.text,
        "subject": solution.subject.name,
        "knob": solution.knob.name,
        "best": solution.best,
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
            for one in solution.tried
        ],
    }


def as_lines(solution: Solution) -> list[str]:
    """The candidates, the verdict with its confidence, and the YAML to write."""
    name = solution.knob.name.rpartition(".")[2]
    values = solution.knob.range
    lines = [f"{solution.goal.text} for {solution.subject.name}, by {solution.knob.name}", "", f"{name}  runs  share   95 % interval"]
    for one in solution.tried:
        span = f"{one.interval.low:.4f} to {one.interval.high:.4f}"
        lines.append(f"{one.value:<{len(name)}}  {one.runs:>4}  {one.interval.share:.4f}  {span}  {'holds' if one.holds else ''}".rstrip())
    lines.append("")
    if solution.best is None:
        return [
            *lines,
            f"No {name} from {values.first} to {values.last} meets the goal with 95 % confidence, in {solution.runs} runs each.",
        ]
    which = "smallest" if values.grows else "largest"
    lines.append(
        f"{solution.best} is the {which} that meets the goal with 95 % confidence ({solution.runs} runs, the same seeds for all). Set:"
    )
    change = solution.knob.change(solution.best)
    if change.value is None:
        return [*lines, "  nothing: the goal is met without a preStop hook"]
    return [*lines, *(f"  {line}" for line in snippet(change))]
