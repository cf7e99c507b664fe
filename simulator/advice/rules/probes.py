"""Mistakes about what probes ask, and how often."""

from __future__ import annotations

import re

from simulator.advice.app import KINDS, App, Subject
from simulator.advice.budget import killed_after, numbers, unready_after
from simulator.advice.facts import facts, pods, ready_after, restarted, restarts
from simulator.advice.finding import Change, Finding, pairs, seconds
from simulator.advice.probing import asks_the_same, failing, handler
from simulator.advice.trial import Trial
from simulator.objects.pod import Pod
from simulator.units import MINUTE, SECOND

HEALTHY = 60 * SECOND
"""How long a container does well before trouble begins, in trials."""
LONG = 30 * SECOND
READY_WORDS = re.compile(r"(^|[/_.-])(ready|readyz|readiness|ready-?check|deep|dependencies)([/_.?-]|$)", re.IGNORECASE)
"""What the path of a check is called that asks for more than whether the process lives."""
HOST = re.compile(r"(?<![\w.-])([a-z0-9]([a-z0-9-]*[a-z0-9])?)(?:\.[\w.-]+)?(?![\w/-])")


def liveness_equals_readiness(app: App, subject: Subject) -> Finding | None:
    """The same question, and liveness gives up about as soon as readiness: overload becomes a restart."""
    alive, ready = subject.probe("livenessProbe"), subject.probe("readinessProbe")
    if alive is None or ready is None or not asks_the_same(alive, ready) or alive.tcp_socket is not None:
        return None
    # A check that connects only tells nothing about load; one with far more patience leaves time to recover.
    patience, out = killed_after(numbers(alive)), unready_after(numbers(ready))
    if patience.low >= 2 * out.high:
        return None
    sets = failing(subject, alive, HEALTHY, HEALTHY + MINUTE)
    if sets is None:
        return None
    trial = Trial(sets, HEALTHY + 2 * MINUTE)
    kill = next((fact.t for fact in facts(app.played(trial), subject, "container.signalled")), None)
    start = next((fact.t for fact in facts(app.played(trial), subject, "container.started")), 0)
    if kill is None:
        return None
    period = numbers(alive).period
    most = 2 * out.high - numbers(alive).timeout
    changes = (Change(subject.field("livenessProbe.failureThreshold"), -(-most // period) + 1),)
    return Finding(
        subject,
        subject.line("livenessProbe"),
        "livenessProbe asks what readinessProbe asks and gives up as soon: who is overloaded is restarted, and others get its load",
        f"answering 503 for a minute, as under load, it was killed after {seconds(kill - start - HEALTHY)}"
        if not alive.exec
        else f"failing its check for a minute, it was killed after {seconds(kill - start - HEALTHY)}",
        trial,
        changes,
    )


def liveness_asks_others(app: App, subject: Subject) -> Finding | None:
    """A liveness check that fails when somebody else is down."""
    probe = subject.probe("livenessProbe")
    other = _asks(app, subject)
    if probe is None or not other:
        return None
    sets = failing(subject, probe, HEALTHY)
    if sets is None:
        return None
    trial = Trial(sets, HEALTHY + 3 * MINUTE)
    snapshot = app.played(trial)
    if not restarts(snapshot, subject):
        return None
    changes: tuple[Change, ...] = (Change(subject.field("livenessProbe"), None),)
    if subject.probe("readinessProbe") is None:
        changes = (*changes, Change(subject.field("readinessProbe"), handler(subject, "livenessProbe")))
    return Finding(
        subject,
        subject.line("livenessProbe"),
        f"livenessProbe {other}: restarting this container does not heal that",
        f"with that check failing after {HEALTHY // SECOND} s of each run: {restarted(snapshot, subject)} within {seconds(trial.duration)}",
        trial,
        changes,
    )


def _asks(app: App, subject: Subject) -> str:
    """What its liveness check asks beside itself, in words; empty: nothing that can be seen."""
    probe = subject.probe("livenessProbe")
    if probe is None:
        return ""
    if probe.http_get is not None:
        path = probe.http_get.path or "/"
        ready = subject.probe("readinessProbe")
        same = ready is not None and asks_the_same(probe, ready)
        return (
            f"asks {path}, which by its name says whether it can serve, not whether it lives"
            if READY_WORDS.search(path) and not same
            else ""
        )
    own = {service.metadata.name for service in subject.services}
    names = {one.key.name for one in app.story.services} - own
    words = " ".join(probe.exec.command) if probe.exec else ""
    found = next((match[1] for match in HOST.finditer(words) if match[1] in names and _is_host(words, match)), "")
    return f"asks the Service {found}" if found else ""


def _is_host(words: str, match: re.Match[str]) -> bool:
    """Whether a name stands where a command takes a host: behind `://`, `-h`, `--host`, or before a port."""
    before, after = words[: match.start()], words[match.end() :]
    return bool(re.search(r"(://|-h[ =]?|--host[ =])$", before) or re.match(r"(:\d+|\s+\d+)", after))


def timeout_exceeds_period(app: App, subject: Subject) -> Finding | None:
    """A probe that may still wait when the next one is due."""
    for sort in KINDS:
        probe = subject.probe(sort)
        if probe is None or probe.tcp_socket is not None or numbers(probe).timeout <= numbers(probe).period:
            continue
        found = numbers(probe)
        promised, taken = found.failures * found.period, killed_after(found)
        hang = _hanging(subject)
        if hang is None or probe.exec is not None:
            continue
        trial = Trial(hang, HEALTHY + 2 * MINUTE + taken.high)
        what = {"livenessProbe": "container.signalled"}.get(sort)
        heard = _first_failure(app, subject, trial, what, sort)
        if heard is None:
            continue
        return Finding(
            subject,
            subject.line(f"{sort}.timeoutSeconds"),
            f"timeoutSeconds: {found.timeout // SECOND} of {sort} is longer than its period of {found.period // SECOND} s:"
            f" {found.failures} failures take {seconds(taken.low)} to {seconds(taken.high)}, not {seconds(promised)}",
            f"a hang was {'followed by the kill' if what else 'heard'} after {seconds(heard)}",
            trial,
            (Change(subject.field(f"{sort}.timeoutSeconds"), found.period // SECOND),),
        )
    return None


def _hanging(subject: Subject) -> tuple[tuple[str, str], ...] | None:
    return ((subject.does("http"), f"[{{from: {HEALTHY // SECOND}s, delay: 1h}}]"),) if not subject.run.argv else None


def _first_failure(app: App, subject: Subject, trial: Trial, what: str | None, sort: str) -> int | None:
    """From the hang to the kill, or to the first failure that was heard."""
    snapshot = app.played(trial)
    start = next((fact.t for fact in facts(snapshot, subject, "container.started")), None)
    kind = sort.removesuffix("Probe")
    heard = [fact.t for fact in facts(snapshot, subject, "probe") if fact.data["probe"] == kind and fact.data["result"] == "failure"]
    times = [fact.t for fact in facts(snapshot, subject, what)] if what else heard
    return None if start is None else next((t - start - HEALTHY for t in times if t > start + HEALTHY), None)


def many_successes(app: App, subject: Subject) -> Finding | None:
    """Readiness that has to succeed several times, slowly."""
    probe = subject.probe("readinessProbe")
    if probe is None or numbers(probe).successes == 1 or (numbers(probe).successes - 1) * numbers(probe).period < LONG:
        return None
    changes = (Change(subject.field("readinessProbe.successThreshold"), 1),)
    trial = Trial(duration=5 * MINUTE)
    now, then = ready_after(app.played(trial), subject), ready_after(app.played(Trial(pairs(changes), 5 * MINUTE)), subject)
    if then is None:
        return None
    return Finding(
        subject,
        subject.line("readinessProbe.successThreshold"),
        f"successThreshold: {numbers(probe).successes} of readinessProbe, every {seconds(numbers(probe).period)}: it comes back late",
        f"ready {'never' if now is None else f'{seconds(now)} after its start'}, with one success after {seconds(then)}",
        trial,
        changes,
    )


def never_restarted(app: App, subject: Subject) -> Finding | None:
    """Liveness kills a container that its pod does not restart."""
    probe = subject.probe("livenessProbe")
    if probe is None or subject.pod.spec.restart_policy != "Never" or subject.container.restart_policy == "Always":
        return None
    sets = failing(subject, probe, HEALTHY)
    if sets is None or (subject.run.exit_after is not None and subject.run.exit_after.median() < HEALTHY):
        return None
    trial = Trial(sets, HEALTHY + 3 * MINUTE)
    phase = next((pod.last.status.phase for pod in pods(app.played(trial), subject)), "")
    if phase != "Failed":
        return None
    alone = isinstance(subject.object, Pod)
    change = Change(subject.pod_field("restartPolicy"), "Always") if alone else Change(subject.field("livenessProbe"), None)
    return Finding(
        subject,
        subject.line("livenessProbe"),
        "restartPolicy: Never, so a failed livenessProbe ends the pod for good instead of restarting it",
        f"its check failing from {HEALTHY // SECOND} s on, the pod was Failed and stayed so",
        trial,
        (change,),
    )
