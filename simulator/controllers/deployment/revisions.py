"""Revisions of a Deployment: which ReplicaSet is which, hashes and annotations (util/deployment_util.go). Pure."""

from __future__ import annotations

import msgspec

from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.base import evolve
from simulator.objects.labels import DESIRED_REPLICAS, LAST_APPLIED, MAX_REPLICAS, POD_TEMPLATE_HASH, REVISION, REVISION_HISTORY
from simulator.objects.pod import PodTemplateSpec

NOT_COPIED = frozenset({LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, "deprecated.deployment.rollback.to"})
"""Annotations of a Deployment that its ReplicaSets do not get."""
MAX_HISTORY = 2000
"""Characters of the revision history annotation."""

SAFE_DIGITS = str.maketrans("0123456789", "456789bcdf")
"""What the safe alphabet makes of decimal digits (apimachinery/pkg/util/rand SafeEncodeString)."""
FNV_OFFSET, FNV_PRIME = 2166136261, 16777619


def fnv1a(data: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = FNV_OFFSET
    for byte in data:
        value = (value ^ byte) * FNV_PRIME & 0xFFFFFFFF
    return value


def safe_hash(item: msgspec.Struct, collisions: int | None = None) -> str:
    """A hash of an object as part of a name, at most ten characters; each counted collision gives another one."""
    data = msgspec.json.encode(item, order="sorted")
    if collisions is not None:
        data += b"/%d" % collisions
    return str(fnv1a(data)).translate(SAFE_DIGITS)


def same_template(a: PodTemplateSpec, b: PodTemplateSpec) -> bool:
    """Whether two templates are equal apart from the hash label."""
    return _without_hash(a) == _without_hash(b)


def _without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    if POD_TEMPLATE_HASH not in template.metadata.labels:
        return template
    labels = {key: value for key, value in template.metadata.labels.items() if key != POD_TEMPLATE_HASH}
    return evolve(template, metadata=evolve(template.metadata, labels=labels))


def by_age(sets: list[ReplicaSet]) -> list[ReplicaSet]:
    """Oldest first; of one second, by name."""
    return sorted(sets, key=lambda item: (item.metadata.creation_timestamp or "", item.metadata.name))


def new_set(deployment: Deployment, sets: list[ReplicaSet]) -> ReplicaSet | None:
    """The ReplicaSet with the Deployment's own template; the oldest, should there be several."""
    return next((item for item in by_age(sets) if same_template(item.spec.template, deployment.spec.template)), None)


def revision_of(item: ReplicaSet | Deployment) -> int:
    """Its revision, 0 when it has none."""
    text = item.metadata.annotations.get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def next_revision(old: list[ReplicaSet]) -> int:
    """The revision of the newest template: one more than the greatest of the old ReplicaSets."""
    return 1 + max((revision_of(item) for item in old), default=0)


def set_annotations(deployment: Deployment, item: ReplicaSet, revision: int, maximum: int | None) -> dict[str, str]:
    """The annotations of the new ReplicaSet: the Deployment's, the revision, and when `maximum` is given the sizes of the whole.

    A set that is used again keeps its former revisions in its history.
    """
    copied = {key: value for key, value in deployment.metadata.annotations.items() if key not in NOT_COPIED}
    annotations = {**item.metadata.annotations, **copied}
    before = item.metadata.annotations.get(REVISION)
    if revision_of(item) < revision:
        annotations[REVISION] = str(revision)
        if before is not None:
            annotations[REVISION_HISTORY] = _longer_history(annotations.get(REVISION_HISTORY, ""), before)
    if maximum is not None:
        annotations.update(size_annotations(deployment.spec.replicas or 0, maximum))
    return annotations


def _longer_history(history: str, revision: str) -> str:
    revisions = [*filter(None, history.split(",")), revision]
    while len(",".join(revisions)) > MAX_HISTORY:
        revisions.pop(0)
    return ",".join(revisions)


def size_annotations(desired: int, maximum: int) -> dict[str, str]:
    """The annotations by which a later sync sees that the Deployment was scaled."""
    return {DESIRED_REPLICAS: str(desired), MAX_REPLICAS: str(maximum)}


def number_annotation(item: ReplicaSet, name: str) -> int | None:
    """The number in an annotation."""
    text = item.metadata.annotations.get(name, "")
    return int(text) if text.isdigit() else None
