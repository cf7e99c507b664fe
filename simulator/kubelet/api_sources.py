"""What pods refer to and the API has at this instant."""

from __future__ import annotations

from simulator.kubelet.environment import Sources
from simulator.kubelet.node_context import NodeContext
from simulator.objects.config import ConfigMap, Secret
from simulator.objects.kinds import Key
from simulator.objects.labels import PROVISIONED_BY
from simulator.objects.node import Node
from simulator.objects.service import Service
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim


def current_sources(node: NodeContext) -> Sources:
    """The config maps, secrets and Services that variables and volumes take their values from, and what the node can allocate."""
    store = node.api.store

    def config_map(namespace: str, name: str) -> ConfigMap | None:
        item = store.get(Key("ConfigMap", namespace, name))
        return item if isinstance(item, ConfigMap) else None

    def secret(namespace: str, name: str) -> Secret | None:
        item = store.get(Key("Secret", namespace, name))
        return item if isinstance(item, Secret) else None

    def is_new_claim(namespace: str, name: str) -> bool:
        claim = store.get(Key("PersistentVolumeClaim", namespace, name))
        if not isinstance(claim, PersistentVolumeClaim) or claim.spec.data_source or claim.spec.data_source_ref:
            return False  # a snapshot or another claim fills it
        volume = store.get(Key("PersistentVolume", "", claim.spec.volume_name))
        return isinstance(volume, PersistentVolume) and PROVISIONED_BY in volume.metadata.annotations

    item = store.get(Key("Node", "", node.name))
    allocatable = item.status.allocatable if isinstance(item, Node) else {}
    return Sources(config_map, secret, store.typed(Service), node.runtime.host_ip, allocatable, is_new_claim)
