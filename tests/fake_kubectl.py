"""kubectl for containers that are played without a cluster: a store with a clock of its own, and objects that a test puts there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from simulator.api import ApiServer
from simulator.api.admission import Admission
from simulator.container.birth import KubectlCall, Who
from simulator.container.filesystem import FileSystem
from simulator.container.kubectl_files import ContainerFiles
from simulator.dialect import Dialect
from simulator.engine import Engine, Process
from simulator.journal import Header, Journal
from simulator.journal.store import Store
from simulator.kubectl.live import Executor
from simulator.kubectl.write.acting import Site
from simulator.objects.kinds import Object, from_builtins, key_of, kind_for_word, to_builtins
from simulator.process.effects import ROOT
from simulator.process.world import Kubectl, Running

WHO = Who("default", "web-0", "main", "minikube")
GROUP = "example.com"
"""The group of custom resources."""


class NoContainers:
    def execute(self, node: str, container_id: str, command: list[str], streams: object = None) -> Process[None]:
        yield from ()


class FakeKubectl:
    """Objects are given by kind (in kubectl's words) and name; they are in the namespace `default`, and in those that are named with -n."""

    def __init__(self, now: int) -> None:
        self._engine = Engine(0, begin=now)
        journal = Journal(Header(start_time="1970-01-01T00:00:00Z", kubernetes="1.36", kubectl="1.36"))
        self._store = Store(journal, lambda: self._engine.now)
        dialect = Dialect("1.36")
        api = ApiServer(self._engine, self._store, Admission(self._store, self._engine.streams.stream, dialect))
        self._executor = Executor(Site(self._engine, api, NoContainers(), {}))
        self._namespaces = {"default"}

    def advance(self, now: int, objects: Mapping[tuple[str, str], dict[str, Any]]) -> None:
        """Let time pass, and have these objects in the store."""
        self._engine.run(now)
        wanted = {}
        for (kind, name), given in objects.items():
            for namespace in sorted(self._namespaces):
                item = from_builtins(whole(kind, name, namespace, given))
                wanted[key_of(item)] = item
        for key in [key for kind in self._store.kinds() for key in self._store.known(kind) if self._store.get(key) is not None]:
            if key not in wanted:
                self._store.remove(key)
        for key, item in wanted.items():
            before = self._store.get(key)
            if before is None or _content(before) != _content(item):
                self._store.put(item)

    @property
    def next(self) -> int | None:
        """The next instant at which something is due."""
        return self._engine.next

    def start(self, request: Kubectl, objects: Mapping[tuple[str, str], dict[str, Any]], wake: Callable[[], object]) -> Running | None:
        words = request.argv
        self._namespaces |= {after for word, after in pairwise(words) if word in ("-n", "--namespace")}
        self.advance(self._engine.now, objects)
        files = ContainerFiles(FileSystem(), ROOT, request.cwd, request.stdin)
        return self._executor.start(KubectlCall(WHO, request, files, wake, lambda result: None))


def _content(item: Object) -> Any:
    data = to_builtins(item)
    data["metadata"].pop("resourceVersion", None)
    return data


def whole(word: str, name: str, namespace: str, given: dict[str, Any]) -> dict[str, Any]:
    """An object as the API server would have it, of the parts that a test gives."""
    kind = kind_for_word(word)
    identity = {"apiVersion": kind.api_version, "kind": kind.name} if kind else {"apiVersion": f"{GROUP}/v1", "kind": word.capitalize()}
    metadata = {"name": name, "namespace": namespace, **{k: v for k, v in given.get("metadata", {}).items() if k != "name"}}
    return {**identity, **{key: value for key, value in given.items() if key not in ("kind", "metadata")}, "metadata": metadata}
