"""Admission of new and changed objects: the API server's default plug-ins, in their order.

`admit` changes the object, `validate` refuses what is wrong with it, `check` refuses what the namespace does not allow, and
`charge` says what its quotas have used with it.
Webhooks are asked where the API server asks them; PodSecurity and policies in CEL are not modelled.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from simulator.api import admission_limits, admission_pod, admission_quota, admission_runtime, admission_updates
from simulator.api.addresses import taken
from simulator.api.admission_refusal import forbidden, invalid
from simulator.api.errors import ApiError, details_of, not_found
from simulator.dialect import Dialect
from simulator.journal.reads import Reads
from simulator.manifest.validation import validate as validation_errors
from simulator.manifest.validation import validate_update as update_errors
from simulator.manifest.validation.errors import FieldError
from simulator.manifest.validation.errors import invalid as invalid_value
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.batch import Job
from simulator.objects.config import Namespace, ResourceQuota
from simulator.objects.kinds import BY_NAME, Key, Object, Unstructured, is_custom
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.scheduling import PriorityClass
from simulator.objects.service import Service
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim

T = TypeVar("T", bound=Any)
StreamOf = Callable[..., random.Random]

MUTATING, VALIDATING = "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"
IMMORTAL_NAMESPACES = ("default", "kube-system", "kube-public")


class Admission:
    """The plug-ins over one store. `stream` returns named random streams, for the names of token volumes."""

    def __init__(self, reads: Reads, stream: StreamOf, dialect: Dialect, webhooks: Mapping[str, tuple[str, int]] | None = None) -> None:
        self._reads = reads
        self._webhooks = webhooks or {}
        self._stream = stream
        self.dialect = dialect

    def __call__(self, item: T) -> T:
        """The object as it would be stored; `item` has its defaults. Quotas are checked but not written. Raises ApiError."""
        admitted = self.admit(item)
        self.validate(admitted)
        self.check(admitted)
        self.charge(admitted)
        return admitted

    def admit(self, item: T) -> T:
        """Mutate a new object, whose name may not be generated yet. Raises ApiError (NotFound, Forbidden)."""
        self._namespace(item)
        changed: Any = item
        if isinstance(item, Pod):
            changed = self._pod(item)
        elif isinstance(item, PersistentVolumeClaim):
            changed = _protected(self._claim(item), labels.PVC_PROTECTION)
        elif isinstance(item, PersistentVolume):
            changed = _protected(item, labels.PV_PROTECTION)
        elif isinstance(item, PriorityClass):
            self._one_default(item)
        elif is_custom(item):
            from simulator.api import custom

            changed = custom.admitted(item, self._reads)
        self._call_webhooks(MUTATING, "CREATE", changed)
        result: T = changed
        return result

    def validate(self, item: Object) -> None:
        """Refuse what breaks the rules of its kind. Raises Invalid."""
        errors = [*validation_errors(item, self.dialect), *self._custom_errors(item)]
        if errors:
            raise invalid(item, errors, self.dialect)

    def admit_update(self, new: T, old: Object, part: str = "") -> T:
        """Mutate an object that replaces `old`: keep what the server allocated, drop fields that its new type does not have.

        `part`: the subresource that the request is for; all else of `old` stays.
        """
        if part and isinstance(new, Pod) and isinstance(old, Pod):
            return admission_updates.only(part, new, old)  # type: ignore[return-value]
        if is_custom(new):
            from simulator.api import custom

            adjusted: T = custom.completed(new, self._reads)
        else:
            adjusted = admission_updates.adjusted(new, old)
        self._call_webhooks(MUTATING, "UPDATE", adjusted, old)
        return adjusted

    def check_update(self, new: Object, old: Object, part: str = "") -> None:
        """Refuse an update that the state of the cluster does not allow. Raises ApiError (Forbidden)."""
        if part == "resize" and isinstance(new, Pod):
            admission_limits.check(new, self._reads)
            if self.dialect.too_large_resizes_are_refused and new.spec != getattr(old, "spec", None):
                admission_updates.check_capacity(new, self._reads)
        if isinstance(new, PersistentVolumeClaim) and isinstance(old, PersistentVolumeClaim):
            admission_updates.check_growth(new, old, self._reads)
        if isinstance(new, Service) and isinstance(old, Service) and (wrong := taken(new, self._reads, old)):
            raise invalid(new, [wrong], self.dialect)
        if not part:
            self._call_webhooks(VALIDATING, "UPDATE", new, old)

    def validate_update(self, new: Object, old: Object, part: str = "") -> None:
        """Refuse an update that breaks the rules of its kind. `new` has its defaults. Raises Invalid."""
        errors = [*update_errors(new, old, self.dialect, part), *self._custom_errors(new)]
        if errors:
            raise invalid(new, errors, self.dialect)

    def _custom_errors(self, item: Object) -> list[FieldError]:
        if not is_custom(item):
            return []
        from simulator.api import custom

        return custom.errors(item, self._reads)

    def check_job_status(self, new: Job, old: Job) -> None:
        """Refuse a changed status with more ready pods than active ones (gate JobManagedBy). Raises Invalid."""
        after, before = new.status, old.status
        changed = (after.active, after.ready) != (before.active, before.ready)
        if changed and (after.ready or 0) > after.active and self.dialect.job_status_is_validated:
            raise invalid(new, [invalid_value("status.ready", after.ready, "cannot set more ready pods than active")], self.dialect)

    def check(self, item: Object) -> None:
        """Refuse what a LimitRange or a runtime class does not allow. Raises ApiError (Forbidden)."""
        if isinstance(item, Pod):
            admission_runtime.check_overhead(item, self._reads)
        if isinstance(item, Pod | PersistentVolumeClaim):
            admission_limits.check(item, self._reads)
        if isinstance(item, Service) and (wrong := taken(item, self._reads)):
            raise invalid(item, [wrong], self.dialect)
        self._call_webhooks(VALIDATING, "CREATE", item)

    def check_deletion(self, key: Key) -> None:
        """Refuse to delete a namespace that every cluster needs (plug-in NamespaceLifecycle). Raises ApiError (Forbidden)."""
        if key.kind == "Namespace" and key.name in IMMORTAL_NAMESPACES:
            raise ApiError("Forbidden", f'namespaces "{key.name}" is forbidden: this namespace may not be deleted', details_of(key))
        item = self._reads.get(key)
        for kind in (MUTATING, VALIDATING) if item is not None else ():
            self._call_webhooks(kind, "DELETE", item)

    def charge(self, item: Object) -> list[ResourceQuota]:
        """The quotas with the usage of a new object, which the caller writes. Raises ApiError (Forbidden)."""
        return admission_quota.charge(item, self._reads) if item.metadata.namespace else []

    def recharge(self, new: Object, old: Object) -> list[ResourceQuota]:
        """The quotas with the usage of a change, which the caller writes. Raises ApiError (Forbidden)."""
        return admission_quota.recharge(new, old, self._reads) if new.metadata.namespace else []

    def _call_webhooks(self, kind: str, operation: str, item: Any, old: Object | None = None) -> None:
        """Ask the webhooks of that kind of configuration, if there are any. Raises ApiError (InternalError, Forbidden)."""
        if self._reads.objects(kind):
            from simulator.api import webhooks

            webhooks.call(kind, webhooks.Request(operation, item, old), self._reads, self._webhooks)

    def _pod(self, pod: Pod) -> Pod:
        pod = admission_limits.fill_in(pod, self._reads)
        stream = self._stream("token-volume", pod.metadata.namespace, pod.metadata.generate_name or pod.metadata.name)
        pod = admission_pod.service_account(pod, self._reads, stream)
        pod = admission_pod.tolerations(admission_pod.priority(pod, self._reads))
        return admission_pod.with_status(admission_runtime.runtime_class(pod, self._reads))

    def _namespace(self, item: Object) -> None:
        """Refuse an object in a namespace that is missing or terminating (plug-in NamespaceLifecycle)."""
        name = item.metadata.namespace
        kind = BY_NAME.get(item.kind)
        if not name or (kind is not None and not kind.namespaced):
            return
        namespace = self._reads.get(Key("Namespace", "", name))
        if namespace is None and name not in IMMORTAL_NAMESPACES:
            raise not_found(Key("Namespace", "", name))
        if isinstance(namespace, Namespace) and (is_being_deleted(namespace) or namespace.status.phase == "Terminating"):
            terminating = forbidden(item, f"unable to create new content in namespace {name} because it is being terminated")
            why = {"reason": "NamespaceTerminating", "message": f"namespace {name} is being terminated", "field": "metadata.namespace"}
            terminating.details = {**(terminating.details or {}), "causes": [why]}
            raise terminating

    def _claim(self, claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
        """Set the default storage class, if there is one (plug-in DefaultStorageClass). The class `""` means none."""
        if claim.spec.storage_class_name is not None:
            return claim
        classes = [item for item in self._reads.objects("StorageClass") if isinstance(item, Unstructured)]
        defaults = [item.metadata for item in classes if item.metadata.annotations.get(labels.DEFAULT_STORAGE_CLASS) == "true"]
        # Of several defaults the newest counts, then the first by name.
        ranked = sorted(sorted(defaults, key=lambda meta: meta.name), key=lambda meta: meta.creation_timestamp or "", reverse=True)
        return evolve(claim, spec=evolve(claim.spec, storage_class_name=ranked[0].name)) if ranked else claim

    def _one_default(self, item: PriorityClass) -> None:
        for other in self._reads.typed(PriorityClass):
            if item.global_default and other.global_default and other.metadata.name != item.metadata.name:
                raise forbidden(item, f"PriorityClass {other.metadata.name} is already marked as default. Only one default can exist")


def _protected(item: T, finalizer: str) -> T:
    """The object with the finalizer that keeps it while it is in use (plug-in StorageObjectInUseProtection)."""
    meta = item.metadata
    protected: T = item if finalizer in meta.finalizers else evolve(item, metadata=evolve(meta, finalizers=[*meta.finalizers, finalizer]))
    return protected
