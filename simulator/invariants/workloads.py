"""Invariants of what counts pods: workloads, endpoints, budgets, quotas. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.invariants.violation import Lasting, Violation, named
from simulator.journal.records import Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.apps import ReplicaSet
from simulator.objects.conditions import DISRUPTION_TARGET, condition_of
from simulator.objects.config import ResourceQuota
from simulator.objects.discovery import EndpointSlice
from simulator.objects.kinds import Key, key_of
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_active, is_ready
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.replication import ReplicationController
from simulator.objects.selectors import matches
from simulator.objects.service import Service
from simulator.units import SECOND, parse_quantity

SYNC = 10 * SECOND
"""Longer than any controller takes to notice a change: batches of endpoints, retries after a conflict."""
Counting = ReplicaSet | ReplicationController
COUNTING = ("ReplicaSet", "ReplicationController")


def counts_match_pods(run: Snapshot) -> Iterator[Violation]:
    """`status.replicas` and `status.readyReplicas` of ReplicaSets are those of their pods, once the controller has synced."""
    sets: dict[str, Counting] = {}
    pods: dict[str, dict[Key, Pod]] = {}
    owner_of: dict[Key, str] = {}
    lasting = Lasting(SYNC)
    for write in run.writes_of("Pod", *COUNTING):
        item, key = write.item, write.key
        if isinstance(item, Pod):
            uid = "" if write.type == "DELETED" else next((ref.uid for ref in item.metadata.owner_references if ref.controller), "")
            changed = {owner_of.get(key, ""), uid}
            pods.setdefault(owner_of.get(key, ""), {}).pop(key, None)
            owner_of[key] = uid
            pods.setdefault(uid, {})[key] = item
        else:
            assert isinstance(item, Counting)
            changed = {item.metadata.uid}
            sets[item.metadata.uid] = item
            if write.type == "DELETED":
                del sets[item.metadata.uid]
                yield from lasting.look(write.t, key, "")
        for uid in sorted(changed & sets.keys()):
            yield from lasting.look(write.t, key_of(sets[uid]), _miscounted(sets[uid], list(pods.get(uid, {}).values())))
    yield from lasting.end(run.t)


def _miscounted(owner: Counting, pods: list[Pod]) -> str:
    if is_being_deleted(owner):
        return ""
    active = [pod for pod in pods if is_active(pod)]
    counts = {"replicas": len(active), "readyReplicas": sum(map(is_ready, active))}
    stated = {"replicas": owner.status.replicas, "readyReplicas": owner.status.ready_replicas}
    wrong = [f"{name} is {stated[name]}, but {count} pods are" for name, count in counts.items() if stated[name] != count]
    return f"status: {'; '.join(wrong)}" if wrong else ""


def endpoints_follow_pods(run: Snapshot) -> Iterator[Violation]:
    """An endpoint of a Service is a pod that exists, and is ready or terminating if the pod is, once the controller has synced."""
    pods: dict[Key, Pod] = {}
    slices: dict[Key, EndpointSlice] = {}
    users: dict[Key, set[Key]] = {}
    publishing: set[tuple[str, str]] = set()
    lasting = Lasting(SYNC)
    for write in run.writes_of("Pod", "EndpointSlice", "Service"):
        item, key = write.item, write.key
        if isinstance(item, Service):
            if item.spec.publish_not_ready_addresses:
                publishing.add((key.namespace, key.name))
            continue
        if isinstance(item, Pod):
            changed = users.get(key, set())
            if write.type == "DELETED":
                pods.pop(key, None)
            else:
                pods[key] = item
        else:
            assert isinstance(item, EndpointSlice)
            changed = {key}
            if write.type == "DELETED":
                slices.pop(key, None)
                yield from lasting.look(write.t, key, "")
            elif SERVICE_NAME in item.metadata.labels and not is_being_deleted(item):
                slices[key] = item
                for endpoint in item.endpoints or ():
                    if endpoint.target_ref is not None and endpoint.target_ref.kind == "Pod":
                        users.setdefault(Key("Pod", key.namespace, endpoint.target_ref.name), set()).add(key)
        for name in sorted(changed):
            if name in slices:
                service = (name.namespace, slices[name].metadata.labels[SERVICE_NAME])
                yield from lasting.look(write.t, name, _astray(slices[name], pods, service in publishing))
    yield from lasting.end(run.t)


def _astray(item: EndpointSlice, pods: dict[Key, Pod], publishes: bool) -> str:
    """Which endpoints are not as their pods."""
    wrong = []
    for endpoint in item.endpoints or ():
        ref, conditions = endpoint.target_ref, endpoint.conditions
        if ref is None or ref.kind != "Pod" or conditions is None:
            continue
        pod = pods.get(Key("Pod", item.metadata.namespace, ref.name))
        if pod is None or pod.metadata.uid != ref.uid:
            wrong.append(f"{ref.name} does not exist")
        elif has_ended(pod):
            wrong.append(f"{ref.name} has ended")
        elif bool(conditions.terminating) != is_being_deleted(pod):
            wrong.append(f"{ref.name} is {'being' if is_being_deleted(pod) else 'not being'} deleted")
        elif not publishes and bool(conditions.ready) != (is_ready(pod) and not is_being_deleted(pod)):
            wrong.append(f"{ref.name} is {'ready' if is_ready(pod) else 'not ready'}")
    return f"its endpoints are not as their pods: {named(wrong)}" if wrong else ""


def budgets_are_kept(run: Snapshot) -> Iterator[Violation]:
    """The eviction API deletes a ready pod only if its PodDisruptionBudgets still have as many healthy pods as they desire."""
    budgets: dict[Key, PodDisruptionBudget] = {}
    pods: dict[Key, Pod] = {}
    for write in run.writes_of("Pod", "PodDisruptionBudget"):
        item, key = write.item, write.key
        if write.type == "DELETED":
            (budgets if isinstance(item, PodDisruptionBudget) else pods).pop(key, None)
        elif isinstance(item, PodDisruptionBudget):
            budgets[key] = item
        else:
            assert isinstance(item, Pod)
            before = pods.get(key)
            if before is not None and is_active(before) and is_ready(before) and is_being_deleted(item) and _is_evicted(item):
                yield from _overspent(write, item, list(budgets.values()), list(pods.values()))
            pods[key] = item


def _is_evicted(pod: Pod) -> bool:
    target = condition_of(pod.status, DISRUPTION_TARGET)
    return target is not None and target.status == "True" and target.reason == "EvictionByEvictionAPI"


def _overspent(write: Write, evicted: Pod, budgets: list[PodDisruptionBudget], pods: list[Pod]) -> Iterator[Violation]:
    namespace = evicted.metadata.namespace
    for budget in budgets:
        selector = budget.spec.selector
        if budget.metadata.namespace != namespace or not matches(selector, evicted.metadata.labels):
            continue
        own = [pod for pod in pods if pod.metadata.namespace == namespace and matches(selector, pod.metadata.labels)]
        healthy = sum(is_ready(pod) and is_active(pod) for pod in own) - 1
        if healthy < budget.status.desired_healthy:
            name = budget.metadata.name
            message = f"evicted, which leaves {healthy} healthy pods of the {budget.status.desired_healthy} that pdb/{name} desires"
            yield Violation(write.t, write.key, message, write.revision)


def quotas_are_kept(run: Snapshot) -> Iterator[Violation]:
    """No pod is created beyond `pods` of a ResourceQuota, and what a quota says is used never rises beyond what it allows."""
    quotas: dict[Key, ResourceQuota] = {}
    pods: dict[str, set[Key]] = {}
    for write in run.writes_of("Pod", "ResourceQuota"):
        item, key = write.item, write.key
        if isinstance(item, ResourceQuota):
            if write.type == "DELETED":
                quotas.pop(key, None)
                continue
            yield from _overused(write, quotas.get(key), item)
            quotas[key] = item
            continue
        assert isinstance(item, Pod)
        present = pods.setdefault(key.namespace, set())
        if write.type == "DELETED" or has_ended(item):
            present.discard(key)
            continue
        present.add(key)
        if write.type == "ADDED":
            yield from _beyond(write, len(present), quotas)


def _overused(write: Write, old: ResourceQuota | None, new: ResourceQuota) -> Iterator[Violation]:
    if old is None or old.status.hard != new.status.hard:
        return
    for name, text in new.status.used.items():
        used, before = parse_quantity(text), old.status.used.get(name)
        hard = new.status.hard.get(name)
        if hard is not None and before is not None and used > parse_quantity(hard) and used > parse_quantity(before):
            yield Violation(write.t, write.key, f"{name}: {text} are used, {hard} are allowed", write.revision)


def _beyond(write: Write, count: int, quotas: dict[Key, ResourceQuota]) -> Iterator[Violation]:
    for key, quota in quotas.items():
        if key.namespace != write.key.namespace or quota.spec.scopes or quota.spec.scope_selector:
            continue
        limits = [parse_quantity(quota.status.hard[name]) for name in ("pods", "count/pods") if name in quota.status.hard]
        if limits and count > min(limits):
            yield Violation(write.t, write.key, f"pod {count}, but resourcequota/{key.name} allows {min(limits)}", write.revision)
