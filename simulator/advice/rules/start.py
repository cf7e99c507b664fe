"""Mistakes about the start-up: too little time for it, or time granted in the wrong place."""

from __future__ import annotations

from typing import NamedTuple

from simulator.advice.app import LIVENESS, PROBE_FIELDS, READINESS, STARTUP, App, Subject
from simulator.advice.budget import Window, killed_if_not_listening, numbers
from simulator.advice.budget import ready_after as ready_window
from simulator.advice.facts import answers_after, killed_after, ready_after, restarts, restarts_text, started_at
from simulator.advice.finding import WARNING, Candidate, Change, Evidence, Finding, candidate, overrides, rounded_up, seconds
from simulator.advice.probe_changes import failing, long_enough, with_timing, written_handler
from simulator.advice.trial import Trial
from simulator.container.catalogue import known
from simulator.kubelet.prober.client import port_number
from simulator.objects.probes import Probe
from simulator.units import MINUTE, SECOND

USUAL_START = 30 * SECOND
"""How long the start of an unknown program may well take on a cold or busy node."""
MARGIN = 3
"""How many times the known start-up time a budget should be."""
LONG_LIVENESS_DELAY, LONG_READINESS_DELAY = 30 * SECOND, 10 * SECOND
LEAST_LOSS = 5 * SECOND
"""A delay is reported when it costs this much or more."""


class StartProbe(NamedTuple):
    """The probe that may kill a container during its start-up, and the field that holds it."""

    field: str
    probe: Probe


def start_probe(subject: Subject) -> StartProbe | None:
    """The startup probe, else the liveness probe."""
    for field in (STARTUP, LIVENESS):
        probe = subject.probe(field)
        if probe is not None:
            return StartProbe(field, probe)
    return None


def start_budget(app: App, subject: Subject) -> Window | None:
    """How long a start-up may take: up to `low` it is never killed, beyond `high` always; None: no probe kills it."""
    limit = start_probe(subject)
    # A probe of an undeclared port is an error of the kubelet each time, and an error never counts as a failure.
    if limit is None or _names_undeclared_port(subject, limit.probe):
        return None
    return killed_if_not_listening(numbers(limit.probe), app.visible)


def _names_undeclared_port(subject: Subject, probe: Probe) -> bool:
    """Whether the probe names a port that the container does not declare."""
    return probe.port is not None and port_number(subject.container, probe.port) is None


