"""The Lease of a node, its heartbeat, without a write every ten seconds (pkg/kubelet, component-helpers/apimachinery/lease).

While a kubelet runs, its Lease is not written again: the annotation RENEWED gives the period of the renewals from `renewTime` on. When
the kubelet stops, the annotation is removed and `renewTime` is set to the last renewal. The heartbeats of the node's conditions, one
every five minutes while nothing changes, work the same way.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.api import ApiError, ApiServer
from simulator.engine import Engine
from simulator.journal.records import Cause
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, Unstructured
from simulator.objects.meta import ObjectMeta
from simulator.units import SECOND, format_micro_time, parse_time

NAMESPACE = "kube-node-lease"
RENEWED = "podsim/renewed-every-seconds"
DURATION_SECONDS = 40
RENEW_SECONDS = 10
"""A quarter of the duration."""
REPORT_SECONDS = 300
"""nodeStatusReportFrequency: how often a kubelet posts the status of its node when nothing has changed."""
RULE = Cause(0, "node lease")


class NodeLease:
    """The Lease of one node, as its kubelet maintains it."""

    def __init__(self, engine: Engine, api: ApiServer, node: str) -> None:
        self._engine = engine
        self._api = api
        self._node = node
        self._first = 0

    def hold(self) -> None:
        """Renew from now on; the first renewal comes after a random part of the period."""
        early = self._engine.streams.uniform(0, RENEW_SECONDS * SECOND, "lease", self._node)
        self._first = self._engine.wall - early
        self._write(self._first, {RENEWED: str(RENEW_SECONDS)})

    def lapse(self) -> None:
        """Stop renewing: the last renewal is the last before now."""
        period = RENEW_SECONDS * SECOND
        self._write(self._first + (self._engine.wall - self._first) // period * period, {})

    def _write(self, renewed: int, annotations: dict[str, str]) -> None:
        spec = {
            "holderIdentity": self._node,
            "leaseDurationSeconds": DURATION_SECONDS,
            "renewTime": format_micro_time(renewed),
        }
        key = Key("Lease", NAMESPACE, self._node)
        old = self._api.store.get(key)
        if isinstance(old, Unstructured):
            meta = evolve(old.metadata, annotations=annotations)
            self._api.update(evolve(old, metadata=meta, content={"spec": spec}), RULE)
            return
        meta = ObjectMeta(name=self._node, namespace=NAMESPACE, annotations=annotations)
        try:
            self._api.create(Unstructured(api_version="coordination.k8s.io/v1", kind="Lease", metadata=meta, content={"spec": spec}), RULE)
        except ApiError as error:
            if error.reason not in ("NotFound", "Forbidden"):  # a cluster without the namespace of leases
                raise


def lapsed_at(lease: Object | None) -> int | None:
    """When a node's lease was renewed last (nanoseconds since the epoch); None while it is being renewed."""
    if not isinstance(lease, Unstructured) or RENEWED in lease.metadata.annotations:
        return None
    renewed = (lease.content.get("spec") or {}).get("renewTime")
    return parse_time(renewed) if renewed else None


class Beat(NamedTuple):
    """A periodic event: its first instant and its period (nanoseconds; 0: it has ended)."""

    first: int
    every: int

    def last(self, wall: int) -> int:
        """The last one up to `wall`."""
        return self.first if not self.every else self.first + max(0, wall - self.first) // self.every * self.every


def renewals(lease: Object) -> Beat:
    """The renewals of a node's lease, in nanoseconds since the epoch."""
    assert isinstance(lease, Unstructured), "leases are kept as they are"
    return Beat(parse_time(lease.content["spec"]["renewTime"]), int(lease.metadata.annotations.get(RENEWED, "0")) * SECOND)


def reports(written: str, lease: Object | None) -> Beat:
    """The heartbeats of a node's condition that was written at `written`; they end when its lease lapses."""
    lives = isinstance(lease, Unstructured) and RENEWED in lease.metadata.annotations
    return Beat(parse_time(written), REPORT_SECONDS * SECOND if lives else 0)
