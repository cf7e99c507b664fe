"""A pod knows its own names: /etc/hosts as the kubelet writes it, `hostname`, and connections to itself before DNS has its name."""

from __future__ import annotations

import io
from typing import Any

import pytest
import yaml

import simulator
from simulator.container.hosts_file import Entry, PodName, entries_of, hosts_text
from simulator.objects.event import Event

FIXED = (
    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
    "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
)
DOMAIN = "db.default.svc.cluster.local"
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "db"},
    "spec": {"clusterIP": "None", "selector": {"app": "db"}, "ports": [{"port": 8080}]},
}


def run(*manifests: dict[str, Any], duration: str = "30s") -> Any:
    return simulator.run("-", stdin=io.StringIO(yaml.safe_dump_all(manifests)), duration=duration).at()


def pod(script: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "busybox:1.36", "command": ["sh", "-c", script], **spec.pop("container", {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "db-0", "labels": {"app": "db"}},
        "spec": {**spec, "containers": [container]},
    }


def printed(manifest: dict[str, Any]) -> list[str]:
    return list(run(manifest).pod("db-0").logs().splitlines())


# ---- the file


@pytest.mark.rule("HST-01")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        (PodName("web", "10.244.0.5"), "10.244.0.5\tweb\n"),
        (PodName("db-0", "10.244.0.5", DOMAIN), f"10.244.0.5\tdb-0.{DOMAIN}\tdb-0\n"),
    ],
)
def test_the_file_has_fixed_lines_and_the_names_of_the_pod(name: PodName, line: str) -> None:
    assert hosts_text(name) == f"# Kubernetes-managed hosts file.\n{FIXED}{line}"


@pytest.mark.rule("HST-02")
def test_aliases_follow_line_by_line() -> None:
    aliases = (("10.0.0.1", ("one", "two.example")), ("10.0.0.2", ("three",)))
    text = hosts_text(PodName("web", "10.244.0.5", aliases=aliases))
    assert text.endswith("10.244.0.5\tweb\n\n# Entries added by HostAliases.\n10.0.0.1\tone\ttwo.example\n10.0.0.2\tthree\n")


@pytest.mark.rule("HST-03")
def test_a_pod_of_the_host_network_has_the_file_of_its_node() -> None:
    text = hosts_text(PodName("minikube", "192.168.49.2", aliases=(("10.0.0.1", ("one",)),), host_network=True))
    assert text.startswith("# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n")
    assert "ip6-allnodes" not in text
    assert text.endswith("192.168.49.2\tminikube\n\n# Entries added by HostAliases.\n10.0.0.1\tone\n")


@pytest.mark.parametrize(
    ("text", "name", "entry"),
    [
        ("10.0.0.1 db.example db # comment db2\n", "db", Entry("db.example", "10.0.0.1")),
        ("10.0.0.1 one\n10.0.0.2 one\n", "one", Entry("one", "10.0.0.1")),
        ("10.0.0.1\tDB\n", "db", Entry("DB", "10.0.0.1")),
        ("::1 six\n", "six", None),
        ("# 10.0.0.1 six\n\n", "six", None),
    ],
)
def test_a_resolver_reads_the_first_line_with_a_name(text: str, name: str, entry: Entry | None) -> None:
    assert entries_of(text).get(name) == entry


# ---- hostname


@pytest.mark.rule("HST-01", "HST-03", "HST-04")
@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ({}, ["db-0", "db-0", "db-0", "10.244.0.2"]),
        ({"hostname": "db-0", "subdomain": "db"}, ["db-0", f"db-0.{DOMAIN}", DOMAIN, "db-0", "10.244.0.2"]),
        ({"subdomain": "db"}, ["db-0", f"db-0.{DOMAIN}", DOMAIN, "db-0", "10.244.0.2"]),
        ({"hostname": "other"}, ["other", "other", "other", "10.244.0.2"]),
        (
            {"subdomain": "db", "setHostnameAsFQDN": True},
            [f"db-0.{DOMAIN}", f"db-0.{DOMAIN}", DOMAIN, "db-0", "10.244.0.2"],
        ),
        ({"hostNetwork": True, "subdomain": "db"}, ["minikube", "minikube", "minikube", "192.168.49.2"]),
    ],
)
def test_hostname_agrees_with_the_file(spec: dict[str, Any], names: list[str]) -> None:
    script = "hostname; hostname -f; hostname -d; hostname -s; hostname -i; echo $HOSTNAME; cat /etc/hostname"
    assert printed(pod(script, restartPolicy="Never", **spec)) == [*names, names[0], names[0]]


