"""Objects with their defaults, and admission over a store that holds what it is given."""

from __future__ import annotations

import random
from typing import Any

import pytest

from simulator.api import ApiError
from simulator.api.admission import Admission
from simulator.dialect import Dialect
from simulator.manifest.defaults import defaulted
from simulator.objects.kinds import Key, from_builtins, key_of

V1 = {"apiVersion": "v1"}


class Shelf:
    """A store that holds what it is given."""

    def __init__(self, *items: Any) -> None:
        self.items: dict[Key, Any] = {key_of(item): item for item in items}

    def get(self, key: Key) -> Any:
        return self.items.get(key)

    def typed(self, kind: Any, namespace: str | None = None) -> list[Any]:
        return [item for item in self.items.values() if isinstance(item, kind) and namespace in (None, item.metadata.namespace)]

    def objects(self, kind: str, namespace: str | None = None) -> list[Any]:
        return [item for item in self.items.values() if item.kind == kind and namespace in (None, item.metadata.namespace)]


def made(value: dict[str, Any], name: str = "x", namespace: str = "n", **meta: Any) -> Any:
    """An object of the namespace `n` with its defaults."""
    return defaulted(from_builtins({**value, "metadata": {"name": name, "namespace": namespace, **meta}}))


def pod(container: dict[str, Any] | None = None, name: str = "web", meta: dict[str, Any] | None = None, **spec: Any) -> Any:
    """A pod `web` of one container."""
    containers = spec.pop("containers", [{"name": "web", "image": "nginx", **(container or {})}])
    return made({**V1, "kind": "Pod", "spec": {"containers": containers, **spec}}, name, **(meta or {}))


def limits(*items: dict[str, Any], name: str = "lr") -> Any:
    """A LimitRange; an item is for containers unless it says otherwise."""
    return made({**V1, "kind": "LimitRange", "spec": {"limits": [{"type": "Container", **item} for item in items]}}, name)


def quota(hard: dict[str, str], used: dict[str, str] | None = None, name: str = "q", **spec: Any) -> Any:
    """A ResourceQuota with its status."""
    status = {"hard": hard, "used": used or dict.fromkeys(hard, "0")}
    return made({**V1, "kind": "ResourceQuota", "spec": {"hard": hard, **spec}, "status": status}, name)


def admission(*items: Any) -> Admission:
    """The plug-ins over the namespace `n` and these objects."""
    namespace = made({**V1, "kind": "Namespace"}, "n", "")
    return Admission(Shelf(namespace, *items), lambda *_: random.Random(1), Dialect())


def refusal(item: Any, *items: Any) -> str:
    """Reason and message of the refusal."""
    with pytest.raises(ApiError) as refused:
        admission(*items)(item)
    return f"{refused.value.reason}: {refused.value.message}"
