"""Names, addresses, and what a node's proxy knows when."""

from __future__ import annotations

import pytest

from simulator.journal.records import Fact
from simulator.network import KubeProxy, Network, Verdict
from simulator.network.dns import candidates
from simulator.objects.base import evolve
from simulator.objects.kinds import key_of
from simulator.objects.node import NodeAddress
from simulator.units import MILLISECOND, SECOND
from tests.fake_cluster import FakeCluster, workload

SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {%s selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}"


def connected(cluster: FakeCluster, *ports: int) -> Network:
    """A network in which every running pod listens on these ports."""

    def accepts(address: str, port: int) -> bool | None:
        owners = [pod for pod in cluster.pods() if pod.status.pod_ip == address]
        return port in ports if owners else None

    nodes = [node.metadata.name for node in cluster.store.objects("Node")]
    proxies = [KubeProxy(cluster.engine, cluster.store, name, 100 * MILLISECOND, SECOND) for name in nodes]
    network = Network(cluster.engine, cluster.store, accepts, proxies)
    network.start()
    return network


def test_search_list() -> None:
    assert candidates("db", "app") == ["db.app.svc.cluster.local", "db.svc.cluster.local", "db.cluster.local", "db"]
    assert candidates("a.b.c.d.e.f", "app")[0] == "a.b.c.d.e.f"
    assert candidates("example.com.", "app") == ["example.com"]


def test_a_service_from_refused_to_connected() -> None:
    cluster = FakeCluster(nodes=2, start=5 * SECOND)
    network = connected(cluster, 8080)
    cluster.apply(SERVICE % "" + "\n---\n" + workload(replicas=2))
    address = cluster.get("Service", "web").spec.cluster_ip
    seen: list[tuple[float, Verdict]] = []
    for t in (0.05, 0.2, 5.0, 5.05, 5.2):
        cluster.at(t, lambda t=t: seen.append((t, network.connect("node-1", "default", "web", 80))))
    cluster.run(6)
    assert seen == [
        (0.05, Verdict.TIMEOUT),  # this node has not heard of the address
        (0.2, Verdict.REFUSED),  # it has, but nobody is behind it
        (5.0, Verdict.REFUSED),
        (5.05, Verdict.REFUSED),  # ready, but this node has not heard of it
        (5.2, Verdict.OK),
    ]
    assert network.route_to("node-2", address, 80).verdict is Verdict.OK
    facts = [fact for fact in cluster.journal if isinstance(fact, Fact)]
    assert [(fact.t, fact.data) for fact in facts if fact.data["node"] == "node-1"] == [
        (100 * MILLISECOND, {"node": "node-1", "ready": 0}),
        (5100 * MILLISECOND, {"node": "node-1", "ready": 2}),
    ]


def test_a_proxy_runs_at_most_once_a_second() -> None:
    """minSyncPeriod: of three changes within 0.3 s the first is programmed at once, the others together one second later."""
    cluster = FakeCluster(nodes=1)
    connected(cluster, 8080)
    cluster.apply(SERVICE % "" + "\n---\n" + workload(replicas=3))
    pods = [key_of(pod) for pod in cluster.run(9).pods()]
    for i, key in enumerate(pods):
        uid = cluster.pods()[i].metadata.uid
        cluster.at(10 + 0.15 * i, lambda key=key, uid=uid: cluster.kubelet.set_ready(key, uid, "False"))
    cluster.run(20)
    facts = [(fact.t / SECOND, fact.data["ready"]) for fact in cluster.journal if isinstance(fact, Fact) and fact.t > 9 * SECOND]
    assert facts == [(10.1, 2), (11.1, 0)]


@pytest.mark.parametrize(
    ("host", "verdict"),
    [
        ("web", Verdict.OK),
        ("web.default", Verdict.OK),
        ("web.default.svc", Verdict.OK),
        ("web.default.svc.cluster.local", Verdict.OK),
        ("nosuch", Verdict.NO_SUCH_HOST),
        ("web.other", Verdict.NO_SUCH_HOST),
        ("api.example.com", Verdict.OUTSIDE),
        ("10.244.9.9", Verdict.TIMEOUT),
    ],
)
def test_hosts(host: str, verdict: Verdict) -> None:
    cluster = FakeCluster()
    network = connected(cluster, 8080)
    cluster.apply(SERVICE % "" + "\n---\n" + workload(replicas=1))
    cluster.run(5)
    assert network.connect("node-1", "default", host, 80) is verdict


