"""What helm or Argo CD did and said in a run, which objects they never created, and whether they succeeded."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.units import MILLISECOND, short_duration
from simulator.views.styled import Line, Part

TITLES = {"helm": "helm 4", "helm3": "helm 3", "argocd": "Argo CD"}
MOST_STEPS = 24
MOST_MISSING = 6
COLOURS = {"failed": "red", "succeeded": "green"}


def failure(snapshot: Snapshot) -> str:
    """Why the delivery did not succeed, in a sentence; empty if it did, or if there was none."""
    steps = snapshot.facts("delivery")
    if not steps or steps[-1].data["state"] == "succeeded":
        return ""
    last = steps[-1].data
    if last["state"] == "failed":
        return str(last["text"])
    return f"{TITLES.get(last['tool'], last['tool'])} is not done at {short_duration(snapshot.t)}: {last['text']}"


def title(snapshot: Snapshot) -> str:
    """The tool."""
    tool = str(snapshot.facts("delivery")[0].data["tool"])
    return TITLES.get(tool, tool)


def lines(snapshot: Snapshot) -> list[Line]:
    """The steps with their times, the messages of the tool, and what it never created."""
    steps = snapshot.facts("delivery")
    result: list[Line] = []
    for step in steps if len(steps) <= MOST_STEPS else [*steps[: MOST_STEPS // 2], *steps[-MOST_STEPS // 2 :]]:
        colour = COLOURS.get(step.data["state"], "")
        first, *rest = str(step.data["text"]).rstrip("\n").split("\n")
        result.append([Part(f"  {_instant(step.t):<8} ", "dim"), Part(first, colour)])
        result += [[Part(f"{'':<11}{line.expandtabs(4)}", colour)] for line in rest]
    if len(steps) > MOST_STEPS:
        result.insert(MOST_STEPS // 2, [Part(f"  ... {len(steps) - MOST_STEPS} more steps", "dim")])
    if (why := failure(snapshot)) and steps[-1].data["state"] == "running":
        result.append([Part(f"  {why}", "red")])
    missing = [f"{key}{f' ({when})' if when else ''}" for key, when in never_created(snapshot)]
    if missing:
        more = f" and {len(missing) - MOST_MISSING} more" if len(missing) > MOST_MISSING else ""
        result.append([Part(f"  never created: {', '.join(missing[:MOST_MISSING])}{more}", "yellow")])
    return result


def _instant(t: int) -> str:
    """A time to the millisecond."""
    return short_duration(t // MILLISECOND * MILLISECOND)


def never_created(snapshot: Snapshot) -> list[tuple[Key, str]]:
    """Objects of the last plan that the tool has not come to, each with the hook or wave in which it would be created."""
    plans = [step.data["plan"] for step in snapshot.facts("delivery") if "plan" in step.data]
    planned = [(Key(kind, namespace, name), when) for kind, namespace, name, when in plans[-1]] if plans else []
    return [(key, when) for key, when in planned if not any(True for _ in snapshot.writes(key))]
