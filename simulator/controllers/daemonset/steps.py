"""What to do about the pods of a DaemonSet (daemon_controller.go podsShouldBeOnNode, update.go rollingUpdate). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.pods import is_available, is_ready
from simulator.controllers.daemonset.placement import REVISION, Welcome
from simulator.controllers.rounding import scaled
from simulator.objects.apps import DaemonSet, DaemonSetStatus
from simulator.objects.base import evolve
from simulator.objects.pod import Pod


class Steps(NamedTuple):
    """Nodes that need a pod, pods that must go, and those of them that ended by themselves."""

    create: list[str]
    delete: list[Pod]
    ended: list[Pod]


class Place(NamedTuple):
    """A node: whether the pod is welcome there, and the set's pods on it, oldest first."""

    node: str
    welcome: Welcome
    pods: list[Pod]


def oldest_first(pods: list[Pod]) -> list[Pod]:
    """Pods with a node before others, then by age and name."""
    return sorted(pods, key=lambda pod: (not pod.spec.node_name, pod.metadata.creation_timestamp or "", pod.metadata.name))


def fence(item: DaemonSet, desired: int) -> tuple[int, int]:
    """How many pods more than nodes, and how many nodes without a pod that serves, there may be during an update."""
    strategy = item.spec.update_strategy
    rolling = strategy.rolling_update if strategy else None
    surge = scaled(rolling.max_surge if rolling else None, desired, up=True)
    unavailable = scaled(1 if rolling is None or rolling.max_unavailable is None else rolling.max_unavailable, desired, up=True)
    return surge, unavailable or (0 if surge else 1)


def placement_steps(item: DaemonSet, place: Place, wall: int) -> Steps:
    """A pod where there should be one, none where there should not, and never two (but for the two of an update with surge)."""
    if place.welcome.should_run and not place.pods:
        return Steps([place.node], [], [])
    if not place.welcome.may_stay:
        return Steps([], [pod for pod in place.pods if pod.metadata.deletion_timestamp is None], [])
    staying = [pod for pod in place.pods if pod.metadata.deletion_timestamp is None]
    ended = [pod for pod in staying if pod.status.phase in ("Failed", "Succeeded")]
    running = [pod for pod in staying if pod not in ended]
    if fence(item, 1)[0] == 0:
        return Steps([], running[1:], ended)
    if not running and place.welcome.should_run:
        return Steps([place.node], [], ended)
    return Steps([], _surplus(item, running, wall), ended)


def _surplus(item: DaemonSet, running: list[Pod], wall: int) -> list[Pod]:
    """Of old and new revision one each may stay, the old one until the new one is available or it is not ready itself."""
    newest = max((pod.metadata.labels.get("pod-template-generation", "0") for pod in running), key=int, default="0")
    new = [pod for pod in running if pod.metadata.labels.get("pod-template-generation", "0") == newest]
    old = [pod for pod in running if pod not in new]
    extra = [*new[1:], *old[1:]]
    if new and old and (not is_ready(old[0]) or is_available(new[0], item.spec.min_ready_seconds, wall)):
        extra.append(old[0])
    return extra


def update_steps(item: DaemonSet, places: list[Place], revision: str, wall: int) -> Steps:
    """Which outdated pods to replace now."""
    desired = sum(place.welcome.should_run for place in places)
    surge, unavailable = fence(item, desired)
    seconds = item.spec.min_ready_seconds
    missing = surging = 0
    broken: list[Pod] = []
    candidates: list[Pod] = []
    start: list[str] = []
    for place in places:
        if not place.pods and not place.welcome.should_run:
            continue
        staying = [pod for pod in place.pods if pod.metadata.deletion_timestamp is None]
        new = next((pod for pod in staying if pod.metadata.labels.get(REVISION) == revision), None)
        old = next((pod for pod in staying if pod is not new and pod.metadata.labels.get(REVISION) != revision), None)
        if surge:
            surging += old is not None and new is not None
            if old is not None and new is None and place.welcome.should_run:
                start.append(place.node)
            continue
        if (old is None) == (new is None):
            missing += 1
        elif new is not None:
            missing += not is_available(new, seconds, wall)
        elif old is not None and not is_available(old, seconds, wall):
            broken.append(old)
            missing += 1
        elif old is not None:
            candidates.append(old)
    if surge:
        return Steps(start[: max(0, surge - surging)], [], [])
    return Steps([], [*broken, *candidates[: max(0, unavailable - missing)]], [])


def counted(item: DaemonSet, places: list[Place], revision: str, wall: int) -> DaemonSetStatus:
    """The new status: a node is what its oldest pod is."""
    should = [place for place in places if place.welcome.should_run]
    first = [place.pods[0] for place in should if place.pods]
    available = sum(is_available(pod, item.spec.min_ready_seconds, wall) for pod in first)
    return evolve(
        item.status,
        observed_generation=item.metadata.generation or 0,
        desired_number_scheduled=len(should),
        current_number_scheduled=len(first),
        number_misscheduled=sum(bool(place.pods) for place in places if not place.welcome.should_run),
        number_ready=sum(is_ready(pod) for pod in first),
        updated_number_scheduled=sum(pod.metadata.labels.get(REVISION) == revision for pod in first),
        number_available=available,
        number_unavailable=len(should) - available,
    )
