"""Objects as kubectl sends them, held against an API server without a clock: what `kubectl apply` would be answered.

Nothing runs here: no controller, no scheduler, no kubelet. Objects that were taken are kept, so that later ones meet them.
"""

from __future__ import annotations

import hashlib
import random
from typing import Any, Literal, NamedTuple, TypeVar

from simulator.api.admission import Admission
from simulator.api.apply import applied
from simulator.api.errors import ApiError
from simulator.dialect import Dialect
from simulator.manifest.decode import decode
from simulator.manifest.defaults import defaulted
from simulator.manifest.schema import Served, served, served_kinds
from simulator.manifest.validation.generated import with_generated_selector
from simulator.manifest.warnings import warnings
from simulator.objects.base import JSON, evolve
from simulator.objects.batch import Job
from simulator.objects.config import Namespace, ResourceQuota
from simulator.objects.kinds import Key, Object, from_builtins, key_of, to_builtins
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import Service

K = TypeVar("K")
FieldValidation = Literal["strict", "warn", "ignore"]
SCHEME = "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"
ADDRESS = "10.96.0.2"
"""Stands for the address of any Service that names none; no answer shows it."""
NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


class Answer(NamedTuple):
    """What became of an object (`created`, `configured`, `unchanged`) and what the server remarked."""

    verb: str
    warnings: list[str]


class Requests:
    """An API server that only answers. Its namespaces are the usual ones and those given."""

    def __init__(self, dialect: Dialect, namespaces: tuple[str, ...] = (), validate: FieldValidation = "strict") -> None:
        self._objects: dict[Key, Object] = {}
        self._last: dict[Key, JSON] = {}
        self._validate = validate
        self._admission = Admission(self, _stream, dialect)
        for name in (*NAMESPACES, *namespaces):
            self._keep(Namespace(metadata=ObjectMeta(name=name)))

    def get(self, key: Key) -> Object | None:
        """The object of that key, or None."""
        return self._objects.get(key)

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, of one namespace when it is given."""
        return [item for key, item in self._objects.items() if key.kind == kind and namespace in (None, key.namespace)]

    def typed(self, kind: type[K], namespace: str | None = None) -> list[K]:
        """All objects of one of our own types, of one namespace when it is given."""
        return [item for item in self.objects(kind.__name__, namespace) if isinstance(item, kind)]

    def apply(self, value: JSON) -> Answer:
        """Create an object, or merge it into the one that is there, as `kubectl apply` does. Raises ApiError."""
        entry = served(value["apiVersion"], _spelled(value))
        if entry is None or _spelled(value) != value["kind"]:
            raise _not_registered(value)
        key = _key(value)
        present = self._objects.get(key)
        answer = self._create(value, entry) if present is None else self._change(value, entry, present)
        self._last[key] = value
        return answer

    def _create(self, value: JSON, entry: Served) -> Answer:
        item, remarks = self._taken(value, entry)
        admitted = self._admission.admit(item)
        if isinstance(admitted, Job):
            admitted = from_builtins(with_generated_selector(to_builtins(admitted)))
        self._admission.validate(admitted)
        self._admission.check(admitted)
        for quota in self._admission.charge(admitted):
            self._keep(quota)
        self._keep(_as_kept(admitted))
        return Answer("created", [*remarks, *warnings(admitted)])

    def _change(self, value: JSON, entry: Served, present: Object) -> Answer:
        before = to_builtins(present)
        merged = applied(before, self._last.get(key_of(present), {}), value)
        item, remarks = self._taken(merged, entry)
        item = self._admission.admit_update(item, present)
        self._admission.validate_update(item, present)
        self._admission.check_update(item, present)
        self._keep(item)
        return Answer("unchanged" if to_builtins(item) == before else "configured", [*remarks, *warnings(item)])

    def _taken(self, value: JSON, entry: Served) -> tuple[Any, list[str]]:
        """The object as the server reads it, and its remarks about fields that it does not know. Raises ApiError (BadRequest)."""
        decoded = decode(value, entry.type)
        if decoded.refusal:
            raise _unreadable(value, decoded.refusal)
        unknown = [f'unknown field "{path}"' for path in decoded.unknown]
        if unknown and self._validate == "strict":
            raise _unreadable(value, f"strict decoding error: {', '.join(unknown)}")
        read = decoded.value
        read.setdefault("metadata", {})
        return defaulted(from_builtins(read)), unknown if self._validate == "warn" else []

    def _keep(self, item: Object) -> None:
        self._objects[key_of(item)] = item


def _as_kept(item: Object) -> Object:
    """An object as it is a moment after it came: a quota with nothing used, a Service with an address."""
    if isinstance(item, ResourceQuota):
        return evolve(item, status=evolve(item.status, hard=item.spec.hard, used=dict.fromkeys(item.spec.hard, "0")))
    if isinstance(item, Service) and item.spec.type != "ExternalName":
        address = item.spec.cluster_ip or ADDRESS
        return evolve(item, spec=evolve(item.spec, cluster_ip=address, cluster_ips=[address]))
    return item


def _stream(*name: str) -> random.Random:
    digest = hashlib.sha256(repr(name).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def _key(value: JSON) -> Key:
    metadata = {name: text for name, text in (value.get("metadata") or {}).items() if name in ("name", "namespace")}
    return key_of(from_builtins({"apiVersion": value["apiVersion"], "kind": value["kind"], "metadata": metadata}))


def _spelled(value: JSON) -> str:
    """kubectl finds kinds in lower case too; the API server wants them as they are."""
    kind = str(value["kind"])
    found = served_kinds().get((value["apiVersion"], kind.lower()), kind)
    return found if kind in (found, found.lower()) else kind


def _unreadable(value: JSON, why: str) -> ApiError:
    version, kind = value["apiVersion"].rpartition("/")[2], value["kind"]
    return ApiError("BadRequest", f'{kind} in version "{version}" cannot be handled as a {_spelled(value)}: {why}')


def _not_registered(value: JSON) -> ApiError:
    return _unreadable(value, f'no kind "{value["kind"]}" is registered for version "{value["apiVersion"]}" in scheme "{SCHEME}"')
