"""Filters: the exact reasons, and whether preemption could help."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.dialect import Dialect
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolume
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection
from simulator.scheduler.filters import rejection
from tests.fake_cluster import node

HOSTNAME = "kubernetes.io/hostname"


def pod(name: str = "p", labels: dict[str, str] | None = None, **spec: Any) -> Pod:
    data = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "uid": name, "namespace": "default", "labels": labels or {}},
        "spec": {"containers": [{"name": "c", "image": "i"}], **spec},
    }
    found = from_builtins(data)
    assert isinstance(found, Pod)
    return found


def asking(**requests: str) -> list[dict[str, Any]]:
    return [{"name": "c", "image": "i", "resources": {"requests": requests}}]


def info(name: str = "n1", *pods: Pod, labels: dict[str, str] | None = None, **spec: Any) -> NodeInfo:
    item = node(name, cpu="4", memory="8Gi", pods="3", **spec)
    item.metadata.labels.update(labels or {})
    found = NodeInfo(item)
    for one in pods:
        found.add(one)
    return found


def ask(subject: Pod, *nodes: NodeInfo, release: str = "1.36", volumes: list[PersistentVolume] | None = None) -> Rejection | None:
    cycle = Cycle(subject, list(nodes), Dialect(release), volumes or [], {"default": {}, "other": {"team": "red"}}, [])
    return rejection(cycle, nodes[0])


TAINT = {"key": "maint", "value": "yes", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("subject", "place", "reasons", "resolvable"),
    [
        (pod(), info(unschedulable=True), ("node(s) were unschedulable",), False),
        (pod(nodeName="n2"), info(), ("node(s) didn't match the requested node name",), False),
        (pod(), info(taints=[TAINT]), ("node(s) had untolerated taint(s)",), False),
        (pod(nodeSelector={"disk": "ssd"}), info(), ("node(s) didn't match Pod's node affinity/selector",), False),
        (pod(containers=asking(cpu="5")), info(), ("Insufficient cpu",), False),
        (pod(containers=asking(cpu="3")), info("n1", pod("a", containers=asking(cpu="2"))), ("Insufficient cpu",), True),
        (pod(containers=asking(cpu="5", memory="9Gi")), info(), ("Insufficient cpu", "Insufficient memory"), False),
        (pod(containers=asking(**{"nvidia.com/gpu": "1"})), info(), ("Insufficient nvidia.com/gpu",), False),
        (pod(), info("n1", pod("a"), pod("b"), pod("c")), ("Too many pods",), True),
    ],
)
def test_reasons(subject: Pod, place: NodeInfo, reasons: tuple[str, ...], resolvable: bool) -> None:
    found = ask(subject, place)
    assert found is not None
    assert (found.reasons, found.resolvable) == (reasons, resolvable)


def test_older_releases_name_the_taint() -> None:
    found = ask(pod(), info(taints=[TAINT]), release="1.32")
    assert found is not None
    assert found.reasons == ("node(s) had untolerated taint {maint: yes}",)


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "maint", "operator": "Exists"},
        {"key": "maint", "value": "yes", "effect": "NoSchedule"},
        {"operator": "Exists"},
    ],
)
def test_a_toleration_helps(toleration: dict[str, str]) -> None:
    assert ask(pod(tolerations=[toleration]), info(taints=[TAINT])) is None


def test_soft_taints_do_not_matter() -> None:
    assert ask(pod(), info(taints=[{"key": "k", "effect": "PreferNoSchedule"}])) is None


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ({"key": "zone", "operator": "In", "values": ["a", "b"]}, True),
        ({"key": "zone", "operator": "NotIn", "values": ["a"]}, False),
        ({"key": "zone", "operator": "Exists"}, True),
        ({"key": "gpu", "operator": "DoesNotExist"}, True),
        ({"key": "cores", "operator": "Gt", "values": ["7"]}, True),
        ({"key": "cores", "operator": "Lt", "values": ["8"]}, False),
        ({"key": "zone", "operator": "Gt", "values": ["1"]}, False),
    ],
)
def test_node_affinity(expression: dict[str, Any], fits: bool) -> None:
    required = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    subject = pod(affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}})
    assert (ask(subject, info(labels={"zone": "a", "cores": "8"})) is None) == fits


def with_port(name: str, port: int, ip: str = "") -> Pod:
    entry = {"containerPort": 80, "hostPort": port, "protocol": "TCP", **({"hostIP": ip} if ip else {})}
    return pod(name, containers=[{"name": "c", "image": "i", "ports": [entry]}])


@pytest.mark.parametrize(("ours", "theirs", "clash"), [("", "", True), ("", "10.0.0.1", True), ("10.0.0.2", "10.0.0.1", False)])
def test_host_ports(ours: str, theirs: str, clash: bool) -> None:
    found = ask(with_port("p", 80, ours), info("n1", with_port("q", 80, theirs)))
    assert (found is not None) == clash
    if found is not None:
        assert found.reasons == ("node(s) didn't have free ports for the requested pod ports",)


def term(**labels: str) -> dict[str, Any]:
    return {"labelSelector": {"matchLabels": labels}, "topologyKey": HOSTNAME}


def affine(kind: str, *terms: dict[str, Any]) -> dict[str, Any]:
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": list(terms)}}}


def test_company_that_is_wanted() -> None:
    subject = pod(**affine("podAffinity", term(app="db")))
    near, far = info("n1", pod("db", {"app": "db"})), info("n2")
    assert ask(subject, near, far) is None
    found = ask(subject, far, near)
    assert found is not None
    assert found.reasons == ("node(s) didn't match pod affinity rules",)


def test_the_first_of_its_kind_may_go_anywhere() -> None:
    assert ask(pod(labels={"app": "db"}, **affine("podAffinity", term(app="db"))), info()) is None


def test_company_that_is_not_wanted_by_either() -> None:
    ours = pod(labels={"app": "web"}, **affine("podAntiAffinity", term(app="web")))
    found = ask(ours, info("n1", pod("other", {"app": "web"})))
    assert found is not None
    assert found.reasons == ("node(s) didn't match pod anti-affinity rules",)
    theirs = pod("shy", {"app": "shy"}, **affine("podAntiAffinity", term(app="web")))
    found = ask(pod(labels={"app": "web"}), info("n1", theirs))
    assert found is not None
    assert found.reasons == ("node(s) didn't satisfy existing pods anti-affinity rules",)


def test_namespaces_of_a_term() -> None:
    other = from_builtins(
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "o", "uid": "o", "namespace": "other", "labels": {"a": "b"}}}
    )
    assert isinstance(other, Pod)
    place = info("n1", other)
    assert ask(pod(**affine("podAntiAffinity", term(a="b"))), place) is None
    everywhere = {**term(a="b"), "namespaceSelector": {"matchLabels": {"team": "red"}}}
    assert ask(pod(**affine("podAntiAffinity", everywhere)), place) is not None


def test_match_label_keys_restrict_the_selector_of_a_term() -> None:
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}
    base = {"topologyKey": HOSTNAME, "labelSelector": selector}
    there = info("n1", pod("a", {"app": "web", "version": "1"}))

    def fits(kind: str, version: str, app: str = "web", **more: Any) -> bool:
        subject = pod(labels={"app": app, "version": version}, **affine(kind, {**base, **more}))
        return ask(subject, there) is None

    assert not fits("podAntiAffinity", "1", matchLabelKeys=["version"])
    assert fits("podAntiAffinity", "2", matchLabelKeys=["version"])
    assert not fits("podAntiAffinity", "2", mismatchLabelKeys=["version"])
    assert fits("podAntiAffinity", "1", mismatchLabelKeys=["version"])
    other = {**base, "labelSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["db"]}]}}
    subject = pod(labels={"app": "x", "version": "1"}, **affine("podAntiAffinity", {**other, "matchLabelKeys": ["version"]}))
    assert ask(subject, there) is None, "the expressions of the selector still count"


def spread(skew: int = 1, **more: Any) -> dict[str, Any]:
    constraint = {"maxSkew": skew, "topologyKey": HOSTNAME, "whenUnsatisfiable": "DoNotSchedule", **more}
    return {"topologySpreadConstraints": [{**constraint, "labelSelector": {"matchLabels": {"app": "web"}}}]}


def test_topology_spread() -> None:
    full, empty = info("n1", pod("a", {"app": "web"})), info("n2")
    subject = pod(labels={"app": "web"}, **spread())
    assert ask(subject, empty, full) is None
    found = ask(subject, full, empty)
    assert found is not None
    assert found.reasons == ("node(s) didn't match pod topology spread constraints",)
    assert found.resolvable, "pods that count could be preempted"
    assert ask(pod(labels={"app": "web"}, **spread(2)), full, empty) is None


def test_a_node_without_the_label_makes_no_domain() -> None:
    found = ask(pod(labels={"app": "web"}, **spread(topologyKey="zone")), info())
    assert found is not None
    assert found.reasons == ("node(s) didn't match pod topology spread constraints (missing required label)",)
    assert not found.resolvable


@pytest.mark.parametrize(("selector", "fits"), [({"matchLabels": {"app": "web"}}, False), ({}, True), (None, True)])
def test_an_empty_selector_counts_no_pods(selector: dict[str, Any] | None, fits: bool) -> None:
    spec = spread()
    spec["topologySpreadConstraints"][0] |= {"labelSelector": selector}
    full, empty = info("n1", pod("a", {"app": "web"})), info("n2")
    assert (ask(pod(labels={"app": "web"}, **spec), full, empty) is None) is fits


def test_a_domain_that_the_pod_cannot_reach_does_not_count() -> None:
    full, elsewhere = info("n1", pod("a", {"app": "web"}), labels={"disk": "ssd"}), info("n2")
    assert ask(pod(labels={"app": "web"}, nodeSelector={"disk": "ssd"}, **spread()), full, elsewhere) is None


def test_min_domains() -> None:
    subject = pod(labels={"app": "web"}, **spread(minDomains=2))
    assert ask(subject, info("n1", pod("a", {"app": "web"}))) is not None


def test_a_volume_elsewhere() -> None:
    required = {"nodeSelectorTerms": [{"matchExpressions": [{"key": HOSTNAME, "operator": "In", "values": ["n2"]}]}]}
    volume = from_builtins({"apiVersion": "v1", "kind": "PersistentVolume", "spec": {"nodeAffinity": {"required": required}}})
    assert isinstance(volume, PersistentVolume)
    found = ask(pod(), info("n1"), volumes=[volume])
    assert found is not None
    assert found.reasons == ("node(s) didn't match PersistentVolume's node affinity",)
    assert ask(pod(), info("n2"), volumes=[volume]) is None
