"""ReplicaSets: numbers, who goes first, and refusals."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from simulator.api import ApiError
from simulator.controllers.pod_control import slow_start
from simulator.controllers.pod_ranks import pods_to_delete
from simulator.objects.labels import POD_DELETION_COST
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod, PodSpec
from simulator.objects.pod_status import ContainerStatus, PodCondition, PodStatus
from simulator.units import MILLISECOND, SECOND, format_time, parse_time
from tests.fake_cluster import FakeCluster, key_of, workload

NOW = parse_time("2026-01-01T01:00:00Z")


def pod(name: str, **given: Any) -> Pod:
    conditions = [PodCondition(type="Ready", status="True", last_transition_time=given.get("since", "2026-01-01T00:00:00Z"))]
    status = PodStatus(
        phase=given.get("phase", "Running"),
        conditions=conditions if given.get("ready", True) else [],
        container_statuses=[ContainerStatus(name="c", restart_count=given.get("restarts", 0))],
    )
    annotations = {POD_DELETION_COST: str(given["cost"])} if "cost" in given else {}
    meta = ObjectMeta(name=name, uid=name, annotations=annotations, creation_timestamp=given.get("created", "2026-01-01T00:00:00Z"))
    return Pod(metadata=meta, spec=PodSpec(node_name=given.get("node", "n1")), status=status)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"node": ""}, {"ready": False}),
        ({"phase": "Pending"}, {"phase": "Running", "ready": False}),
        ({"phase": "Unknown", "ready": False, "cost": 9}, {"phase": "Running", "ready": False}),
        ({"phase": "Pending", "ready": False, "cost": 9}, {"phase": "Unknown", "ready": False}),
        ({"ready": False}, {"cost": -5}),
        ({"cost": -5}, {"cost": 3}),
        ({"since": "2026-01-01T00:59:59Z"}, {"since": "2026-01-01T00:10:00Z"}),
        ({"restarts": 3}, {"restarts": 1}),
        ({"created": "2026-01-01T00:59:00Z"}, {"created": "2026-01-01T00:00:00Z"}),
    ],
)
def test_who_goes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    a, b = pod("z-first", **first), pod("a-second", **second)
    assert pods_to_delete([b, a], [], 1, NOW) == [a]
    assert pods_to_delete([a, b], [], 1, NOW) == [a]


def test_a_crowded_node_gives_one_up() -> None:
    lonely, crowded, neighbour = pod("a", node="n1"), pod("b", node="n2"), pod("c", node="n2")
    assert pods_to_delete([lonely, crowded], [lonely, crowded, neighbour], 1, NOW) == [crowded]


def test_only_pods_of_the_same_owner_crowd_a_node() -> None:
    """The pod that became ready later goes, although the other one's node is full of pods of another Deployment."""
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload(replicas=2))
    cluster.run(5)
    cluster.apply(workload(name="other", replicas=3, pod_spec="nodeSelector: {kubernetes.io/hostname: node-2}"))
    first, second = sorted(cluster.pods(), key=lambda item: item.spec.node_name)[:2]
    assert (first.spec.node_name, second.spec.node_name) == ("node-1", "node-2")
    cluster.run(1000)
    for value in ("False", "True"):
        cluster.kubelet.set_ready(key_of(first), first.metadata.uid, value)
    cluster.run(1001)
    cluster.change("Deployment", "web", replicas=1)
    cluster.run(1010)
    left = [item.spec.node_name for item in cluster.pods() if item.metadata.labels["app"] == "web"]
    assert left == ["node-2"]


def test_ages_of_one_power_of_two_do_not_count() -> None:
    older, younger = pod("a", since="2026-01-01T00:20:00Z"), pod("b", since="2026-01-01T00:21:00Z")
    assert pods_to_delete([younger, older], [], 1, NOW) == [older], "the uid decides"


