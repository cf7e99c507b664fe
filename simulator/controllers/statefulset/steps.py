"""What to do next about the pods of a StatefulSet (stateful_set_control.go updateStatefulSet). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.pods import available_in
from simulator.controllers.statefulset.identity import (
    is_deleted,
    is_healthy,
    is_running_and_ready,
    is_unavailable,
    ordinal_of,
    ordinals,
    revision_of,
)
from simulator.objects.apps import StatefulSet, StatefulSetStatus
from simulator.objects.base import evolve
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended


class Steps(NamedTuple):
    """Ordinals whose pods to create, and pods to delete, in order. `tidy`: ordinals whose claims may be missing."""

    create: list[int]
    delete: list[Pod]
    tidy: list[int]


def next_steps(item: StatefulSet, pods: list[Pod], update_revision: str, wall: int, *, heeds_min_ready: bool = True) -> Steps:
    """Missing pods are created first, then surplus ones are deleted, then outdated ones are replaced.

    With OrderedReady one step at a time, in order of ordinals, each when all pods before it are available; with Parallel all at once.
    `heeds_min_ready`: an update waits for minReadySeconds itself.
    """
    replicas: dict[int, Pod | None] = dict.fromkeys(ordinals(item))
    condemned: list[tuple[int, Pod]] = []
    for pod in pods:
        number = ordinal_of(item, pod)
        if number in replicas:
            replicas[number] = pod
        elif number is not None:
            condemned.append((number, pod))
    condemned.sort(key=lambda entry: -entry[0])
    if item.spec.pod_management_policy == "Parallel":
        updated = _outdated(item, replicas, update_revision, wall, heeds_min_ready=heeds_min_ready)
        return _all_at_once(replicas, [pod for _, pod in condemned], updated)
    return _one_at_a_time(item, replicas, [pod for _, pod in condemned], update_revision, wall)


def _one_at_a_time(item: StatefulSet, replicas: dict[int, Pod | None], condemned: list[Pod], update: str, wall: int) -> Steps:
    tidy: list[int] = []
    for number, pod in replicas.items():
        if pod is None:
            return Steps([number], [], tidy)
        if has_ended(pod):
            # The new pod has the same name, so the old one must be gone first.
            return Steps([], [] if is_deleted(pod) else [pod], tidy)
        if pod.status.phase == "Pending":
            tidy.append(number)
        if not is_running_and_ready(pod) or is_unavailable(item, pod, wall):
            return Steps([], [], tidy)
    first_unhealthy = next((pod for pod in reversed(condemned) if is_unavailable(item, pod, wall)), None)
    for pod in condemned:
        if is_deleted(pod):
            return Steps([], [], tidy)
        if is_unavailable(item, pod, wall) and pod is not first_unhealthy:
            return Steps([], [], tidy)
        return Steps([], [pod], tidy)
    return Steps([], _outdated(item, replicas, update, wall), tidy)


def _all_at_once(replicas: dict[int, Pod | None], condemned: list[Pod], outdated: list[Pod]) -> Steps:
    create = [number for number, pod in replicas.items() if pod is None]
    ended = [pod for pod in replicas.values() if pod is not None and has_ended(pod) and not is_deleted(pod)]
    tidy = [number for number, pod in replicas.items() if pod is not None and pod.status.phase == "Pending"]
    delete = [*ended, *(pod for pod in condemned if not is_deleted(pod))]
    updated = [] if create else outdated
    return Steps(create, [*delete, *(pod for pod in updated if pod not in delete)], tidy)


def _outdated(item: StatefulSet, replicas: dict[int, Pod | None], update: str, wall: int, *, heeds_min_ready: bool = True) -> list[Pod]:
    """The outdated pod to delete: the one with the highest ordinal, when all above it are available (before 1.34: ready)."""
    strategy = item.spec.update_strategy
    if strategy is not None and strategy.type == "OnDelete":
        return []
    partition = (strategy.rolling_update.partition if strategy and strategy.rolling_update else None) or 0
    for pod in list(replicas.values())[partition:][::-1]:
        if pod is not None and revision_of(pod) != update and not is_deleted(pod):
            return [pod]
        if not is_healthy(pod) or (heeds_min_ready and is_unavailable(item, pod, wall)):
            return []
    return []


def from_current(item: StatefulSet, ordinal: int, start: int) -> bool:
    """Whether a missing pod is created from the current revision rather than the update revision: below the partition it is."""
    strategy = item.spec.update_strategy
    if strategy is None or strategy.type != "RollingUpdate":
        return False
    if strategy.rolling_update is None:
        return ordinal < start + item.status.current_replicas
    return ordinal < start + (strategy.rolling_update.partition or 0)


def counted(item: StatefulSet, pods: list[Pod], current: str, update: str, wall: int) -> StatefulSetStatus:
    """The new status. The update revision becomes the current one when all pods are updated and ready."""
    replicas = item.spec.replicas or 0
    staying = [revision_of(pod) for pod in pods if not is_deleted(pod)]
    ready = [pod for pod in pods if is_running_and_ready(pod)]
    status = evolve(
        item.status,
        observed_generation=item.metadata.generation or 0,
        replicas=len(pods),
        ready_replicas=len(ready),
        available_replicas=sum(available_in(pod, item.spec.min_ready_seconds, wall) == 0 for pod in ready),
        current_replicas=staying.count(current),
        updated_replicas=staying.count(update),
        current_revision=current,
        update_revision=update,
        collision_count=item.status.collision_count or 0,
    )
    rolls = item.spec.update_strategy is None or item.spec.update_strategy.type == "RollingUpdate"
    if rolls and status.updated_replicas == status.ready_replicas == status.replicas == replicas:
        return evolve(status, current_replicas=status.updated_replicas, current_revision=update)
    return status
