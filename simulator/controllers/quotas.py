"""The usage of ResourceQuotas (pkg/controller/resourcequota)."""

from __future__ import annotations

from simulator.api.admission_quota import add, covers, usage
from simulator.controllers.base import Controller, because
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.config import ResourceQuota
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended


class ResourceQuotaController(Controller):
    """Recalculates usage when a quota changes and when usage decreases; admission adds new usage."""

    name = "resourcequota-controller"

    def start(self) -> None:
        """Watch quotas, and all objects that may release usage."""
        self._store.watch("ResourceQuota", self._on_quota)
        self._store.watch("*", self._on_write)
        self._enqueue_all("ResourceQuota")

    def sync(self, key: Key) -> None:
        """Recalculate the usage of one quota."""
        quota = self._store.get(key)
        if not isinstance(quota, ResourceQuota):
            return
        used = dict.fromkeys(quota.spec.hard, "0")
        for kind in self._store.kinds():
            for item in self._store.objects(kind, key.namespace):
                if covers(quota, item):
                    for name, amount in usage(item).items():
                        if name in used:
                            used[name] = add(used[name], amount)
        status = evolve(quota.status, hard=quota.spec.hard, used=used)
        self._api.update_status(evolve(quota, status=status), because(quota, "usage counted"))

    def _on_quota(self, write: Write, before: Object | None) -> None:
        item = write.item
        if isinstance(item, ResourceQuota) and item.status.hard != item.spec.hard:
            self._queue.add(write.key)

    def _on_write(self, write: Write, before: Object | None) -> None:
        """Enqueue the quotas of a namespace in which an object was deleted or a pod has ended."""
        ended = isinstance(write.item, Pod) and isinstance(before, Pod) and has_ended(write.item) and not has_ended(before)
        if write.key.namespace and (write.type == "DELETED" or ended):
            for quota in self._store.typed(ResourceQuota, write.key.namespace):
                self._queue.add(key_of(quota))
