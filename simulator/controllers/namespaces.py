"""Deletion of namespaces, and the objects that every namespace has (pkg/controller/namespace, serviceaccount, rootcacertpublisher)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.controllers.base import Controller, because
from simulator.journal.records import Write
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.config import ConfigMap, Namespace, ServiceAccount
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import ObjectMeta, is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.units import SECOND, parse_time

FINALIZER = "kubernetes"
QUIET = 5 * SECOND
"""namespaceDeletionGracePeriod: how long nothing happens after a terminating namespace is written."""
ESTIMATE = 15
"""Seconds that objects with finalizers are expected to take (finalizerEstimateSeconds)."""
ROOT_CA = "kube-root-ca.crt"
CERTIFICATE = "The root certificate of a simulated cluster.\n"
CA_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service "
    "IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
)


class NamespaceController(Controller):
    """Empties terminating namespaces, then removes their finalizer."""

    name = "namespace-controller"

    def start(self) -> None:
        """Watch namespaces."""
        self._store.watch("Namespace", lambda write, before: self._on_namespace(write))
        for item in self._store.typed(Namespace):
            self._on_namespace(Write(0, 0, "ADDED", item))

    def _on_namespace(self, write: Write) -> None:
        if write.type != "DELETED" and is_being_deleted(write.item):
            self._queue.add_after(write.key, QUIET)

    def sync(self, key: Key) -> None:
        """Delete the objects of the namespace, pods first; requeue after half of the time that this may take."""
        item = self._store.get(key)
        if not isinstance(item, Namespace) or not is_being_deleted(item):
            return
        pods: list[Any] = self._store.typed(Pod, item.metadata.name)
        cause = because(item, "namespace is terminating")
        for content in pods if pods and self._dialect.namespaces_lose_pods_first else self._contents(item):
            if not is_being_deleted(content):
                self._api.delete(key_of(content), Deletion(uid=content.metadata.uid, propagation="Background"), cause)
        left = self._contents(item)
        if left:
            seconds = _estimate(left, (self._engine.wall - parse_time(item.metadata.deletion_timestamp)) // SECOND)
            self._queue.add_after(key, (seconds // 2 + 1) * SECOND)
            return
        kept = [name for name in item.spec.finalizers if name != FINALIZER]
        self._api.update(evolve(item, spec=evolve(item.spec, finalizers=kept)), cause)

    def _contents(self, item: Namespace) -> list[Any]:
        kinds = self._store.kinds()
        return [one for kind in kinds for one in self._store.objects(kind, item.metadata.name)]


def _estimate(left: list[Any], waited: int) -> int:
    """An estimate in seconds: the longest grace period of pods unless it has passed, else a constant for finalizers."""
    alive = [item.spec.termination_grace_period_seconds or 0 for item in left if isinstance(item, Pod) and not has_ended(item)]
    longest = max(alive, default=0)
    if longest > waited:
        return longest
    return ESTIMATE if any(item.metadata.finalizers for item in left) else 0


class ServiceAccountController(Controller):
    """Creates the default service account and the root certificate of every namespace."""

    name = "serviceaccount-controller"

    def start(self) -> None:
        """Watch namespaces and the objects that they must have."""
        self._store.watch("Namespace", lambda write, before: self._queue.add(write.key))
        self._store.watch(("ServiceAccount", "ConfigMap"), self._on_content)
        self._enqueue_all("Namespace")

    def _on_content(self, write: Write, before: Object | None) -> None:
        if write.type == "DELETED":
            self._queue.add(Key("Namespace", "", write.key.namespace))

    def sync(self, key: Key) -> None:
        """Create the missing objects of one namespace."""
        item = self._store.get(key)
        if not isinstance(item, Namespace) or is_being_deleted(item):
            return
        name = item.metadata.name
        account = ServiceAccount(metadata=ObjectMeta(name="default", namespace=name))
        notes = {labels.DESCRIPTION: CA_DESCRIPTION}
        certificate = ConfigMap(metadata=ObjectMeta(name=ROOT_CA, namespace=name, annotations=notes), data={"ca.crt": CERTIFICATE})
        for required in (account, certificate):
            if self._store.get(key_of(required)) is None:
                try:
                    self._api.create(required, because(item, "default of every namespace"))
                except ApiError as error:
                    if error.reason not in ("AlreadyExists", "Forbidden"):
                        raise
