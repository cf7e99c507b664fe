"""kopf: an operator with a custom resource of its own, its status, a finalizer, a timer, and reactions to create, update and delete."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import kopf
import kubernetes

GROUP, PLURAL = "example.com", "apps"
WHERE = GROUP, "v1", "default", PLURAL
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer"}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
VERSION = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}, "schema": {"openAPIV3Schema": SCHEMA}}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"{PLURAL}.{GROUP}"},
    "spec": {"group": GROUP, "scope": "Namespaced", "names": {"plural": PLURAL, "singular": "app", "kind": "App"}, "versions": [VERSION]},
}
seen: list[str] = []
ticks: list[float] = []


@kopf.on.create(GROUP, "v1", PLURAL)
def created(spec: Any, **_: Any) -> dict[str, int]:
    seen.append("created")
    return {"size": spec["size"]}


@kopf.on.update(GROUP, "v1", PLURAL, field="spec.size")
def updated(old: Any, new: Any, **_: Any) -> None:
    seen.append(f"{old} -> {new}")


@kopf.on.delete(GROUP, "v1", PLURAL)
def deleted(**_: Any) -> None:
    seen.append("deleted")


@kopf.timer(GROUP, "v1", PLURAL, interval=0.5)
def tick(**_: Any) -> None:
    ticks.append(time.monotonic())


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, seen
        time.sleep(0.1)


kubernetes.config.load_kube_config()
kubernetes.client.ApiextensionsV1Api().create_custom_resource_definition(DEFINITION)
stop = threading.Event()
operator = threading.Thread(target=lambda: asyncio.run(kopf.operator(namespace="default", standalone=True, stop_flag=stop)))
operator.start()
api = kubernetes.client.CustomObjectsApi()


def get() -> Any:
    return api.get_namespaced_custom_object(*WHERE, "one")


def is_gone() -> bool:
    return api.list_namespaced_custom_object(*WHERE)["items"] == []


try:
    api.create_namespaced_custom_object(
        *WHERE, {"apiVersion": f"{GROUP}/v1", "kind": "App", "metadata": {"name": "one"}, "spec": {"size": 3}}
    )
    until(lambda: get().get("status") == {"created": {"size": 3}})
    assert get()["metadata"]["finalizers"], "kopf keeps the object until its handler of the deletion has run"
    api.patch_namespaced_custom_object(*WHERE, "one", {"spec": {"size": 5}})
    until(lambda: "3 -> 5" in seen)
    until(lambda: len(ticks) > 1)
    api.delete_namespaced_custom_object(*WHERE, "one")
    until(is_gone)
finally:
    stop.set()
    operator.join(10)
assert seen == ["created", "3 -> 5", "deleted"]
