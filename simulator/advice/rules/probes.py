"""Mistakes about what probes check, and how often."""

from __future__ import annotations

import re
from functools import partial

from simulator.advice.app import LIVENESS, PROBE_FIELDS, READINESS, App, Subject
from simulator.advice.budget import killed_after, numbers, unready_after
from simulator.advice.facts import ends_by_itself, facts, pods, ready_after, restarts, restarts_text, started_at
from simulator.advice.finding import Candidate, Change, Evidence, Finding, candidate, overrides, seconds
from simulator.advice.probe_changes import failing, has_same_check, written_handler
from simulator.advice.trial import Overrides, Trial
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_failed, never_restarts, restarts_always
from simulator.objects.probes import Probe
from simulator.units import MINUTE, SECOND

HEALTHY = 60 * SECOND
"""How long a container is healthy in a trial before its probe fails."""
LONG = 30 * SECOND
READINESS_PATH = re.compile(r"(^|[/_.-])(ready|readyz|readiness|ready-?check|deep|dependencies)([/_.?-]|$)", re.IGNORECASE)
"""Paths of checks that, by their name, cover more than whether the process lives."""
HOST = re.compile(r"(?<![\w.-])([a-z0-9]([a-z0-9-]*[a-z0-9])?)(?:\.[\w.-]+)?(?![\w/-])")


