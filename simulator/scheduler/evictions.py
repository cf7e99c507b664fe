"""The evictions that preemption needs, one after the other (framework/preemption/executor.go)."""

from __future__ import annotations

from functools import partial

from simulator.api import ApiServer
from simulator.api.deletion import Deletion
from simulator.client.recorder import NORMAL
from simulator.client.series_recorder import SeriesRecorder
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Cause
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import disruption_target, with_condition
from simulator.scheduler.cycle import NAME
from simulator.units import MILLISECOND

EVICTION = 10 * MILLISECOND
"""How long the requests of one eviction take, as recorded. So victims of several preemptors do not end at the same instant, and a
preemptor is tried while a part of its victims is still there."""


class Evictions:
    """Evicts victims. A preemptor is not tried again before the last of its victims is evicted."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect, recorder: SeriesRecorder) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._recorder = recorder
        self._free_at = 0
        self._under_way: dict[Key, int] = {}

    def start(self, preemptor: Pod, victims: list[Pod], node: str) -> None:
        """Evict these victims as soon as earlier evictions are done."""
        for victim in victims:
            evict = partial(self._evict, preemptor, key_of(victim), victim.metadata.uid, node)
            at = max(self._engine.now, self._free_at)
            self._free_at = at + EVICTION
            if at == self._engine.now:
                evict()
            else:
                self._engine.call_at(at, evict)
                self._under_way[key_of(preemptor)] = at

    def are_under_way(self, preemptor: Key) -> bool:
        """Whether a victim of this pod is still to be evicted."""
        return self._under_way.get(preemptor, -1) >= self._engine.now

    def _evict(self, preemptor: Pod, key: Key, uid: str, node: str) -> None:
        """Mark a victim and delete it with its own grace period, unless it is gone or terminating already."""
        victim = self._api.store.get(key)
        if not isinstance(victim, Pod) or victim.metadata.uid != uid or is_being_deleted(victim):
            return
        cause = Cause(int(preemptor.metadata.resource_version or 0), "preempt")
        generation = victim.metadata.generation if self._dialect.reports_observed_generation else None
        message = f"{NAME}: preempting to accommodate a higher priority pod"
        target = disruption_target("PreemptionByScheduler", message, self._engine.timestamp(), generation)
        marked = self._api.update_status(evolve(victim, status=with_condition(victim.status, target)), cause)
        self._api.delete(key, Deletion(uid=uid), cause)
        text = f"Preempted by pod {preemptor.metadata.uid} on node {node}"
        self._recorder.event(marked, NORMAL, "Preempted", "Preempting", text, cause=cause)
