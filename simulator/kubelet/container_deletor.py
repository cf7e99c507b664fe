"""Removes containers that have ended and are not needed any more (pkg/kubelet/pod_container_deletor.go)."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.kubelet.node_context import NodeContext
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_sidecar


class ContainerDeletor:
    """Keeps the newest dead instance of each container, as long as the pod exists. Has no state of its own."""

    def __init__(self, node: NodeContext) -> None:
        self._runtime = node.runtime
        self._klog = node.klog

    def clean_up(self, pod: RuntimePod, died: str, *, remove_all: bool) -> None:
        """A relist that saw `pod` found that a container or sandbox `died`. `remove_all`: the pod is deleted and has ended."""
        dead = [record for record in pod.containers if record.state is State.EXITED]
        if remove_all:  # PLG-04
            self._remove(dead)
            return
        name = next((record.name for record in pod.containers if record.id == died), None)
        # The kubelet looks for a sandbox that ended among the containers, too.
        if name is None:
            self._klog.info("Container not found in pod's containers", containerID=died)
            return
        self._remove([record for record in dead if record.name == name][1:])  # PLG-03

    def prune_init_containers(self, pod: Pod, runtime: RuntimePod) -> None:
        """Before anything starts: of the dead instances of each regular init container only the newest is kept."""
        for container in pod.spec.init_containers:
            if not is_sidecar(pod, container):
                dead = [record for record in runtime.instances(container.name) if record.state is State.EXITED]
                self._remove(dead[1:])  # PLG-05

    def purge_init_containers(self, pod: Pod) -> None:
        """A new sandbox starts over with the first init container: all instances are removed."""
        for container in pod.spec.init_containers:
            self._remove(self._runtime.pod(pod.metadata.uid).instances(container.name))

    def _remove(self, records: Iterable[ContainerRecord]) -> None:
        for record in records:
            self.remove(record)

    def remove(self, record: ContainerRecord, *, keeps_log: bool = False) -> None:
        """Remove an ended container, unless that was done."""
        if self._runtime.container(record.id) is not None:
            self._klog.info("RemoveContainer", containerID=record.id)
            self._runtime.remove_container(record.id, keeps_log=keeps_log)
