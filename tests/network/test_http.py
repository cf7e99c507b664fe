"""What scripts hear over HTTP: the API server's objects, and what well-known servers say of their health."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.container.health_endpoints import healthy_answer
from tests.container.test_processes import assumed, logs, play, pod, service, sh

__all__ = ["play"]

API = "https://kubernetes.default.svc"
ANYONE = {"authorization": "AlwaysAllow"}
"""The `cluster` of a Scenario whose API server answers every request."""


def printed(play: Any, script: str, *objects: dict[str, Any], **more: Any) -> list[str]:
    """What a script prints that starts when everything else has settled."""
    return logs(play(*objects, pod("asks", sh("main", f"sleep 20; exec 2>&1; {script}")), **more), "main")


def test_the_api_server_sends_its_objects(play: Any) -> None:
    script = (
        f"curl -sk {API}/api/v1/namespaces/default/services/web | jq -r .spec.ports[0].port; "
        f"curl -sk '{API}/api/v1/namespaces/default/pods?labelSelector=app%3Dweb' | jq -r '.items[].metadata.name'; "
        f"curl -sk https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/healthz; echo; "
        f"curl -sk -o /dev/null -w '%{{http_code}}\\n' {API}/apis/apps/v1/namespaces/default/deployments/nope; "
        f"curl -sk {API}/api/v1/namespaces/default/pods/nope | jq -r .message"
    )
    lines = printed(play, script, service("web", 80, 8080), pod("web", sh("main", "sleep 1000")), cluster=ANYONE)
    assert lines == ["80", "web", "ok", "404", 'pods "nope" not found']


def test_a_job_is_waited_for_by_its_status(play: Any) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [sh("work", "sleep 30")]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}, "spec": {"template": template}}
    wait = f"until curl -sk {API}/apis/batch/v1/namespaces/default/jobs/migrate | grep -q '\"succeeded\": 1'; do sleep 1; done; echo over"
    assert printed(play, wait, job, cluster=ANYONE) == ["over"]


def test_a_write_over_http_is_named(play: Any) -> None:
    journal = play(pod("asks", sh("main", f"curl -sk -X POST -d '{{}}' {API}/api/v1/namespaces/default/configmaps")), cluster=ANYONE)
    assert f"POST {API}/api/v1/namespaces/default/configmaps is answered with 200 and does nothing" in assumed(journal)


def test_an_undescribed_server_is_healthy(play: Any) -> None:
    server = {"name": "main", "image": "es:1", "ports": [{"containerPort": 9200}]}
    same = "[ \"$(curl -s 'db:9200/_cat/health?h=st')\" = green ] && echo same"
    script = f"curl -s db:9200/_cluster/health | grep -o green; {same}; curl -s db:9200/x"
    journal = play(pod("db", server), service("db", 9200, 9200), pod("asks", sh("asks", f"sleep 20; {script}")))
    assert logs(journal, "asks") == ["green", "same", "⟨unknown⟩"]
    assert "http://db:9200/_cat/health answers green" in assumed(journal)


def test_a_rule_of_the_scenario_says_otherwise(play: Any) -> None:
    server = {"name": "main", "image": "es:1", "ports": [{"containerPort": 9200}]}
    runs = [{"listen": [{"port": 9200}], "http": [{"path": "/_cluster/health", "body": "red"}]}]
    programs = [{"match": {"workload": "pod/db"}, "runs": runs}]
    journal = play(
        pod("db", server),
        service("db", 9200, 9200),
        pod("asks", sh("asks", "sleep 20; curl -s db:9200/_cluster/health")),
        programs=programs,
    )
    assert logs(journal, "asks") == ["red"]


@pytest.mark.parametrize(
    ("port", "url", "word"),
    [
        (8080, "http://x/actuator/health", '"status":"UP"'),
        (8080, "http://x/api/actuator/health/readiness", '"status":"UP"'),
        (8200, "http://x/v1/sys/health?standbyok=true", '"sealed":false'),
        (9000, "http://x/health/ready", '"UP"'),
        (8123, "http://x/ping", "Ok."),
        (15672, "http://x/api/health/checks/alarms", '"ok"'),
        (80, "x/healthz", "ok"),
        (3000, "http://x/health", '"ok"'),
        (2379, "http://x/health", '"health":"true"'),
    ],
)
def test_healthy_servers_say_so(port: int, url: str, word: str) -> None:
    assert word in healthy_answer(port, url)


def test_nothing_is_made_up_for_other_paths() -> None:
    assert healthy_answer(80, "http://x/") == healthy_answer(80, "http://x/index.html") == ""


def test_names_of_pods_in_other_namespaces_are_none_of_the_internet(play: Any) -> None:
    hosts = "db-0.db.prod db.prod vault.vault.svc nonexistent.host.nowhere a.b.invalid"
    script = f"for host in {hosts} example.com quay.io registry.k8s.io db.corp.internal; do nslookup $host >/dev/null; echo $?; done"
    assert printed(play, script) == ["1"] * 5 + ["0"] * 4