def startup_changes(subject: Subject, field: str, start: int) -> tuple[Change, ...]:
    """What lets a start-up of `start` (ns) survive: a larger threshold for the startup probe, or a startup probe made from `field`."""
    startup = subject.probe(STARTUP)
    if startup is not None:
        timing = startup.timing
        covered = max(0, timing.delay - SECOND)
        return (
            Change(subject.field("startupProbe.failureThreshold"), rounded_up(max(0, start - covered)) // (timing.period // SECOND) + 2),
        )
    period = 2 if start <= MINUTE else 5
    probe = subject.probe(field)
    timeout = probe.timeout_seconds if probe else None
    value = with_timing(written_handler(subject, field), period, rounded_up(start) // period + 2, timeout)
    added = Change(subject.field(STARTUP), value)
    if field != LIVENESS or probe is None or not probe.initial_delay_seconds:
        return (added,)
    return (added, Change(subject.field(f"{field}.initialDelaySeconds"), None))


def slow_start_killed(app: App, subject: Subject) -> Finding | None:
    """The start-up time is known, and it is longer than what is sure to survive."""
    limit, window, start = start_probe(subject), start_budget(app, subject), answers_after(app, subject)
    if limit is None or window is None or start is None or start <= window.low or limit.probe.exec is not None:
        return None
    trial = Trial(duration=long_enough(window.high))
    snapshot = app.run(trial)
    is_always_killed = start > window.high
    if is_always_killed and not restarts(snapshot, subject):
        return None
    ready = ready_after(snapshot, subject)
    outcome = "it was never ready" if ready is None else f"it was ready after {seconds(ready)}"
    return Finding(
        subject,
        subject.line(limit.field),
        f"start-up takes {seconds(start)}, but {limit.field} only guarantees {seconds(window.low)}"
        + (
            f" and kills it after {seconds(window.high)} at the latest"
            if is_always_killed
            else f"; up to {seconds(window.high)} depends on timing"
        ),
        Evidence(f"{restarts_text(snapshot, subject)} within {seconds(trial.duration)}; {outcome}", trial),
        startup_changes(subject, limit.field, MARGIN * start),
        "" if is_always_killed else WARNING,
    )


def no_startup_budget(app: App, subject: Subject) -> Candidate | None:
    """Liveness without a startup probe, and little time for a start-up of unknown length."""
    probe, window = subject.probe(LIVENESS), start_budget(app, subject)
    if probe is None or window is None or subject.probe(STARTUP) is not None:
        return None
    start = answers_after(app, subject)
    # A Scenario or the catalogue is taken at its word; the start-up time assumed for an unknown program is not evidence enough.
    is_known = start is not None and (subject.program.described or known(subject.container.image) is not None)
    is_enough = window.low >= (MARGIN * start if is_known and start is not None else USUAL_START)
    if is_enough or (start or 0) > window.low:
        return None
    text = f"only livenessProbe limits start-up, to {seconds(window.low)}"
    return _too_slow(app, subject, window, text, USUAL_START * 2)


def delay_as_budget(app: App, subject: Subject) -> Candidate | None:
    """Liveness starts late, instead of a startup probe that waits."""
    probe, window = subject.probe(LIVENESS), start_budget(app, subject)
    if probe is None or window is None or subject.probe(STARTUP) is not None or window.low < USUAL_START:
        return None
    delay = probe.timing.delay
    if delay < LONG_LIVENESS_DELAY:
        return None
    text = f"initialDelaySeconds: {delay // SECOND} replaces a startup probe: a hang within the first {seconds(delay)} goes unnoticed"
    return _too_slow(app, subject, window, text, window.high)


def _too_slow(app: App, subject: Subject, window: Window, text: str, start: int) -> Candidate | None:
    """The finding that a start-up just beyond the window is killed; `start`: what a fix should allow (ns)."""
    probe, started = subject.probe(LIVENESS), started_at(app, subject)
    slow = (rounded_up(window.high) + 1) * SECOND
    sets = failing(subject, probe, end=slow) if probe is not None else None
    if sets is None or started is None:
        return None
    trial = Trial(sets, long_enough(slow))

    def shown() -> str | None:
        snapshot = app.run(trial)
        killed = killed_after(snapshot, subject)
        restarts_in_trial = f"{restarts_text(snapshot, subject)} within {seconds(trial.duration)}"
        return None if killed is None else f"a start of {seconds(slow)} was killed after {seconds(killed)}, {restarts_in_trial}"

    finding = Finding(subject, subject.line(LIVENESS), text, Evidence("", trial), startup_changes(subject, LIVENESS, max(start, slow)))
    return candidate(finding, shown, is_certain=started + window.high < trial.duration)


def readiness_delay(app: App, subject: Subject) -> Candidate | None:
    """A fixed delay keeps requests from a container that could serve them."""
    probe, start = subject.probe(READINESS), answers_after(app, subject)
    if probe is None or start is None or probe.exec is not None:
        return None
    delay = probe.timing.delay
    if delay < LONG_READINESS_DELAY or delay - start < LEAST_LOSS:
        return None
    changes = (Change(subject.field("readinessProbe.initialDelaySeconds"), None),)
    # A run that is longer than usual is so because something starts late.
    trial = Trial(overrides(changes), app.snapshot.t if app.snapshot.t > app.inputs.horizon else 0)
    with_delay = ready_after(app.snapshot, subject)
    if with_delay is None:
        return None

    def shown() -> str | None:
        without = ready_after(app.run(trial), subject)
        if without is None or with_delay - without < LEAST_LOSS:
            return None
        return f"ready {seconds(with_delay)} after its start, without the delay after {seconds(without)}"

    finding = Finding(
        subject,
        subject.line("readinessProbe.initialDelaySeconds"),
        f"initialDelaySeconds: {delay // SECOND} of readinessProbe delays a container that answers after {seconds(start)}",
        Evidence("", trial),
        changes,
    )
    startup = subject.probe(STARTUP)
    latest = ready_window(start, numbers(probe)._replace(delay=0), numbers(startup) if startup is not None else None, app.visible).high
    return candidate(finding, shown, is_certain=with_delay - latest >= LEAST_LOSS)


def unknown_port(app: App, subject: Subject) -> Finding | None:
    """A probe names a port that the container does not declare: it can never succeed."""
    for field in PROBE_FIELDS:
        probe = subject.probe(field)
        if probe is None or not _names_undeclared_port(subject, probe):
            continue
        declared = subject.container.ports
        names = ", ".join(port.name or str(port.container_port) for port in declared) or "none"
        text = f"{field} names port {probe.port!r}, which the container does not declare; declared: {names}"
        return _wrong_port(app, subject, field, text, [port.container_port for port in declared])
    return None


def silent_port(app: App, subject: Subject) -> Finding | None:
    """A probe checks a port on which the container, according to the Scenario, never listens."""
    opened = {fact.data.get("port") for pod in app.story.pods for fact in pod.facts if fact.what == "container.listens"}
    ports = [rule.port for rule in subject.run.listen]
    # An interpreted program opens its ports by itself, and one that waits may not have come to it within the run.
    if not subject.program.described or subject.run.argv or subject.run.wait_for:
        return None
    for field in PROBE_FIELDS:
        probe = subject.probe(field)
        port = port_number(subject.container, probe.port) if probe is not None and probe.port is not None else None
        if port is None or port in ports or port in opened:
            continue
        text = f"{field} targets port {port}; the program listens on {', '.join(map(str, ports)) or 'no port'}"
        return _wrong_port(app, subject, field, text, ports)
    return None


def _wrong_port(app: App, subject: Subject, field: str, text: str, ports: list[int]) -> Finding:
    """The finding about the port in a probe's handler; `ports`: those that it could name. With only one, that one is the fix."""
    probe = subject.probe(field)
    assert probe is not None
    assert probe.handler is not None, "only a probe with a port is reported"
    path = f"{field}.{probe.handler.kind}.port"
    changes = (Change(subject.field(path), ports[0]),) if len(ports) == 1 else ()
    ready = ready_after(app.snapshot, subject)
    readiness = "never ready" if ready is None else f"ready after {seconds(ready)}"
    evidence = Evidence(f"{readiness}, {restarts_text(app.snapshot, subject)}", Trial())
    return Finding(subject, subject.line(path), text, evidence, changes)
