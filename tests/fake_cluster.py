"""A control plane with a fake kubelet that makes pods run, for tests of everything but the kubelet."""

from __future__ import annotations

from typing import Any

import yaml

from simulator.api import ApiServer
from simulator.api.admission import Admission
from simulator.api.deletion import Deletion
from simulator.controllers.manager import ControllerManager
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal import Header, Journal
from simulator.journal.records import Write
from simulator.journal.store import Store
from simulator.objects.base import evolve
from simulator.objects.conditions import READY
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Object, from_builtins, key_of
from simulator.objects.labels import HOSTNAME
from simulator.objects.node import Node, NodeStatus
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import FAILED, RUNNING, SUCCEEDED, has_ended, with_condition
from simulator.objects.pod_status import PodCondition, PodIP
from simulator.scheduler.scheduler import Scheduler
from simulator.units import SECOND, parse_time

START = "2026-01-01T00:00:00Z"


class FakeKubelet:
    """Makes every bound pod run after `start` ns and ready `ready` ns later (None: never); deleted pods are gone after `stop` ns.

    `finish_after`: how long after its start a pod ends with `finish_phase` (None: never).
    """

    def __init__(self, engine: Engine, api: ApiServer, start: int = SECOND, ready: int | None = 0, stop: int = SECOND) -> None:
        self.engine, self.api = engine, api
        self.start_after, self.ready_after, self.stop_after = start, ready, stop
        self.finish_after: int | None = None
        self.finish_phase = SUCCEEDED
        self._seen: set[str] = set()
        self._stopping: set[str] = set()
        self._addresses = 0
        api.store.watch("Pod", self._on_pod)

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        if write.type == "DELETED" or not pod.spec.node_name:
            return
        uid, key = pod.metadata.uid, write.key
        if uid not in self._seen:
            self._seen.add(uid)
            self.engine.call_after(self.start_after, lambda: self._run(key, uid))
        if pod.metadata.deletion_timestamp and uid not in self._stopping:
            self._stopping.add(uid)
            self.engine.call_after(self.stop_after, lambda: self._remove(key, uid))

    def _pod(self, key: Key, uid: str) -> Pod | None:
        pod = self.api.store.get(key)
        return pod if isinstance(pod, Pod) and pod.metadata.uid == uid else None

    def _run(self, key: Key, uid: str) -> None:
        pod = self._pod(key, uid)
        if pod is None or has_ended(pod):
            return
        self._addresses += 1
        ip = f"10.244.0.{self._addresses}"
        stamp = self.engine.timestamp()
        self.api.update_status(evolve(pod, status=evolve(pod.status, phase=RUNNING, pod_ip=ip, pod_ips=[PodIP(ip=ip)], start_time=stamp)))
        if self.ready_after is not None:
            self.engine.call_after(self.ready_after, lambda: self.set_ready(key, uid))
        if self.finish_after is not None:
            self.engine.call_after(self.finish_after, lambda: self.finish(key, uid, self.finish_phase))

    def set_ready(self, key: Key, uid: str, value: str = "True") -> None:
        pod = self._pod(key, uid)
        if pod is not None:
            condition = PodCondition(type=READY, status=value, last_transition_time=self.engine.timestamp())
            self.api.update_status(evolve(pod, status=with_condition(pod.status, condition)))

    def finish(self, key: Key, uid: str, phase: str) -> None:
        pod = self._pod(key, uid)
        if pod is not None:
            self.set_ready(key, uid, "False")
            pod = self._pod(key, uid)
            assert pod is not None
            self.api.update_status(evolve(pod, status=evolve(pod.status, phase=phase)))

    def _remove(self, key: Key, uid: str) -> None:
        if self._pod(key, uid) is not None:
            self.finish(key, uid, FAILED)
            self.api.delete(key, Deletion(grace=0, uid=uid))


