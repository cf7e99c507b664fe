"""The time budget of every container: what its probes, its preStop hook and its rollout allow."""

from __future__ import annotations

from typing import NamedTuple

from simulator.advice.app import LIVENESS, READINESS, STARTUP, App, Subject
from simulator.advice.budget import (
    Stopping,
    Window,
    killed_after,
    killed_if_not_answering,
    killed_if_not_listening,
    numbers,
    reachable_after,
    ready_after,
    stopping,
    unready_after,
)
from simulator.advice.facts import answers_after, facts
from simulator.advice.rules.rollout import deployment, started_after
from simulator.advice.rules.start import start_probe
from simulator.controllers.deployment.rollout import fenceposts
from simulator.objects.pod_facts import runs_to_completion
from simulator.units import MILLISECOND, SECOND

RESTART = 200 * MILLISECOND
"""The most that the kubelet and the runtime need to start a container again whose image is present."""


class Start(NamedTuple):
    """The start-up of a container; times after its start (ns), None: no probe or nothing known.

    `probe`: the one that limits it; `not_listening`, `not_answering`: when a container that never does is killed, which is how long a
    start-up may take; `answers`: how long it is known to take; `ready`, `reachable`: when it is ready, and reachable through its Service.
    """

    probe: str
    not_listening: Window | None
    not_answering: Window | None
    answers: int | None
    ready: Window | None
    reachable: Window | None


class Hang(NamedTuple):
    """What follows a hang; times after it begins (ns), None: no probe notices: killed, running again, out of its Services."""

    killed: Window | None
    restarted: Window | None
    unready: Window | None


class Rollout(NamedTuple):
    """The longest rollout: so many waves, each as long as a pod takes to be available, against the progress deadline (ns each)."""

    waves: int
    wave: int
    deadline: int

    @property
    def worst(self) -> int:
        """How long all waves take."""
        return self.waves * self.wave


class Budget(NamedTuple):
    """The time budget of a container. `has_run`: whether it started in a run of the inputs as they are."""

    subject: Subject
    start: Start
    hang: Hang
    stop: Stopping
    rollout: Rollout | None
    has_run: bool


def budgets(app: App) -> list[Budget]:
    """The budget of every container that keeps running; init containers end."""
    return [_budget(app, subject) for subject in app.subjects if not subject.is_init]


def _budget(app: App, subject: Subject) -> Budget:
    start = _start(app, subject)
    return Budget(
        subject,
        start,
        _hang(subject),
        stopping(subject.container, subject.grace),
        _rollout(app, subject, start.ready),
        bool(facts(app.snapshot, subject, "container.started")),
    )


def _start(app: App, subject: Subject) -> Start:
    limit = start_probe(subject)
    answers, ready = answers_after(app, subject), _ready(app, subject)
    network = app.inputs.scenario.network
    is_proxied = any(service.spec.cluster_ip != "None" for service in subject.services)
    return Start(
        limit.field if limit else "",
        killed_if_not_listening(numbers(limit.probe), app.visible) if limit else None,
        killed_if_not_answering(numbers(limit.probe), app.visible) if limit else None,
        answers,
        ready,
        reachable_after(ready, network.endpoint_updates, network.proxy_sync) if ready and is_proxied else None,
    )


def _ready(app: App, subject: Subject) -> Window | None:
    """When it is ready; None when it is not known when it answers, or when it runs only once."""
    answers = answers_after(app, subject)
    readiness, startup = subject.probe(READINESS), subject.probe(STARTUP)
    is_probed = readiness is not None or startup is not None
    if runs_to_completion(subject.pod) or (answers is None and is_probed):
        return None
    return ready_after(
        answers or 0, numbers(readiness) if readiness is not None else None, numbers(startup) if startup is not None else None, app.visible
    )


def _hang(subject: Subject) -> Hang:
    liveness, readiness = subject.probe(LIVENESS), subject.probe(READINESS)
    unready = unready_after(numbers(readiness)) if readiness is not None else None
    if liveness is None:
        return Hang(None, None, unready)
    killed = killed_after(numbers(liveness))
    own_grace = liveness.termination_grace_period_seconds
    stop = stopping(subject.container, subject.grace if own_grace is None else own_grace * SECOND)
    return Hang(killed, killed.shifted(stop.takes.low, stop.takes.high + RESTART), unready)


def _rollout(app: App, subject: Subject, ready: Window | None) -> Rollout | None:
    """The rollout of a Deployment, taken from the first container of its pods."""
    item = deployment(subject)
    begin = started_after(app, subject) if item is not None else None
    if item is None or ready is None or begin is None:
        return None
    limits, replicas = fenceposts(item), item.spec.replicas or 0
    at_once = limits.surge + limits.unavailable or replicas
    wave = begin + ready.high + (item.spec.min_ready_seconds or 0) * SECOND
    return Rollout(-(-replicas // max(at_once, 1)), wave, (item.spec.progress_deadline_seconds or 600) * SECOND)
