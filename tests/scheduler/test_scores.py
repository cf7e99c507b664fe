"""Scores: numbers from 0 to 100 for each node. Most cases are those of Kubernetes' own tables (plugins/*/*_test.go)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.objects.pod import Pod
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.scores import SCORES, totals
from simulator.scheduler.scores.nodes import preferred_affinity, soft_taints
from simulator.scheduler.scores.normal import normalized
from simulator.scheduler.scores.pods import preferred_pod_affinity
from simulator.scheduler.scores.resources import balanced_allocation, least_allocated
from simulator.scheduler.scores.spread import even_spread
from tests.scheduler.builders import asking, cycle, node_info, pod


@pytest.mark.parametrize(
    ("raw", "shares", "reverse"),
    [
        ([1, 2, 3, 4], [25, 50, 75, 100], False),
        ([1, 2, 3, 4], [75, 50, 25, 0], True),
        ([1000, 10, 20, 30], [100, 1, 2, 3], False),
        ([1000, 10, 20, 30], [0, 99, 98, 97], True),
        ([1, 1, 1, 1], [100, 100, 100, 100], False),
        ([1000, 1, 1, 1], [100, 0, 0, 0], False),
        ([0, 1, 1, 1], [100, 0, 0, 0], True),
        ([0, 0, 0, 0], [0, 0, 0, 0], False),
        ([0, 0, 0, 0], [100, 100, 100, 100], True),
    ],
)
def test_normalized(raw: list[int], shares: list[int], reverse: bool) -> None:
    assert normalized(raw, reverse=reverse) == shares


# ---- resources. Amounts are cpus and bytes; a node is (cpu, memory) and the (cpu, memory) of each pod on it.

Amount = tuple[str, str]
NOTHING: Amount = ("0", "0")


def using(name: str, *amounts: Amount) -> Pod:
    return pod(name, containers=asking(*({"cpu": cpu, "memory": memory} for cpu, memory in amounts)))


def sized(name: str, size: Amount, *pods: tuple[Amount, ...]) -> NodeInfo:
    return node_info(name, *(using(f"{name}.{i}", *amounts) for i, amounts in enumerate(pods)), cpu=size[0], memory=size[1])


REQUESTED = (("1", "2000"), ("2", "3000"))
CPU_ONLY = (("1", "0"), ("2", "0"))


@pytest.mark.parametrize(
    ("requested", "nodes", "scores"),
    [
        pytest.param((), [sized("n1", ("4", "10000")), sized("n2", ("4", "10000"))], [100, 100], id="no pods, no requests"),
        pytest.param(REQUESTED, [sized("n1", ("4", "10000")), sized("n2", ("6", "10000"))], [37, 50], id="nodes of different sizes"),
        pytest.param(
            (),
            [sized("n1", ("10", "20000"), CPU_ONLY, CPU_ONLY), sized("n2", ("10", "20000"), CPU_ONLY, REQUESTED)],
            [70, 57],
            id="no requests, pods on the nodes",
        ),
        pytest.param(
            REQUESTED,
            [sized("n1", ("10", "20000"), CPU_ONLY), sized("n2", ("10", "20000"), REQUESTED)],
            [57, 45],
            id="requests, pods on the nodes",
        ),
        pytest.param(
            REQUESTED,
            [sized("n1", ("10", "20000"), CPU_ONLY), sized("n2", ("10", "50000"), REQUESTED)],
            [57, 60],
            id="requests, pods, nodes of different sizes",
        ),
        pytest.param(
            CPU_ONLY,
            [sized("n1", ("4", "10000"), CPU_ONLY), sized("n2", ("4", "10000"), REQUESTED)],
            [50, 25],
            id="requests exceed the node",
        ),
        pytest.param(CPU_ONLY, [sized("n1", ("3", "10000"))], [50], id="requests fill the node"),
        pytest.param(
            REQUESTED, [sized("n1", ("0", "0")), sized("n2", ("0", "10000"))], [0, 50], id="a resource that the node lacks is skipped"
        ),
    ],
)
def test_least_allocated(requested: tuple[Amount, ...], nodes: list[NodeInfo], scores: list[int]) -> None:
    assert least_allocated(cycle(using("p", *requested), *nodes), nodes) == scores


def test_a_container_that_asks_for_nothing_counts_as_a_tenth_of_a_cpu_and_200_mebibytes() -> None:
    node = node_info("n1", pod("there"), cpu="1", memory="1000Mi")
    assert least_allocated(cycle(pod("p"), node), [node]) == [(80 + 60) // 2]
    both = pod("both", containers=[*asking({}, {})])
    assert least_allocated(cycle(both, node), [node]) == [(70 + 40) // 2]


@pytest.mark.parametrize(
    ("requested", "nodes", "scores"),
    [
        pytest.param((), [sized("n1", ("4", "10000"))], [0], id="a pod without requests is not scored"),
        pytest.param((NOTHING,), [sized("n1", ("4", "10000"))], [0], id="nor is one that requests zero"),
        pytest.param(REQUESTED, [sized("n1", ("4", "10000")), sized("n2", ("6", "10000"))], [68, 75], id="nodes of different sizes"),
        pytest.param(
            REQUESTED,
            [sized("n1", ("10", "20000"), CPU_ONLY), sized("n2", ("10", "20000"), REQUESTED)],
            [73, 74],
            id="requests, pods on the nodes",
        ),
        pytest.param(
            REQUESTED,
            [sized("n1", ("10", "20000"), CPU_ONLY), sized("n2", ("10", "50000"), REQUESTED)],
            [73, 70],
            id="requests, pods, nodes of different sizes",
        ),
        pytest.param(
            (("0", "2000"), ("0", "3000")),
            [sized("n1", ("3", "5000"), CPU_ONLY), sized("n2", ("3", "5000"))],
            [100, 50],
            id="the highest and the lowest score",
        ),
        pytest.param(
            CPU_ONLY, [sized("n1", ("6", "10000"), CPU_ONLY), sized("n2", ("6", "10000"), REQUESTED)], [62, 62], id="requests fill the node"
        ),
        pytest.param(CPU_ONLY, [sized("n1", ("2", "10000"), CPU_ONLY)], [75], id="a share is at most 1"),
        pytest.param(REQUESTED, [sized("n1", ("4", "0"))], [75], id="a single resource is always balanced"),
    ],
)
def test_balanced_allocation(requested: tuple[Amount, ...], nodes: list[NodeInfo], scores: list[int]) -> None:
    """The balance with the pod relative to the balance without it: 75 when nothing changes, up to 100 when it improves."""
    assert balanced_allocation(cycle(using("p", *requested), *nodes), nodes) == scores


# ---- the node itself


def tainted(name: str, *taints: str) -> NodeInfo:
    """`key=value:effect`."""
    split = [(text.partition("=")[0], *text.partition("=")[2].split(":")) for text in taints]
    return node_info(name, spec={"taints": [{"key": key, "value": value, "effect": effect} for key, value, effect in split]})


def tolerating(*texts: str) -> dict[str, Any]:
    split = [(text.partition("=")[0], *text.partition("=")[2].split(":")) for text in texts]
    return {
        "tolerations": [{"key": key, "operator": "Equal", "value": value, "effect": effect} for key, value, effect in split],
    }


CPU, DISK, FOO = "cpu=fixed:PreferNoSchedule", "disk=ssd:PreferNoSchedule", "foo=bar:PreferNoSchedule"


@pytest.mark.parametrize(
    ("tolerations", "nodes", "scores"),
    [
        pytest.param((FOO,), [(FOO,), ("foo=blah:PreferNoSchedule",)], [100, 0], id="tolerated or not"),
        pytest.param((CPU, DISK), [(), (CPU,), (CPU, DISK)], [100, 100, 100], id="tolerated taints do not count"),
        pytest.param((FOO,), [(), (CPU,), (CPU, DISK)], [100, 50, 0], id="each untolerated taint costs the same"),
        pytest.param(
            ("cpu=fixed:NoSchedule", "disk=ssd:NoSchedule"),
            [(), ("cpu=fixed:NoSchedule",), (CPU, DISK)],
            [100, 100, 0],
            id="NoSchedule taints and tolerations do not count",
        ),
        pytest.param((), [(), (CPU,)], [100, 0], id="without tolerations"),
        pytest.param(("cpu=fixed:", FOO), [(CPU, DISK), (CPU,)], [0, 100], id="a toleration of every effect counts"),
        pytest.param((CPU,), [(), ("cpu=fixed:NoExecute",)], [100, 100], id="no PreferNoSchedule taints"),
    ],
)
def test_soft_taints(tolerations: tuple[str, ...], nodes: list[tuple[str, ...]], scores: list[int]) -> None:
    infos = [tainted(f"n{i}", *taints) for i, taints in enumerate(nodes)]
    assert soft_taints(cycle(pod(**tolerating(*tolerations)), *infos), infos) == scores


def preferring_nodes(*terms: tuple[int, dict[str, str]]) -> dict[str, Any]:
    preferred = [
        {
            "weight": weight,
            "preference": {"matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in labels.items()]},
        }
        for weight, labels in terms
    ]
    return {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}}


FOO_BAR, KEY_VALUE, AZ = {"foo": "bar"}, {"key": "value"}, {"az": "az1"}


@pytest.mark.parametrize(
    ("preferences", "labels", "scores"),
    [
        pytest.param((), [FOO_BAR, KEY_VALUE, AZ], [0, 0, 0], id="no preference"),
        pytest.param(((2, FOO_BAR),), [KEY_VALUE, AZ, {}], [0, 0, 0], id="no node matches"),
        pytest.param(((2, FOO_BAR),), [FOO_BAR, KEY_VALUE, AZ], [100, 0, 0], id="one node matches"),
        pytest.param(
            ((2, FOO_BAR), (4, KEY_VALUE), (5, {**FOO_BAR, **KEY_VALUE, **AZ})),
            [FOO_BAR, {**FOO_BAR, **KEY_VALUE, **AZ}, KEY_VALUE],
            [18, 100, 36],
            id="weights of matching terms add up",
        ),
    ],
)
def test_preferred_node_affinity(
    preferences: tuple[tuple[int, dict[str, str]], ...], labels: list[dict[str, str]], scores: list[int]
) -> None:
    infos = [node_info(f"n{i}", labels=mine) for i, mine in enumerate(labels)]
    assert preferred_affinity(cycle(pod(**(preferring_nodes(*preferences) if preferences else {})), *infos), infos) == scores


# ---- spreading

HOST, ZONE = "kubernetes.io/hostname", "zone"


def constraint(key: str, skew: int = 1, label: str | None = "foo", **more: Any) -> dict[str, Any]:
    selector = {} if label is None else {"labelSelector": {"matchExpressions": [{"key": label, "operator": "Exists"}]}}
    return {"maxSkew": skew, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", **selector, **more}


def running(name: str, count: int | list[str], zone: str = "", **more: Any) -> NodeInfo:
    """A node with so many pods of label foo, or with pods of these labels (`foo bar`)."""
    labels = ["foo"] * count if isinstance(count, int) else count
    pods = [pod(f"{name}.{i}", dict.fromkeys(words.split(), "")) for i, words in enumerate(labels)]
    return node_info(name, *pods, labels={ZONE: zone} if zone else {}, **more)


def spreading(*constraints: dict[str, Any], labels: str = "foo") -> Pod:
    return pod("p", dict.fromkeys(labels.split(), ""), topologySpreadConstraints=list(constraints))


FOUR = [running("a", 2), running("b", 1), running("c", 0), running("d", 3)]
FALLING = [running("a", 4), running("b", 3), running("c", 2), running("d", 1)]
ZONES = [running("a", 4, "z1"), running("b", 2, "z1"), running("x", 1, "z2"), running("y", 3, "z2")]


@pytest.mark.parametrize(
    ("subject", "nodes", "elsewhere", "scores"),
    [
        pytest.param(spreading(constraint(HOST)), [running("a", 0), running("b", 0)], [], [100, 100], id="no pods"),
        pytest.param(spreading(constraint(HOST)), [running("a", 2)], [running("b", 1)], [100], id="one node"),
        pytest.param(spreading(constraint(HOST)), [running("a", 1), running("b", 1)], [], [100, 100], id="equal nodes"),
        pytest.param(spreading(constraint(HOST)), FOUR, [], [20, 60, 100, 0], id="four nodes"),
        pytest.param(spreading(constraint(HOST, label=None)), FOUR, [], [100, 100, 100, 100], id="without a selector no pod counts"),
        pytest.param(spreading(constraint(HOST, 2)), FOUR, [], [33, 66, 100, 16], id="a larger maxSkew levels the scores"),
        pytest.param(spreading(constraint(HOST, 3)), FALLING, [], [44, 66, 77, 100], id="maxSkew 3"),
        pytest.param(
            spreading(constraint(HOST)),
            [running("a", 4), running("b", 2), running("x", 1)],
            [running("y", 3)],
            [33, 83, 100],
            id="pods of an infeasible node do not count for hostnames",
        ),
        pytest.param(spreading(constraint(ZONE)), ZONES[:3], ZONES[3:], [75, 75, 100], id="pods of infeasible nodes count for zones"),
        pytest.param(
            spreading(constraint(ZONE), constraint(HOST)),
            [running("a", 2, "z1"), running("x", 2, "z2")],
            [running("b", 1, "z1"), running("y", 4, "z2")],
            [100, 63],
            id="zones and nodes",
        ),
        pytest.param(
            spreading(constraint(ZONE), constraint(ZONE, label="bar"), labels="foo bar"),
            [running("a", ["foo bar", "foo"], "z1"), running("x", 0, "z2")],
            [running("b", ["foo bar"], "z1"), running("y", ["foo", "foo bar", "foo"], "z2")],
            [85, 100],
            id="two selectors over zones",
        ),
        pytest.param(
            spreading(constraint(ZONE), constraint(HOST, label="bar"), labels="foo bar"),
            [running("a", ["foo"], "z1"), running("b", ["foo bar"], "z1"), running("x", 0, "z2"), running("y", ["foo", "bar"], "z2")],
            [],
            [60, 20, 100, 60],
            id="one selector over zones, another over nodes",
        ),
        pytest.param(
            spreading(constraint(ZONE), constraint(HOST)),
            [running("a", 1, "z1"), running("b", 0, "z2"), running("c", 0)],
            [],
            [0, 100, 0],
            id="a node without the label of one constraint gets 0",
        ),
        pytest.param(
            spreading(constraint(ZONE), constraint(HOST)),
            [running("a", 1, "z1"), running("b", 0, "z2"), running("c", 5)],
            [],
            [0, 100, 0],
            id="and its pods do not matter to the others",
        ),
        pytest.param(
            spreading(constraint(HOST, whenUnsatisfiable="DoNotSchedule")),
            [running("a", 3), running("b", 0)],
            [],
            [0, 0],
            id="DoNotSchedule constraints are not scored",
        ),
        pytest.param(pod("p", {"foo": ""}), [running("a", 3), running("b", 0)], [], [0, 0], id="no preference"),
    ],
)
def test_spreading(subject: Pod, nodes: list[NodeInfo], elsewhere: list[NodeInfo], scores: list[int]) -> None:
    assert even_spread(cycle(subject, *nodes, *elsewhere), nodes) == scores


def test_pods_of_a_service_spread_by_default() -> None:
    """Over nodes with maxSkew 3 and over zones with maxSkew 5; nodes need no zone label."""
    subject = pod("p", {"foo": ""})
    assert even_spread(cycle(subject, *FALLING, siblings=[{"foo": ""}]), FALLING) == [44, 66, 77, 100]
    topology = "topology.kubernetes.io/zone"
    zoned = [
        node_info(f"n{i}", *there, labels={topology: zone}) for i, (zone, there) in enumerate([("a", [pod("x", {"foo": ""})]), ("b", [])])
    ]
    assert even_spread(cycle(subject, *zoned, siblings=[{"foo": ""}]), zoned) == [66, 100]


def test_spreading_counts_pods_of_the_same_namespace_only() -> None:
    there = [pod("o", {"foo": ""}, namespace="other"), pod("here", {"foo": ""})]
    nodes = [node_info("a", there[0]), node_info("b", there[1])]
    assert even_spread(cycle(spreading(constraint(HOST)), *nodes), nodes) == [100, 0]


# ---- pod affinity

CHINA, INDIA, AZ1, AZ2 = {"region": "China"}, {"region": "India"}, {"az": "az1"}, {"az": "az2"}


def near(label: str, key: str, weight: int) -> dict[str, Any]:
    name, _, value = label.partition("=")
    return {"weight": weight, "podAffinityTerm": {"labelSelector": {"matchLabels": {name: value}}, "topologyKey": key}}


def preferring(*terms: dict[str, Any], away: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    key = "preferredDuringSchedulingIgnoredDuringExecution"
    return {
        "affinity": {**({"podAffinity": {key: list(terms)}} if terms else {}), **({"podAntiAffinity": {key: list(away)}} if away else {})}
    }


def labelled(name: str, label: str, **spec: Any) -> Pod:
    key, _, value = label.partition("=")
    return pod(name, {key: value}, **spec)


S1, S2 = "security=S1", "security=S2"
WITH_S1, WITH_S2 = preferring(near(S1, "region", 5)), preferring(near(S2, "region", 6))
AWAY_FROM_S1, AWAY_FROM_S2 = preferring(away=(near(S1, "az", 5),)), preferring(away=(near(S2, "az", 5),))
BOTH = preferring(near(S1, "region", 8), away=(near(S2, "az", 5),))
REQUIRED = {
    "affinity": {
        "podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {"matchExpressions": [{"key": "security", "operator": "In", "values": ["S1"]}]}, "topologyKey": "region"},
                {"labelSelector": {"matchExpressions": [{"key": "security", "operator": "Exists"}]}, "topologyKey": "region"},
            ]
        }
    }
}


@pytest.mark.parametrize(
    ("subject", "places", "scores"),
    [
        pytest.param(labelled("p", S1), [(CHINA, []), (INDIA, [])], [0, 0], id="no preference"),
        pytest.param(
            labelled("p", S1, **WITH_S1),
            [(CHINA, [labelled("a", S1)]), (INDIA, [labelled("b", S2)]), (AZ1, [labelled("c", S1)])],
            [100, 0, 0],
            id="in the region of a matching pod, not on a node without a region",
        ),
        pytest.param(
            labelled("p", S1, **WITH_S1),
            [(CHINA, [labelled("a", S1)]), ({**CHINA, **AZ1}, []), (INDIA, [])],
            [100, 100, 0],
            id="all nodes of the region",
        ),
        pytest.param(
            labelled("p", S2, **preferring(near(S2, "region", 6))),
            [
                (CHINA, [labelled("a", S2), labelled("b", S2)]),
                (INDIA, [labelled("c", S2)]),
                ({**CHINA, **AZ1}, [labelled("d", S2)]),
                (AZ1, []),
            ],
            [100, 33, 100, 0],
            id="each matching pod adds its weight",
        ),
        pytest.param(
            labelled("p", S2),
            [(CHINA, [labelled("a", S1, **WITH_S1)]), (INDIA, [labelled("b", S2, **WITH_S2)]), (AZ1, [])],
            [0, 100, 0],
            id="preferences of existing pods count",
        ),
        pytest.param(
            labelled("p", S1),
            [(CHINA, [labelled("a", S1, **REQUIRED)]), (INDIA, [labelled("b", S2, **REQUIRED)]), (AZ1, [])],
            [100, 100, 0],
            id="required affinity of existing pods counts",
        ),
        pytest.param(
            labelled("p", S1, **AWAY_FROM_S1),
            [(AZ1, [labelled("a", S1)]), (CHINA, [labelled("b", S2)])],
            [0, 100],
            id="anti-affinity",
        ),
        pytest.param(
            labelled("p", S1, **AWAY_FROM_S1),
            [(AZ1, [labelled("a", S1), labelled("b", S2)]), (AZ2, [labelled("c", S1), labelled("d", S1)])],
            [100, 0],
            id="anti-affinity prefers the zone with fewer matches",
        ),
        pytest.param(
            labelled("p", S2),
            [(AZ1, [labelled("a", S1, **AWAY_FROM_S2)]), (AZ2, [labelled("b", S2, **AWAY_FROM_S1)])],
            [0, 100],
            id="anti-affinity of existing pods counts",
        ),
        pytest.param(
            labelled("p", S1, **BOTH),
            [({**CHINA, **AZ1}, [labelled("a", S1)]), ({**CHINA, **AZ2}, [labelled("b", S2)]), (INDIA, [])],
            [100, 37, 0],
            id="affinity and anti-affinity together",
        ),
    ],
)
def test_preferred_pod_affinity(subject: Pod, places: list[tuple[dict[str, str], list[Pod]]], scores: list[int]) -> None:
    infos = [node_info(f"n{i}", *there, labels=labels) for i, (labels, there) in enumerate(places)]
    assert preferred_pod_affinity(cycle(subject, *infos), infos) == scores


def test_the_weights_of_the_plugins() -> None:
    weights = {name: weight for name, (weight, _) in SCORES.items()}
    assert weights == {
        "TaintToleration": 3,
        "NodeAffinity": 2,
        "NodeResourcesFit": 1,
        "PodTopologySpread": 2,
        "InterPodAffinity": 2,
        "NodeResourcesBalancedAllocation": 1,
    }
    nodes = [sized("n1", ("4", "10000")), sized("n2", ("6", "10000"))]
    assert totals(cycle(using("p", *REQUESTED), *nodes), nodes) == [3 * 100 + 37 + 68, 3 * 100 + 50 + 75]
