"""The first lines of a report: how many workloads got ready and when, and for each of the others the root cause and what to type next."""

from __future__ import annotations

from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.tables.pods import summary
from simulator.kubectl.view import View
from simulator.metrics.story import Story, WorkloadStory
from simulator.metrics.workloads import up_since
from simulator.objects.batch import CronJob
from simulator.objects.kinds import Key, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_succeeded, is_ready, runs_to_completion
from simulator.units import short_duration, tenths
from simulator.views.styled import Line, Part

MOST_EXPLAINED = 12
"""At most this many workloads that are not ready are explained, with at most this many causes."""
MOST_CAUSES = 3
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
    """`14 of 16 workloads ready after 58s; 2 never: deployment/web, job/seed`; without workloads, why there are no pods."""
    results = outcomes(story)
    if not results and story.workloads:
        # They were deleted.
        return ""
    if not results:
        idle = [key_of(item) for item in story.snapshot.typed(CronJob)]
        return f"no pods: {', '.join(map(str, idle))} was not due" if len(idle) == 1 else "no pods" if idle else "no workloads, so no pods"
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
    """For each workload that is not ready: the state of its pods, the root cause with its line, and the command that shows the chain.

    Workloads with the same state and cause are named together.
    """
    down = [one.key for one in outcomes(story) if one.since is None]
    if not down:
        return []
    from simulator.views.why.question import explain

    snapshot = story.snapshot
    lines: list[Line] = []
    same: dict[tuple[str, str], list[tuple[Key, str]]] = {}
    for key, tree in zip(down, explain(snapshot, down[:MOST_EXPLAINED]), strict=False):
        cause = tree.root_cause
        remarks = "".join(f"; {remark.text}" for remark in cause.causes if remark.role == "note")
        same.setdefault((_pods_in_words(story, key), cause.text + remarks), []).append((key, cause.place))
    for (pods, text), members in list(same.items())[:MOST_CAUSES]:
        key, place = members[0]
        lines.append([Part(f"  {', '.join(str(one) for one, _ in members)}", "bold"), Part(f"  {pods}", "red")])
        lines.append([Part(f"      {text}"), Part(f"  ({place})" if place and len(members) == 1 else "", "dim")])
        lines.append([Part(f"      podsim why {key}{_where(snapshot, key)}{look}", "cyan")])
    left = len(down) - sum(map(len, list(same.values())[:MOST_CAUSES]))
    if left:
        lines.append([Part(f"  and {left} more: podsim why{look}", "dim")])
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