class FakeCluster:
    """Store, API server, controllers, scheduler and a fake kubelet for some nodes. Its methods take times in seconds."""

    def __init__(self, nodes: int = 1, seed: int = 0, release: str = "1.36", admission: bool = False, **kubelet: Any) -> None:
        self.engine = Engine(parse_time(START), seed)
        self.journal = Journal(Header(start_time=START, kubernetes=release, seed=seed))
        self.store = Store(self.journal, lambda: self.engine.now)
        self.api = ApiServer(self.engine, self.store)
        dialect = self.dialect = Dialect(release)
        for i in range(nodes):
            self.api.create(node(f"node-{i + 1}"))
        self.controllers = ControllerManager(self.engine, self.api, dialect)
        self.controllers.start()
        self.scheduler = Scheduler(self.engine, self.api, dialect, "test")
        self.scheduler.start()
        self.kubelet = FakeKubelet(self.engine, self.api, **kubelet)
        if admission:
            self.api._gatekeeper = Admission(self.store, self.engine.streams.stream, dialect)

    def apply(self, text: str) -> list[Object]:
        return [self.api.create(in_default(from_builtins(data))) for data in yaml.safe_load_all(text) if data]

    def run(self, until: float) -> FakeCluster:
        self.engine.run(round(until * SECOND))
        return self

    def at(self, t: float, call: Any) -> None:
        self.engine.call_at(round(t * SECOND), call)

    def get(self, kind: str, name: str, namespace: str = "default") -> Any:
        return self.store.get(Key(kind, namespace, name))

    def change(self, kind: str, name: str, **spec: Any) -> Any:
        item = self.get(kind, name)
        return self.api.update(evolve(item, spec=evolve(item.spec, **spec)))

    def set_image(self, kind: str, name: str, image: str) -> Any:
        item = self.get(kind, name)
        template = item.spec.template
        containers = [evolve(one, image=image) for one in template.spec.containers]
        return self.change(kind, name, template=evolve(template, spec=evolve(template.spec, containers=containers)))

    def pods(self) -> list[Pod]:
        return self.store.typed(Pod)

    def events(self, reason: str = "") -> list[Event]:
        return [item for item in self.store.typed(Event) if reason in ("", item.reason)]

    def messages(self, reason: str) -> list[str]:
        return [item.message for item in self.events(reason)]

    def delete(self, kind: str, name: str, propagation: str = "Background") -> None:
        self.api.delete(Key(kind, "default", name), Deletion(propagation=propagation))


def node(name: str, cpu: str = "8", memory: str = "16Gi", pods: str = "110", **spec: Any) -> Node:
    """A Node whose allocatable amounts are its capacity. `spec`: fields in the names of the API."""
    amounts = {"cpu": cpu, "memory": memory, "pods": pods}
    data = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {HOSTNAME: name}}, "spec": spec}
    item = from_builtins(data)
    assert isinstance(item, Node)
    return evolve(item, status=NodeStatus(allocatable=amounts, capacity=amounts))


def in_default(item: Any) -> Any:
    """The object in the namespace `default`, when it needs one and has none."""
    if item.metadata.namespace or item.kind in ("Node", "Namespace", "PriorityClass", "PersistentVolume", "StorageClass"):
        return item
    return evolve(item, metadata=evolve(item.metadata, namespace="default"))


def workload(kind: str = "Deployment", name: str = "web", replicas: int | None = 2, pod_spec: str = "", **spec: Any) -> str:
    """A manifest of a workload with one container."""
    data: dict[str, Any] = {
        "apiVersion": "batch/v1" if kind == "Job" else "v1" if kind == "ReplicationController" else "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "c", "image": "app:1"}], **(yaml.safe_load(pod_spec) or {})},
            },
            **spec,
        },
    }
    if replicas is not None:
        data["spec"]["replicas"] = replicas
    if kind not in ("Job", "ReplicationController"):
        data["spec"]["selector"] = {"matchLabels": {"app": name}}
    return yaml.safe_dump(data)


__all__ = ["FakeCluster", "FakeKubelet", "key_of", "node", "workload"]
