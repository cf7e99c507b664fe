"""Evictions by a kubelet whose node runs out of memory or disk."""

from __future__ import annotations

import pytest

from simulator.cluster import simulate
from simulator.journal.journal import Journal
from simulator.journal.records import Write
from simulator.kubelet.eviction import DISK, MEMORY, Shortage, Use, first_victim, over_limit, shortage_message, shortages
from simulator.objects.conditions import condition_of
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node, NodeStatus
from simulator.objects.pod import Pod, PodSpec
from simulator.units import SECOND

MIB = 2**20


def use(name: str, used: int, requests: int = 0, priority: int = 0, resource: str = MEMORY, limit: str = "") -> Use:
    """A pod of one container, in MiB."""
    resources = ResourceRequirements(requests={resource: f"{requests}Mi"} if requests else {}, limits={resource: limit} if limit else {})
    pod = Pod(
        metadata=ObjectMeta(name=name), spec=PodSpec(containers=[Container(name="c", image="i", resources=resources)], priority=priority)
    )
    return Use(pod, {"c": {resource: used * MIB}})


@pytest.mark.rule("EVC-01")
def test_what_a_node_is_short_of() -> None:
    node = Node(status=NodeStatus(capacity={"memory": "1Gi", DISK: "10Gi"}, allocatable={"memory": "900Mi", DISK: "10Gi"}))
    assert shortages(node, [use("a", 800)]) == []
    assert shortages(node, [use("a", 801)]) == [Shortage(MEMORY, 100 * MIB, 99 * MIB)]
    (one,) = shortages(node, [use("a", 8705, resource=DISK)])
    assert (one.resource, one.least, one.available) == (DISK, 1536 * MIB, 1535 * MIB)


@pytest.mark.rule("EVC-02")
@pytest.mark.parametrize(
    ("uses", "victim"),
    [
        ([use("small", 100), use("large", 300)], "large"),
        ([use("within", 500, 600), use("beyond", 101, 100)], "beyond"),
        ([use("low", 100, 50), use("high", 900, 50, priority=10)], "low"),
        ([use("within-less", 300, 500), use("within-more", 400, 410)], "within-more"),
        ([use("critical", 900, 0, priority=2_000_000_000), use("other", 1, 500)], "other"),
    ],
)
def test_who_is_evicted(uses: list[Use], victim: str) -> None:
    first = first_victim(uses, MEMORY)
    assert first is not None
    assert first.pod.metadata.name == victim


def test_nobody_is_left_to_evict() -> None:
    assert first_victim([use("critical", 900, 0, priority=2_000_000_000)], MEMORY) is None


def test_the_message_names_what_uses_more_than_it_requests() -> None:
    low = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. "
    shortage = Shortage(MEMORY, 100 * MIB, 52 * MIB)
    assert shortage_message(shortage, use("a", 300, 100)) == (
        f"{low}Container c was using 300Mi, request is 100Mi, has larger consumption of memory. "
    )
    assert (
        shortage_message(shortage, use("a", 300)) == f"{low}Container c was using 300Mi, request is 0, has larger consumption of memory. "
    )
    assert shortage_message(shortage, use("a", 300, 400)) == low


@pytest.mark.rule("EVC-05")
def test_limits_of_ephemeral_storage() -> None:
    assert over_limit(use("a", 1024, resource=DISK, limit="1Gi")) == ""
    assert (
        over_limit(use("a", 1025, resource=DISK, limit="1Gi"))
        == "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. "
    )
    two = use("a", 1025, resource=DISK, limit="1Gi")
    pod = two.pod.__class__(metadata=two.pod.metadata, spec=PodSpec(containers=[*two.pod.spec.containers, Container(name="d", image="i")]))
    assert over_limit(Use(pod, two.containers)) == 'Container c exceeded its local ephemeral storage limit "1Gi". '


APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: leaky}
spec:
  selector: {matchLabels: {app: leaky}}
  template:
    metadata: {labels: {app: leaky}}
    spec: {containers: [{name: leaky, image: i:1, resources: {requests: {memory: 100Mi}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: good}
spec: {containers: [{name: good, image: i:1, resources: {requests: {memory: 500Mi}}}]}
---
"""
PLAIN = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec: {nodeName: node-1, containers: [{name: late, image: i:1, resources: {requests: REQUESTS}}]}
"""
SCENARIO = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  kubernetes: "1.36"
  manifests: [app.yaml]
  duration: 7m
  images: {"*": {cached: true}}
  cluster: {nodes: [{name: node-1, memory: 1Gi}]}
  programs:
    - {match: {container: leaky}, runs: [{memory: {ramp: {0s: 50Mi, 60s: 650Mi}}}]}
    - {match: {container: good}, runs: [{memory: 400Mi}]}
  actions:
    - {at: 80s, apply: late.yaml}
"""


SHOWN = {
    ("EVC-01", "EvictionThresholdMet"),
    ("EVC-01", "NodeHasInsufficientMemory"),
    ("EVC-03", "Evicted"),
    ("EVC-03", "Killing"),
    ("EVC-04", "Evicted"),
}
"""The rules behind events that this world shows."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    folder = tmp_path_factory.mktemp("pressure")
    (folder / "app.yaml").write_text(APP)
    late = [
        PLAIN.replace("NAME", "best-effort").replace("REQUESTS", "{}"),
        PLAIN.replace("NAME", "burstable").replace("REQUESTS", "{cpu: 1m}"),
    ]
    (folder / "late.yaml").write_text("---\n".join(late))
    (folder / "scenario.yaml").write_text(SCENARIO)
    return simulate([str(folder / "scenario.yaml")])


def test_events_name_their_rules(run: Journal) -> None:
    pairs = {(write.cause.rule, write.item.reason) for write in run if isinstance(write, Write) and isinstance(write.item, Event)}
    assert pairs >= SHOWN


def messages(run: Journal, reason: str) -> list[str]:
    return [item.message for item in run.at().typed(Event) if item.reason == reason]


@pytest.mark.rule("EVC-03")
def test_an_evicted_pod_fails_for_good_and_is_replaced(run: Journal) -> None:
    pods = {pod.metadata.name: pod for pod in run.at(90 * SECOND).typed(Pod) if pod.metadata.labels.get("app") == "leaky"}
    evicted = next(pod for pod in pods.values() if pod.status.reason == "Evicted")
    assert evicted.status.phase == "Failed"
    assert evicted.status.message.startswith("The node was low on resource: memory. Threshold quantity: 100Mi, available: ")
    target = condition_of(evicted.status, "DisruptionTarget")
    assert target is not None
    assert (target.status, target.reason, target.message) == ("True", "TerminationByKubelet", evicted.status.message)
    assert len(pods) == 2
    assert evicted.status.message in messages(run, "Evicted")
    good = run.at().get(Key("Pod", "default", "good"))
    assert isinstance(good, Pod)
    assert good.status.phase == "Running"


@pytest.mark.rule("EVC-01")
def test_the_node_is_under_pressure_for_five_minutes(run: Journal) -> None:
    def pressure(t: int) -> tuple[str, list[str]]:
        node = run.at(t * SECOND).get(Key("Node", "", "node-1"))
        assert isinstance(node, Node)
        condition = condition_of(node.status, "MemoryPressure")
        assert condition is not None
        return condition.status, [taint.key for taint in node.spec.taints]

    assert pressure(20) == ("False", [])
    assert pressure(90) == ("True", ["node.kubernetes.io/memory-pressure"])
    assert pressure(330) == ("True", ["node.kubernetes.io/memory-pressure"])
    assert pressure(375) == ("False", [])
    assert messages(run, "EvictionThresholdMet") == ["Attempting to reclaim memory"]
    assert messages(run, "NodeHasInsufficientMemory") == ["Node node-1 status is now: NodeHasInsufficientMemory"]
    assert messages(run, "NodeHasSufficientMemory") == ["Node node-1 status is now: NodeHasSufficientMemory"]


@pytest.mark.rule("EVC-04")
def test_under_memory_pressure_no_best_effort_pod_is_admitted(run: Journal) -> None:
    refused, admitted = (run.at(100 * SECOND).get(Key("Pod", "default", name)) for name in ("best-effort", "burstable"))
    assert isinstance(refused, Pod)
    assert isinstance(admitted, Pod)
    assert (refused.status.phase, refused.status.reason) == ("Failed", "Evicted")
    assert refused.status.message == "Pod was rejected: The node had condition: [MemoryPressure]. "
    assert admitted.status.phase == "Running"
