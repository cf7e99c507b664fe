"""Why a Deployment, ReplicaSet, StatefulSet or DaemonSet is not in its desired state."""

from __future__ import annotations

from typing import Any

from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.labels import REVISION
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready
from simulator.units import SECOND
from simulator.views.why.because import Because, coming, note
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.weight import worst
from simulator.views.why.words import brief, listed, many, seconds, when

Reasons = tuple[Because, ...]


def children(ask: Inquiry, kind: type[Any], owner: Object) -> list[Any]:
    """The objects of a kind that an owner controls."""
    uid = owner.metadata.uid
    return [
        item for item in ask.snapshot.typed(kind, owner.metadata.namespace) if any(ref.uid == uid for ref in item.metadata.owner_references)
    ]


# ---- Deployment


def explain_deployment(ask: Inquiry, item: Deployment) -> Because:
    """Whether it has rolled out, and what it waits for."""
    replicas, status = item.spec.replicas or 0, item.status
    fresh = status.observed_generation >= (item.metadata.generation or 0)
    done = fresh and status.updated_replicas >= replicas and status.replicas <= status.updated_replicas <= status.available_replicas
    if done:
        since = ask.since(
            item, lambda one: one.status.available_replicas >= replicas and one.status.updated_replicas == one.status.replicas
        )
        text = f"{named(item)} has rolled out: {status.available_replicas} of {replicas} available since {when(since or 0)}"
        return Because(text, _paused(ask, item), ask.place(item))
    text = f"{named(item)} has not rolled out: {status.updated_replicas} of {replicas} updated, {status.available_replicas} available"
    return Because(text, (*_paused(ask, item), *_refused(ask, item), *_rollout(ask, item), *_deadline(ask, item)), ask.place(item))


def _paused(ask: Inquiry, item: Deployment) -> Reasons:
    return (Because("it is paused: template changes are not rolled out", place=ask.place(item, "spec.paused")),) if item.spec.paused else ()


def _refused(ask: Inquiry, item: Deployment | ReplicaSet) -> Reasons:
    """Pods that the API server refused: quotas, a missing service account, a webhook without an answer."""
    failure = condition_of(item.status, "ReplicaFailure")
    if failure is None or failure.status != "True":
        return ()
    quotas = _quota(ask, item, failure.message)
    wakes = "; a larger quota does not wake it" if quotas else ""
    retries = coming(f"its controller tries again after a back-off that doubles up to 16m40s{wakes}")
    causes = (*quotas, *_unanswered(ask, item, failure.message))
    return (Because(f"the API server refuses its pods: {brief(failure.message, 160)}", causes), retries)


def _unanswered(ask: Inquiry, item: Object, message: str) -> Reasons:
    if "webhook" not in message:
        return ()
    from simulator.views.why.webhooks import unanswered

    return unanswered(ask, item, message)


def _quota(ask: Inquiry, item: Object, message: str) -> Reasons:
    quotas = [
        quota for quota in ask.snapshot.objects("ResourceQuota", item.metadata.namespace) if f"quota: {quota.metadata.name}" in message
    ]
    return tuple(ask.about(key_of(quota)) for quota in quotas)


def _rollout(ask: Inquiry, item: Deployment) -> Reasons:
    """What the rollout waits for: new pods that are not ready, old ones that still exist."""
    if item.spec.paused:
        return ()
    sets = sorted(children(ask, ReplicaSet, item), key=lambda one: int(one.metadata.annotations.get(REVISION, "0")))
    if not sets:
        return (note("its controller has not created a ReplicaSet yet"),)
    if not _is_of(sets[-1], item):
        return (_no_new_set(ask, item, sets),)
    *old, new = sets
    causes: list[Because] = []
    unready = [pod for pod in _alive(ask, new) if not is_ready(pod)]
    if unready:
        whose = f"{len(unready)} of {many(new.spec.replicas or 0, 'pod')} of its new ReplicaSet {new.metadata.name}"
        causes.append(Because(f"{whose} {'is' if len(unready) == 1 else 'are'} not ready", worst(ask, unready)))
    elif (new.spec.replicas or 0) <= new.status.replicas and new.status.available_replicas < new.status.ready_replicas:
        causes.append(_not_available_yet(ask, item))
    missing = (new.spec.replicas or 0) - new.status.replicas
    if missing > 0 and not unready:
        causes.append(note(f"{many(missing, 'pod')} of {new.metadata.name} {'has' if missing == 1 else 'have'} not been created yet"))
    left = [pod for one in old for pod in _alive(ask, one)]
    if left:
        causes.append(_held_back(ask, item, left))
    return tuple(causes)


