"""Plays manifests to a horizon and says how each workload in them ended."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from simulator.cluster import simulate
from simulator.errors import SimulatorError
from simulator.journal.journal import Journal
from simulator.journal.records import LogLine
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import CronJob, Job
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.objects.replication import ReplicationController
from simulator.scenario.inputs import Choices
from simulator.units import MINUTE

from .classes import Profile, profile

HORIZON = 2 * MINUTE
LIMIT = 60
"""Seconds of real time that a file gets: more is a hang."""
CONTROLLERS = (Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, Job, CronJob)


class Outcome(NamedTuple):
    """How a workload ended: ready, finished, waits or failed; and what for."""

    workload: str
    verdict: str
    why: str = ""


class Played(NamedTuple):
    """How a file went: `refused` and `broken` are texts, empty when it ran to its horizon. `messages`: what the API server refused.

    `refused`: every object of the file was, so that nothing ran. `profile`: what the file uses, when that was asked for.
    """

    outcomes: tuple[Outcome, ...] = ()
    refused: str = ""
    broken: str = ""
    messages: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    profile: Profile = Profile()


class TooLongError(Exception):
    """The limit is over."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer (on the main thread of a Unix system)."""

    def over(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def play(*paths: Path, horizon: int = HORIZON, limit: int = LIMIT, fail_fast: bool = True, profiled: bool = False) -> Played:
    """Play files as one run; without `fail_fast`, what is valid runs where other objects are refused."""
    try:
        with within(limit):
            journal = simulate([str(path) for path in paths], Choices(duration=horizon, fail_fast=fail_fast))
    except TooLongError:
        return Played(broken=f"took longer than {limit} s")
    except SimulatorError as error:
        kind = type(error).__name__
        return Played(broken=f"{kind}: {error}") if kind == "InvariantError" else Played(refused=str(error))
    except Exception:
        return Played(broken=traceback.format_exc(limit=-4))
    said = tuple(r.line for r in journal if isinstance(r, LogLine) and r.component == "kubectl")
    assumed = tuple(f"{item['subject']}: {item['text']}" for item in journal.header.assumptions or [])
    used = profile(journal) if profiled else Profile()
    return Played(tuple(outcomes(journal)), messages=said, assumptions=assumed, profile=used)


def outcomes(journal: Journal) -> list[Outcome]:
    """The end of each workload that the user made."""
    items = [item for item in list(journal.at(journal.end).all()) if not any(o.controller for o in item.metadata.owner_references)]
    return [_outcome(item, journal) for item in items if isinstance(item, (Pod, *CONTROLLERS))]


def _outcome(item: Object, journal: Journal) -> Outcome:
    name = f"{item.kind.lower()}/{item.metadata.name}"
    pods = [item] if isinstance(item, Pod) else pods_of(item, journal)
    if isinstance(item, CronJob) and not pods:
        return Outcome(name, "finished", "its time has not come")
    wanted = getattr(item.spec, "replicas", None)
    if wanted == 0 or (isinstance(item, DaemonSet) and not item.status.desired_number_scheduled):
        return Outcome(name, "finished", "no pod is wanted")
    if not pods:
        return Outcome(name, "waits", "no pod was made")
    if isinstance(item, Job) and any(c.type == "Complete" and c.status == "True" for c in item.status.conditions):
        return Outcome(name, "finished")
    results = [state_of(pod) for pod in pods]
    worst = max(results, key=lambda result: ("ready", "finished", "runs", "waits", "failed").index(result[0]))
    short = isinstance(wanted, int) and len(pods) < wanted
    return Outcome(name, "waits", "not all pods were made") if short and worst[0] == "ready" else Outcome(name, *worst)


def pods_of(item: Object, journal: Journal) -> list[Pod]:
    """All pods below a controller."""
    below = {item.metadata.uid}
    objects = list(journal.at(journal.end).all())
    for _ in range(3):
        for other in objects:
            if any(owner.uid in below for owner in other.metadata.owner_references):
                below.add(other.metadata.uid)
    return [other for other in objects if isinstance(other, Pod) and other.metadata.uid in below]


def state_of(pod: Pod) -> tuple[str, str]:
    """ready, finished, waits or failed, and why."""
    if pod.status.phase == "Succeeded":
        return "finished", ""
    if any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions):
        return "ready", ""
    if pod.status.phase == "Failed":
        return "failed", _ended([*pod.status.init_container_statuses, *pod.status.container_statuses]) or pod.status.message
    unscheduled = next((c for c in pod.status.conditions if c.type == "PodScheduled" and c.status == "False"), None)
    if unscheduled is not None:
        return "waits", f"unschedulable: {unscheduled.message}"
    statuses = [*pod.status.init_container_statuses, *pod.status.container_statuses]
    for status in statuses:
        waiting = status.state.waiting
        if waiting is not None and waiting.reason == "CrashLoopBackOff":
            return "failed", f"{status.name} crashes: {_last(status)}"
        if waiting is not None and waiting.reason not in ("PodInitializing", "ContainerCreating"):
            return "waits", f"{status.name}: {waiting.reason} {waiting.message}"
    for status in pod.status.init_container_statuses:
        if status.state.running is not None and not status.ready:
            return "waits", f"init container {status.name} runs"
    for status in statuses:
        if status.state.terminated is not None and status.state.terminated.exit_code:
            return "failed", f"{status.name} crashes: {_last(status)}"
    idle = [s.name for s in pod.status.container_statuses if not s.ready and not (s.state.terminated and s.state.terminated.exit_code == 0)]
    if not idle:
        return "ready", "some containers have finished"
    if idle and pod.status.phase == "Running":
        return "waits", f"not ready: {', '.join(idle)}"
    return "waits", "volumes or sandbox" if not any(status.state.running for status in statuses) else "containers start"


def _ended(statuses: list[ContainerStatus]) -> str:
    return "; ".join(f"{s.name} {_last(s)}" for s in statuses if s.state.terminated and s.state.terminated.exit_code)


def _last(status: ContainerStatus) -> str:
    ended = status.state.terminated or status.last_state.terminated
    return "" if ended is None else f"exit {ended.exit_code} ({ended.reason}) {ended.message}".strip()
