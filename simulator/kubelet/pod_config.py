"""Versions of pods: what kind of change a write is to the kubelet (pkg/kubelet/config), and the resources that it has allocated."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from simulator.kubelet.admission_handler import AdmissionHandler
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_syncer import PodSyncer
from simulator.kubelet.pod_workers import PodWorkers
from simulator.kubelet.specs import as_running, resources_of
from simulator.objects.pod import Pod

if TYPE_CHECKING:
    from simulator.kubelet.resizes import Resizes


class Change(Enum):
    """Kinds of change, by the word in the kubelet's log."""

    UPDATE = "UPDATE"
    DELETE = "DELETE"
    RECONCILE = "RECONCILE"
    NONE = "NONE"


def change_of(before: Pod, after: Pod) -> Change:
    """Changes of spec, labels, annotations and deletion need a sync; a change of the status is only compared with the kubelet's own."""
    old, new = before.metadata, after.metadata
    relevant = (before.spec, old.labels, old.annotations, old.deletion_timestamp, old.deletion_grace_period_seconds) != (
        after.spec,
        new.labels,
        new.annotations,
        new.deletion_timestamp,
        new.deletion_grace_period_seconds,
    )
    if relevant:
        return Change.DELETE if new.deletion_timestamp is not None else Change.UPDATE
    return Change.RECONCILE if before.status != after.status else Change.NONE


class PodVersions:
    """Of one node's pods. Until the first resize of a pod, what the API has is what the kubelet runs."""

    def __init__(
        self, node: NodeContext, admission: AdmissionHandler, pods: dict[str, Pod], workers: PodWorkers, syncer: PodSyncer
    ) -> None:
        self._node = node
        self._admission = admission
        self._pods = pods
        self._workers = workers
        self._syncer = syncer
        self._resizes: Resizes | None = None

    def take(self, pod: Pod, known: Pod) -> tuple[Change, Pod]:
        """What a new version of a known pod changes, and the pod with the resources that are allocated."""
        desired = known if self._resizes is None else self._resizes.desired(known)
        change = change_of(desired, pod)
        if change is Change.RECONCILE and self._resizes is not None:
            self._resizes.status_changed(desired, pod)
        return change, self._allocated(pod, known)

    def add(self, pod: Pod) -> Pod:
        """A pod that an earlier kubelet has run, with the resources that it has given to the containers."""
        running = as_running(pod, self._node.runtime.pod(pod.metadata.uid))
        return pod if running is pod else self._allocated(pod, running)

    def remove(self, uid: str) -> None:
        """The pod has left the API."""
        if self._resizes is not None:
            self._resizes.forget(uid)
            self._resizes.capacity_freed()

    def _allocated(self, pod: Pod, known: Pod) -> Pod:
        if self._resizes is None:
            if known.spec is pod.spec or not self._node.dialect.resizes_pods or resources_of(known) == resources_of(pod):
                return pod
            from simulator.kubelet.resizes import Resizes

            self._resizes = Resizes(self._node, self._admission, self._pods, self._workers.rouse_and_update)
            self._syncer.follow(self._resizes)
        return self._resizes.changed(pod, known)
