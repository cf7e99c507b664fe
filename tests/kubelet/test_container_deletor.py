"""Which dead containers the kubelet removes (pkg/kubelet/pod_container_deletor.go): all but the newest of each name."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.engine import Engine
from simulator.kubelet.container_deletor import ContainerDeletor
from tests.kubelet.cases import pod_of
from tests.kubelet.world import bare_node


class Runtime:
    """Notes which containers are removed."""

    def __init__(self, pod: RuntimePod) -> None:
        self.removed: list[str] = []
        self._pod = pod

    def container(self, container_id: str) -> ContainerRecord | None:
        return next((item for item in self._pod.containers if item.id == container_id and container_id not in self.removed), None)

    def remove_container(self, container_id: str, *, keeps_log: bool = False) -> None:
        self.removed.append(container_id)

    def pod(self, uid: str) -> RuntimePod:
        return self._pod


def deletor(words: str) -> tuple[ContainerDeletor, Runtime]:
    """Containers from the newest: `a3+` is the third of the name `a` and runs; without the plus sign it has ended."""
    records = tuple(
        ContainerRecord(word.strip("+"), word[0], 0, "0", "", "", State.RUNNING if word.endswith("+") else State.EXITED, 0, 0)
        for word in words.split()
    )
    runtime: Any = Runtime(RuntimePod((), records))
    return ContainerDeletor(bare_node(Engine(0))._replace(runtime=runtime)), runtime


@pytest.mark.rule("PLG-03", "PLG-04")
@pytest.mark.parametrize(
    ("words", "died", "remove_all", "removed"),
    [
        ("a1", "a1", False, []),
        ("a2 a1", "a2", False, ["a1"]),
        ("a3 a2 a1", "a3", False, ["a2", "a1"]),
        ("a3+ a2 a1", "a2", False, ["a1"]),
        ("a2 b2 a1 b1", "a2", False, ["a1"]),
        ("a2 a1", "sandbox", False, []),
        ("a3+ a2 b1", "a2", True, ["a2", "b1"]),
    ],
)
def test_after_a_container_has_died(words: str, died: str, remove_all: bool, removed: list[str]) -> None:
    subject, runtime = deletor(words)
    subject.clean_up(runtime.pod("u"), died, remove_all=remove_all)
    assert runtime.removed == removed


@pytest.mark.rule("PLG-05")
@pytest.mark.parametrize(
    ("words", "removed"), [("i1", []), ("i2 i1", ["i1"]), ("i3 i2 i1", ["i2", "i1"]), ("i3+ i2 i1", ["i1"]), ("c2 c1 s2 s1", [])]
)
def test_before_a_container_starts_old_init_containers_are_pruned(words: str, removed: list[str]) -> None:
    subject, runtime = deletor(words)
    pod = pod_of({"initContainers": ["i", {"name": "s", "restartPolicy": "Always"}], "containers": ["c"]})
    subject.prune_init_containers(pod, runtime.pod("u"))
    assert runtime.removed == removed


def test_a_new_sandbox_starts_without_init_containers() -> None:
    subject, runtime = deletor("i2+ i1 c1")
    subject.purge_init_containers(pod_of({"initContainers": ["i"], "containers": ["c"]}))
    assert runtime.removed == ["i2", "i1"]
