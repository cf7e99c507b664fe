"""Deleting a namespace, and what every namespace is given (pkg/controller/namespace, serviceaccount, certificates/rootcacertpublisher)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.controllers.base import Controller, because
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.config import ConfigMap, Namespace, ServiceAccount
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.units import SECOND

FINALIZER = "kubernetes"
ESTIMATE = 15
"""Seconds that objects with finalizers are expected to take (finalizerEstimateSeconds)."""
ROOT_CA = "kube-root-ca.crt"
CERTIFICATE = "The root certificate of a simulated cluster.\n"
CA_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service "
    "IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
)


class NamespaceController(Controller):
    """Empties namespaces that are on their way out, then lets them go."""

    name = "namespace-controller"

    def start(self) -> None:
        """Watch namespaces."""
        self._store.watch("Namespace", lambda write, before: self._queue.add(write.key))
        self._enqueue_all("Namespace")

    def sync(self, key: Key) -> None:
        """Delete what is in the namespace; ask again after half of the time that it may take."""
        item = self._store.get(key)
        if not isinstance(item, Namespace) or item.metadata.deletion_timestamp is None:
            return
        cause = because(item, "namespace is terminating")
        for content in self._contents(item):
            if content.metadata.deletion_timestamp is None:
                self._api.delete(key_of(content), Deletion(uid=content.metadata.uid, propagation="Background"), cause)
        left = self._contents(item)
        if left:
            estimate = max((_grace(one) for one in left), default=ESTIMATE)
            self._queue.add_after(key, (estimate // 2 + 1) * SECOND)
            return
        kept = [name for name in item.spec.finalizers if name != FINALIZER]
        self._api.update(evolve(item, spec=evolve(item.spec, finalizers=kept)), cause)

    def _contents(self, item: Namespace) -> list[Any]:
        kinds = self._store.kinds()
        return [one for kind in kinds for one in self._store.objects(kind, item.metadata.name)]


def _grace(item: Any) -> int:
    if isinstance(item, Pod):
        return item.metadata.deletion_grace_period_seconds or 0
    return ESTIMATE


class ServiceAccountController(Controller):
    """Gives every namespace its default service account and the root certificate of the cluster."""

    name = "serviceaccount-controller"

    def start(self) -> None:
        """Watch namespaces, and the objects that must be there."""
        self._store.watch("Namespace", lambda write, before: self._queue.add(write.key))
        self._store.watch(("ServiceAccount", "ConfigMap"), self._on_content)
        self._enqueue_all("Namespace")

    def _on_content(self, write: Write, before: Object | None) -> None:
        if write.type == "DELETED":
            self._queue.add(Key("Namespace", "", write.key.namespace))

    def sync(self, key: Key) -> None:
        """Make what is missing in one namespace."""
        item = self._store.get(key)
        if not isinstance(item, Namespace) or item.metadata.deletion_timestamp is not None:
            return
        name = item.metadata.name
        account = ServiceAccount(metadata=ObjectMeta(name="default", namespace=name))
        notes = {"kubernetes.io/description": CA_DESCRIPTION}
        certificate = ConfigMap(metadata=ObjectMeta(name=ROOT_CA, namespace=name, annotations=notes), data={"ca.crt": CERTIFICATE})
        for wanted in (account, certificate):
            if self._store.get(key_of(wanted)) is None:
                try:
                    self._api.create(wanted, because(item, "every namespace has one"))
                except ApiError as error:
                    if error.reason not in ("AlreadyExists", "Forbidden"):
                        raise
