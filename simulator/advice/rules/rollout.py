"""Mistakes about rollouts and about who waits for whom."""

from __future__ import annotations

from simulator.advice.app import App, Subject
from simulator.advice.facts import restarted, restarts
from simulator.advice.finding import Change, Finding, seconds, up
from simulator.advice.probing import failing
from simulator.advice.rules.start import budget, killer
from simulator.advice.trial import Trial
from simulator.metrics import readings, worst
from simulator.metrics.selection import selection
from simulator.metrics.table import metric
from simulator.objects.apps import Deployment
from simulator.objects.kinds import Key
from simulator.units import MINUTE, SECOND, short_duration

EARLY = 10 * SECOND
"""How much earlier than its deadline a rollout has to be done to be out of danger."""


def deployment(subject: Subject) -> Deployment | None:
    """The Deployment of a container that is the first one of its pods."""
    item = subject.object
    is_first = not subject.is_init and subject.container is subject.pod.spec.containers[0]
    return item if isinstance(item, Deployment) and is_first else None


def started_after(app: App, subject: Subject) -> int | None:
    """How long its slowest pod took until its containers ran (ns): node, sandbox, pulls, init containers."""
    chosen = selection(f"{subject.object.metadata.namespace}/{subject.workload}")
    value = worst(reading.value for reading in readings(app.story, metric("time-to-started"), chosen))
    return None if value is None else round(value * SECOND)


def deadline_too_short(app: App, subject: Subject) -> Finding | None:
    """The rollout is called failed while its probes still wait for the start."""
    item, found, window = deployment(subject), killer(subject), budget(app, subject)
    begin = started_after(app, subject) if item is not None else None
    if item is None or found is None or window is None or begin is None:
        return None
    deadline = (item.spec.progress_deadline_seconds or 600) * SECOND
    rest = (item.spec.min_ready_seconds or 0) * SECOND
    if begin + window.low + rest + EARLY < deadline:
        return None
    start = (window.low // SECOND - 1) * SECOND
    sets = failing(subject, found[1], end=start)
    if sets is None or start <= 0:
        return None
    trial = Trial(sets, begin + start + rest + 2 * MINUTE)
    writes = app.played(trial).writes(Key("Deployment", item.metadata.namespace, item.metadata.name))
    failed = next((write.t for write in writes if isinstance(write.item, Deployment) and _exceeded(write.item)), None)
    if failed is None:
        return None
    return Finding(
        subject,
        subject.line_of("spec.progressDeadlineSeconds"),
        f"progressDeadlineSeconds: {deadline // SECOND}, but the probes of {subject.container.name} allow a start of {seconds(window.low)}"
        + (f", and minReadySeconds adds {rest // SECOND}" if rest else ""),
        f"with a start of {seconds(start)} the rollout was called failed at {short_duration(failed)}",
        trial,
        (Change(subject.own_field("progressDeadlineSeconds"), up(begin + window.high + rest) + 60),),
    )


def _exceeded(item: Deployment) -> bool:
    return any(one.type == "Progressing" and one.reason == "ProgressDeadlineExceeded" for one in item.status.conditions)


def crash_after_ready(app: App, subject: Subject) -> Finding | None:
    """A container that ends soon after it was ready passes for a successful rollout."""
    item, run = deployment(subject), subject.run
    if item is None or run.exit_after is None:
        return None
    ends, waits = run.exit_after.median(), (item.spec.min_ready_seconds or 0) * SECOND
    chosen = selection(f"{item.metadata.namespace}/{subject.workload}")
    done = worst(reading.value for reading in readings(app.story, metric("rollout-complete"), chosen))
    if done is None or not restarts(app.snapshot, subject) or ends <= waits or ends > 10 * MINUTE:
        return None
    change = Change(subject.own_field("minReadySeconds"), up(ends) + 10)
    return Finding(
        subject,
        subject.line_of("spec.minReadySeconds"),
        f"minReadySeconds: {waits // SECOND}, but the container ends {seconds(ends)} after its start: the rollout does not wait for that",
        f"rolled out after {seconds(round(done * SECOND))}, and {restarted(app.snapshot, subject)} by {short_duration(app.snapshot.t)}",
        Trial(),
        (change,),
    )


def waits_in_a_circle(app: App, subject: Subject) -> Finding | None:
    """It waits for something that waits for it."""
    if subject is not next(one for one in app.subjects if one.object is subject.object) or not _stays_unready(app, subject):
        return None
    from simulator.views.graph.build import dependencies

    item = subject.object
    key = Key(item.kind, item.metadata.namespace, item.metadata.name)
    stuck = next((one for one in dependencies(app.snapshot).stuck if one.key == key and one.circle), None)
    if stuck is None:
        return None
    circle = " → ".join(f"{one.kind.lower()}/{one.name}" for one in (*stuck.circle, stuck.circle[0]))
    changes = _unreadied(app, stuck.circle)
    return Finding(
        subject,
        subject.line(),
        f"it waits in a circle: {circle}",
        f"nobody of the circle was ready by {short_duration(app.snapshot.t)}",
        Trial(),
        changes,
    )


def _unreadied(app: App, circle: tuple[Key, ...]) -> tuple[Change, ...]:
    """What opens a circle: the init containers of the first workload that has some go; its program has to ask again by itself."""
    for key in circle:
        for one in app.subjects:
            if one.object.kind == key.kind and one.object.metadata.name == key.name and one.is_init:
                path = one.pod_field("initContainers")
                return (Change(path, None),)
    return ()


def _stays_unready(app: App, subject: Subject) -> bool:
    ours = [pod for pod in app.story.pods if pod.workload.name == subject.object.metadata.name]
    return bool(ours) and not any(pod.lane.ready for pod in ours)
