"""kube-proxy of one node: it watches Services and EndpointSlices, and programs the kernel at intervals (pkg/proxy)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from simulator.engine import Engine
from simulator.journal.records import Cause, Fact, Write
from simulator.journal.store import Store
from simulator.network.dns import slices_of
from simulator.network.rules import Rule, RuleBook
from simulator.objects.kinds import Key, Object
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.service import Service
from simulator.units import MILLISECOND, SECOND

ENDPOINT_UPDATES = 100 * MILLISECOND
MIN_SYNC_PERIOD = 1 * SECOND
"""minSyncPeriod: the least time between two runs (pkg/proxy/apis/config/v1alpha1/defaults.go)."""


class KubeProxy:
    """Programs the rules of one node.

    `updates`: how long a change takes to arrive; `min_sync`: the least time between two runs (both in ns). `book` may be shared with
    other nodes.
    """

    def __init__(self, engine: Engine, store: Store, node: str, updates: int = ENDPOINT_UPDATES, min_sync: int = MIN_SYNC_PERIOD) -> None:
        self._engine = engine
        self._store = store
        self.node = node
        self.updates = updates
        self._min_sync = min_sync
        self.book = RuleBook()
        self._rules: dict[Key, tuple[Rule, ...]] = {}
        self._by_address: dict[tuple[str, int], Rule] | None = None
        self._changed: dict[Key, Cause] = {}
        self._last_run: int | None = None
        self._scheduled = False

    def start(self) -> None:
        """Program what exists already."""
        for service in self._store.typed(Service):
            self.note(Key("Service", service.metadata.namespace, service.metadata.name), Cause(self._store.revision, "start"))

    def rule(self, address: str, port: int) -> Rule | None:
        """The rule for a Service's address and port; None when none is programmed."""
        if self._by_address is None:
            items = [item for rules in self._rules.values() for item in rules]
            self._by_address = {(item.cluster_ip, item.port): item for item in reversed(items)}
        return self._by_address.get((address, port))

    def node_rule(self, port: int) -> Rule | None:
        """The rule for a node port."""
        return next((item for rules in self._rules.values() for item in rules if item.node_port == port), None)

    def note(self, key: Key, cause: Cause) -> None:
        """A change arrived: run at once, or as soon as the minimum period has passed."""
        self._changed[key] = cause
        if not self._scheduled:
            self._scheduled = True
            earliest = 0 if self._last_run is None else self._last_run + self._min_sync
            self._engine.call_at(max(earliest, self._engine.now), self._run)

    def _run(self) -> None:
        self._scheduled = False
        self._last_run = self._engine.now
        changed, self._changed = self._changed, {}
        for key, cause in changed.items():
            self._program(key, cause)

    def _program(self, key: Key, cause: Cause) -> None:
        service = self._store.get(key)
        before = self._rules.get(key)
        self._by_address = None
        if not isinstance(service, Service) or service.spec.cluster_ip in ("", "None"):
            self._rules.pop(key, None)
            return
        slices = slices_of(self._store, key)
        rules, ready = self.book.look_up(key, service, slices, self.node)
        self._rules[key] = rules
        if rules != before:
            self._store.journal.append(Fact(self._engine.now, "proxy.programmed", key, {"node": self.node, "ready": ready}, cause))


class Changes:
    """Writes of Services and EndpointSlices on their way to the proxies: one timer for all nodes that they reach at the same time."""

    def __init__(self, engine: Engine, store: Store, proxies: Iterable[KubeProxy]) -> None:
        self._engine = engine
        self._by_delay: dict[int, list[KubeProxy]] = {}
        for proxy in proxies:
            self._by_delay.setdefault(proxy.updates, []).append(proxy)
        store.watch(("Service", "EndpointSlice"), self._on_write)

    def _on_write(self, write: Write, before: Object | None) -> None:
        written = write.key
        name = write.item.metadata.labels.get(SERVICE_NAME) if written.kind == "EndpointSlice" else written.name
        if name:
            key, cause = Key("Service", written.namespace, name), Cause(write.revision, "proxy")
            for delay, proxies in self._by_delay.items():
                self._engine.call_after(delay, partial(_note, proxies, key, cause))


def _note(proxies: Iterable[KubeProxy], key: Key, cause: Cause) -> None:
    for proxy in proxies:
        proxy.note(key, cause)
