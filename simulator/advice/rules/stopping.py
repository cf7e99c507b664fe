"""Mistakes about the shutdown: requests that fail, and programs that are killed before they are done."""

from __future__ import annotations

from typing import NamedTuple

from simulator.advice.app import READINESS, STARTUP, App, Subject
from simulator.advice.budget import Window, reachable_after, sleeps, stopping
from simulator.advice.facts import answers_after, facts, lost_requests, ready_after
from simulator.advice.finding import WARNING, Candidate, Change, Evidence, Finding, candidate, counted, overrides, rounded_up, seconds
from simulator.advice.prestop import sleep_hook
from simulator.advice.trial import RATE, Trial
from simulator.container.catalogue import known
from simulator.controllers.deployment.rollout import fenceposts
from simulator.engine.durations import Fixed
from simulator.objects.apps import Deployment
from simulator.objects.handlers import LifecycleHandler
from simulator.objects.process import SIGKILL_EXIT
from simulator.objects.service import Service
from simulator.scenario.write import flow
from simulator.units import MINUTE, SECOND, format_duration
from simulator.whatif.disturbance import ROLLOUT, settled_at

SLEEPS, MOST_TRIED = (2, 5, 10, 20), 2
"""Seconds of preStop sleep that are proposed, and how many of those that ought to be enough are tried."""
LEAST_LEFT = 5 * SECOND
RATES = (RATE, 5 * RATE)
LEAD = 5 * SECOND
"""How long before a rollout requests begin."""
DELETED_AT = 1 * MINUTE


def rolling_service(subject: Subject) -> Service | None:
    """The Service in front of it; None unless its Deployment rolls out in a way that keeps the Service reachable throughout."""
    item = subject.object
    if not isinstance(item, Deployment) or not subject.is_first:
        return None
    replicas, limits = item.spec.replicas or 0, fenceposts(item)
    # Without either, it does not roll but stops before it starts again.
    if not replicas or item.spec.paused or not limits.surge + limits.unavailable or limits.unavailable >= replicas:
        return None
    return next((service for service in subject.services if service.spec.cluster_ip != "None" and service.spec.ports), None)


class Loss(NamedTuple):
    """A trial in which requests fail, and how many do."""

    trial: Trial
    lost: int

    @property
    def text(self) -> str:
        """In words."""
        return f"a rollout under {self.trial.rate:g} requests per second lost {counted(self.lost, 'request')}"

    def after(self, app: App, changes: tuple[Change, ...]) -> int:
        """How many fail with some changes."""
        return lost_in(app, self.trial._replace(sets=overrides(changes)))


def loss(app: App, service: Service) -> Loss | None:
    """A rollout that loses requests; at the lower rate, none may meet the short moment in which they fail. None: it loses none."""
    trials = (rollout_trial(app, service)._replace(rate=rate) for rate in RATES)
    return next((Loss(trial, count) for trial in trials if (count := lost_in(app, trial))), None)


def rollout_trial(app: App, service: Service) -> Trial:
    """A rollout under requests, after the start-up."""
    at = settled_at(app.story)
    return Trial(service=service.metadata.name, during=ROLLOUT, at=at, begin=at - LEAD)


def lost_in(app: App, trial: Trial) -> int:
    """How many requests fail in a trial from its rollout on."""
    return lost_requests(app.run(trial), trial.service, trial.at)


def readiness_missing(app: App, subject: Subject) -> Candidate | None:
    """A Service sends requests to a container that does not listen yet."""
    service, start = _serving(app, subject), answers_after(app, subject)
    port = next((rule.port for rule in subject.run.listen), None)
    if service is None or port is None or not start or not _has_no_readiness(subject):
        return None
    changes = (Change(subject.field(READINESS), {"tcpSocket": {"port": port}, "periodSeconds": 2}),)
    finding = Finding(
        subject,
        subject.line(),
        f"no readinessProbe: the Service {service.metadata.name} sends requests {seconds(start)} before it listens",
        Evidence("", rollout_trial(app, service)),
        changes,
    )

    def show() -> Finding | None:
        lost = loss(app, service)
        with_probe = lost.after(app, changes) if lost is not None else 0
        if lost is None or with_probe >= lost.lost:
            return None
        return finding._replace(evidence=Evidence(f"{lost.text}; with the probe {with_probe}", lost.trial))

    return Candidate(finding, show, is_certain=start > _propagation(app).low)


def _serving(app: App, subject: Subject) -> Service | None:
    """The Service whose requests a rollout may lose: of a container that was ready in a run of the inputs as they are."""
    service = rolling_service(subject)
    return service if service is not None and ready_after(app.snapshot, subject) is not None else None


def _has_no_readiness(subject: Subject) -> bool:
    return subject.probe(READINESS) is None and subject.probe(STARTUP) is None


def _propagation(app: App) -> Window:
    """How long kube-proxy sends requests to a pod that is being deleted."""
    network = app.inputs.scenario.network
    return reachable_after(Window(0, 0), network.endpoint_updates, network.proxy_sync)


