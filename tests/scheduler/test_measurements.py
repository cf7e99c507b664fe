"""What the scheduler keeps about nodes for pods of one sort is what filters and scores say about each pod anew."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.node import Node, Taint
from simulator.objects.pod import Pod
from simulator.scheduler.cluster_view import ClusterView
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.filters import rejections
from simulator.scheduler.measurements import MOST, Measurements, sort_of
from simulator.scheduler.scores import totals
from tests.fake_cluster import node
from tests.scheduler.builders import asking, cycle, pod

NODES = ["a", "b", "c"]
SPREAD = {
    "topologyKey": labels.ZONE,
    "maxSkew": 1,
    "whenUnsatisfiable": "ScheduleAnyway",
    "labelSelector": {"matchLabels": {"app": "web"}},
}
SORTS: list[dict[str, Any]] = [
    {"labels": {"app": "web"}, "containers": asking(cpu="1")},
    {"labels": {"app": "web"}, "containers": asking(cpu="2", memory="1Gi"), "topologySpreadConstraints": [SPREAD]},
    {
        "labels": {"app": "db"},
        "tolerations": [{"key": "k", "operator": "Exists"}],
        "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80, "hostPort": 80}]}],
    },
]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("bind"), st.integers(0, 5), st.sampled_from(NODES), st.sampled_from(range(len(SORTS)))),
        st.tuples(st.just("remove"), st.integers(0, 5)),
        st.tuples(st.just("label"), st.integers(0, 5), st.sampled_from(["web", "db"])),
        st.tuples(st.just("terminate"), st.integers(0, 5)),
        st.tuples(st.just("taint"), st.sampled_from(NODES), st.sampled_from(["", "NoSchedule", "PreferNoSchedule"])),
        st.tuples(st.just("resize"), st.sampled_from(NODES), st.sampled_from(["1", "4", "8"])),
        st.tuples(st.just("lose"), st.sampled_from(NODES)),
    ),
    max_size=20,
)


def made(name: str, cpu: str = "4", taint: str = "") -> Node:
    item = node(name, cpu=cpu, memory="8Gi", pods="110")
    item.metadata.labels.update({labels.HOSTNAME: name, labels.ZONE: "z1" if name == "a" else "z2"})
    return evolve(item, spec=evolve(item.spec, taints=[Taint(key="k", effect=taint)] if taint else []))


class World:
    """A view of the cluster, and the pods that are bound in it."""

    def __init__(self) -> None:
        self.view = ClusterView()
        self.pods: dict[int, Pod] = {}
        for name in NODES:
            self.view.set_node(made(name))

    def change(self, step: tuple[Any, ...]) -> None:
        what, which, *more = step
        if what == "bind" and which not in self.pods:
            self._set(which, pod(f"p{which}", nodeName=more[0], **SORTS[more[1]]))
        elif what == "remove":
            self.view.remove_pod(f"p{which}")
            self.pods.pop(which, None)
        elif what == "label" and which in self.pods:
            one = self.pods[which]
            self._set(which, evolve(one, metadata=evolve(one.metadata, labels={"app": more[0]})))
        elif what == "terminate" and which in self.pods:
            one = self.pods[which]
            self._set(which, evolve(one, metadata=evolve(one.metadata, deletion_timestamp="2026-01-01T00:00:00Z")))
        elif what == "taint":
            self.view.set_node(made(which, taint=more[0]))
        elif what == "resize":
            self.view.set_node(made(which, cpu=more[0]))
        elif what == "lose":
            self.view.remove_node(which)

    def _set(self, which: int, item: Pod) -> None:
        self.pods[which] = item
        self.view.set_pod(item)


@given(STEPS)
def test_kept_measurements_are_those_of_now(steps: list[tuple[Any, ...]]) -> None:
    world, measurements = World(), Measurements()
    for step in steps:
        world.change(step)
        for sort in SORTS:
            subject = pod("new", **sort)
            siblings = [{"app": "web"}]
            plain = cycle(subject, *world.view.nodes(), siblings=siblings)
            kept = plain._replace(measured=measurements.of(subject, siblings))
            assert rejections(kept, kept.nodes) == rejections(plain, plain.nodes)
            assert totals(kept, kept.nodes) == totals(plain, plain.nodes)


def test_a_node_is_measured_again_only_when_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    world, measurements = World(), Measurements()
    asked: list[str] = []
    monkeypatch.setattr("simulator.scheduler.filters.OF_NODE", {"spy": lambda _cycle, info: asked.append(info.name)})

    def try_one(number: int) -> None:
        subject = pod(f"p{number}", **SORTS[0])
        plain: Cycle = cycle(subject, *world.view.nodes())
        rejections(plain._replace(measured=measurements.of(subject, [])), plain.nodes)

    try_one(1)
    assert asked == NODES
    world.change(("bind", 1, "b", 0))
    try_one(2)
    assert asked == [*NODES, "b"]
    world.view.set_node(made("c"))  # as a heartbeat does
    world.view.set_pod(evolve(world.pods[1], status=evolve(world.pods[1].status, phase="Running")))
    try_one(3)
    assert asked == [*NODES, "b"]


def test_pods_are_of_one_sort_whatever_their_names_and_volumes() -> None:
    one = pod("one", volumes=[{"name": "kube-api-access-1"}], **SORTS[0])
    assert sort_of(one, []) == sort_of(pod("other", **SORTS[0]), [])
    assert len({sort_of(pod("p", **sort), siblings) for sort in SORTS for siblings in ([], [{"app": "web"}])}) == 2 * len(SORTS)


def test_few_sorts_are_kept() -> None:
    measurements = Measurements()
    first = measurements.of(pod(labels={"n": "0"}), [])
    assert measurements.of(pod(labels={"n": "0"}), []) is first
    for number in range(1, MOST + 1):
        measurements.of(pod(labels={"n": str(number)}), [])
    assert measurements.of(pod(labels={"n": "0"}), []) is not first
