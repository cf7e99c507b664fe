"""Which pods read which objects at each sync: the content of volumes, pull secrets, and what the node can allocate."""

from __future__ import annotations

from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.volume import Volume

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
    namespace = pod.metadata.namespace
    names = [("Secret", secret.name) for secret in pod.spec.image_pull_secrets]
    names += [pair for volume in pod.spec.volumes for pair in _content(volume)]
    return [Key("Node", "", node), *(Key(kind, namespace, name) for kind, name in names)]


def _content(volume: Volume) -> list[tuple[str, str]]:
    """The kinds and names of the objects whose content is written into a volume."""
    names = []
    if volume.config_map is not None:
        names.append(("ConfigMap", volume.config_map.name))
    if volume.secret is not None:
        names.append(("Secret", volume.secret.secret_name))
    for source in () if volume.projected is None else volume.projected.sources:
        if source.config_map is not None:
            names.append(("ConfigMap", source.config_map.name))
        if source.secret is not None:
            names.append(("Secret", source.secret.name))
    return names
