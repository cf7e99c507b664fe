"""Mistakes about rollouts, and workloads that wait for each other."""

from __future__ import annotations

from simulator.advice.app import App, Subject
from simulator.advice.facts import restarts, restarts_text
from simulator.advice.finding import Candidate, Change, Evidence, Finding, candidate, rounded_up, seconds
from simulator.advice.probe_changes import failing
from simulator.advice.rules.start import start_budget, start_probe
from simulator.advice.trial import Trial
from simulator.metrics import readings, worst
from simulator.metrics.selection import selection
from simulator.metrics.table import metric
from simulator.objects.apps import Deployment
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import Key
from simulator.units import MINUTE, SECOND, short_duration

MARGIN = 10 * SECOND
"""How much earlier than its deadline a rollout has to be complete to be safe."""


def deployment(subject: Subject) -> Deployment | None:
    """The Deployment of the first container of its pods."""
    item = subject.object
    return item if isinstance(item, Deployment) and subject.is_first else None


def started_after(app: App, subject: Subject) -> int | None:
    """How long its slowest pod took until its containers ran (ns): node, sandbox, pulls, init containers."""
    pods = selection(f"{subject.object.metadata.namespace}/{subject.workload}")
    value = worst(reading.value for reading in readings(app.story, metric("time-to-started"), pods))
    return None if value is None else round(value * SECOND)


def deadline_too_short(app: App, subject: Subject) -> Candidate | None:
    """The rollout is marked as failed while its probes still wait for the start-up."""
    item, limit, window = deployment(subject), start_probe(subject), start_budget(app, subject)
    begin = started_after(app, subject) if item is not None else None
    if item is None or limit is None or window is None or begin is None:
        return None
    deadline = (item.spec.progress_deadline_seconds or 600) * SECOND
    min_ready = (item.spec.min_ready_seconds or 0) * SECOND
    if begin + window.low + min_ready + MARGIN < deadline:
        return None
    start = (window.low // SECOND - 1) * SECOND
    sets = failing(subject, limit.probe, end=start)
    if sets is None or start <= 0:
        return None
    trial = Trial(sets, begin + start + min_ready + 2 * MINUTE)

    def shown() -> str | None:
        writes = app.run(trial).writes(Key("Deployment", item.metadata.namespace, item.metadata.name))
        failed = next((write.t for write in writes if isinstance(write.item, Deployment) and _deadline_exceeded(write.item)), None)
        return (
            None if failed is None else f"with a start of {seconds(start)} the rollout was reported as failed at {short_duration(failed)}"
        )

    finding = Finding(
        subject,
        subject.line_of("spec.progressDeadlineSeconds"),
        f"progressDeadlineSeconds: {deadline // SECOND}, but the probes of {subject.container.name} allow a start of {seconds(window.low)}"
        + (f", and minReadySeconds adds {min_ready // SECOND}" if min_ready else ""),
        Evidence("", trial),
        (Change(subject.workload_field("progressDeadlineSeconds"), rounded_up(begin + window.high + min_ready) + 60),),
    )
    return candidate(finding, shown, is_certain=begin + start + min_ready > deadline)


def _deadline_exceeded(item: Deployment) -> bool:
    progressing = condition_of(item.status, "Progressing")
    return progressing is not None and progressing.reason == "ProgressDeadlineExceeded"


def crash_after_ready(app: App, subject: Subject) -> Finding | None:
    """A container that exits soon after it was ready counts as a successful rollout."""
    item, run = deployment(subject), subject.run
    if item is None or run.exit_after is None:
        return None
    lifetime, min_ready = run.exit_after.median(), (item.spec.min_ready_seconds or 0) * SECOND
    workload = selection(f"{item.metadata.namespace}/{subject.workload}")
    complete = worst(reading.value for reading in readings(app.story, metric("rollout-complete"), workload))
    if complete is None or not restarts(app.snapshot, subject) or not min_ready < lifetime <= 10 * MINUTE:
        return None
    restarts_in_run = f"{restarts_text(app.snapshot, subject)} by {short_duration(app.snapshot.t)}"
    return Finding(
        subject,
        subject.line_of("spec.minReadySeconds"),
        f"minReadySeconds: {min_ready // SECOND}, but the container ends {seconds(lifetime)} after its start:"
        " the rollout does not wait that long",
        Evidence(f"rolled out after {seconds(round(complete * SECOND))}, and {restarts_in_run}", Trial()),
        (Change(subject.workload_field("minReadySeconds"), rounded_up(lifetime) + 10),),
    )


def circular_wait(app: App, subject: Subject) -> Finding | None:
    """Workloads that wait for each other."""
    if subject is not next(one for one in app.subjects if one.object is subject.object) or not _stays_unready(app, subject):
        return None
    from simulator.views.graph.build import dependencies

    item = subject.object
    key = Key(item.kind, item.metadata.namespace, item.metadata.name)
    stuck = next((one for one in dependencies(app.snapshot).stuck if one.key == key and one.cycle), None)
    if stuck is None:
        return None
    cycle = " → ".join(f"{one.kind.lower()}/{one.name}" for one in (*stuck.cycle, stuck.cycle[0]))
    return Finding(
        subject,
        subject.line(),
        f"circular wait: {cycle}",
        Evidence(f"no workload of the cycle was ready by {short_duration(app.snapshot.t)}", Trial()),
        _without_init_containers(app, stuck.cycle),
    )


def _without_init_containers(app: App, cycle: tuple[Key, ...]) -> tuple[Change, ...]:
    """What breaks a cycle: the first workload that waits in init containers loses them; its program has to retry by itself."""
    for key in cycle:
        for subject in app.subjects:
            if subject.object.kind == key.kind and subject.object.metadata.name == key.name and subject.is_init:
                return (Change(subject.pod_field("initContainers"), None),)
    return ()


def _stays_unready(app: App, subject: Subject) -> bool:
    pods = [pod for pod in app.story.pods if pod.workload.name == subject.object.metadata.name]
    return bool(pods) and not any(pod.lane.ready for pod in pods)
