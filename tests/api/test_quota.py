"""ResourceQuotas: what objects cost and which quotas cover them. Most cases are Kubernetes' own (pkg/quota/v1/evaluator/core)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api.admission_quota import Usage, add, charge, covers, recharge, usage
from simulator.objects.base import evolve
from tests.api.shelf import V1, Shelf, admission, made, pod, quota, refusal


def container(name: str, requests: Usage, limits: Usage | None = None) -> dict[str, Any]:
    return {"name": name, "image": "i", "resources": {"requests": requests, "limits": limits or {}}}


def requesting(requests: Usage, limits: Usage | None = None, *, init: bool = False, **spec: Any) -> Any:
    one = container("c", requests, limits)
    return pod(containers=[container("main", {})], initContainers=[one], **spec) if init else pod(containers=[one], **spec)


ONE_POD = {"count/pods": "1", "pods": "1"}
CPU = {"requests.cpu": "1m", "cpu": "1m", "limits.cpu": "2m"}
STORAGE = {"requests.ephemeral-storage": "32Mi", "ephemeral-storage": "32Mi", "limits.ephemeral-storage": "64Mi"}
HUGE, DONGLE = "hugepages-2Mi", "example.com/dongle"


@pytest.mark.parametrize("init", [False, True])
@pytest.mark.parametrize(
    ("requests", "limits", "cost"),
    [
        ({"cpu": "1m"}, {"cpu": "2m"}, CPU),
        ({"memory": "1Mi"}, {"memory": "2Mi"}, {"requests.memory": "1Mi", "memory": "1Mi", "limits.memory": "2Mi"}),
        ({"ephemeral-storage": "32Mi"}, {"ephemeral-storage": "64Mi"}, STORAGE),
        ({HUGE: "100Mi"}, {HUGE: "100Mi"}, {HUGE: "100Mi", f"requests.{HUGE}": "100Mi"}),
        ({DONGLE: "3"}, {DONGLE: "3"}, {f"requests.{DONGLE}": "3"}),
    ],
)
def test_what_a_pod_costs(requests: Usage, limits: Usage, cost: Usage, init: bool) -> None:
    assert usage(requesting(requests, limits, init=init)) == {**ONE_POD, **cost}


def test_the_sum_of_containers_or_the_largest_init_container() -> None:
    item = pod(
        initContainers=[
            container("i1", {"cpu": "4", "memory": "100M", DONGLE: "4"}, {"cpu": "8", "memory": "200M", DONGLE: "4"}),
            container("i2", {"cpu": "1", "memory": "50M", DONGLE: "2"}, {"cpu": "2", "memory": "100M", DONGLE: "2"}),
        ],
        containers=[
            container("c1", {"cpu": "1", "memory": "50M", DONGLE: "1"}, {"cpu": "2", "memory": "100M", DONGLE: "1"}),
            container("c2", {"cpu": "2", "memory": "75M", DONGLE: "2"}, {"cpu": "5", "memory": "50M", DONGLE: "2"}),
        ],
    )
    memory = {"requests.memory": "125M", "memory": "125M", "limits.memory": "200M"}
    assert usage(item) == {**ONE_POD, "requests.cpu": "4", "cpu": "4", "limits.cpu": "8", **memory, f"requests.{DONGLE}": "4"}


def test_the_overhead_of_a_runtime_class_counts() -> None:
    item = requesting({"cpu": "1"}, {"cpu": "2"}, overhead={"cpu": "1"})
    assert usage(item) == {**ONE_POD, "requests.cpu": "2", "cpu": "2", "limits.cpu": "3"}


@pytest.mark.parametrize(("phase", "counts"), [("Pending", True), ("Running", True), ("Succeeded", False), ("Failed", False)])
def test_an_ended_pod_costs_only_its_object(phase: str, counts: bool) -> None:
    item = requesting({"cpu": "1m"}, {"cpu": "2m"})
    item = evolve(item, status=evolve(item.status, phase=phase))
    assert usage(item) == ({**ONE_POD, **CPU} if counts else {"count/pods": "1"})


def ports(*node_ports: int) -> list[dict[str, Any]]:
    return [{"name": f"p{i}", "port": 80 + i, **({"nodePort": number} if number else {})} for i, number in enumerate(node_ports)]


@pytest.mark.parametrize(
    ("spec", "balancers", "node_ports"),
    [
        ({"type": "ClusterIP", "ports": ports(0)}, "0", "0"),
        ({"type": "NodePort", "ports": ports(0)}, "0", "1"),
        ({"type": "NodePort", "ports": ports(0, 0)}, "0", "2"),
        ({"type": "LoadBalancer"}, "1", "0"),
        ({"type": "LoadBalancer", "ports": ports(0)}, "1", "1"),
        ({"type": "LoadBalancer", "ports": ports(0, 0)}, "1", "2"),
        ({"type": "LoadBalancer", "ports": ports(32001, 32002)}, "1", "2"),
        ({"type": "LoadBalancer", "ports": ports(0, 0), "allocateLoadBalancerNodePorts": True}, "1", "2"),
        ({"type": "LoadBalancer", "ports": ports(0, 0), "allocateLoadBalancerNodePorts": False}, "1", "0"),
        ({"type": "LoadBalancer", "ports": ports(32001, 32002), "allocateLoadBalancerNodePorts": False}, "1", "2"),
        ({"type": "LoadBalancer", "ports": ports(32001, 0), "allocateLoadBalancerNodePorts": False}, "1", "1"),
        ({"type": "ExternalName", "externalName": "a.b"}, "0", "0"),
    ],
)
def test_what_a_service_costs(spec: dict[str, Any], balancers: str, node_ports: str) -> None:
    item = made({**V1, "kind": "Service", "spec": spec})
    cost = {"services.loadbalancers": balancers, "services.nodeports": node_ports}
    assert usage(item) == {"count/services": "1", "services": "1", **cost}


GOLD = "gold.storageclass.storage.k8s.io/"


@pytest.mark.parametrize(
    ("spec", "cost"),
    [
        ({"resources": {"requests": {"storage": "10Gi"}}}, {"requests.storage": "10Gi"}),
        (
            {"resources": {"requests": {"storage": "10Gi"}}, "storageClassName": "gold"},
            {"requests.storage": "10Gi", f"{GOLD}requests.storage": "10Gi", f"{GOLD}persistentvolumeclaims": "1"},
        ),
        ({"storageClassName": "gold"}, {f"{GOLD}persistentvolumeclaims": "1"}),
        ({"storageClassName": ""}, {}),
    ],
)
def test_what_a_claim_costs(spec: dict[str, Any], cost: Usage) -> None:
    item = made({**V1, "kind": "PersistentVolumeClaim", "spec": spec})
    assert usage(item) == {"count/persistentvolumeclaims": "1", "persistentvolumeclaims": "1", **cost}


@pytest.mark.parametrize(
    ("kind", "cost"),
    [
        ({**V1, "kind": "ConfigMap"}, {"count/configmaps": "1", "configmaps": "1"}),
        ({**V1, "kind": "Secret"}, {"count/secrets": "1", "secrets": "1"}),
        ({**V1, "kind": "ResourceQuota", "spec": {}}, {"count/resourcequotas": "1", "resourcequotas": "1"}),
        ({**V1, "kind": "ServiceAccount"}, {"count/serviceaccounts": "1"}),
        ({"apiVersion": "apps/v1", "kind": "ReplicaSet", "spec": {}}, {"count/replicasets.apps": "1"}),
        ({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {}}}, {"count/jobs.batch": "1"}),
    ],
)
def test_other_objects_are_counted(kind: dict[str, Any], cost: Usage) -> None:
    assert usage(made(kind)) == cost


@pytest.mark.parametrize(
    ("one", "other", "total"),
    [
        ("0", "250m", "250m"),
        ("1", "500m", "1500m"),
        ("1Gi", "512Mi", "1536Mi"),
        ("0", "10Gi", "10Gi"),
        ("10Gi", "0", "10Gi"),
        ("1G", "1Mi", "1001048576"),
    ],
)
def test_sums_are_written_as_the_first_amount_that_is_not_zero(one: str, other: str, total: str) -> None:
    assert add(one, other) == total


# ---- scopes

BEST_EFFORT, BURSTABLE = "BestEffort", "Burstable"


def scoped(qos: str = BURSTABLE, deadline: int | None = None, priority: str = "", **spec: Any) -> Any:
    item = pod(priorityClassName=priority, **({} if deadline is None else {"activeDeadlineSeconds": deadline}), **spec)
    return evolve(item, status=evolve(item.status, qos_class=qos))


def term(**more: Any) -> dict[str, Any]:
    return {"labelSelector": {}, "topologyKey": "zone", **more}


REQUIRED, PREFERRED = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
ACROSS = [
    {"podAffinity": {REQUIRED: [term(namespaces=["a"])]}},
    {"podAffinity": {REQUIRED: [term(namespaceSelector={})]}},
    {"podAntiAffinity": {REQUIRED: [term(), term(namespaces=["a"])]}},
    {"podAffinity": {PREFERRED: [{"weight": 1, "podAffinityTerm": term(namespaces=["a"])}]}},
    {"podAntiAffinity": {PREFERRED: [{"weight": 1, "podAffinityTerm": term(namespaceSelector={})}]}},
]


@pytest.mark.parametrize(
    ("item", "scopes"),
    [
        (scoped(BEST_EFFORT), {"BestEffort", "NotTerminating"}),
        (scoped(BURSTABLE), {"NotBestEffort", "NotTerminating"}),
        (scoped(BEST_EFFORT, 30), {"BestEffort", "Terminating"}),
        (scoped(BURSTABLE, 30), {"NotBestEffort", "Terminating"}),
        (scoped(BURSTABLE, 1), {"NotBestEffort", "Terminating"}),
        (scoped(BURSTABLE, priority="high"), {"NotBestEffort", "NotTerminating", "PriorityClass"}),
        (scoped(affinity={"podAffinity": {REQUIRED: [term()]}}), {"NotBestEffort", "NotTerminating"}),
        *((scoped(affinity=affinity), {"NotBestEffort", "NotTerminating", "CrossNamespacePodAffinity"}) for affinity in ACROSS),
    ],
)
def test_scopes(item: Any, scopes: set[str]) -> None:
    every = {"BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "PriorityClass", "CrossNamespacePodAffinity"}
    assert {scope for scope in every if covers(quota({}, scopes=[scope]), item)} == scopes


def selecting(operator: str, *values: str, scope: str = "PriorityClass") -> Any:
    expression = {"scopeName": scope, "operator": operator, **({"values": list(values)} if values else {})}
    return quota({}, scopeSelector={"matchExpressions": [expression]})


@pytest.mark.parametrize(
    ("rule", "covered"),
    [
        (selecting("Exists"), ["high", "low"]),
        (selecting("DoesNotExist"), [""]),
        (selecting("In", "high", "top"), ["high"]),
        (selecting("NotIn", "high"), ["", "low"]),
        (selecting("In"), []),
    ],
)
def test_priority_classes_in_scope(rule: Any, covered: list[str]) -> None:
    assert [name for name in ("", "high", "low") if covers(rule, scoped(priority=name))] == covered


def test_every_scope_must_match_and_only_pods_have_scopes() -> None:
    both = quota({}, scopes=["BestEffort", "Terminating"])
    assert [covers(both, scoped(*given)) for given in ((BEST_EFFORT, 1), (BEST_EFFORT,), (BURSTABLE, 1))] == [True, False, False]
    service = made({**V1, "kind": "Service", "spec": {}})
    assert (covers(both, service), covers(quota({}), service)) == (False, True)
    assert not covers(quota({}, scopes=["VolumeAttributesClass"]), scoped())


# ---- admission

COMPUTE = {"cpu": "3", "memory": "100Gi", "pods": "5"}


def used_after(item: Any, *quotas: Any) -> dict[str, Usage]:
    return {one.metadata.name: dict(one.status.used) for one in charge(item, Shelf(*quotas))}


def test_a_new_pod_is_counted_in() -> None:
    before = quota(COMPUTE, {"cpu": "1", "memory": "50Gi", "pods": "3"})
    assert used_after(requesting({"cpu": "100m", "memory": "2Gi"}), before) == {"q": {"cpu": "1100m", "memory": "52Gi", "pods": "4"}}


def test_up_to_the_limit_and_not_beyond() -> None:
    there = quota(COMPUTE, {"cpu": "2", "memory": "50Gi", "pods": "4"})
    assert used_after(requesting({"cpu": "1", "memory": "50Gi"}), there) == {"q": {"cpu": "3", "memory": "100Gi", "pods": "5"}}
    expected = (
        'Forbidden: pods "web" is forbidden: exceeded quota: q, requested: cpu=1001m,memory=51Gi, used: cpu=2,memory=50Gi, '
        "limited: cpu=3,memory=100Gi"
    )
    assert refusal(requesting({"cpu": "1001m", "memory": "51Gi"}), there) == expected


def test_an_exceeded_resource_does_not_affect_objects_that_do_not_use_it() -> None:
    """A quota may be lowered below its usage."""
    full = quota({"services": "3", "pods": "4"}, {"services": "1", "pods": "9"})
    assert used_after(made({**V1, "kind": "Service", "spec": {}}), full) == {"q": {"services": "2", "pods": "9"}}


def test_every_matching_quota_is_charged_in_order_of_name() -> None:
    quotas = [
        quota({"pods": "1"}, name="b"),
        quota({"pods": "1"}, {"pods": "1"}, name="c", scopes=["Terminating"]),
        quota({"pods": "1"}, name="a"),
        quota({"secrets": "1"}, name="d"),
    ]
    assert list(used_after(pod(), *quotas)) == ["a", "b"]
    full = [quota({"pods": "1"}, {"pods": "1"}, name=name) for name in ("b", "a")]
    assert "exceeded quota: a, requested: pods=1" in refusal(pod(), *full)


def test_a_quota_without_a_status_limits_nothing_yet() -> None:
    fresh = made({**V1, "kind": "ResourceQuota", "spec": {"hard": {"pods": "0"}}}, "q")
    assert used_after(pod(), fresh) == {}


@pytest.mark.parametrize(
    ("hard", "item", "missing"),
    [
        ("requests.cpu", requesting({}), "requests.cpu for: c"),
        ("cpu", requesting({}), "cpu for: c"),
        ("limits.cpu", requesting({"cpu": "1"}), "limits.cpu for: c"),
        ("limits.memory", requesting({"memory": "1"}), "limits.memory for: c"),
        ("memory", requesting({"cpu": "1"}), "memory for: c"),
        ("requests.memory", requesting({"memory": "1"}, init=True), "requests.memory for: main"),
        ("requests.cpu", requesting({"cpu": "1"}), ""),
        ("requests.ephemeral-storage", requesting({}), ""),
        (f"requests.{DONGLE}", requesting({}), ""),
        ("cpu", pod(resources={"requests": {"cpu": "1"}}), ""),
    ],
)
def test_a_quota_of_cpu_or_memory_requires_every_container_to_set_it(hard: str, item: Any, missing: str) -> None:
    """Not of other resources, and not in a pod with pod-level resources."""
    rule = quota({hard: "10"})
    if missing:
        assert refusal(item, rule) == f'Forbidden: pods "web" is forbidden: failed quota: q: must specify {missing}'
    else:
        admission(rule)(item)


def claim(storage: str) -> Any:
    return made({**V1, "kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": storage}}}})


def service(kind: str, count: int) -> Any:
    return made({**V1, "kind": "Service", "spec": {"type": kind, "ports": ports(*[0] * count)}})


@pytest.mark.parametrize(
    ("new", "old", "used"),
    [
        (claim("15Gi"), claim("10Gi"), {"requests.storage": "25Gi"}),
        (claim("10Gi"), claim("10Gi"), None),
        (claim("5Gi"), claim("10Gi"), None),
        (service("NodePort", 3), service("NodePort", 1), {"services.nodeports": "3"}),
        (service("NodePort", 1), service("ClusterIP", 1), {"services.nodeports": "2"}),
        (service("LoadBalancer", 1), service("NodePort", 1), {"services.loadbalancers": "1"}),
        (service("ClusterIP", 1), service("NodePort", 1), None),
        (requesting({"cpu": "2"}), requesting({"cpu": "1"}), {"cpu": "2"}),
        (requesting({"cpu": "1"}), requesting({"cpu": "2"}), None),
    ],
)
def test_an_update_is_charged_with_the_difference(new: Any, old: Any, used: Usage | None) -> None:
    """Services, claims, and pods that are resized. Lower usage is released when the quota is recalculated."""
    before = {"requests.storage": "20Gi", "services.nodeports": "1", "services.loadbalancers": "0", "cpu": "1"}
    hard = dict.fromkeys(before, "100Gi")
    charged = recharge(new, old, Shelf(quota(hard, before)))
    assert [dict(item.status.used) for item in charged] == ([] if used is None else [{**before, **used}])


def test_an_update_beyond_the_limit_is_refused() -> None:
    full = quota({"requests.storage": "25Gi"}, {"requests.storage": "20Gi"})
    assert [item.status.used for item in recharge(claim("15Gi"), claim("10Gi"), Shelf(full))] == [{"requests.storage": "25Gi"}]
    with pytest.raises(Exception, match=r"exceeded quota: q, requested: requests\.storage=6Gi, used: requests\.storage=20Gi"):
        recharge(claim("16Gi"), claim("10Gi"), Shelf(full))