def test_without_dns_only_addresses_work() -> None:
    cluster = FakeCluster()
    network = connected(cluster, 8080)
    cluster.apply(SERVICE % "" + "\n---\n" + workload(replicas=1))
    cluster.run(5)
    network.dns_fault = Verdict.NO_DNS
    assert network.connect("node-1", "default", "web", 80) is Verdict.NO_DNS
    assert network.connect("node-1", "default", cluster.pods()[0].status.pod_ip, 8080) is Verdict.OK
    assert network.connect("node-1", "default", cluster.pods()[0].status.pod_ip, 81) is Verdict.REFUSED


def test_a_headless_service_answers_with_its_pods() -> None:
    cluster = FakeCluster(ready=None)
    network = connected(cluster, 8080)
    cluster.apply(
        SERVICE % "clusterIP: None,"
        + "\n---\n"
        + workload("StatefulSet", "web", replicas=2, serviceName="web", podManagementPolicy="Parallel")
    )
    cluster.run(3)
    assert network.resolve("default", "web") is Verdict.NO_SUCH_HOST, "nobody is ready"
    for pod in cluster.pods():
        cluster.kubelet.set_ready(next(key for key in cluster.store._objects if key.name == pod.metadata.name), pod.metadata.uid)
    cluster.run(4)
    answer = network.resolve("default", "web")
    assert not isinstance(answer, Verdict)
    assert answer.addresses == ("10.244.0.1", "10.244.0.2")
    one = network.resolve("default", "web-1.web")
    assert not isinstance(one, Verdict)
    assert one.addresses == ("10.244.0.2",)


def test_an_external_name_leads_outside() -> None:
    cluster = FakeCluster()
    network = connected(cluster)
    cluster.apply("{apiVersion: v1, kind: Service, metadata: {name: ext}, spec: {type: ExternalName, externalName: db.example.com}}")
    assert network.connect("node-1", "default", "ext", 5432) is Verdict.OUTSIDE
    assert cluster.get("Service", "ext").spec.cluster_ip == ""


def test_a_node_port_on_any_node() -> None:
    cluster = FakeCluster(nodes=2)
    network = connected(cluster, 8080)
    node = cluster.get("Node", "node-2", "")
    cluster.api.update_status(evolve(node, status=evolve(node.status, addresses=[NodeAddress(type="InternalIP", address="192.168.49.3")])))
    cluster.apply(SERVICE % "type: NodePort," + "\n---\n" + workload(replicas=1))
    cluster.run(5)
    port = cluster.get("Service", "web").spec.ports[0].node_port
    assert 30000 <= port <= 32767
    assert network.connect("node-1", "default", "192.168.49.3", port) is Verdict.OK
    assert network.connect("node-1", "default", "192.168.49.3", 22) is Verdict.REFUSED


def test_terminating_endpoints_serve_when_no_others_do() -> None:
    cluster = FakeCluster(stop=20 * SECOND)
    network = connected(cluster, 8080)
    cluster.apply(SERVICE % "" + "\n---\n" + workload(replicas=1))
    cluster.run(5)
    cluster.change("Deployment", "web", replicas=0)
    cluster.run(10)
    [piece] = cluster.store.objects("EndpointSlice")
    [endpoint] = piece.endpoints or []
    assert (endpoint.conditions.ready, endpoint.conditions.serving, endpoint.conditions.terminating) == (False, True, True)
    assert network.connect("node-1", "default", "web", 80) is Verdict.OK
    cluster.run(40)
    assert network.connect("node-1", "default", "web", 80) is Verdict.REFUSED


def test_addresses_are_the_service_s_own_and_do_not_depend_on_the_order() -> None:
    one, other = FakeCluster(), FakeCluster()
    one.apply((SERVICE % "").replace("name: web}", "name: a}") + "\n---\n" + SERVICE % "")
    other.apply(SERVICE % "")
    assert one.get("Service", "web").spec.cluster_ip == other.get("Service", "web").spec.cluster_ip
    assert one.get("Service", "a").spec.cluster_ip != one.get("Service", "web").spec.cluster_ip
