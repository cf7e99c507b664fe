"""Workloads that cannot continue: updates whose new pod fits nowhere, pods that wait for later ones, Jobs that never end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.advice.app import App, Subject
from simulator.advice.facts import facts, pods
from simulator.advice.finding import Candidate, Change, Evidence, Finding, candidate
from simulator.advice.rules.rollout import deployment
from simulator.advice.trial import Trial
from simulator.controllers.rounding import scaled
from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.metrics.story import PodStory
from simulator.objects.apps import Deployment, StatefulSet
from simulator.objects.base import evolve
from simulator.objects.conditions import POD_SCHEDULED, condition_of
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_names
from simulator.objects.readiness import is_rolled_out
from simulator.scheduler.filters import rejection
from simulator.units import MINUTE, SECOND, short_duration
from simulator.views.why.scheduling import cycle_at
from simulator.views.why.words import brief, when
from simulator.whatif.disturbance import settled_at
from simulator.whatif.field_paths import value_at
from simulator.whatif.fields import pod_spec

OBSERVED = 2 * MINUTE
"""How long an update is observed before it counts as stuck."""
LINGERS = 30 * SECOND
"""How long a container of a Job may run on after another one has completed."""


# ---- updates


def update_never_finishes(app: App, subject: Subject) -> Candidate | None:
    """A rolling update whose new pod needs what the old pods hold, and which keeps them until it is ready."""
    item = deployment(subject)
    rolling = item.spec.strategy.rolling_update if item is not None and item.spec.strategy is not None else None
    if item is None or rolling is None or not item.spec.replicas or scaled(rolling.max_unavailable, item.spec.replicas, up=False) > 0:
        return None
    key = Key("Deployment", item.metadata.namespace, item.metadata.name)
    there = app.snapshot.get(key)
    if not isinstance(there, Deployment) or not is_rolled_out(there) or not _may_be_refused(app, subject):
        return None
    at = settled_at(app.story)
    name = f"deployment/{item.metadata.name}"
    trial = Trial(duration=at + OBSERVED, at=at, restart=name, namespace=item.metadata.namespace)

    def shown() -> str | None:
        end = app.run(trial)
        after = end.get(key)
        if not isinstance(after, Deployment) or is_rolled_out(after) or (reason := _refused(end, after)) is None:
            return None
        updated = f"{after.status.updated_replicas} of {item.spec.replicas} pods updated"
        return f"{short_duration(OBSERVED)} after a restart, {updated}: {reason}"

    finding = Finding(
        subject,
        subject.line_of("spec.strategy.rollingUpdate.maxUnavailable"),
        f"updates of {name} never finish: maxUnavailable {rolling.max_unavailable} of {item.spec.replicas} is 0, so the old pods stay"
        " until a new one is ready, and it needs what they hold",
        Evidence("", trial),
        (Change(subject.workload_field("strategy.rollingUpdate.maxUnavailable"), 1),),
    )
    return candidate(finding, shown, is_certain=False)


def _may_be_refused(app: App, subject: Subject) -> bool:
    """Whether one more pod could be refused: by every node, by a quota, or because of a claim. A run decides."""
    namespace = subject.object.metadata.namespace
    own = [pod for story in pods(app.snapshot, subject) if isinstance(pod := app.snapshot.get(story.key), Pod)]
    if not own:
        return False
    if claim_names(own[0]) or app.snapshot.objects("ResourceQuota", namespace):
        return True
    new = evolve(own[0], metadata=evolve(own[0].metadata, name="new", uid="new"), spec=evolve(own[0].spec, node_name=""))
    cycle = cycle_at(app.snapshot, app.dialect, new)
    return all(rejection(cycle, info) is not None for info in cycle.nodes)


def _refused(end: Snapshot, item: Deployment) -> str | None:
    """Why its new pod has no place: the words of the API server, the scheduler, or the attach controller; None: another reason."""
    failure = condition_of(item.status, "ReplicaFailure")
    if failure is not None and failure.status == "True":
        return brief(failure.message, 200)
    owned = [pod for pod in end.typed(Pod, item.metadata.namespace) if pod.metadata.generate_name.startswith(f"{item.metadata.name}-")]
    for pod in owned:
        verdict = condition_of(pod.status, POD_SCHEDULED)
        if not pod.spec.node_name and verdict is not None and verdict.message:
            return brief(verdict.message.partition(". ")[0].rstrip("."), 200)
    names = {pod.metadata.name for pod in owned if pod.status.phase == "Pending"}
    events = [event for event in end.typed(Event, item.metadata.namespace) if event.involved_object.name in names]
    return next((brief(event.message, 200) for event in events if event.reason == "FailedAttachVolume"), None)


# ---- StatefulSets


def waits_for_later_pod(app: App, subject: Subject) -> Finding | None:
    """A pod of a StatefulSet that waits for one which is only created when it is ready."""
    item = subject.object
    if not isinstance(item, StatefulSet) or item.spec.pod_management_policy == "Parallel":
        return None
    for fact in _unanswered(app, subject):
        name, own = str(fact.data.get("host", "")).split(".")[0], fact.about.name
        maker, _, ordinal = name.rpartition("-")
        is_later = maker == item.metadata.name and ordinal.isdigit() and int(ordinal) > int(own.rpartition("-")[2])
        if is_later and app.snapshot.get(Key("Pod", item.metadata.namespace, name)) is None:
            return Finding(
                subject,
                subject.line_of("spec.podManagementPolicy"),
                f"pod {own} waits for {name}, which OrderedReady creates only when {own} is ready",
                Evidence(f"{own} was not ready by {short_duration(app.snapshot.t)}, and {name} did not exist", Trial()),
                (Change(subject.workload_field("podManagementPolicy"), "Parallel"),),
            )
    return None


def _unanswered(app: App, subject: Subject) -> Iterator[Fact]:
    """The last requests of a container to each host, as far as they did not succeed."""
    last = {(fact.about, fact.data.get("host")): fact for fact in facts(app.snapshot, subject, "container.waits")}
    return (fact for fact in last.values() if not fact.data.get("ok"))


# ---- Jobs


def job_never_ends(app: App, subject: Subject) -> Finding | None:
    """A container without an end keeps a Job's pod active after the others have completed."""
    if subject.object.kind not in ("Job", "CronJob") or subject.is_init or subject.run.exit_after is not None:
        return None
    if all(container is not subject.container for container in subject.pod.spec.containers) or any(_unanswered(app, subject)):
        return None
    for pod in pods(app.snapshot, subject):
        done = _completed_before(app, pod, subject.container.name)
        if done is None:
            continue
        text = f"the Job never completes: {subject.container.name} never ends, and {done.data['container']} has completed"
        begin, end = when(done.t), short_duration(app.snapshot.t)
        shown = f"{done.data['container']} completed at {begin}, and the pod was still active at {end}"
        return Finding(subject, subject.line(), text, Evidence(shown, Trial()), _as_sidecar(subject))
    return None


