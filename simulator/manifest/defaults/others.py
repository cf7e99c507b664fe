"""Defaults of the small kinds: Secret, Namespace, LimitRange, ResourceQuota, PriorityClass (core/v1, scheduling/v1)."""

from __future__ import annotations

import base64

from simulator.manifest.defaults.container import resource_list
from simulator.objects.base import evolve
from simulator.objects.config import LimitRange, LimitRangeItem, Namespace, ResourceQuota, Secret
from simulator.objects.labels import NAMESPACE_NAME
from simulator.objects.scheduling import PriorityClass


def secret(item: Secret) -> Secret:
    """A Secret: type Opaque; `stringData` is stored in base64."""
    texts = {name: base64.b64encode(text.encode()).decode() for name, text in item.string_data.items()}
    return evolve(item, type=item.type or "Opaque", data={**item.data, **texts}, string_data={})


def namespace(item: Namespace) -> Namespace:
    """A Namespace: active, with the finalizer of its controller and its own name as a label."""
    meta = item.metadata
    if meta.name:
        meta = evolve(meta, labels={**meta.labels, NAMESPACE_NAME: meta.name})
    spec = item.spec if "kubernetes" in item.spec.finalizers else evolve(item.spec, finalizers=[*item.spec.finalizers, "kubernetes"])
    return evolve(item, metadata=meta, spec=spec, status=evolve(item.status, phase=item.status.phase or "Active"))


def limit_range(item: LimitRange) -> LimitRange:
    """A LimitRange: for containers, the default limit follows the maximum and the default request follows the default limit."""
    return evolve(item, spec=evolve(item.spec, limits=[_limit(entry) for entry in item.spec.limits]))


def _limit(item: LimitRangeItem) -> LimitRangeItem:
    item = evolve(
        item,
        max=resource_list(item.max),
        min=resource_list(item.min),
        default=resource_list(item.default),
        default_request=resource_list(item.default_request),
        max_limit_request_ratio=resource_list(item.max_limit_request_ratio),
    )
    if item.type != "Container":
        return item
    default = {**item.max, **item.default}
    return evolve(item, default=default, default_request={**item.min, **default, **item.default_request})


def resource_quota(item: ResourceQuota) -> ResourceQuota:
    """A ResourceQuota: canonical quantities."""
    return evolve(item, spec=evolve(item.spec, hard=resource_list(item.spec.hard)))


def priority_class(item: PriorityClass) -> PriorityClass:
    """A PriorityClass: its pods preempt."""
    return evolve(item, preemption_policy=item.preemption_policy or "PreemptLowerPriority", value=item.value or 0)
