"""Mistakes about starting: too little time, or time given in the wrong place."""

from __future__ import annotations

from simulator.advice.app import KINDS, App, Subject
from simulator.advice.budget import Window, killed_if_silent, numbers
from simulator.advice.facts import answers_after, killed_after, ready_after, restarted, restarts
from simulator.advice.finding import WARNING, Change, Finding, pairs, seconds, up
from simulator.advice.probing import as_long_as, failing, handler, timed
from simulator.advice.trial import Trial
from simulator.container.catalogue import known
from simulator.kubelet.prober.network import port_number
from simulator.objects.probes import Probe
from simulator.units import MINUTE, SECOND

SHORT = 30 * SECOND
"""A start that nobody knows may well take so long, on a cold or busy node."""
ROOM = 3
"""How many times the known start a budget should hold."""
LONG_DELAY, LONG_READINESS_DELAY = 30 * SECOND, 10 * SECOND
WORTH = 5 * SECOND
"""A delay is worth a word when so much of it is lost."""


def killer(subject: Subject) -> tuple[str, Probe] | None:
    """The probe that may kill it while it starts."""
    for sort in ("startupProbe", "livenessProbe"):
        probe = subject.probe(sort)
        if probe is not None:
            return sort, probe
    return None


def budget(app: App, subject: Subject) -> Window | None:
    """What a start may take: within `low` never killed, beyond `high` always; None: nobody kills it."""
    found = killer(subject)
    return None if found is None or _is_lost(subject, found[1]) else killed_if_silent(numbers(found[1]), app.visible)


def _is_lost(subject: Subject, probe: Probe) -> bool:
    """Whether the probe asks a port that does not exist."""
    asked = probe.http_get.port if probe.http_get else probe.tcp_socket.port if probe.tcp_socket else 1
    return port_number(subject.container, asked) is None


