"""What to do about the pods of a DaemonSet (daemon_controller.go podsShouldBeOnNode, update.go rollingUpdate). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.client.pods import is_available
from simulator.controllers.daemonset.placement import Fit
from simulator.controllers.rounding import scaled
from simulator.objects import labels
from simulator.objects.apps import DaemonSet, DaemonSetStatus
from simulator.objects.base import evolve
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready


class Steps(NamedTuple):
    """Nodes that need a pod, pods to delete, and ended pods to delete."""

    create: list[str]
    delete: list[Pod]
    ended: list[Pod]


class Place(NamedTuple):
    """A node: how it fits, and the set's pods on it, oldest first."""

    node: str
    fit: Fit
    pods: list[Pod]


def oldest_first(pods: list[Pod]) -> list[Pod]:
    """Pods with a node before others, then by age and name."""
    return sorted(pods, key=lambda pod: (not pod.spec.node_name, pod.metadata.creation_timestamp or "", pod.metadata.name))


def fence(item: DaemonSet, desired: int) -> tuple[int, int]:
    """maxSurge and maxUnavailable as numbers of nodes."""
    strategy = item.spec.update_strategy
    rolling = strategy.rolling_update if strategy else None
    surge = scaled(rolling.max_surge if rolling else None, desired, up=True)
    unavailable = scaled(1 if rolling is None or rolling.max_unavailable is None else rolling.max_unavailable, desired, up=True)
    return surge, unavailable or (0 if surge else 1)


def placement_steps(item: DaemonSet, place: Place, revision: str, wall: int) -> Steps:
    """What to do on one node: it needs a pod, or none, and never two, except during an update with surge."""
    if place.fit.should_run and not place.pods:
        return Steps([place.node], [], [])
    staying = [pod for pod in place.pods if not is_being_deleted(pod)]
    if not place.fit.may_continue:
        return Steps([], staying, [])
    ended = [pod for pod in staying if has_ended(pod)]
    running = [pod for pod in staying if pod not in ended]
    if fence(item, 1)[0] == 0:
        return Steps([], running[1:], ended)
    if not running and place.fit.should_run:
        return Steps([place.node], [], ended)
    return Steps([], _surplus(item, running, revision, wall), ended)


def _surplus(item: DaemonSet, running: list[Pod], revision: str, wall: int) -> list[Pod]:
    """All pods but one of each revision; the old one as well, once the new one is available or when it is not ready itself."""
    new = [pod for pod in running if pod.metadata.labels.get(labels.CONTROLLER_REVISION_HASH) == revision]
    old = [pod for pod in running if pod not in new]
    extra = [pod for pod in running if pod not in (*new[:1], *old[:1])]
    if new and old and (not is_ready(old[0]) or is_available(new[0], item.spec.min_ready_seconds, wall)):
        extra.append(old[0])
    return extra


class _Pair(NamedTuple):
    """A node during an update: its pod of the new revision and its old one."""

    place: Place
    new: Pod | None
    old: Pod | None


def update_steps(item: DaemonSet, places: list[Place], revision: str, wall: int, *, counts_broken: bool = True) -> Steps:
    """Which outdated pods to replace now or, with surge, which nodes get a second pod.

    `counts_broken`: outdated pods that are not available count towards maxUnavailable.
    """
    surge, unavailable = fence(item, sum(place.fit.should_run for place in places))
    pairs: list[_Pair] = []
    crowded = 0  # nodes with several pods of one revision: placement deals with them first
    for place in places:
        staying = [pod for pod in place.pods if not is_being_deleted(pod)]
        new = [pod for pod in staying if pod.metadata.labels.get(labels.CONTROLLER_REVISION_HASH) == revision]
        old = [pod for pod in staying if pod not in new]
        if len(new) > 1 or len(old) > 1:
            crowded += 1
        elif place.pods or place.fit.should_run:
            pairs.append(_Pair(place, new[0] if new else None, old[0] if old else None))

    def available(pod: Pod | None) -> bool:
        return pod is not None and is_available(pod, item.spec.min_ready_seconds, wall)

    if surge:
        return _surge_steps(pairs, surge - crowded, available)
    return _replacement_steps(pairs, unavailable - crowded, available, counts_broken=counts_broken)


def _replacement_steps(pairs: list[_Pair], allowed: int, available: Callable[[Pod | None], bool], *, counts_broken: bool) -> Steps:
    """Unavailable outdated pods are deleted at once; of the available ones as many as maxUnavailable allows."""
    outdated = [pair.old for pair in pairs if pair.new is None and pair.old is not None]
    broken = [pod for pod in outdated if not available(pod)]
    unavailable = sum(not (available(pair.new) and pair.old is None) for pair in pairs if pair.new is not None or pair.old is None)
    candidates = [pod for pod in outdated if available(pod)]
    left = allowed - unavailable - (len(broken) if counts_broken else 0)
    return Steps([], [*broken, *candidates[: max(0, left)]], [])


def _surge_steps(pairs: list[_Pair], allowed: int, available: Callable[[Pod | None], bool]) -> Steps:
    """A new pod beside an old one: at once where the old one is unavailable, elsewhere as many as maxSurge allows.

    An old pod is deleted when the new one beside it is available; one that should not run on its node, when enough pods are available.
    """
    outdated = [pair for pair in pairs if pair.new is None and pair.old is not None]
    running = [pair for pair in outdated if pair.place.fit.should_run]
    leaving = [pair.old for pair in outdated if not pair.place.fit.should_run and pair.old is not None]
    doubled = [pair for pair in pairs if pair.new is not None and pair.old is not None]
    urgent = [pair.place.node for pair in running if not available(pair.old)]
    candidates = [pair.place.node for pair in running if available(pair.old)]
    surging = sum(not available(pair.new) for pair in doubled)
    replaced = [pair.old for pair in doubled if available(pair.new) and pair.old is not None]
    broken = [pod for pod in leaving if not available(pod)]
    spare = sum(available(pair.old or pair.new) for pair in pairs) - sum(pair.place.fit.should_run for pair in pairs)
    spared = [pod for pod in leaving if available(pod)][: max(0, spare)]
    return Steps([*urgent, *candidates[: max(0, allowed - surging)]], [*replaced, *broken, *spared], [])


def counted(item: DaemonSet, places: list[Place], revision: str, wall: int) -> DaemonSetStatus:
    """The new status; the oldest pod of each node counts."""
    should = [place for place in places if place.fit.should_run]
    first = [place.pods[0] for place in should if place.pods]
    available_pods = sum(is_available(pod, item.spec.min_ready_seconds, wall) for pod in first)
    return evolve(
        item.status,
        observed_generation=item.metadata.generation or 0,
        desired_number_scheduled=len(should),
        current_number_scheduled=len(first),
        number_misscheduled=sum(bool(place.pods) for place in places if not place.fit.should_run),
        number_ready=sum(is_ready(pod) for pod in first),
        updated_number_scheduled=sum(pod.metadata.labels.get(labels.CONTROLLER_REVISION_HASH) == revision for pod in first),
        number_available=available_pods,
        number_unavailable=len(should) - available_pods,
    )
