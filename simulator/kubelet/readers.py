"""Which pods read which objects at each sync: the content of volumes, pull secrets, and what the node can allocate."""

from __future__ import annotations

from simulator.kubelet.volumes import objects_of
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod

KINDS = ("ConfigMap", "Secret", "Node")


class Readers:
    """The pods of one node by the objects that they read."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._pods: dict[Key, dict[str, None]] = {}

    def add(self, pod: Pod) -> None:
        """Track a pod."""
        for key in objects_read(pod, self._node):
            self._pods.setdefault(key, {})[pod.metadata.uid] = None

    def remove(self, pod: Pod) -> None:
        """The pod has left the API."""
        for key in objects_read(pod, self._node):
            readers = self._pods.get(key, {})
            readers.pop(pod.metadata.uid, None)
            if not readers:
                self._pods.pop(key, None)

    def of(self, key: Key) -> list[str]:
        """The uids of the pods that read an object."""
        return list(self._pods.get(key, ()))


def objects_read(pod: Pod, node: str) -> list[Key]:
    """The objects that a sync of a pod on that node reads."""
    secrets = [Key("Secret", pod.metadata.namespace, secret.name) for secret in pod.spec.image_pull_secrets]
    return [Key("Node", "", node), *secrets, *(key for volume in pod.spec.volumes for key in objects_of(pod, volume))]
