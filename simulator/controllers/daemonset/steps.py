"""What to do about the pods of a DaemonSet (daemon_controller.go podsShouldBeOnNode, update.go rollingUpdate). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.client.pods import is_available
from simulator.controllers.daemonset.placement import Welcome
from simulator.controllers.rounding import scaled
from simulator.objects.apps import DaemonSet, DaemonSetStatus
from simulator.objects.base import evolve
from simulator.objects.labels import CONTROLLER_REVISION_HASH
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready


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


def placement_steps(item: DaemonSet, place: Place, revision: str, wall: int) -> Steps:
    """A pod where there should be one, none where there should not, and never two (but for the two of an update with surge)."""
    if place.welcome.should_run and not place.pods:
        return Steps([place.node], [], [])
    staying = [pod for pod in place.pods if not is_being_deleted(pod)]
    if not place.welcome.may_stay:
        return Steps([], staying, [])
    ended = [pod for pod in staying if has_ended(pod)]
    running = [pod for pod in staying if pod not in ended]
    if fence(item, 1)[0] == 0:
        return Steps([], running[1:], ended)
    if not running and place.welcome.should_run:
        return Steps([place.node], [], ended)
    return Steps([], _surplus(item, running, revision, wall), ended)


def _surplus(item: DaemonSet, running: list[Pod], revision: str, wall: int) -> list[Pod]:
    """Of old and new revision one each may stay, the old one until the new one is available or it is not ready itself."""
    new = [pod for pod in running if pod.metadata.labels.get(CONTROLLER_REVISION_HASH) == revision]
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


def update_steps(item: DaemonSet, places: list[Place], revision: str, wall: int) -> Steps:
    """Which outdated pods to replace now, or with surge, which nodes get a second pod."""
    surge, unavailable = fence(item, sum(place.welcome.should_run for place in places))
    pairs: list[_Pair] = []
    crowded = 0  # nodes that have too many pods of one kind: placement comes first
    for place in places:
        staying = [pod for pod in place.pods if not is_being_deleted(pod)]
        new = [pod for pod in staying if pod.metadata.labels.get(CONTROLLER_REVISION_HASH) == revision]
        old = [pod for pod in staying if pod not in new]
        if len(new) > 1 or len(old) > 1:
            crowded += 1
        elif place.pods or place.welcome.should_run:
            pairs.append(_Pair(place, new[0] if new else None, old[0] if old else None))

    def serves(pod: Pod | None) -> bool:
        return pod is not None and is_available(pod, item.spec.min_ready_seconds, wall)

    if surge:
        return _surge_steps(pairs, surge - crowded, serves)
    return _replacement_steps(pairs, unavailable - crowded, serves)


def _replacement_steps(pairs: list[_Pair], allowed: int, serves: Callable[[Pod | None], bool]) -> Steps:
    """Old pods that do not serve go at once; of those that do, as many as may be missed."""
    outdated = [pair.old for pair in pairs if pair.new is None and pair.old is not None]
    broken = [pod for pod in outdated if not serves(pod)]
    missed = sum(not (serves(pair.new) and pair.old is None) for pair in pairs if pair.new is not None or pair.old is None)
    candidates = [pod for pod in outdated if serves(pod)]
    return Steps([], [*broken, *candidates[: max(0, allowed - missed - len(broken))]], [])


def _surge_steps(pairs: list[_Pair], allowed: int, serves: Callable[[Pod | None], bool]) -> Steps:
    """New pods beside old ones: where the old one does not serve at once, elsewhere as many as there may be at a time.

    Old pods go when the new one beside them serves. One that has to leave its node goes when there are enough without it.
    """
    outdated = [pair for pair in pairs if pair.new is None and pair.old is not None]
    welcome = [pair for pair in outdated if pair.place.welcome.should_run]
    leaving = [pair.old for pair in outdated if not pair.place.welcome.should_run and pair.old is not None]
    doubled = [pair for pair in pairs if pair.new is not None and pair.old is not None]
    urgent = [pair.place.node for pair in welcome if not serves(pair.old)]
    candidates = [pair.place.node for pair in welcome if serves(pair.old)]
    surging = sum(not serves(pair.new) for pair in doubled)
    replaced = [pair.old for pair in doubled if serves(pair.new) and pair.old is not None]
    useless = [pod for pod in leaving if not serves(pod)]
    spare = sum(serves(pair.old or pair.new) for pair in pairs) - sum(pair.place.welcome.should_run for pair in pairs)
    unwelcome = [pod for pod in leaving if serves(pod)][: max(0, spare)]
    return Steps([*urgent, *candidates[: max(0, allowed - surging)]], [*replaced, *useless, *unwelcome], [])


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
        updated_number_scheduled=sum(pod.metadata.labels.get(CONTROLLER_REVISION_HASH) == revision for pod in first),
        number_available=available,
        number_unavailable=len(should) - available,
    )