def test_a_changed_file_is_read_again() -> None:
    script = "getent hosts db.example; echo $?; echo '10.1.2.3 db.example' >> /etc/hosts; getent hosts db.example"
    lines = printed(pod(script.replace("db.example", "db.missing"), restartPolicy="Never", container={"image": "debian:12"}))
    assert lines[0] == "2"
    assert lines[1].split() == ["10.1.2.3", "db.missing"]


def test_a_dns_client_does_not_read_the_file() -> None:
    query = "nslookup db-0.db.default.svc.cluster.local >/dev/null; echo $?; getent hosts db-0 >/dev/null; echo $?"
    script = f"apt-get update >/dev/null; apt-get install -y dnsutils >/dev/null; {query}"
    lines = printed(pod(script, restartPolicy="Never", subdomain="db", container={"image": "debian:12"}))
    assert lines == ["1", "0"]


# ---- connections to itself


@pytest.mark.parametrize(
    "probe",
    [
        ["nc", "-z", f"db-0.{DOMAIN}", "8080"],
        ["sh", "-c", "nc -z $(hostname -f) 8080"],
        ["sh", "-c", "wget -q -O- http://$(hostname -f):8080/"],
        ["sh", "-c", "wget -q -O- http://$(hostname):8080/"],
        ["sh", "-c", "ping -c 1 $(hostname -f)"],
        ["sh", "-c", "nc -z $(hostname -i) 8080"],
    ],
)
def test_a_probe_of_its_own_name_passes_before_dns_has_it(probe: list[str]) -> None:
    template = pod("httpd -f -p 8080", container={"readinessProbe": {"exec": {"command": probe}, "periodSeconds": 2}})
    workload = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db",
            "replicas": 2,
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": template["spec"]},
        },
    }
    cluster = run(SERVICE, workload, duration="1m")
    assert [cluster.pod(name).ready for name in ("db-0", "db-1")] == [True, True]


def test_the_name_of_another_pod_that_is_not_ready_does_not_resolve() -> None:
    probe = {"exec": {"command": ["nc", "-z", f"db-1.{DOMAIN}", "8080"]}, "periodSeconds": 2}
    spec = pod("httpd -f -p 8080", subdomain="db", container={"readinessProbe": probe})
    assert not run(SERVICE, spec).pod("db-0").ready


ZOOKEEPER = """\
if [[ $(hostname -s) =~ (.*)-([0-9]+)$ ]]; then NAME=${BASH_REMATCH[1]}; ORD=${BASH_REMATCH[2]}; else exit 1; fi
echo "server.$((ORD + 1))=$NAME-$ORD.$(hostname -d):2888:3888"
exec /docker-entrypoint.sh zkServer.sh start-foreground
"""


@pytest.mark.parametrize(
    ("container", "probe"),
    [
        ({"image": "zookeeper:3.9", "command": ["bash", "-c", ZOOKEEPER]}, "echo ruok | nc -w 2 $(hostname -f) 2181 | grep imok"),
        ({"image": "rabbitmq:3.13"}, "rabbitmq-diagnostics -q ping --node rabbit@$(hostname -f)"),
        ({"image": "cassandra:4.1"}, "cqlsh $(hostname -f) 9042 -e 'describe cluster'"),
    ],
    ids=["zookeeper", "rabbitmq", "cassandra"],
)
def test_headless_stateful_sets_start_one_pod_after_the_other(container: dict[str, Any], probe: str) -> None:
    readiness = {"exec": {"command": ["bash", "-c", probe]}, "periodSeconds": 5, "timeoutSeconds": 5}
    spec = {"containers": [{"name": "c", "readinessProbe": readiness, **container}]}
    workload = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db",
            "replicas": 2,
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": spec},
        },
    }
    cluster = run(SERVICE, workload, duration="3m")
    assert [cluster.pod(name).ready for name in ("db-0", "db-1")] == [True, True]
    if "command" in container:
        assert cluster.pod("db-1").logs() == f"server.2=db-1.{DOMAIN}:2888:3888\n"