def liveness_equals_readiness(app: App, subject: Subject) -> Candidate | None:
    """Both make the same check, and liveness gives up about as soon: overload leads to restarts."""
    liveness, readiness = subject.probe(LIVENESS), subject.probe(READINESS)
    # A check that only connects shows nothing of the load; a container that ends by itself has another problem first.
    if liveness is None or readiness is None or not has_same_check(liveness, readiness) or liveness.tcp_socket is not None:
        return None
    # Far more patience leaves time to recover.
    patience, unready = killed_after(numbers(liveness)), unready_after(numbers(readiness))
    if patience.low >= 2 * unready.high:
        return None
    sets, started = failing(subject, liveness, HEALTHY, HEALTHY + MINUTE), started_at(app, subject)
    if sets is None or started is None or ends_by_itself(app, subject):
        return None
    trial = Trial(sets, _long_enough(started, HEALTHY + 2 * MINUTE))

    def shown() -> str | None:
        snapshot = app.run(trial)
        starts = [fact.t for fact in facts(snapshot, subject, "container.started")]
        ages = [fact.t - max((t for t in starts if t <= fact.t), default=0) for fact in facts(snapshot, subject, "container.signalled")]
        killed = next((age for age in ages if age >= HEALTHY), None)
        if killed is None:
            return f"its check failed even before that, and it was killed {seconds(ages[0])} after its start" if ages else None
        return f"{symptom}, it was killed after {seconds(killed - HEALTHY)}"

    own = numbers(liveness)
    longest = 2 * unready.high - own.timeout
    failures = -(-longest // own.period) + 1
    symptom = "failing its check for a minute" if liveness.exec else "answering 503 for a minute, as under load"
    finding = Finding(
        subject,
        subject.line(LIVENESS),
        "livenessProbe checks the same as readinessProbe, with as few failures: an overloaded container restarts, and others get its load",
        Evidence("", trial),
        (Change(subject.field("livenessProbe.failureThreshold"), failures),),
    )
    return candidate(finding, shown, is_certain=_is_healthy(app, subject, liveness) and own.failures * own.period < MINUTE)


def liveness_asks_others(app: App, subject: Subject) -> Candidate | None:
    """A liveness check that fails when another service is down."""
    probe = subject.probe(LIVENESS)
    dependency = _dependency(app, subject)
    if probe is None or not dependency:
        return None
    sets, started = failing(subject, probe, HEALTHY), started_at(app, subject)
    if sets is None or started is None or ends_by_itself(app, subject):
        return None
    trial = Trial(sets, _long_enough(started, HEALTHY + 3 * MINUTE))

    def shown() -> str | None:
        snapshot = app.run(trial)
        return (
            f"with that check failing after {HEALTHY // SECOND} s of each run: {restarts_text(snapshot, subject)}"
            f" within {seconds(trial.duration)}"
            if restarts(snapshot, subject)
            else None
        )

    changes: tuple[Change, ...] = (Change(subject.field(LIVENESS), None),)
    if subject.probe(READINESS) is None:
        changes = (*changes, Change(subject.field(READINESS), written_handler(subject, LIVENESS)))
    finding = Finding(
        subject,
        subject.line(LIVENESS),
        f"livenessProbe {dependency}: restarting this container does not fix that",
        Evidence("", trial),
        changes,
    )
    return candidate(
        finding, shown, is_certain=_is_healthy(app, subject, probe) and numbers(probe).failures * numbers(probe).period < MINUTE
    )


def _long_enough(started: int, time: int) -> int:
    """How long a trial of `time` (ns) runs for a container that starts late: a minute of its start is part of that time."""
    return time + max(0, -(-(started - MINUTE) // (10 * SECOND)) * 10 * SECOND)


def _is_healthy(app: App, subject: Subject, probe: Probe) -> bool:
    """Whether the container is ready, and the probe runs, before it fails in a trial."""
    ready = ready_after(app.snapshot, subject)
    return ready is not None and max(ready, probe.timing.delay) < HEALTHY and not restarts(app.snapshot, subject)


def _dependency(app: App, subject: Subject) -> str:
    """What its liveness check covers besides the container itself, in words; empty: nothing that shows."""
    probe = subject.probe(LIVENESS)
    if probe is None:
        return ""
    if probe.http_get is not None:
        path = probe.http_get.path or "/"
        readiness = subject.probe(READINESS)
        is_same = readiness is not None and has_same_check(probe, readiness)
        if is_same or not READINESS_PATH.search(path):
            return ""
        return f"requests {path}, whose name suggests a readiness check"
    own = {service.metadata.name for service in subject.services}
    others = {service.key.name for service in app.story.services} - own
    command = " ".join(probe.exec.command) if probe.exec else ""
    name = next((match[1] for match in HOST.finditer(command) if match[1] in others and _is_host(command, match)), "")
    return f"calls the Service {name}" if name else ""


def _is_host(command: str, match: re.Match[str]) -> bool:
    """Whether a name is where a command takes a host: after `://`, `-h` or `--host`, or before a port."""
    before, after = command[: match.start()], command[match.end() :]
    return bool(re.search(r"(://|-h[ =]?|--host[ =])$", before) or re.match(r"(:\d+|\s+\d+)", after))


def timeout_exceeds_period(app: App, subject: Subject) -> Candidate | None:
    """A probe that may still be waiting when the next one is due."""
    for field in PROBE_FIELDS:
        probe = subject.probe(field)
        if probe is None or probe.tcp_socket is not None or probe.exec is not None:
            continue
        own = numbers(probe)
        hang = _hanging(subject)
        if hang is None or own.timeout <= own.period or started_at(app, subject) is None or ends_by_itself(app, subject):
            continue
        expected, actual = own.failures * own.period, killed_after(own)
        trial = Trial(hang, HEALTHY + 2 * MINUTE + actual.high)
        finding = Finding(
            subject,
            subject.line(f"{field}.timeoutSeconds"),
            f"timeoutSeconds: {own.timeout // SECOND} of {field} is longer than its period of {own.period // SECOND} s:"
            f" {own.failures} failures take {seconds(actual.low)} to {seconds(actual.high)}, not {seconds(expected)}",
            Evidence("", trial),
            (Change(subject.field(f"{field}.timeoutSeconds"), own.period // SECOND),),
        )
        return candidate(finding, partial(_hang_shown, app, subject, trial, field), is_certain=_is_healthy(app, subject, probe))
    return None


def _hang_shown(app: App, subject: Subject, trial: Trial, field: str) -> str | None:
    noticed = _noticed_after(app, subject, trial, field)
    what = "followed by the kill" if field == LIVENESS else "noticed"
    return None if noticed is None else f"a hang was {what} after {seconds(noticed)}"


def _hanging(subject: Subject) -> Overrides | None:
    """The override that makes a healthy container hang; None for a program whose command is interpreted."""
    return ((subject.program_field("http"), f"[{{from: {HEALTHY // SECOND}s, delay: 1h}}]"),) if not subject.run.argv else None


def _noticed_after(app: App, subject: Subject, trial: Trial, field: str) -> int | None:
    """From the hang to the kill by the liveness probe, or to the first failure of another one."""
    snapshot = app.run(trial)
    start = next((fact.t for fact in facts(snapshot, subject, "container.started")), None)
    if start is None:
        return None
    if field == LIVENESS:
        times = [fact.t for fact in facts(snapshot, subject, "container.signalled")]
    else:
        name = field.removesuffix("Probe")
        results = [fact for fact in facts(snapshot, subject, "probe") if fact.data["probe"] == name]
        times = [fact.t for fact in results if fact.data["result"] == "failure"]
    return next((t - start - HEALTHY for t in times if t > start + HEALTHY), None)


def many_successes(app: App, subject: Subject) -> Candidate | None:
    """Readiness that needs several successes, slowly."""
    probe = subject.probe(READINESS)
    if probe is None:
        return None
    own = numbers(probe)
    if own.successes == 1 or (own.successes - 1) * own.period < LONG:
        return None
    changes = (Change(subject.field("readinessProbe.successThreshold"), 1),)
    trial = Trial(duration=5 * MINUTE)
    now = ready_after(app.run(trial), subject)

    def shown() -> str | None:
        after_change = ready_after(app.run(Trial(overrides(changes), 5 * MINUTE)), subject)
        readiness = "never" if now is None else f"{seconds(now)} after its start"
        return None if after_change is None else f"ready {readiness}, with one required success after {seconds(after_change)}"

    finding = Finding(
        subject,
        subject.line("readinessProbe.successThreshold"),
        f"successThreshold: {own.successes} of readinessProbe, every {seconds(own.period)}: it becomes ready late",
        Evidence("", trial),
        changes,
    )
    return candidate(finding, shown, is_certain=now is not None)


def never_restarted(app: App, subject: Subject) -> Candidate | None:
    """Liveness kills a container that its pod does not restart."""
    probe = subject.probe(LIVENESS)
    if probe is None or not never_restarts(subject.pod) or restarts_always(subject.container):
        return None
    sets, started = failing(subject, probe, HEALTHY), started_at(app, subject)
    if sets is None or started is None or (subject.run.exit_after is not None and subject.run.exit_after.median() < HEALTHY):
        return None
    trial = Trial(sets, _long_enough(started, HEALTHY + 3 * MINUTE))

    def shown() -> str | None:
        oldest = next(iter(pods(app.run(trial), subject)), None)
        has_ended = oldest is not None and has_failed(oldest.last)
        return f"its check failing from {HEALTHY // SECOND} s on, the pod was Failed and stayed so" if has_ended else None

    is_bare_pod = isinstance(subject.object, Pod)
    change = Change(subject.pod_field("restartPolicy"), "Always") if is_bare_pod else Change(subject.field(LIVENESS), None)
    finding = Finding(
        subject,
        subject.line(LIVENESS),
        "restartPolicy: Never, so a failed livenessProbe ends the pod permanently instead of restarting it",
        Evidence("", trial),
        (change,),
    )
    return candidate(
        finding, shown, is_certain=_is_healthy(app, subject, probe) and numbers(probe).failures * numbers(probe).period < MINUTE
    )