def prestop_missing(app: App, subject: Subject) -> Candidate | None:
    """A container that stops before kube-proxy has removed it."""
    service, hook, updates = _serving(app, subject), _pre_stop(subject), _propagation(app)
    if service is None or (hook is not None and not sleeps(hook)) or len(subject.pod.spec.containers) > 1:
        return None
    if _stops_after(subject) >= updates.high:
        return None
    # Where new pods are sent requests too early, no sleep of the old ones is enough: readiness_missing reports that.
    if _has_no_readiness(subject) and (answers_after(app, subject) or 0) > updates.low:
        return None
    choices = [sleep for sleep in SLEEPS if updates.high <= sleep * SECOND <= subject.grace // 2][:MOST_TRIED]
    if not choices:
        return None
    hooks = {sleep: (Change(subject.field("lifecycle.preStop"), sleep_hook(sleep, app.dialect)),) for sleep in choices}
    present = "no preStop" if hook is None else f"preStop sleeps {seconds(sleeps(hook))}"
    is_known = subject.program.described or known(subject.container.image)
    ends = "it exits on SIGTERM" if is_known else "it is assumed to exit on SIGTERM"

    def finding(sleep: int, evidence: Evidence) -> Finding:
        return Finding(
            subject,
            subject.line("lifecycle.preStop"),
            f"{present}: {ends} while kube-proxy still routes requests to it for the Service {service.metadata.name}",
            evidence,
            hooks[sleep],
        )

    def show() -> Finding | None:
        lost = loss(app, service)
        sleep = next((one for one in choices if lost is not None and not lost.after(app, hooks[one])), None)
        if lost is None or sleep is None:
            return None
        return finding(sleep, Evidence(f"{lost.text}; with a sleep of {sleep} s none", lost.trial))

    return Candidate(
        finding(choices[0], Evidence("", rollout_trial(app, service))),
        show,
        is_certain=0 <= _stops_after(subject) <= updates.high // 2 and hook is None,
    )


def _stops_after(subject: Subject) -> int:
    """How long after SIGTERM it closes its ports (ns); -1: unknown, as for a program whose command is interpreted."""
    term = subject.run.sigterm
    return term.delay.value if isinstance(term.delay, Fixed) and not term.ignore and not subject.run.argv else -1


def prestop_eats_grace(app: App, subject: Subject) -> Candidate | None:
    """preStop uses so much of the grace period that little is left for the shutdown itself."""
    stop, sleep = stopping(subject.container, subject.grace), sleeps(_pre_stop(subject))
    if not sleep or subject.grace - sleep >= LEAST_LEFT:
        return None
    trial = _deletion(app, subject, 30 * SECOND)

    def shown() -> str | None:
        killed = _killed_after_sigterm(app, trial, subject)
        return None if killed is None else f"a program that takes 30 s to shut down was killed {seconds(killed)} after SIGTERM"

    finding = Finding(
        subject,
        subject.line("lifecycle.preStop"),
        f"preStop sleeps {seconds(sleep)} of {seconds(stop.grace)} of the grace period: {seconds(stop.left.low)} are left for the shutdown",
        Evidence("", trial),
        (Change(subject.pod_field("terminationGracePeriodSeconds"), rounded_up(sleep) + 30),),
        "" if sleep >= subject.grace else WARNING,
    )
    return candidate(finding, shown, is_certain=ready_after(app.snapshot, subject) is not None)


def grace_too_short(app: App, subject: Subject) -> Candidate | None:
    """The program is known to take longer to shut down than the grace period allows."""
    shutdown, left = subject.run.sigterm.delay.median(), stopping(subject.container, subject.grace).left.low
    sleep = sleeps(_pre_stop(subject))
    # Where the hook uses up the grace period, prestop_eats_grace reports that.
    if subject.run.sigterm.ignore or shutdown <= left or (sleep and subject.grace - sleep < LEAST_LEFT):
        return None
    trial = _deletion(app, subject, None)

    def shown() -> str | None:
        killed = _killed_after_sigterm(app, trial, subject)
        return None if killed is None else f"deleted, it was killed {seconds(killed)} after SIGTERM, with exit code 137"

    field = subject.pod_field("terminationGracePeriodSeconds")
    finding = Finding(
        subject,
        subject.line_of(field.partition(".")[2]),
        f"its shutdown takes {seconds(shutdown)}, and {seconds(left)} are left for it",
        Evidence("", trial),
        (Change(field, rounded_up(sleep) + rounded_up(shutdown) + 10),),
    )
    return candidate(
        finding, shown, is_certain=ready_after(app.snapshot, subject) is not None and isinstance(subject.run.sigterm.delay, Fixed)
    )


def _pre_stop(subject: Subject) -> LifecycleHandler | None:
    return subject.container.lifecycle.pre_stop if subject.container.lifecycle else None


def _deletion(app: App, subject: Subject, shutdown: int | None) -> Trial:
    """A trial in which its first pod is deleted; `shutdown`: how long the program takes to shut down (ns), None: as it is."""
    pod = next((one.key.name for one in app.story.pods if one.workload.name == subject.object.metadata.name), "")
    namespace = subject.object.metadata.namespace
    action = {"at": format_duration(DELETED_AT), "delete": f"pod/{pod}"}
    if namespace != "default":
        action["namespace"] = namespace
    sets = (("actions", flow([action])),)
    slow = () if shutdown is None else ((subject.program_field("term"), flow({"delay": format_duration(Fixed(shutdown).value)})),)
    return Trial((*slow, *sets), DELETED_AT + subject.grace + MINUTE)


def _killed_after_sigterm(app: App, trial: Trial, subject: Subject) -> int | None:
    """From SIGTERM to the SIGKILL that ended the container after the deletion (ns); None when it exited in time."""
    snapshot = app.run(trial)
    signals = [fact for fact in facts(snapshot, subject, "container.signalled") if fact.t >= DELETED_AT]
    exits = [fact for fact in facts(snapshot, subject, "container.exited") if fact.t >= DELETED_AT]
    kills = [fact for fact in exits if fact.data.get("exitCode") == SIGKILL_EXIT]
    return kills[0].t - signals[0].t if signals and kills else None
