"""The first lines of a report: how many workloads got ready and when, and for each of the others the root cause and what to type next."""

from __future__ import annotations

from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.tables.pods import summary
from simulator.kubectl.view import View
from simulator.metrics.story import Story, WorkloadStory
from simulator.metrics.workloads import up_since
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_succeeded, is_ready, runs_to_completion
from simulator.units import short_duration, tenths
from simulator.views.styled import Line, Part

MOST_CAUSES = 6
"""At most this many workloads that are not ready are explained."""
MOST_NAMES = 3


class Outcome(NamedTuple):
    """What became of a workload: since when it has been ready or done (None: it is not), and whether it ever was."""

    key: Key
    since: int | None
    was_ready: bool
    ends: bool


def outcomes(story: Story) -> list[Outcome]:
    """The outcome of each workload that exists at the story's end and is to have pods, by key."""
    return [_outcome(story, workload) for workload in story.workloads if story.snapshot.get(workload.key) is not None]


def _outcome(story: Story, workload: WorkloadStory) -> Outcome:
    ends = any(runs_to_completion(pod.last) for pod in workload.pods)
    was_ready = any(is_ready(item) for pod in workload.pods for _, item in pod.states)
    return Outcome(workload.key, up_since(story, workload), was_ready, ends)


def verdict(story: Story) -> str:
    """`14 of 16 workloads ready after 58s; 2 never: deployment/web, job/seed`; empty without workloads."""
    results = outcomes(story)
    if not results:
        return ""
    down = [one for one in results if one.since is None]
    word = "ready or done" if any(one.ends for one in results) else "ready"
    if len(results) == 1 and down:
        return f"{down[0].key} is {'no longer' if down[0].was_ready else 'not'} {word} at {short_duration(story.end)}"
    what = f"{len(results) - len(down)} of {len(results)} workloads" if len(results) > 1 else f"{results[0].key} is"
    when = max((one.since for one in results if one.since is not None), default=0)
    after = f" after {tenths(when)}" if when > 0 else ""
    others = f"; {len(down)} {'not' if any(one.was_ready for one in down) else 'never'}: {_names(down)}" if down else ""
    return f"{what} {word}{after}{others}"


def _names(down: list[Outcome]) -> str:
    names = ", ".join(str(one.key) for one in down[:MOST_NAMES])
    return names if len(down) <= MOST_NAMES else f"{names} and {len(down) - MOST_NAMES} more"


def not_ready(story: Story, look: str) -> list[Line]:
    """For each workload that is not ready: the state of its pods, the root cause with its line, and the command that shows the chain."""
    down = [one.key for one in outcomes(story) if one.since is None]
    if not down:
        return []
    from simulator.views.why.question import explain

    snapshot = story.snapshot
    lines: list[Line] = []
    for key, tree in zip(down, explain(snapshot, down[:MOST_CAUSES]), strict=False):
        cause = tree.root_cause
        lines.append([Part(f"  {key}", "bold"), Part(f"  {_pods_in_words(story, key)}", "red")])
        remarks = "".join(f"; {remark.text}" for remark in cause.causes if remark.role == "note")
        lines.append([Part(f"      {cause.text}{remarks}"), Part(f"  ({cause.place})" if cause.place else "", "dim")])
        lines.append([Part(f"      podsim why {key}{_where(snapshot, key)}{look}", "cyan")])
    if len(down) > MOST_CAUSES:
        lines.append([Part(f"  and {len(down) - MOST_CAUSES} more: podsim why{look}", "dim")])
    return lines


def _pods_in_words(story: Story, key: Key) -> str:
    """`1/3 ready, CrashLoopBackOff`: how many pods of a workload are ready, and the states of the others."""
    workload = next(one for one in story.workloads if one.key == key)
    pods = [item for pod in workload.pods if isinstance(item := story.snapshot.get(pod.key), Pod)]
    if not pods:
        return "no pods"
    view = View(story.snapshot)
    fine = sum(is_ready(pod) or has_succeeded(pod) for pod in pods)
    states = dict.fromkeys(summary(pod, view).status for pod in pods if not (is_ready(pod) or has_succeeded(pod)))
    return f"{fine}/{len(pods)} ready, {', '.join(states)}" if states else f"{fine}/{len(pods)} ready"


def _where(snapshot: Snapshot, key: Key) -> str:
    return "" if key.namespace == (snapshot.header.namespace or "default") else f" -n {key.namespace}"
