"""Volumes that are attached to the node before they are mounted, and the node's report of which are in use."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api import ApiServer
from simulator.client.attachments import is_attached, is_attached_first, unique_name
from simulator.engine import Engine, Process
from simulator.journal.records import Cause
from simulator.kubelet.config import VOLUME_RECONCILE
from simulator.objects.base import evolve
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.units import SECOND

REPORT_PERIOD = 10 * SECOND
"""nodeStatusUpdateFrequency: how often a node reports which volumes it uses."""


class AttachedDisks:
    """The disks of one node. While the node reports that it uses one, it is not detached."""

    def __init__(self, engine: Engine, api: ApiServer, node: str) -> None:
        self._engine = engine
        self._api = api
        self._node = node
        self._users: dict[str, set[str]] = {}

    def wait_for_attach(self, pod: Pod, claim: str, is_needed: Callable[[], bool]) -> Process[bool]:
        """Until the volume of a claim is attached to the node, if it has to be: whether the pod still needs it."""
        volume = self._disk(pod, claim)
        while volume is not None and not is_attached(volume, self._node, self._api.store):
            if not is_needed():
                return False
            yield self._engine.sleep(VOLUME_RECONCILE)
        if volume is not None:
            self._users.setdefault(unique_name(volume), set()).add(pod.metadata.uid)
            self._write(lambda known: known | self._users.keys())
        return True

    def is_detached(self, pod: Pod, claim: str) -> bool:
        """Whether the volume of a claim still has to be attached."""
        volume = self._disk(pod, claim)
        return volume is not None and not is_attached(volume, self._node, self._api.store)

    def release(self, uid: str) -> None:
        """A pod has unmounted its volumes; the next report of the node leaves them out."""
        freed = [name for name, users in self._users.items() if uid in users]
        for name in freed:
            self._users[name].discard(uid)
            if not self._users[name]:
                del self._users[name]
        if freed:
            phase = self._engine.streams.phase(REPORT_PERIOD, "node-status", self._node)
            wait = REPORT_PERIOD - (self._engine.now - phase) % REPORT_PERIOD
            self._engine.call_after(wait, lambda: self._write(lambda known: known & self._users.keys()))

    def _write(self, change: Callable[[set[str]], set[str]]) -> None:
        """Report the volumes in use, if they have changed."""
        node = self._api.store.get(Key("Node", "", self._node))
        if not isinstance(node, Node):
            return
        names = sorted(change(set(node.status.volumes_in_use)))
        if names != node.status.volumes_in_use:
            cause = Cause(int(node.metadata.resource_version or 0), "VOL-09")
            self._api.update_status(evolve(node, status=evolve(node.status, volumes_in_use=names)), cause)

    def _disk(self, pod: Pod, claim: str) -> PersistentVolume | None:
        """The volume of a claim; None unless it has to be attached."""
        store = self._api.store
        item = store.get(Key("PersistentVolumeClaim", pod.metadata.namespace, claim)) if claim else None
        name = item.spec.volume_name if isinstance(item, PersistentVolumeClaim) else ""
        volume = store.get(Key("PersistentVolume", "", name))
        return volume if isinstance(volume, PersistentVolume) and is_attached_first(volume, store) else None