def startup(subject: Subject, sort: str, wanted: int) -> tuple[Change, ...]:
    """A startup probe that surely waits for `wanted` (ns): an own one, or more patience of the one that there is."""
    probe = subject.probe("startupProbe")
    if probe is not None:
        period = probe.period_seconds or 10
        missing = max(0, wanted - max(0, (probe.initial_delay_seconds or 0) - 1) * SECOND)
        return (Change(subject.field("startupProbe.failureThreshold"), up(missing) // period + 2),)
    period = 2 if wanted <= MINUTE else 5
    asked = subject.probe(sort)
    value = timed(handler(subject, sort), period, up(wanted) // period + 2, asked.timeout_seconds if asked else None)
    gone = (Change(subject.field(f"{sort}.initialDelaySeconds"), None),) if asked and asked.initial_delay_seconds else ()
    return (Change(subject.field("startupProbe"), value), *(gone if sort == "livenessProbe" else ()))


def slow_start_killed(app: App, subject: Subject) -> Finding | None:
    """The start is known, and longer than what surely survives."""
    found, window, start = killer(subject), budget(app, subject), answers_after(app, subject)
    if found is None or window is None or start is None or start <= window.low or found[1].exec is not None:
        return None
    sort, _ = found
    trial = Trial(duration=as_long_as(window.high))
    kills = restarts(app.played(trial), subject)
    surely = start > window.high
    if surely and not kills:
        return None
    end = ready_after(app.played(trial), subject)
    came = "it was never ready" if end is None else f"it was ready after {seconds(end)}"
    return Finding(
        subject,
        subject.line(sort),
        f"a start takes {seconds(start)}, but {sort} surely waits only {seconds(window.low)}"
        + (f" and kills at {seconds(window.high)} at the latest" if surely else f"; up to {seconds(window.high)} luck decides"),
        f"{restarted(app.played(trial), subject)} within {seconds(trial.duration)}; {came}",
        trial,
        startup(subject, sort, ROOM * start),
        "" if surely else WARNING,
    )


def no_startup_budget(app: App, subject: Subject) -> Finding | None:
    """Liveness without a startup probe, and little time for a start of which nobody knows how long it takes."""
    probe, window = subject.probe("livenessProbe"), budget(app, subject)
    if probe is None or window is None or subject.probe("startupProbe") is not None:
        return None
    start = answers_after(app, subject)
    # What the Scenario or the catalogue says is believed; of an unknown program a start like that of a usual server is not enough to go by.
    is_known = start is not None and (subject.program.described or known(subject.container.image) is not None)
    enough = window.low >= (ROOM * start if is_known and start is not None else SHORT)
    if enough or (start or 0) > window.low:
        return None
    return _too_slow(app, subject, window, f"livenessProbe waits {seconds(window.low)} for a start, and nothing else does", SHORT * 2)


def delay_as_budget(app: App, subject: Subject) -> Finding | None:
    """Liveness begins late instead of waiting for the start."""
    probe, window = subject.probe("livenessProbe"), budget(app, subject)
    if probe is None or window is None or subject.probe("startupProbe") is not None or window.low < SHORT:
        return None
    delay = (probe.initial_delay_seconds or 0) * SECOND
    if delay < LONG_DELAY:
        return None
    text = f"initialDelaySeconds: {delay // SECOND} stands in for a startup probe: a hang within the first {seconds(delay)} goes unnoticed"
    return _too_slow(app, subject, window, text, window.high)


def _too_slow(app: App, subject: Subject, window: Window, text: str, wanted: int) -> Finding | None:
    """The finding that a start just beyond the window is killed."""
    probe = subject.probe("livenessProbe")
    slow = (up(window.high) + 1) * SECOND
    sets = failing(subject, probe, end=slow) if probe is not None else None
    if sets is None:
        return None
    trial = Trial(sets, as_long_as(slow))
    snapshot = app.played(trial)
    killed = killed_after(snapshot, subject)
    if killed is None:
        return None
    shown = (
        f"a start of {seconds(slow)} was killed after {seconds(killed)}, {restarted(snapshot, subject)} within {seconds(trial.duration)}"
    )
    return Finding(subject, subject.line("livenessProbe"), text, shown, trial, startup(subject, "livenessProbe", max(wanted, slow)))


def readiness_delay(app: App, subject: Subject) -> Finding | None:
    """A fixed delay keeps a container away from its clients that could serve them."""
    probe, start = subject.probe("readinessProbe"), answers_after(app, subject)
    delay = ((probe.initial_delay_seconds if probe else None) or 0) * SECOND
    if probe is None or start is None or probe.exec is not None or delay < LONG_READINESS_DELAY or delay - start < WORTH:
        return None
    changes = (Change(subject.field("readinessProbe.initialDelaySeconds"), None),)
    now = ready_after(app.snapshot, subject)
    then = ready_after(app.played(Trial(pairs(changes))), subject)
    if now is None or then is None or now - then < WORTH:
        return None
    return Finding(
        subject,
        subject.line("readinessProbe.initialDelaySeconds"),
        f"initialDelaySeconds: {delay // SECOND} of readinessProbe holds back a container that answers after {seconds(start)}",
        f"ready {seconds(now)} after its start, without the delay after {seconds(then)}",
        Trial(pairs(changes)),
        changes,
    )


def unknown_port(app: App, subject: Subject) -> Finding | None:
    """A probe names a port that the container does not declare: it can never succeed."""
    for sort in KINDS:
        probe = subject.probe(sort)
        if probe is None or not _is_lost(subject, probe):
            continue
        what = "httpGet" if probe.http_get else "tcpSocket"
        port = probe.http_get.port if probe.http_get else probe.tcp_socket.port if probe.tcp_socket else None
        declared = subject.container.ports
        changes = (Change(subject.field(f"{sort}.{what}.port"), declared[0].container_port),) if len(declared) == 1 else ()
        trial = Trial()
        ready = ready_after(app.snapshot, subject)
        shown = f"{'never ready' if ready is None else f'ready after {seconds(ready)}'}, {restarted(app.snapshot, subject)}"
        there = ", ".join(item.name or str(item.container_port) for item in declared) or "none"
        text = f"{sort} asks port {port!r}, which the container does not declare; there is {there}"
        return Finding(subject, subject.line(f"{sort}.{what}.port"), text, shown, trial, changes)
    return None


def silent_port(app: App, subject: Subject) -> Finding | None:
    """A probe asks a port on which the container, as the Scenario or the catalogue has it, never listens."""
    open_ports = {fact.data.get("port") for pod in app.story.pods for fact in pod.facts if fact.what == "container.listens"}
    listens = {rule.port for rule in subject.run.listen} | open_ports
    for sort in KINDS:
        probe = subject.probe(sort)
        action = (probe.http_get or probe.tcp_socket or probe.grpc) if probe is not None else None
        port = None if action is None or not subject.program.described else port_number(subject.container, action.port)
        if port is None or port in listens or subject.run.argv or subject.run.wait_for:
            continue
        what = "httpGet" if probe and probe.http_get else "tcpSocket" if probe and probe.tcp_socket else "grpc"
        own = [rule.port for rule in subject.run.listen]
        changes = (Change(subject.field(f"{sort}.{what}.port"), own[0]),) if len(own) == 1 else ()
        ready = ready_after(app.snapshot, subject)
        shown = f"{'never ready' if ready is None else f'ready after {seconds(ready)}'}, {restarted(app.snapshot, subject)}"
        there = ", ".join(map(str, own)) or "no port"
        text = f"{sort} asks port {port}; the program listens on {there}"
        return Finding(subject, subject.line(f"{sort}.{what}.port"), text, shown, Trial(), changes)
    return None
