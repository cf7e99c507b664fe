"""All invariants, and which of them a run breaks. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.invariants import pods, workloads, writes
from simulator.invariants.violation import Invariant, Violation
from simulator.journal.snapshot import Snapshot

_ROWS = (
    ("time", writes.time_never_goes_back, "podsim's journal"),
    ("revisions", writes.revisions_rise, "etcd's revisions; API conventions, Concurrency Control and Consistency"),
    ("identity", writes.no_write_after_deletion, "API conventions, Metadata: uid"),
    ("deletion", writes.deletion_is_final, "API conventions, Metadata: deletionTimestamp; registry/rest/delete.go BeforeDelete"),
    ("owners", writes.owners_live, "controller/garbagecollector"),
    ("ready", pods.ready_implies_its_parts, "kubelet/status/generate.go"),
    ("phase", pods.ended_pods_stay_ended, "kubelet/status/status_manager.go; Pod Lifecycle, Pod phase"),
    ("restarts", pods.restarts_never_fall, "kubelet/kubelet_pods.go convertToAPIContainerStatuses"),
    ("node", pods.pods_stay_on_their_node, "apis/core/validation ValidatePodUpdate"),
    ("grace", pods.grace_is_kept, "kubelet/kuberuntime killContainer; CRI StopContainer"),
    ("capacity", pods.nodes_have_capacity, "scheduler/framework/plugins/noderesources/fit.go"),
    ("counts", workloads.counts_match_pods, "controller/replicaset/replica_set_utils.go calculateStatus"),
    ("endpoints", workloads.endpoints_follow_pods, "endpointslice/utils.go podToEndpoint"),
    ("budgets", workloads.budgets_are_kept, "registry/core/pod/storage/eviction.go checkAndDecrement"),
    ("quotas", workloads.quotas_are_kept, "apiserver/pkg/admission/plugin/resourcequota"),
)
"""The rule of an invariant is the docstring of its function."""
INVARIANTS = tuple(Invariant(name, " ".join((function.__doc__ or "").split()), source, function) for name, function, source in _ROWS)


class Broken(NamedTuple):
    """An invariant that does not hold, and where."""

    invariant: Invariant
    violations: list[Violation]


def broken(run: Snapshot) -> Iterator[Broken]:
    """The invariants that do not hold up to the instant of the snapshot."""
    for invariant in INVARIANTS:
        if violations := list(invariant.violations(run)):
            yield Broken(invariant, violations)