def test_younger_powers_of_two_go_first_then_the_uid_decides() -> None:
    """More pods than Go sorts by insertion: the order of equal ones must not depend on the algorithm."""
    ages = {f"p{number:02}": (600 if number % 2 else 1200) + number for number in range(30)}
    pods = [pod(name, since=format_time(NOW - seconds * SECOND)) for name, seconds in ages.items()]
    deleted = [item.metadata.name for item in pods_to_delete(pods, [], 29, NOW)]
    assert deleted == sorted(ages, key=lambda name: (ages[name] >= 1200, name))[:29]


def test_the_order_of_the_pods_does_not_matter() -> None:
    """b2 goes before a by restarts, a before b1 by uid, b1 before b2 by uid: the algorithm decides which of them is first."""
    older, younger = "2026-01-01T00:20:00Z", "2026-01-01T00:21:00Z"
    circle = [pod("a", since=older), pod("b2", since=older, restarts=3), pod("b1", since=younger)]
    assert pods_to_delete(circle[:2], [], 1, NOW) == [circle[1]]
    assert pods_to_delete(circle[1:], [], 1, NOW) == [circle[2]]
    assert pods_to_delete([circle[2], circle[0]], [], 1, NOW) == [circle[0]]
    others = [pod("c", ready=False), pod("d", cost=-1)]
    for count in range(1, 5):
        outcomes = [pods_to_delete(list(order), [], count, NOW) for order in permutations([*circle, *others])]
        assert {tuple(item.metadata.name for item in outcome) for outcome in outcomes} == {("c", "d", "a", "b1")[:count]}


@pytest.mark.parametrize(("count", "refused", "created"), [(20, 99, 20), (20, 5, 7), (20, 1, 1), (20, 20, 20), (4, 4, 4), (0, 1, 0)])
def test_slow_start_doubles_and_stops_with_the_batch_that_failed(count: int, refused: int, created: int) -> None:
    """Batches of 1, 2, 4, 8, ...; from the pod of number `refused` on the API server refuses."""
    requests: list[str] = []

    def create(item: Pod) -> None:
        requests.append(item.metadata.name)
        if len(requests) >= refused:
            raise ApiError("Forbidden", f"no {len(requests)}")

    error = slow_start([pod(str(i)) for i in range(count)], create)
    assert (error.message if error else "") == (f"no {refused}" if refused <= count else "")
    assert requests == [str(i) for i in range(created)]


def test_refused_pods_are_tried_again_after_a_doubling_back_off() -> None:
    cluster = FakeCluster()
    create, refused = cluster.api.create, []

    def refuse(item: Any, *rest: Any) -> Any:
        if isinstance(item, Pod) and cluster.engine.now < 2 * SECOND:
            refused.append(cluster.engine.now)
            raise ApiError("Forbidden", f'pods "{item.metadata.generate_name}" is forbidden: no')
        return create(item, *rest)

    cluster.api.create = refuse  # type: ignore[method-assign]
    cluster.apply(workload("ReplicaSet", replicas=2))
    cluster.run(1.9)
    [failure] = cluster.get("ReplicaSet", "web").status.conditions
    assert (failure.type, failure.status, failure.reason) == ("ReplicaFailure", "True", "FailedCreate")
    cluster.run(6)
    moments = sorted(set(refused))
    # Its own status wakes the controller once more at the first instant, which counts as a failure too.
    assert moments[:5] == [t * MILLISECOND for t in (0, 5, 25, 65, 145)]
    assert cluster.get("ReplicaSet", "web").status.conditions == []
    assert len(cluster.pods()) == 2


def test_an_orphan_is_adopted() -> None:
    cluster = FakeCluster()
    cluster.apply("{apiVersion: v1, kind: Pod, metadata: {name: bare, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}")
    cluster.apply(workload("ReplicaSet", replicas=2))
    cluster.run(3)
    assert len(cluster.pods()) == 2
    assert cluster.get("Pod", "bare").metadata.owner_references[0].name == "web"


def test_a_replication_controller_does_the_same() -> None:
    cluster = FakeCluster()
    cluster.apply(workload("ReplicationController", replicas=2, selector={"app": "web"}))
    cluster.run(3)
    assert cluster.get("ReplicationController", "web").status.ready_replicas == 2
    cluster.change("ReplicationController", "web", replicas=0)
    cluster.run(6)
    assert cluster.pods() == []
