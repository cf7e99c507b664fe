"""What one sync does about the sizes of a Deployment's ReplicaSets (sync.go, rolling.go, recreate.go). Pure."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from simulator.controllers.deployment import revisions
from simulator.controllers.deployment.proportion import Share, sizes_after_scaling
from simulator.controllers.deployment.rollout import SetSize, fenceposts, new_set_size, old_set_sizes
from simulator.objects import labels
from simulator.objects.apps import Deployment, ReplicaSet


class Rollout(NamedTuple):
    """A Deployment, the ReplicaSet with its template, and the others, oldest first."""

    deployment: Deployment
    new: ReplicaSet | None
    old: list[ReplicaSet]

    @property
    def sets(self) -> list[ReplicaSet]:
        """All of them, the new one last."""
        return [*self.old, *([] if self.new is None else [self.new])]

    @property
    def replicas(self) -> int:
        """The desired number of pods."""
        return self.deployment.spec.replicas or 0

    def with_set(self, changed: ReplicaSet) -> Rollout:
        """With that ReplicaSet in the place of the one of its name."""
        name = changed.metadata.name
        if self.new is not None and self.new.metadata.name == name:
            return self._replace(new=changed)
        return self._replace(old=[changed if item.metadata.name == name else item for item in self.old])


class Course(Enum):
    """What a sync is about."""

    PAUSED = "scale, but move no pods from one ReplicaSet to another"
    SCALED = "the number of replicas has changed: scale, and leave the rollout to the next sync"
    RECREATE = "all old pods end before the first new one is created"
    ROLL = "one step of a rolling update"


class Resize(NamedTuple):
    """The next size of a ReplicaSet. `annotate`: its annotations are written even when its size stays."""

    name: str
    size: int
    annotate: bool = False


def course_of(rollout: Rollout) -> Course:
    """What to do about a Deployment that is not being deleted."""
    spec = rollout.deployment.spec
    if spec.paused:
        return Course.PAUSED
    if _was_scaled(rollout):
        return Course.SCALED
    return Course.RECREATE if spec.strategy is not None and spec.strategy.type == "Recreate" else Course.ROLL


def _was_scaled(rollout: Rollout) -> bool:
    """Whether a ReplicaSet with pods got its size when another number of replicas was desired."""
    noted = (revisions.number_annotation(item, labels.DESIRED_REPLICAS) for item in rollout.sets if item.spec.replicas)
    return any(number is not None and number != rollout.replicas for number in noted)


def scaling(rollout: Rollout) -> list[Resize]:
    """Sizes that add up to the desired number, without moving pods from one ReplicaSet to another."""
    deployment, surge = rollout.deployment, fenceposts(rollout.deployment).surge
    ages = {item.metadata.uid: age for age, item in enumerate(revisions.by_age(rollout.sets))}
    shares = {item.metadata.name: _share(item, ages[item.metadata.uid]) for item in rollout.sets}
    new = None if rollout.new is None else shares[rollout.new.metadata.name]
    old = [shares[item.metadata.name] for item in rollout.old]
    rolls = deployment.spec.strategy is not None and deployment.spec.strategy.type == "RollingUpdate"
    sizes = sizes_after_scaling(rollout.replicas, surge, deployment.status.replicas, new, old, rolls=rolls)
    names = [item.metadata.name for item in rollout.sets if item.metadata.name in sizes]
    return [Resize(name, sizes[name], annotate=len(sizes) > 1) for name in names]


def rolling(rollout: Rollout) -> list[Resize]:
    """One step of a rolling update, which has its new ReplicaSet: up if maxSurge allows, else down if maxUnavailable does.

    A ReplicaSet occurs twice when it first loses its unhealthy pods and then available ones.
    """
    new = rollout.new
    if new is None:
        return []
    limits = fenceposts(rollout.deployment)
    total = sum(item.spec.replicas or 0 for item in rollout.sets)
    size = new_set_size(rollout.replicas, limits.surge, new.spec.replicas or 0, total)
    if size != (new.spec.replicas or 0):
        return [Resize(new.metadata.name, size)]
    old = [item for item in rollout.old if item.spec.replicas]
    sizes, resizes = [_size(item) for item in old], []
    before = [item.replicas for item in sizes]
    for after in old_set_sizes(rollout.replicas, limits.unavailable, _size(new), sizes):
        resizes += [Resize(item.metadata.name, to) for item, was, to in zip(old, before, after, strict=True) if to != was]
        before = after
    return resizes


def emptying(rollout: Rollout) -> list[Resize]:
    """All old ReplicaSets without pods."""
    return [Resize(item.metadata.name, 0) for item in rollout.old if item.spec.replicas]


def filling(rollout: Rollout) -> list[Resize]:
    """The new ReplicaSet with all pods."""
    return [] if rollout.new is None else [Resize(rollout.new.metadata.name, rollout.replicas)]


def _size(item: ReplicaSet) -> SetSize:
    return SetSize(item.spec.replicas or 0, item.status.available_replicas)


def _share(item: ReplicaSet, age: int) -> Share:
    return Share(
        item.metadata.name,
        item.spec.replicas or 0,
        age,
        revisions.number_annotation(item, labels.MAX_REPLICAS),
        item.status.available_replicas,
        revisions.number_annotation(item, labels.DESIRED_REPLICAS),
    )
