"""Which pods are deleted first when there are too many (pkg/controller/controller_utils.go ActivePodsWithRanks). Pure."""

from __future__ import annotations

from collections import Counter

from simulator.client.pods import ready_since
from simulator.golang.sort import go_sorted
from simulator.objects.labels import POD_DELETION_COST
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_active, is_ready, sidecars
from simulator.units import parse_time

PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def pods_to_delete(pods: list[Pod], related: list[Pod], count: int, wall: int) -> list[Pod]:
    """The `count` pods to delete.

    Args:
        pods: The active pods of one ReplicaSet or Job.
        related: All pods of the same owner's owner: pods on a node with many of them are deleted first.
        count: How many to delete.
        wall: Now, in nanoseconds since the epoch.

    Kubernetes' comparison is not transitive: two pods whose ages lie in the same power of two compare by uid, two of the same age by
    restarts. The sort algorithm then decides, so it is Go's. The order before it is random in Kubernetes; here it is by uid.
    """
    if count >= len(pods):
        return pods[:count]
    on_node = Counter(pod.spec.node_name for pod in related if is_active(pod))

    by_uid = sorted(pods, key=lambda pod: pod.metadata.uid)
    return go_sorted(by_uid, lambda a, b: _compare(a, b, on_node, wall) < 0)[:count]


def _compare(a: Pod, b: Pod, on_node: Counter[str], wall: int) -> int:
    """Negative when `a` is deleted before `b`."""
    first, second = _urgency(a, on_node), _urgency(b, on_node)
    if first != second:
        return -1 if first < second else 1
    ready_a, ready_b = ready_since(a), ready_since(b)
    if ready_a is not None and ready_b is not None and ready_a != ready_b:
        return _younger(ready_a, ready_b, wall) or _by_uid(a, b)
    restarts = _restarts(b), _restarts(a)
    if restarts[0] != restarts[1]:
        return -1 if restarts[0] < restarts[1] else 1
    created_a, created_b = _created(a), _created(b)
    return 0 if created_a == created_b else _younger(created_a, created_b, wall) or _by_uid(a, b)


def _urgency(pod: Pod, on_node: Counter[str]) -> tuple[int | bool, ...]:
    return (
        bool(pod.spec.node_name),  # pods without a node first
        PHASES.get(pod.status.phase, 0),  # then pods that do not run
        is_ready(pod),  # then pods that are not ready
        _deletion_cost(pod),  # then by deletion cost
        -on_node[pod.spec.node_name],  # then pods on nodes with many of them
    )


def _deletion_cost(pod: Pod) -> int:
    text = pod.metadata.annotations.get(POD_DELETION_COST, "0")
    return int(text) if text.lstrip("-").isdigit() else 0


def _restarts(pod: Pod) -> tuple[int, int]:
    """The most restarts of a container, then of a sidecar."""
    names = {item.name for item in sidecars(pod.spec)}
    regular = max((status.restart_count for status in pod.status.container_statuses), default=0)
    return regular, max((item.restart_count for item in pod.status.init_container_statuses if item.name in names), default=0)


def _created(pod: Pod) -> int:
    return parse_time(pod.metadata.creation_timestamp or "1970-01-01T00:00:00Z")


def _younger(a: int, b: int, wall: int) -> int:
    """Negative when the time `a` is much later: ages are compared by powers of two, so that a few seconds make no difference."""
    return _magnitude(wall - a) - _magnitude(wall - b)


def _magnitude(age: int) -> int:
    return max(age, 0).bit_length()


def _by_uid(a: Pod, b: Pod) -> int:
    return -1 if a.metadata.uid < b.metadata.uid else 1
