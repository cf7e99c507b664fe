"""What the scheduler remembers of nodes and of the pods on them."""

from __future__ import annotations

from simulator.objects.base import evolve
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node
from simulator.objects.pod import Pod, PodSpec
from simulator.scheduler.cluster_view import ClusterView

NODE = Node(metadata=ObjectMeta(name="a"))
POD = Pod(metadata=ObjectMeta(name="p", namespace="n", uid="1"), spec=PodSpec(node_name="a"))


def test_pods_of_a_node_that_went_count_again_when_it_comes_back() -> None:
    view = ClusterView()
    view.set_node(NODE)
    view.set_pod(POD)
    view.remove_node("a")
    assert view.nodes() == []
    view.set_pod(evolve(POD, metadata=evolve(POD.metadata, labels={"x": "y"})))
    view.set_node(NODE)
    assert [pod.metadata.labels for pod in view.nodes()[0].pods.values()] == [{"x": "y"}]
    view.remove_pod("1")
    assert view.nodes()[0].pods == {}