def _is_of(one: ReplicaSet, item: Deployment) -> bool:
    """Whether a ReplicaSet has the Deployment's template."""
    return one.spec.template.spec == item.spec.template.spec


def _no_new_set(ask: Inquiry, item: Deployment, sets: list[ReplicaSet]) -> Because:
    left = sum(len(_alive(ask, one)) for one in sets)
    if left and item.spec.strategy is not None and item.spec.strategy.type == "Recreate":
        text = (
            f"{many(left, 'old pod')} {'has' if left == 1 else 'have'} to be deleted before new ones are created: its strategy is Recreate"
        )
        return Because(text, place=ask.place(item, "spec.strategy"))
    return note("its controller has not created a ReplicaSet for its new template yet")


def _not_available_yet(ask: Inquiry, item: Deployment | StatefulSet | DaemonSet) -> Because:
    return Because(
        f"its pods are ready, but not for {item.spec.min_ready_seconds or 0}s yet", place=ask.place(item, "spec.minReadySeconds")
    )


def _held_back(ask: Inquiry, item: Deployment, left: list[Pod]) -> Because:
    """Old pods that remain because maxUnavailable allows no fewer."""
    going = [pod for pod in left if is_being_deleted(pod)]
    if len(going) == len(left):
        return note(f"{many(len(left), 'old pod')} {'is' if len(left) == 1 else 'are'} still terminating")
    rolling = item.spec.strategy.rolling_update if item.spec.strategy else None
    limit = "" if rolling is None else f" (maxUnavailable {rolling.max_unavailable}, maxSurge {rolling.max_surge})"
    return note(f"{many(len(left), 'old pod')} remain until new ones are available{limit}", ask.place(item, "spec.strategy"))


def _deadline(ask: Inquiry, item: Deployment) -> Reasons:
    progress = condition_of(item.status, "Progressing")
    limit = item.spec.progress_deadline_seconds
    place = ask.place(item, "spec.progressDeadlineSeconds")
    if progress is None or limit is None or item.spec.paused:
        return ()
    if progress.reason == "ProgressDeadlineExceeded":
        since = ask.instant(progress.last_update_time) or 0
        return (note(f"no progress for {seconds(limit)}: its progress deadline expired at {when(since)}", place),)
    last = ask.instant(progress.last_update_time)
    return () if last is None else (coming(f"its progress deadline ({seconds(limit)}) expires at {when(last + limit * SECOND)}", place),)


def _alive(ask: Inquiry, owner: Object) -> list[Pod]:
    return [pod for pod in children(ask, Pod, owner) if not has_ended(pod)]


# ---- ReplicaSet, DaemonSet


def explain_replicaset(ask: Inquiry, item: ReplicaSet) -> Because:
    """How many of its pods are ready, and why not all."""
    replicas, ready = item.spec.replicas or 0, item.status.ready_replicas
    text = f"{named(item)} has {ready} of {many(replicas, 'pod')} ready"
    unready = [pod for pod in _alive(ask, item) if not is_ready(pod) and not is_being_deleted(pod)]
    causes = (*_refused(ask, item), *worst(ask, unready))
    going = [pod for pod in _alive(ask, item) if is_being_deleted(pod)]
    if going:
        causes = (*causes, note(f"{many(len(going), 'pod')} {'is' if len(going) == 1 else 'are'} terminating"))
    return Because(text, causes, ask.place(item))


