"""Suggested commands after a run: to run longer, to see what went wrong, to look around. Every line works when pasted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.cluster.rest import may_get_further
from simulator.journal.snapshot import Snapshot
from simulator.objects.batch import CronJob
from simulator.objects.conditions import POD_SCHEDULED, condition_of
from simulator.objects.kinds import Key, key_of, kind_of_key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, all_statuses, has_succeeded, is_ready, runs_to_completion
from simulator.units import MINUTE, SECOND, format_time, short_duration
from simulator.views.report.missing import lacks, making, meant_namespace, missing
from simulator.views.why.lacking import lacking, without_endpoints

EARLY = 10 * SECOND
MOST_MISSING = 4
ROOM = ("Insufficient ", "anti-affinity", "topology spread constraints")
"""Words of the scheduler about nodes that are too small, or too few."""
LONGER = (10 * MINUTE, 60 * MINUTE)
"""How long to run when the run before was too short."""


class Again(NamedTuple):
    """How to repeat the run with another duration or start time: the command, empty when it cannot be typed again.

    `is_open`: the user gave no duration; `paths`: what is run, as words of a command line; `test`: the command that tests it, or writes
    a first test.
    """

    command: str = ""
    is_open: bool = False
    paths: str = ""
    test: str = ""


def not_over(snapshot: Snapshot, again: Again) -> str:
    """A sentence that the run ended before everything was ready or done, with the option that continues it; else empty."""
    pods = snapshot.typed(Pod)
    if not again.is_open or not any(may_get_further(pod) and not lacks(snapshot, pod) for pod in pods):
        return ""
    left = [pod for pod in pods if not (is_ready(pod) or has_succeeded(pod)) or may_get_further(pod)]
    work = sum(runs_to_completion(pod) for pod in left)
    state = "not done" if work == len(left) else "not ready" if not work else "not ready or not done"
    count = "The pod is" if len(pods) == 1 else f"{len(left)} of {len(pods)} pods {'is' if len(left) == 1 else 'are'}"
    return f"{count} {state} when the run stops, at {short_duration(snapshot.t)}: --duration {_longer(snapshot.t)} continues it."


def no_room(snapshot: Snapshot) -> str:
    """A sentence about the pods that fit on no node, with the sizes of the nodes and the options that change them; else empty."""
    left, nodes = [pod for pod in snapshot.typed(Pod) if _lacks_room(pod)], snapshot.typed(Node)
    if not left or not nodes:
        return ""
    pods = len(snapshot.typed(Pod))
    count = "The pod fits" if pods == 1 else f"{len(left)} of {pods} pods fit{'s' if len(left) == 1 else ''}"
    sizes = "; ".join(dict.fromkeys(_sizes(nodes)))
    these = f"the node has {sizes}" if len(nodes) == 1 else f"the {len(nodes)} nodes have {sizes}"
    return f"{count} on no node; {these}: --nodes auto adds capacity."


def _sizes(nodes: list[Node]) -> Iterator[str]:
    """What each node has for pods."""
    for node in nodes:
        cpu, memory = (node.status.allocatable.get(name, "0") for name in ("cpu", "memory"))
        yield f"{cpu} CPUs and {memory} of memory"


def _lacks_room(pod: Pod) -> bool:
    """Whether a pod waits for more or larger nodes."""
    scheduled = condition_of(pod.status, POD_SCHEDULED)
    return scheduled is not None and scheduled.status == "False" and any(words in scheduled.message for words in ROOM)


def commands(snapshot: Snapshot, again: Again, look: str) -> Iterator[str]:
    """Suggested commands by the outcome. `look` is the option that makes a command read this run (` --from run.journal`), or empty."""
    if again.command and not_over(snapshot, again):
        yield f"{again.command} --duration {_longer(snapshot.t)}"
    yield from _first_fires(snapshot, again)
    pods = snapshot.typed(Pod)
    if again.command and "--nodes" not in again.command and any(_lacks_room(pod) for pod in pods):
        yield f"{again.command} --nodes auto"
    absent = missing(snapshot)
    namespace = meant_namespace(snapshot, absent)
    if namespace and again.command and "-n" not in again.command.split():
        yield f"{again.command} -n {namespace}"
    elif not look:
        # Verbs change the last run, so this one has to be the last.
        yield from (_creating(snapshot, key, keys) for key, keys in list(absent.items())[:MOST_MISSING])
    pod = min(pods, key=_interest) if pods else None
    target = _most_interesting(snapshot, pod)
    if target is None:
        yield f"podsim get pods -A -w{look}"
        return
    where = _where(snapshot, target.namespace)
    is_well = pod is not None and target == key_of(pod) and _is_well(pod)
    if not is_well:
        yield f"podsim why {kind_of_key(target).singular}/{target.name}{where}{look}"
    if pod is not None:
        yield from _about_pod(snapshot, pod, look)
    yield f"podsim get all,endpointslices -A --at {_early(snapshot)}{look}"
    if is_well:
        yield f"podsim report{look or ' -o report.html'}"
        yield from filter(None, (again.test, again.paths and f"podsim advise {again.paths}"))


def _about_pod(snapshot: Snapshot, pod: Pod, look: str) -> Iterator[str]:
    where = f"{_where(snapshot, pod.metadata.namespace)}{look}"
    yield f"podsim describe pod {pod.metadata.name}{where}"
    container = _container_with_logs(snapshot, pod)
    if container:
        yield f"podsim logs {pod.metadata.name} -c {container}{where}"


def _is_well(pod: Pod) -> bool:
    return is_ready(pod) or has_succeeded(pod)


def _creating(snapshot: Snapshot, key: Key, keys: list[str]) -> str:
    """The command that creates a missing object; as a comment, the object of the manifests that likely does so in a real cluster."""
    from simulator.views.why.makers import likely_maker

    maker = likely_maker(snapshot, key)
    command = making(key, keys, _where(snapshot, key.namespace))
    return command if maker is None else f"{command}  # {maker}"


def _where(snapshot: Snapshot, namespace: str) -> str:
    return "" if namespace == (snapshot.header.namespace or "default") else f" -n {namespace}"


def _longer(t: int) -> str:
    """The next longer duration to try."""
    return short_duration(next((longer for longer in LONGER if longer > t), 10 * t // MINUTE * MINUTE))


def _first_fires(snapshot: Snapshot, again: Again) -> Iterator[str]:
    """For a CronJob that was never due in the run: a run that begins a minute before its time."""
    from simulator.controllers.cronjob.schedule import parse_schedule

    if not (again.command and again.is_open):
        return
    for item in snapshot.typed(CronJob):
        if item.spec.suspend or item.status.last_schedule_time:
            continue
        try:
            due = parse_schedule(item.spec.schedule, item.spec.time_zone or "").after(snapshot.now)
        except ValueError:
            continue
        if due is not None:
            yield f"{again.command} --start-time {format_time(due - MINUTE)}"
            return


def _most_interesting(snapshot: Snapshot, pod: Pod | None) -> Key | None:
    """The best object to suggest `why` for: an unready pod, a workload short of pods, a Service without endpoints, else any pod."""
    if pod is not None and _interest(pod)[0] is False:
        return key_of(pod)
    lonely = lacking(snapshot, None, set()) or without_endpoints(snapshot, None)
    return lonely[0] if lonely else None if pod is None else key_of(pod)


def _interest(pod: Pod) -> tuple[bool, bool, str]:
    """Sort key: unready pods first, among them those with init containers."""
    return _is_well(pod), not pod.spec.init_containers, pod.metadata.name


def _container_with_logs(snapshot: Snapshot, pod: Pod) -> str:
    """The first container of the pod with logs, else the first that has run; empty when none has."""
    meta = pod.metadata
    printed = {log.container for log in snapshot.logs() if (log.namespace, log.pod) == (meta.namespace, meta.name) and not log.component}
    names = [container.name for container in all_containers(pod.spec)]
    statuses = all_statuses(pod)
    ran = {status.name for status in statuses if status.container_id}
    return next((name for name in names if name in printed), next((name for name in names if name in ran), ""))


def _early(snapshot: Snapshot) -> str:
    """An instant to look back to: soon after the start, but not after the end."""
    return short_duration(min(EARLY, snapshot.t // SECOND * SECOND))
