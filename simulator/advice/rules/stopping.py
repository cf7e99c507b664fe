"""Mistakes about ending: requests that are lost, and programs that are killed before they are done."""

from __future__ import annotations

from simulator.advice.app import App, Subject
from simulator.advice.budget import sleeps, stopping
from simulator.advice.facts import answers_after, facts, lost
from simulator.advice.finding import WARNING, Change, Finding, many, pairs, seconds, up
from simulator.advice.prestop import sleeping
from simulator.advice.trial import RATE, Trial
from simulator.container.catalogue import known
from simulator.controllers.deployment.rollout import fenceposts
from simulator.engine.durations import Fixed
from simulator.objects.apps import Deployment
from simulator.objects.service import Service
from simulator.scenario.write import flow
from simulator.units import MINUTE, SECOND, format_duration
from simulator.whatif.disturbance import ROLLOUT, calm

SLEEPS = (2, 5, 10, 20)
"""Seconds of preStop that are tried."""
LEAST_LEFT = 5 * SECOND
AGAIN = 1 * MINUTE


def called(app: App, subject: Subject) -> Service | None:
    """The Service through which clients reach it; None unless it rolls so that it could be reached all the time."""
    item = subject.object
    if not isinstance(item, Deployment) or subject.is_init or subject.container is not subject.pod.spec.containers[0]:
        return None
    posts = fenceposts(item)
    if not (item.spec.replicas or 0) or item.spec.paused or posts.unavailable >= (item.spec.replicas or 0):
        return None
    return next((one for one in subject.services if one.spec.cluster_ip != "None" and one.spec.ports), None)


def rolling(app: App, service: Service, changes: tuple[Change, ...] = ()) -> Trial:
    """A rollout under clients, once the start-up is over."""
    return Trial(pairs(changes), service=service.metadata.name, during=ROLLOUT, at=calm(app.story))


def losses(app: App, trial: Trial) -> int:
    """How many requests a rollout loses."""
    return lost(app.played(trial), trial.service, trial.at)


def readiness_missing(app: App, subject: Subject) -> Finding | None:
    """Clients are sent to a container that does not listen yet."""
    service, start = called(app, subject), answers_after(app, subject)
    if service is None or subject.probe("readinessProbe") is not None or subject.probe("startupProbe") is not None or not start:
        return None
    port = next((rule.port for rule in subject.run.listen), None)
    trial = rolling(app, service)
    count = losses(app, trial)
    if port is None or not count:
        return None
    changes = (Change(subject.field("readinessProbe"), {"tcpSocket": {"port": port}, "periodSeconds": 2}),)
    after = losses(app, rolling(app, service, changes))
    if after >= count:
        return None
    return Finding(
        subject,
        subject.line(),
        f"no readinessProbe: the Service {service.metadata.name} sends requests {seconds(start)} before it listens",
        f"a rollout under {RATE:g} requests a second lost {many(count, 'request')}; with the probe {after}",
        trial,
        changes,
    )


def prestop_missing(app: App, subject: Subject) -> Finding | None:
    """A container that ends before kube-proxy has heard of it."""
    service = called(app, subject)
    hook = subject.container.lifecycle.pre_stop if subject.container.lifecycle else None
    if service is None or (hook is not None and not sleeps(hook)) or len(subject.pod.spec.containers) > 1:
        return None
    trial = rolling(app, service)
    count = losses(app, trial)
    if not count:
        return None
    for wait in SLEEPS:
        if wait * SECOND > subject.grace // 2:
            break
        changes = (Change(subject.field("lifecycle.preStop"), sleeping(wait, app.dialect)),)
        if not losses(app, rolling(app, service, changes)):
            what = "no preStop" if hook is None else f"preStop sleeps {seconds(sleeps(hook))}"
            ends = "it ends on SIGTERM" if subject.program.described or known(subject.container.image) else "it is taken to end on SIGTERM"
            return Finding(
                subject,
                subject.line("lifecycle.preStop"),
                f"{what}: {ends} while kube-proxy still sends it requests of the Service {service.metadata.name}",
                f"a rollout under {RATE:g} requests a second lost {many(count, 'request')}; with a sleep of {wait} s none",
                trial,
                changes,
            )
    return None


def prestop_eats_grace(app: App, subject: Subject) -> Finding | None:
    """preStop takes so much of the grace period that little is left for the shutdown itself."""
    found = stopping(subject.container, subject.grace)
    hook = subject.container.lifecycle.pre_stop if subject.container.lifecycle else None
    wanted = sleeps(hook)
    if not wanted or subject.grace - wanted >= LEAST_LEFT:
        return None
    trial = _ending(app, subject, 30 * SECOND)
    change = Change(subject.pod_field("terminationGracePeriodSeconds"), up(wanted) + 30)
    span = _between(app, trial, subject)
    if span is None:
        return None
    return Finding(
        subject,
        subject.line("lifecycle.preStop"),
        f"preStop sleeps {seconds(wanted)} of {seconds(found.grace)} of grace: {seconds(found.left.low)} are left for the shutdown",
        f"a program that takes 30 s to shut down was killed {seconds(span)} after SIGTERM",
        trial,
        (change,),
        "" if wanted >= subject.grace else WARNING,
    )


def grace_too_short(app: App, subject: Subject) -> Finding | None:
    """The program is known to need longer to shut down than it gets."""
    needs, left = subject.run.term.delay.median(), stopping(subject.container, subject.grace).left.low
    hook = sleeps(subject.container.lifecycle.pre_stop if subject.container.lifecycle else None)
    if subject.run.term.ignore or needs <= left or (hook and subject.grace - hook < LEAST_LEFT):
        return None
    trial = _ending(app, subject, None)
    span = _between(app, trial, subject)
    if span is None:
        return None
    change = Change(subject.pod_field("terminationGracePeriodSeconds"), up(hook) + up(needs) + 10)
    return Finding(
        subject,
        subject.line_of(subject.pod_field("terminationGracePeriodSeconds").partition(".")[2]),
        f"its shutdown takes {seconds(needs)}, and {seconds(left)} are left for it",
        f"deleted, it was killed {seconds(span)} after SIGTERM, with exit code 137",
        trial,
        (change,),
    )


def _ending(app: App, subject: Subject, needs: int | None) -> Trial:
    """Its first pod is deleted after a minute; with a program that takes so long to shut down, when that is said."""
    pod = next((one.key.name for one in app.story.pods if one.workload.name == subject.object.metadata.name), "")
    namespace = subject.object.metadata.namespace
    action = {"at": format_duration(AGAIN), "delete": f"pod/{pod}", **({"namespace": namespace} if namespace != "default" else {})}
    sets = (("actions", flow([action])),)
    slow = () if needs is None else ((subject.does("term"), flow({"delay": format_duration(Fixed(needs).value)})),)
    return Trial((*slow, *sets), AGAIN + subject.grace + MINUTE)


def _between(app: App, trial: Trial, subject: Subject) -> int | None:
    """From SIGTERM to the kill that followed, since the deletion."""
    snapshot = app.played(trial)
    signals = [fact for fact in facts(snapshot, subject, "container.signalled") if fact.t >= AGAIN]
    ends = [fact for fact in facts(snapshot, subject, "container.exited") if fact.t >= AGAIN and fact.data.get("exitCode") == 137]
    return ends[0].t - signals[0].t if signals and ends else None
