"""How many probes a pod's containers got. Probes that would repeat the last result are not simulated, so they are counted by arithmetic."""

from __future__ import annotations

from itertools import pairwise

from simulator.journal.records import Fact
from simulator.metrics.pods import Values
from simulator.metrics.story import PodStory
from simulator.metrics.timeline import PROBES, ContainerLane
from simulator.objects.pod_facts import container_named
from simulator.objects.probes import Probe


def probes(pod: PodStory, glob: str) -> Values:
    """Probes of all kinds: those in the journal, and the successes that repeat the last result once a period.

    Exact to within one for each run of a container: the journal does not record when the start of the period has shifted in between.
    """
    return [sum(_of_run(pod, lane, begin, end) for begin, end in _runs(pod, lane)) for lane in pod.containers(glob)]


def _runs(pod: PodStory, lane: ContainerLane) -> list[tuple[int, int]]:
    """The instants between which facts belong to one run: a probe of a container that has just exited counts for that run."""
    starts = [bar.begin for bar in lane.bars]
    return list(pairwise([*starts, pod.end + 1])) if starts else []


def _of_run(pod: PodStory, lane: ContainerLane, begin: int, end: int) -> int:
    bar = next(bar for bar in lane.bars if bar.begin == begin)
    stop = min(end, pod.end) if bar.end is None else bar.end
    count = 0
    for kind in PROBES:
        recorded = [fact for fact in pod.facts if fact.what == "probe" and begin <= fact.t < end and _is_about(fact, lane.name, kind)]
        probe = probe_of(pod, lane.name, kind)
        # A startup probe does not run again after it has succeeded.
        if probe is None or kind == "startup":
            count += len(recorded)
            continue
        # A terminating pod is not probed for liveness any more.
        deleted = pod.lane.deleted if kind == "liveness" else None
        last = stop if deleted is None else min(stop, deleted)
        count += len(recorded) + _quiet(recorded, probe.timing.period, probe.timing.successes, last)
    return count


def _quiet(recorded: list[Fact], period: int, threshold: int, stop: int) -> int:
    """Successes between the recorded ones: at each period after enough successes in a row, until the next recorded one or `stop`."""
    count = run = 0
    for index, fact in enumerate(recorded):
        run = run + 1 if fact.data.get("result") == "success" else 0
        if run < threshold:
            continue
        if index + 1 < len(recorded):
            count += max(0, round((recorded[index + 1].t - fact.t) / period) - 1)
        else:
            count += max(0, (stop - fact.t) // period)
    return count


def probe_of(pod: PodStory, container: str, kind: str) -> Probe | None:
    """A container's `startup`, `readiness` or `liveness` probe."""
    probe: Probe | None = getattr(container_named(pod.last, container), f"{kind}_probe", None)
    return probe


def _is_about(fact: Fact, container: str, kind: str) -> bool:
    return fact.data.get("container") == container and fact.data.get("probe") == kind
