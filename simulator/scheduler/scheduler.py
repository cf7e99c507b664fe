"""The process that binds pods to nodes (pkg/scheduler/schedule_one.go, eventhandlers.go)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from simulator.api import ApiServer
from simulator.api.pods import bind
from simulator.client.ownership import controller_of, owner_in
from simulator.client.recorder import NORMAL, WARNING
from simulator.client.series_recorder import SeriesRecorder
from simulator.client.services import selecting
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Cause, Write
from simulator.objects.base import evolve
from simulator.objects.conditions import POD_SCHEDULED
from simulator.objects.config import Namespace
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import with_condition
from simulator.objects.pod_status import PodCondition
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.selectors import Labels
from simulator.scheduler import preemption
from simulator.scheduler.claims import Claims, claims_of
from simulator.scheduler.cluster_view import ClusterView, NodeInfo
from simulator.scheduler.cycle import NAME, Cycle, Rejection, is_ours, with_node
from simulator.scheduler.filters import rejection, rejections
from simulator.scheduler.late_binding import VOLUMES_PERIOD, claim_volumes
from simulator.scheduler.measurements import Measurements
from simulator.scheduler.messages import fit_error, histogram
from simulator.scheduler.queue import SchedulingQueue
from simulator.scheduler.scores import totals
from simulator.scheduler.wake_up import hints_of

if TYPE_CHECKING:
    from simulator.scheduler.evictions import Evictions

EARLY = "VolumeBinding"
"""The filter that rejects a pod before any node is checked."""


class Scheduler:
    """Binds pods that have no node. `host` is the machine it runs on, for its Events."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect, host: str) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._view = ClusterView()
        self._recorder = SeriesRecorder(engine, api, NAME, host)
        pops = dialect.scheduler_pops_from_back_off
        self._queue = SchedulingQueue(engine, self._wake, self._on_timeout, pops_from_back_off=pops)
        self._nominated: dict[Key, str] = {}
        self._measurements = Measurements()

    @cached_property
    def _evictions(self) -> Evictions:
        """What preemption needs; made for the first preemptor."""
        from simulator.scheduler.evictions import Evictions

        return Evictions(self._engine, self._api, self._dialect, self._recorder)

    def start(self) -> None:
        """Watch pods, nodes and the objects that pods may wait for, and take in those that exist."""
        store = self._api.store
        store.watch("Node", self._on_node)
        store.watch("Pod", self._on_pod)
        store.watch(("PersistentVolumeClaim", "PersistentVolume", "StorageClass"), self._on_other)
        for node in store.typed(Node):
            self._view.set_node(node)
        for pod in store.typed(Pod):
            self._view.set_pod(pod)
            if is_ours(pod):
                self._queue.add(key_of(pod), pod)

    # ---- one attempt

    def _wake(self) -> None:
        self._engine.call_after(0, self._schedule_next)

    def _schedule_next(self) -> None:
        key = self._queue.pop()
        pod = None if key is None else self._api.store.get(key)
        if key is not None and isinstance(pod, Pod) and is_ours(pod):
            self._schedule(key, pod)

    def _schedule(self, key: Key, pod: Pod) -> None:
        claims = claims_of(pod, self._api.store)
        cycle = self._cycle(pod, claims)
        if claims.problem:
            rejection_of_all = Rejection((claims.problem,), resolvable=False, by=EARLY)
            self._fail(key, cycle, {info.name: rejection_of_all for info in cycle.nodes}, claims.problem)
            return
        feasible, rejected = self._filter(cycle)
        if not feasible:
            self._fail(key, cycle, rejected, "")
            return
        node = self._choose(cycle, feasible)
        self._queue.forget(key)
        self._nominated.pop(key, None)
        if cycle.choices:
            claim_volumes(self._api, cycle, node)
            self._view.set_pod(evolve(pod, spec=evolve(pod.spec, node_name=node.name)))
            self._engine.call_after(VOLUMES_PERIOD, lambda: self._await_volumes(key, pod, node.name))
        else:
            self._bind(key, pod, node.name)

    def _await_volumes(self, key: Key, pod: Pod, node: str) -> None:
        """Bind a pod once its claims are bound."""
        current = self._api.store.get(key)
        if not isinstance(current, Pod) or current.metadata.uid != pod.metadata.uid or not is_ours(current):
            self._view.remove_pod(pod.metadata.uid)
        elif claims_of(current, self._api.store).choices:
            self._engine.call_after(VOLUMES_PERIOD, lambda: self._await_volumes(key, pod, node))
        else:
            self._bind(key, current, node)

    def _cycle(self, pod: Pod, claims: Claims) -> Cycle:
        siblings = self._siblings(pod)
        measured = None if claims.volumes or claims.choices else self._measurements.of(pod, siblings)
        nodes, namespaces = self._view.nodes(), self._namespaces()
        return Cycle(pod, nodes, self._dialect, claims.volumes, namespaces, siblings, claims.choices, claims.exclusive, measured)

    def _namespaces(self) -> dict[str, Labels]:
        return {item.metadata.name: item.metadata.labels for item in self._api.store.typed(Namespace)}

    def _siblings(self, pod: Pod) -> list[Labels]:
        """Selectors of the Services and of the set that the pod belongs to."""
        store = self._api.store
        siblings: list[Labels] = [item.spec.selector for item in selecting(store, pod.metadata.namespace, [pod.metadata.labels])]
        ref = controller_of(pod)
        if ref is not None and ref.kind in SPREAD_OWNERS:
            owner = owner_in(store, pod, ref)
            selector = getattr(getattr(owner, "spec", None), "selector", None)
            if selector:
                siblings.append(getattr(selector, "match_labels", selector))
        return siblings

    def _filter(self, cycle: Cycle) -> tuple[list[NodeInfo], dict[str, Rejection]]:
        """The feasible nodes, and why the others are not. The nominated node, if it is feasible, is the only one."""
        nominated = self._view.node(cycle.pod.status.nominated_node_name)
        if nominated is not None and self._refusal(cycle, nominated) is None:
            return [nominated], {}
        refused = [self._refusal(cycle, info) for info in cycle.nodes] if self._nominated else rejections(cycle, cycle.nodes)
        if not any(refused):
            return cycle.nodes, {}
        results = list(zip(cycle.nodes, refused, strict=True))
        return [info for info, no in results if no is None], {info.name: no for info, no in results if no is not None}

    def _refusal(self, cycle: Cycle, info: NodeInfo) -> Rejection | None:
        """Why a node is not feasible, also with the pods of the same or a higher priority that are nominated for it."""
        nominated = [other for other in self._nominated_for(info.name) if other.metadata.uid != cycle.pod.metadata.uid]
        ahead = [other for other in nominated if preemption.priority(other) >= preemption.priority(cycle.pod)]
        if ahead:
            fuller = info.copy()
            for other in ahead:
                fuller.add(other)
            refused = rejection(with_node(cycle, fuller), fuller)
            if refused is not None:
                return refused
        return rejection(cycle, info)

    def _nominated_for(self, node: str) -> list[Pod]:
        pods = [self._api.store.get(key) for key, name in self._nominated.items() if name == node]
        return [item for item in pods if isinstance(item, Pod) and not item.spec.node_name]

    def _choose(self, cycle: Cycle, feasible: list[NodeInfo]) -> NodeInfo:
        """The node with the highest score; a random one among equals."""
        if len(feasible) == 1:
            return feasible[0]
        points = totals(cycle, feasible)
        most = max(points)
        best = [info for info, number in zip(feasible, points, strict=True) if number == most]
        return best[int(self._engine.streams.stream("scheduler").random() * len(best))]

    def _bind(self, key: Key, pod: Pod, node: str) -> None:
        cause = Cause(int(pod.metadata.resource_version or 0), "bind")
        bind(self._api, key, node, cause, keeps_nomination=not self._dialect.binding_clears_nomination)
        text = f"Successfully assigned {key.namespace}/{key.name} to {node}"
        self._recorder.event(pod, NORMAL, "Scheduled", "Binding", text, cause=cause)

    # ---- no node

    def _fail(self, key: Key, cycle: Cycle, rejected: dict[str, Rejection], early: str) -> None:
        """Park an unschedulable pod, try preemption, and report both."""
        pod = cycle.pod
        self._queue.park(key, frozenset(item.by for item in rejected.values()))
        chosen, post_filter = (None, self._early_message(cycle)) if early else self._preempt(cycle, rejected)
        text = fit_error(len(cycle.nodes), rejected, early, post_filter)
        cause = Cause(int(pod.metadata.resource_version or 0), "no node")
        self._recorder.event(pod, WARNING, "FailedScheduling", "Scheduling", text, cause=cause)
        condition = PodCondition(
            type=POD_SCHEDULED,
            status="False",
            reason="Unschedulable",
            message=text,
            last_transition_time=self._engine.timestamp(),
            observed_generation=pod.metadata.generation if self._dialect.reports_observed_generation else None,
        )
        status = with_condition(pod.status, condition)
        if chosen is not None:
            status = evolve(status, nominated_node_name=chosen.node)
            self._nominated[key] = chosen.node
        self._api.update_status(evolve(pod, status=status), cause)
        if chosen is not None:
            self._evictions.start(pod, chosen.victims, chosen.node)

    def _early_message(self, cycle: Cycle) -> str:
        no_node = histogram(len(cycle.nodes), [preemption.NOT_HELPFUL] * len(cycle.nodes))
        return self._dialect.say("scheduler.post_filter_early", histogram=no_node)

    def _preempt(self, cycle: Cycle, rejected: dict[str, Rejection]) -> tuple[preemption.Candidate | None, str]:
        """The node to preempt on, or the message about why there is none."""
        pod = cycle.pod
        why_not = preemption.ineligible(pod, self._view.node(pod.status.nominated_node_name))
        if not why_not:
            budgets = self._api.store.typed(PodDisruptionBudget)
            outcomes = {
                info.name: preemption.candidate(pod, info, lambda view: self._refusal(with_node(cycle, view), view), budgets)
                for info in cycle.nodes
                if rejected[info.name].resolvable
            }
            candidates = [item for item in outcomes.values() if isinstance(item, preemption.Candidate)]
            if candidates:
                return preemption.best(candidates), ""
            refusals = [item for item in outcomes.values() if isinstance(item, Rejection)]
            reasons = [preemption.NOT_HELPFUL] * (len(cycle.nodes) - len(refusals)) + [text for item in refusals for text in item.reasons]
            why_not = histogram(len(cycle.nodes), reasons)
        return None, self._dialect.say("scheduler.post_filter", message=f"preemption: {why_not}") if cycle.nodes else ""

    # ---- events

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        assert isinstance(pod, Pod), "watched"
        if write.type == "DELETED":
            self._view.remove_pod(pod.metadata.uid)
            self._queue.forget(write.key)
            self._nominated.pop(write.key, None)
        else:
            self._view.set_pod(pod)
        old = before if isinstance(before, Pod) else None
        if write.type != "DELETED" and is_ours(pod):
            changed = old is not None and (old.spec, old.metadata.labels) != (pod.spec, pod.metadata.labels)
            if old is None or not is_ours(old) or changed:
                self._queue.add(write.key, pod)
        elif not is_ours(pod):
            self._queue.forget(write.key)
        self._requeue(write, before)

    def _on_node(self, write: Write, before: Object | None) -> None:
        node = write.item
        assert isinstance(node, Node), "watched"
        if write.type == "DELETED":
            self._view.remove_node(node.metadata.name)
        else:
            self._view.set_node(node)
        self._requeue(write, before)

    def _on_other(self, write: Write, before: Object | None) -> None:
        self._requeue(write, before)

    def _requeue(self, write: Write, before: Object | None) -> None:
        """Requeue the unschedulable pods that a write may help."""
        hints = hints_of(write, before)
        waiting = [(key, item.rejected_by & hints.keys()) for key, item in self._queue.waiting().items()] if hints else []
        if not any(filters for _, filters in waiting):
            return
        namespaces = self._namespaces()
        for key, filters in waiting:
            pod = self._api.store.get(key) if filters else None
            if isinstance(pod, Pod) and not (key in self._nominated and self._evictions.are_under_way(key)):
                cycle = Cycle(pod, [], self._dialect, [], namespaces, [])
                if any(hints[name](cycle) for name in filters):
                    self._queue.requeue(key, pod)

    def _on_timeout(self, key: Key) -> None:
        pod = self._api.store.get(key)
        if isinstance(pod, Pod):
            self._queue.add(key, pod)


SPREAD_OWNERS = frozenset({"ReplicaSet", "ReplicationController", "StatefulSet"})