def _completed_before(app: App, pod: PodStory, name: str) -> Fact | None:
    """The container that completed last in a pod in which only `name` still runs; None: there is no such thing."""
    item = app.snapshot.get(pod.key)
    if not isinstance(item, Pod):
        return None
    running = [status.name for status in item.status.container_statuses if status.state.running is not None]
    ends = [fact for fact in pod.facts if fact.what == "container.exited" and fact.data.get("container") not in running]
    main = {container.name for container in item.spec.containers}
    ends = [fact for fact in ends if fact.data.get("container") in main and fact.data.get("exitCode") == 0]
    is_last = name in running and bool(ends) and ends[-1].t + LINGERS <= app.snapshot.t
    return ends[-1] if is_last else None


def _as_sidecar(subject: Subject) -> tuple[Change, ...]:
    """The container as a sidecar: an init container that always restarts, which a Job does not wait for."""
    spec: Any = value_at(subject.manifest.raw, pod_spec(subject.manifest.raw))
    own = [{**one, "restartPolicy": "Always"} for one in spec["containers"] if one["name"] == subject.container.name]
    rest = [one for one in spec["containers"] if one["name"] != subject.container.name]
    return (
        Change(subject.pod_field("initContainers"), [*own, *(spec.get("initContainers") or [])]),
        Change(subject.pod_field("containers"), rest),
    )