def explain_daemonset(ask: Inquiry, item: DaemonSet) -> Because:
    """On how many nodes it is ready, and why not on all."""
    status = item.status
    text = f"{named(item)} is ready on {status.number_ready} of {many(status.desired_number_scheduled, 'node')}"
    unready = [pod for pod in _alive(ask, item) if not is_ready(pod)]
    causes = worst(ask, unready)
    behind = status.desired_number_scheduled - status.updated_number_scheduled
    if behind > 0:
        causes = (*causes, _update_of(ask, item, behind, unready))
    if not unready and status.number_available < status.number_ready:
        causes = (*causes, _not_available_yet(ask, item))
    return Because(text, causes, ask.place(item))


def _update_of(ask: Inquiry, item: DaemonSet, behind: int, unready: list[Pod]) -> Because:
    """What the update of a DaemonSet waits for."""
    text = f"{many(behind, 'pod')} {'is' if behind == 1 else 'are'} from an earlier template"
    strategy = item.spec.update_strategy
    place = ask.place(item, "spec.updateStrategy")
    if strategy is not None and strategy.type == "OnDelete":
        return note(f"{text}: with OnDelete, only pods that you delete are replaced", place)
    rolling = strategy.rolling_update if strategy is not None else None
    if not unready or rolling is None:
        return note(text, place)
    waits = listed([named(pod) for pod in unready])
    surge = "" if rolling.max_surge in (0, "0%", None) else f", maxSurge {rolling.max_surge}"
    limit = f"maxUnavailable {rolling.max_unavailable}{surge}"
    return note(f"{text}: the update continues when {waits} {'is' if len(unready) == 1 else 'are'} ready ({limit})", place)


# ---- StatefulSet


def explain_statefulset(ask: Inquiry, item: StatefulSet) -> Because:
    """How many of its pods are ready, and which one the others wait for."""
    replicas, status = item.spec.replicas or 0, item.status
    first = item.spec.ordinals.start or 0 if item.spec.ordinals else 0
    pods = {pod.metadata.name: pod for pod in children(ask, Pod, item)}
    names = [f"{item.metadata.name}-{number}" for number in range(first, first + replicas)]
    text = f"{named(item)} has {status.ready_replicas} of {many(replicas, 'pod')} ready"
    causes = _one_by_one(ask, item, names, pods)
    beyond = sorted(set(pods) - set(names))
    if beyond:
        causes = (*causes, note(f"{listed(beyond)} will be deleted: it is scaled to {many(replicas, 'pod')}"))
    if not causes and status.update_revision != status.current_revision:
        causes = (note(f"{status.updated_replicas} of {replicas} are from its current template", ask.place(item, "spec.updateStrategy")),)
    return Because(text, causes, ask.place(item))


def _one_by_one(ask: Inquiry, item: StatefulSet, names: list[str], pods: dict[str, Pod]) -> Reasons:
    """The first pod that is not ready: with OrderedReady no later one is created before it is."""
    blocking = next((name for name in names if name not in pods or not is_ready(pods[name])), None)
    if blocking is None:
        return ()
    rest = [name for name in names[names.index(blocking) + 1 :] if name not in pods]
    ordered = item.spec.pod_management_policy != "Parallel"
    causes: list[Because] = []
    if blocking in pods:
        causes.append(ask.about(Key("Pod", item.metadata.namespace, blocking)))
    else:
        causes.append(Because(f"pod/{blocking} does not exist", _not_made(ask, item)))
    if rest and ordered:
        verb = "waits" if len(rest) == 1 else "wait"
        text = f"{listed(rest)} {verb} for {blocking}: pods are created in order, each when the previous one is ready"
        causes.append(note(text, ask.place(item, "spec.podManagementPolicy")))
    return tuple(causes)


def _not_made(ask: Inquiry, item: StatefulSet) -> Reasons:
    failed = ask.events(item, "FailedCreate")
    if failed:
        message = failed[-1][1].message
        causes = (*_quota(ask, item, message), *_unanswered(ask, item, message))
        return (Because(f"the API server refuses it: {brief(message, 160)}", causes),)
    return (note("its controller creates it next"),)
