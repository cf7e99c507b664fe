"""Names, addresses and connections as scripts in containers meet them, played in a whole cluster."""

from __future__ import annotations

from typing import Any

import pytest

from tests.container.test_processes import assumed, exits, logs, play, pod, service, sh

__all__ = ["play"]

NO_BACKENDS = service("empty", 80, 80)
HEADLESS = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "db"},
    "spec": {"clusterIP": "None", "selector": {"app": "db"}, "ports": [{"port": 5432}]},
}


def printed(play: Any, script: str, *objects: dict[str, Any], seconds: int = 60, **more: Any) -> list[str]:
    """What a script prints that starts when everything else has settled."""
    journal = play(*objects, pod("asks", sh("main", f"sleep 20; exec 2>&1; {script}")), seconds=seconds, **more)
    return logs(journal, "main")


def stateful_set(name: str, service_name: str, replicas: int, script: str, **container: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [sh("main", script, **container)]}}
    spec = {"serviceName": service_name, "replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name}, "spec": spec}


def test_a_service_resolves_whether_or_not_anybody_is_behind_it(play: Any) -> None:
    script = (
        "nslookup empty >/dev/null; echo $?; nslookup empty.default.svc.cluster.local | grep -c ^Name; nslookup nope >/dev/null; echo $?"
    )
    assert printed(play, script, NO_BACKENDS) == ["0", "1", "1"]


def test_without_ready_endpoints_connections_are_refused_at_once(play: Any) -> None:
    script = "nc -vv -z -w 5 empty 80; echo $?; curl -sS empty; t=$(date +%s); nc -z empty 80; echo $(($(date +%s) - t))"
    lines = printed(play, script, NO_BACKENDS)
    assert lines[0].endswith("Connection refused")
    assert lines[1] == "1"
    assert lines[2].startswith("curl: (7) Failed to connect to empty port 80")
    assert lines[3] == "0"


def test_an_unused_address_times_out(play: Any) -> None:
    lines = printed(play, "nc -v -z -w 3 10.244.7.7 80; echo $?; curl -m 4 http://10.244.7.7/; echo $?")
    assert lines[:2] == ["nc: 10.244.7.7 (10.244.7.7:80): Connection timed out", "1"]
    assert lines[2].startswith("curl: (28) ")
    assert lines[3] == "28"


def test_a_headless_service_resolves_with_its_published_endpoints_only(play: Any) -> None:
    probe = {"readinessProbe": {"exec": {"command": ["test", "-f", "/ready"]}, "periodSeconds": 1}}
    backend = stateful_set("db", "db", 2, "[ $HOSTNAME = db-0 ] && touch /ready; sleep 1000", **probe)
    script = "nslookup db | grep -c '^Name'; nslookup db-0.db >/dev/null; echo $?; nslookup db-1.db >/dev/null; echo $?"
    backend["spec"]["podManagementPolicy"] = "Parallel"
    assert printed(play, script, HEADLESS, backend) == ["1", "0", "1"]
    published = {**HEADLESS, "spec": {**HEADLESS["spec"], "publishNotReadyAddresses": True}}
    assert printed(play, script, published, backend) == ["2", "0", "0"]


def test_a_headless_service_without_endpoints_does_not_resolve(play: Any) -> None:
    assert printed(play, "nslookup db >/dev/null; echo $?; getent hosts db; echo $?", HEADLESS) == ["1", "2"]


def test_pods_of_a_stateful_set_have_names_under_their_service(play: Any) -> None:
    backend = stateful_set("db", "db", 2, "nc -lk -p 5432")
    script = "for host in db-0.db db-1.db db-1.db.default.svc.cluster.local db-2.db; do nc -z $host 5432; echo $?; done"
    assert printed(play, script, HEADLESS, backend) == ["0", "0", "0", "nc: bad address 'db-2.db'", "1"]


def test_a_port_that_is_not_open_refuses_and_one_that_is_accepts(play: Any) -> None:
    server = pod("web", sh("main", "nc -lk -p 8080"))
    ip = "$(getent hosts web | cut -d' ' -f1)"
    script = f"nc -z web 80; echo $?; nc -z -w 2 web 81; echo $?; nc -z {ip} 80; echo $?"
    assert printed(play, script, server, service("web", 80, 8080)) == ["0", "1", "0"]
    assert printed(play, "nc -z web 80; echo $?", server, service("web", 80, 9999)) == ["1"]


def test_the_proxy_needs_its_time_to_hear_of_an_endpoint(play: Any) -> None:
    server = pod("web", sh("main", "sleep 5; nc -lk -p 8080", readinessProbe={"tcpSocket": {"port": 8080}, "periodSeconds": 1}))
    client = pod("asks", sh("main", "until nc -z web 80; do sleep 0.1; done"))
    network = {"cluster": {"network": {"endpointUpdates": "3s", "proxySync": "1s"}}}
    slow, fast = (exits(play(service("web", 80, 8080), server, client, **more), "main")[0] for more in (network, {}))
    assert 2 <= slow - fast <= 4


def test_names_in_the_hosts_file_of_a_pod_lead_where_it_says(play: Any) -> None:
    script = "nc -lk -p 80 & sleep 1; nc -z db.local 80; echo $?; grep -c db.local /etc/hosts; kill $!"
    journal = play(pod("a", sh("main", script), hostAliases=[{"ip": "127.0.0.1", "hostnames": ["db.local"]}]))
    assert logs(journal, "main") == ["0", "1"]


def test_hosts_outside_are_assumed_to_be_there_and_named(play: Any) -> None:
    journal = play(pod("a", sh("main", "curl -sf https://api.example.com/v1 >/dev/null; echo $?")))
    assert logs(journal, "main") == ["0"]
    assert "api.example.com" in assumed(journal)


HOSTS = [
    ({"delay": "3s"}, "nc -w 1 -z slow.example.com 80; echo $?; nc -w 5 -z slow.example.com 80; echo $?", ["1", "0"]),
    ({"refuses": True}, "curl -s http://slow.example.com; echo $?", ["7"]),
    ({"resolves": False}, "curl -s http://slow.example.com; echo $?; nslookup slow.example.com > /dev/null; echo $?", ["6", "1"]),
]


@pytest.mark.parametrize(("host", "script", "lines"), HOSTS)
def test_a_scenario_makes_them_slow_or_refuse_or_unknown(play: Any, host: dict[str, Any], script: str, lines: list[str]) -> None:
    journal = play(pod("a", sh("main", script)), cluster={"network": {"hosts": {"*.example.com": host}}})
    assert logs(journal, "main") == lines
    assert "example.com" not in assumed(journal)


def test_a_cluster_ip_answers_pings_only_under_ipvs(play: Any) -> None:
    script = "ping -c 1 -W 1 empty >/dev/null; echo $?; ping -c 1 -W 1 kubernetes.default >/dev/null; echo $?"
    assert printed(play, script, NO_BACKENDS) == ["1", "1"]
    assert printed(play, script, NO_BACKENDS, cluster={"network": {"proxyMode": "ipvs"}}) == ["0", "0"]


@pytest.mark.parametrize(
    ("image", "name", "ends"),
    [
        ("busybox:1.28", "empty", True),
        ("busybox:1.28", "empty.default", True),
        ("busybox:1.29", "missing", True),
        ("busybox:1.30", "missing", True),
        ("busybox:1.31-musl", "empty", False),
        ("busybox:1.36", "empty", False),
        ("busybox", "empty.default", False),
        ("busybox", "empty.default.svc", False),
        ("busybox", "empty.default.svc.cluster.local", True),
        ("busybox", "missing.default.svc.cluster.local", False),
        ("alpine:3.19", "empty", False),
        ("acme/tools:1", "empty", True),
    ],
)
def test_waiting_for_a_name_depends_on_the_release_of_nslookup(play: Any, image: str, name: str, ends: bool) -> None:
    wait = {**sh("main", f"until nslookup {name}; do sleep 2; done"), "image": image}
    journal = play(NO_BACKENDS, pod("a", wait, restartPolicy="Never"), seconds=60)
    assert len(exits(journal, "main")) == ends
