"""Mistakes about the shutdown: requests that fail, and programs that are killed before they are done."""

from __future__ import annotations

from simulator.advice.app import READINESS, STARTUP, App, Subject
from simulator.advice.budget import sleeps, stopping
from simulator.advice.facts import answers_after, facts, lost_requests
from simulator.advice.finding import WARNING, Change, Evidence, Finding, counted, overrides, rounded_up, seconds
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

SLEEPS = (2, 5, 10, 20)
"""Seconds of preStop sleep that are tried."""
LEAST_LEFT = 5 * SECOND
DELETED_AT = 1 * MINUTE


def rolling_service(subject: Subject) -> Service | None:
    """The Service in front of it; None unless its Deployment rolls out in a way that keeps the Service reachable throughout."""
    item = subject.object
    if not isinstance(item, Deployment) or not subject.is_first:
        return None
    replicas = item.spec.replicas or 0
    if not replicas or item.spec.paused or fenceposts(item).unavailable >= replicas:
        return None
    return next((service for service in subject.services if service.spec.cluster_ip != "None" and service.spec.ports), None)


def rollout_trial(app: App, service: Service, changes: tuple[Change, ...] = ()) -> Trial:
    """A rollout under requests, after the start-up."""
    return Trial(overrides(changes), service=service.metadata.name, during=ROLLOUT, at=settled_at(app.story))


def lost_in(app: App, trial: Trial) -> int:
    """How many requests fail in a trial from its rollout on."""
    return lost_requests(app.run(trial), trial.service, trial.at)


def readiness_missing(app: App, subject: Subject) -> Finding | None:
    """A Service sends requests to a container that does not listen yet."""
    service, start = rolling_service(subject), answers_after(app, subject)
    if service is None or subject.probe(READINESS) is not None or subject.probe(STARTUP) is not None or not start:
        return None
    port = next((rule.port for rule in subject.run.listen), None)
    trial = rollout_trial(app, service)
    count = lost_in(app, trial)
    if port is None or not count:
        return None
    changes = (Change(subject.field(READINESS), {"tcpSocket": {"port": port}, "periodSeconds": 2}),)
    with_probe = lost_in(app, rollout_trial(app, service, changes))
    if with_probe >= count:
        return None
    return Finding(
        subject,
        subject.line(),
        f"no readinessProbe: the Service {service.metadata.name} sends requests {seconds(start)} before it listens",
        Evidence(f"a rollout under {RATE:g} requests a second lost {counted(count, 'request')}; with the probe {with_probe}", trial),
        changes,
    )


def prestop_missing(app: App, subject: Subject) -> Finding | None:
    """A container that stops before kube-proxy has removed it."""
    service, hook = rolling_service(subject), _pre_stop(subject)
    if service is None or (hook is not None and not sleeps(hook)) or len(subject.pod.spec.containers) > 1:
        return None
    trial = rollout_trial(app, service)
    count = lost_in(app, trial)
    if not count:
        return None
    for sleep in SLEEPS:
        if sleep * SECOND > subject.grace // 2:
            break
        changes = (Change(subject.field("lifecycle.preStop"), sleep_hook(sleep, app.dialect)),)
        if lost_in(app, rollout_trial(app, service, changes)):
            continue
        present = "no preStop" if hook is None else f"preStop sleeps {seconds(sleeps(hook))}"
        is_known = subject.program.described or known(subject.container.image)
        ends = "it ends on SIGTERM" if is_known else "it is taken to end on SIGTERM"
        return Finding(
            subject,
            subject.line("lifecycle.preStop"),
            f"{present}: {ends} while kube-proxy still sends it requests of the Service {service.metadata.name}",
            Evidence(f"a rollout under {RATE:g} requests a second lost {counted(count, 'request')}; with a sleep of {sleep} s none", trial),
            changes,
        )
    return None


def prestop_eats_grace(app: App, subject: Subject) -> Finding | None:
    """preStop uses so much of the grace period that little is left for the shutdown itself."""
    stop, sleep = stopping(subject.container, subject.grace), sleeps(_pre_stop(subject))
    if not sleep or subject.grace - sleep >= LEAST_LEFT:
        return None
    trial = _deletion(app, subject, 30 * SECOND)
    killed = _killed_after_sigterm(app, trial, subject)
    if killed is None:
        return None
    return Finding(
        subject,
        subject.line("lifecycle.preStop"),
        f"preStop sleeps {seconds(sleep)} of {seconds(stop.grace)} of grace: {seconds(stop.left.low)} are left for the shutdown",
        Evidence(f"a program that takes 30 s to shut down was killed {seconds(killed)} after SIGTERM", trial),
        (Change(subject.pod_field("terminationGracePeriodSeconds"), rounded_up(sleep) + 30),),
        "" if sleep >= subject.grace else WARNING,
    )


def grace_too_short(app: App, subject: Subject) -> Finding | None:
    """The program is known to take longer to shut down than the grace period allows."""
    shutdown, left = subject.run.sigterm.delay.median(), stopping(subject.container, subject.grace).left.low
    sleep = sleeps(_pre_stop(subject))
    # Where the hook uses up the grace period, prestop_eats_grace reports that.
    if subject.run.sigterm.ignore or shutdown <= left or (sleep and subject.grace - sleep < LEAST_LEFT):
        return None
    trial = _deletion(app, subject, None)
    killed = _killed_after_sigterm(app, trial, subject)
    if killed is None:
        return None
    field = subject.pod_field("terminationGracePeriodSeconds")
    return Finding(
        subject,
        subject.line_of(field.partition(".")[2]),
        f"its shutdown takes {seconds(shutdown)}, and {seconds(left)} are left for it",
        Evidence(f"deleted, it was killed {seconds(killed)} after SIGTERM, with exit code 137", trial),
        (Change(field, rounded_up(sleep) + rounded_up(shutdown) + 10),),
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
