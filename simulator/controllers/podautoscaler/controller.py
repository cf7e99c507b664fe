"""The process that scales workloads by their metrics (pkg/controller/podautoscaler/horizontal.go)."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.api import ApiError
from simulator.api.errors import not_found
from simulator.api.registry import UNSYNCED
from simulator.controllers.base import Controller, because
from simulator.controllers.podautoscaler import decision as decide
from simulator.controllers.podautoscaler.arithmetic import tolerance_of
from simulator.controllers.podautoscaler.decision import Decision, Sync
from simulator.controllers.podautoscaler.limits import History
from simulator.controllers.podautoscaler.proposals import Target, proposed
from simulator.controllers.podautoscaler.spec import Autoscaler, read_autoscaler
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object, Unstructured, kind_for
from simulator.objects.meta import LabelSelector
from simulator.objects.pod import Pod
from simulator.objects.selector_text import selector_text
from simulator.objects.selectors import matches
from simulator.units import SECOND

KIND = "HorizontalPodAutoscaler"
PERIOD = 15 * SECOND
"""--horizontal-pod-autoscaler-sync-period. A new object waits for its first sync as long."""
SCALABLE = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""Kinds with a scale subresource. Custom resources that have one are not simulated."""


class Scale(NamedTuple):
    """The scale subresource of a workload."""

    item: Any
    replicas: int
    present: int
    selector: LabelSelector


class HorizontalPodAutoscalerController(Controller):
    """Syncs each autoscaler every 15 seconds."""

    name = "horizontal-pod-autoscaler"

    def start(self) -> None:
        """Watch autoscalers."""
        self._history: dict[Key, History] = {}
        self._selectors: dict[Key, LabelSelector] = {}
        self._store.watch(KIND, lambda write, _before: self._queue.add_after(write.key, PERIOD))
        for item in self._store.objects(KIND):
            self._queue.add_after(Key(KIND, item.metadata.namespace, item.metadata.name), PERIOD)

    def sync(self, key: Key) -> None:
        """Scale the target of one autoscaler, and come back after a period."""
        item = self._store.get(key)
        if not isinstance(item, Unstructured):
            self._history.pop(key, None)
            self._selectors.pop(key, None)
            return
        self._queue.add_after(key, PERIOD)
        spec = read_autoscaler(item, tolerance_counts=self._dialect.autoscalers_have_tolerance)
        status: JSON = item.content.get("status") or UNSYNCED
        begin = Sync(spec, status, self._history.get(key, History()), self._engine.now, self._engine.timestamp())
        try:
            scale = self._scale(spec, key.namespace)
        except ApiError as error:
            self._carry_out(item, key, decide.unreadable(begin, error.message))
            return
        sync = decide.readable(begin, scale.replicas)
        decision = decide.without_metrics(sync, scale.replicas) or self._by_metrics(sync, key, scale)
        if decision.resize is not None:
            decision = self._rescale(item, scale, sync._replace(status=status), decision)
        self._carry_out(item, key, decision)

    def _scale(self, spec: Autoscaler, namespace: str) -> Scale:
        """The target as its scale subresource shows it. Raises ApiError."""
        kind = kind_for(spec.api_version, spec.kind)
        if kind is None:
            group = spec.api_version.rpartition("/")[0]
            raise ApiError("NotFound", f'no matches for kind "{spec.kind}" in group "{group}"')
        if kind.name not in SCALABLE:
            raise ApiError("NotFound", "the server could not find the requested resource")
        key = Key(kind.name, namespace, spec.name)
        item: Any = self._store.get(key)
        if item is None:
            raise not_found(key)
        selector = item.spec.selector
        if not isinstance(selector, LabelSelector):
            selector = LabelSelector(match_labels=dict(selector or {}))
        return Scale(item, 1 if item.spec.replicas is None else item.spec.replicas, item.status.replicas, selector)

    def _by_metrics(self, sync: Sync, key: Key, scale: Scale) -> Decision:
        self._selectors[key] = scale.selector
        pods = [pod for pod in self._store.typed(Pod, key.namespace) if matches(scale.selector, pod.metadata.labels)]
        others = self._controlling(key, pods)
        if len(others) > 1:
            names = " ".join(f"{other.namespace}/{other.name}" for other in others)
            text = f"pods by selector {selector_text(scale.selector)} are controlled by multiple HPAs: [{names}]"
            return decide.ambiguous(sync, scale.replicas, text)
        target = Target(key.namespace, scale.replicas, scale.present, pods, tolerance_of(sync.spec))
        outcome = proposed(sync.spec.metrics, target, self._api.metrics, self._dialect, self._engine.wall)
        return decide.by_metrics(sync, scale.replicas, outcome)

    def _controlling(self, key: Key, pods: list[Pod]) -> list[Key]:
        """The autoscalers that select any of these pods, in no particular order, as far as they have been synced."""
        selecting = [
            other
            for other, selector in self._selectors.items()
            if other.namespace == key.namespace and any(matches(selector, pod.metadata.labels) for pod in pods)
        ]
        if len(selecting) > 1:
            selecting.sort()
            self._engine.streams.stream("autoscalers", *key).shuffle(selecting)
        return selecting

    def _rescale(self, item: Object, scale: Scale, before: Sync, decision: Decision) -> Decision:
        resized = evolve(scale.item, spec=evolve(scale.item.spec, replicas=decision.resize))
        try:
            self._api.update(resized, because(item, f"autoscaler: {decision.reason}" if decision.reason else "autoscaler"))
        except ApiError as error:
            return decide.refused(before, scale.replicas, decision, error.message)
        return decision

    def _carry_out(self, item: Unstructured, key: Key, decision: Decision) -> None:
        """Record what was decided: Events, and a status that differs."""
        self._history[key] = decision.history
        cause = because(item, "autoscaler synced")
        if decision.status != item.content.get("status"):
            self._api.update(evolve(item, content={**item.content, "status": decision.status}), cause)
        for notice in decision.notices:
            self._recorder.event(item, notice.type, notice.reason, notice.message, cause=cause)
