"""The budgets of every container: what its probes, its hook and its rollout leave of time."""

from __future__ import annotations

from typing import NamedTuple

from simulator.advice.app import App, Subject
from simulator.advice.budget import (
    Stopping,
    Window,
    killed_after,
    killed_if_mute,
    killed_if_silent,
    numbers,
    reachable_after,
    ready_after,
    stopping,
    unready_after,
)
from simulator.advice.facts import answers_after, facts
from simulator.advice.rules.rollout import deployment, started_after
from simulator.advice.rules.start import killer
from simulator.controllers.deployment.rollout import fenceposts
from simulator.units import SECOND

STARTING = 200 * 1_000_000
"""What the kubelet and the runtime need to start a container again whose image is there, at most (ns)."""


class Rollout(NamedTuple):
    """The worst case of a rollout: so many waves, each as long as a pod takes until it is available, against the deadline (ns, each)."""

    waves: int
    wave: int
    deadline: int

    @property
    def worst(self) -> int:
        """How long all of it takes at most."""
        return self.waves * self.wave


class Budget(NamedTuple):
    """What a container's settings leave of time (ns); None: nothing is asked. Counted from its start, `hangs` and `unready` from a hang.

    `by`: the probe that decides about the start; `silent`, `mute`: when one is told to end that never listens, or never answers, and
    thereby what a start may take; `restarted`: when it then runs again, hung; `start`: what its start is known to take;
    `has_run`: in the run of the inputs as they are.
    """

    subject: Subject
    by: str
    silent: Window | None
    mute: Window | None
    hangs: Window | None
    restarted: Window | None
    unready: Window | None
    start: int | None
    ready: Window | None
    reachable: Window | None
    stop: Stopping
    rollout: Rollout | None
    has_run: bool


def budgets(app: App) -> list[Budget]:
    """Of every container that is to run on; init containers end."""
    return [_budget(app, subject) for subject in app.subjects if not subject.is_init]


def _budget(app: App, subject: Subject) -> Budget:
    found, alive, asked = killer(subject), subject.probe("livenessProbe"), subject.probe("readinessProbe")
    startup = subject.probe("startupProbe")
    stop = stopping(subject.container, subject.grace)
    hangs = killed_after(numbers(alive)) if alive is not None else None
    own = alive.termination_grace_period_seconds if alive is not None else None
    end = stopping(subject.container, subject.grace if own is None else own * SECOND)
    start = answers_after(app, subject)
    ready = None
    goes_on = subject.pod.spec.restart_policy in ("", "Always")
    if goes_on and (start is not None or (asked is None and startup is None)):
        ready = ready_after(start or 0, numbers(asked) if asked else None, numbers(startup) if startup else None, app.visible)
    network = app.inputs.scenario.network
    called = any(one.spec.cluster_ip != "None" for one in subject.services)
    return Budget(
        subject,
        found[0] if found else "",
        killed_if_silent(numbers(found[1]), app.visible) if found else None,
        killed_if_mute(numbers(found[1]), app.visible) if found else None,
        hangs,
        None if hangs is None else hangs.shifted(end.takes.low, end.takes.high + STARTING),
        unready_after(numbers(asked)) if asked is not None else None,
        start,
        ready,
        reachable_after(ready, network.endpoint_updates, network.proxy_sync) if ready and called else None,
        stop,
        _rollout(app, subject, ready),
        bool(facts(app.snapshot, subject, "container.started")),
    )


def _rollout(app: App, subject: Subject, ready: Window | None) -> Rollout | None:
    """Of a Deployment, as its first container tells it."""
    item = deployment(subject)
    begin = started_after(app, subject) if item is not None else None
    if item is None or ready is None or begin is None:
        return None
    posts, replicas = fenceposts(item), item.spec.replicas or 0
    at_once = posts.surge + posts.unavailable or replicas
    wave = begin + ready.high + (item.spec.min_ready_seconds or 0) * SECOND
    return Rollout(-(-replicas // max(at_once, 1)), wave, (item.spec.progress_deadline_seconds or 600) * SECOND)