# ---- the DNS server of a pod
def asking(name: str, **spec: Any) -> dict[str, Any]:
    script = "cat /etc/resolv.conf; sleep 8; for n in db db.default db.default.svc.cluster.local example.com; do "
    script += "wget -q -T 2 -O /dev/null http://$n:8080 2>&1 | grep -o 'bad address' || echo $n; done; sleep 1000"
    item = pod(script, **spec)
    return {**item, "metadata": {"name": name}}


SERVER = {**pod("httpd -p 8080; sleep 1000"), "metadata": {"name": "server", "labels": {"app": "db"}}}
OF_CLUSTER = ["search default.svc.cluster.local svc.cluster.local cluster.local", "nameserver 10.96.0.10", "options ndots:5"]
OF_NODE = ["nameserver 192.168.49.1"]
BAD = "bad address"
FULL = "db.default.svc.cluster.local"
DNS = [
    ({}, OF_CLUSTER, ["db", "db.default", FULL, "example.com"]),
    ({"hostNetwork": True}, OF_NODE, [BAD, BAD, BAD, "example.com"]),
    ({"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}, OF_CLUSTER, ["db", "db.default", FULL, "example.com"]),
    ({"dnsPolicy": "Default"}, OF_NODE, [BAD, BAD, BAD, "example.com"]),
    (
        {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["10.96.0.10"], "searches": ["svc.cluster.local"]}},
        ["search svc.cluster.local", "nameserver 10.96.0.10"],
        [BAD, "db.default", FULL, "example.com"],
    ),
    (
        {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["1.1.1.1"], "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]}},
        ["nameserver 1.1.1.1", "options ndots:2 edns0"],
        [BAD, BAD, BAD, "example.com"],
    ),
    (
        {"dnsConfig": {"searches": ["shop.svc.cluster.local"], "options": [{"name": "ndots", "value": "1"}]}},
        [f"{OF_CLUSTER[0]} shop.svc.cluster.local", OF_CLUSTER[1], "options ndots:1"],
        ["db", "db.default", FULL, "example.com"],
    ),
]


@pytest.mark.rule("HST-05")
@pytest.mark.parametrize(("spec", "lines", "answers"), DNS, ids=lambda value: str(value)[:60])
def test_the_policy_says_which_dns_server_a_pod_asks(spec: dict[str, Any], lines: list[str], answers: list[str]) -> None:
    printed = run(SERVICE, SERVER, asking("asks", **spec)).pod("asks").logs()
    assert str(printed).splitlines() == [*lines, *answers]


def test_a_search_domain_of_the_pod_leads_to_another_namespace() -> None:
    shop = [{**item, "metadata": {**item["metadata"], "namespace": "shop"}} for item in (SERVICE, SERVER)]
    plain, searching = asking("plain"), asking("searching", dnsConfig={"searches": ["shop.svc.cluster.local"]})
    moment = run({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}, *shop, plain, searching)
    first = [str(moment.pod(name, "default").logs()).splitlines()[3] for name in ("plain", "searching")]
    assert first == ["bad address", "db"]


@pytest.mark.rule("HST-06")
@pytest.mark.parametrize(("subdomain", "status"), [("s" * 32, "Running"), ("s" * 33, "ContainerCreating")])
def test_a_host_name_longer_than_the_kernel_s_keeps_a_pod_from_starting(subdomain: str, status: str) -> None:
    moment = run(pod("sleep 1000", subdomain=subdomain, setHostnameAsFQDN=True, hostname="h2345"))
    assert moment.pod("db-0").status == status
    messages = [event.message for event in moment.snapshot.typed(Event) if event.reason == "FailedCreatePodSandBox"]
    name = f"h2345.{subdomain}.default.svc.cluster.local"
    limit = f"64 characters is the max, {len(name)} characters requested"
    text = f"Failed to create pod sandbox: Failed to construct FQDN from Pod hostname and cluster domain, FQDN {name} is too long ({limit})"
    assert set(messages) == (set() if status == "Running" else {text})


def test_why_says_that_a_pod_of_the_host_network_asks_its_node() -> None:
    init = {"name": "w", "image": "busybox:1.36", "command": ["sh", "-c", "until wget -q -O- http://db:8080; do sleep 1; done"]}
    moment = run(SERVICE, SERVER, {**pod("sleep 1000", hostNetwork=True, initContainers=[init]), "metadata": {"name": "asks"}})
    text = " ".join(str(moment.why("pod/asks")).split())
    assert "on the host network it uses the DNS server 192.168.49.1 of its node" in text
