"""A port of a pod's network, or of the node's, belongs to the program that opens it first. The other one ends as such servers do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.container.failures import bind_failure
from simulator.container.own_ports import may_move, stated_ports
from simulator.objects.container import Container
from simulator.public.runs import run
from simulator.units import SECOND
from tests.container.test_processes import assumed, container, exits, logs, play, sh, starts, status
from tests.container.test_processes import pod as pod_that_ends

__all__ = ["play"]

NGINX = "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)"


def pod(name: str, *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return pod_that_ends(name, *containers, **{"restartPolicy": "Always", **spec})


def main(name: str, image: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, **more}


def taken(journal: Any) -> set[tuple[str, int, str]]:
    facts = journal.at(journal.end).facts("container.port_taken")
    return {(fact.data["container"], fact.data["port"], fact.data["holder"]) for fact in facts}


def test_the_second_nginx_of_a_pod_tries_five_times_and_ends_with_1(play: Any) -> None:
    journal = play(pod("two", main("a", "nginx:1.27"), main("b", "nginx:1.27")))
    assert logs(journal, "b")[:6] == [NGINX] * 5 + ["nginx: [emerg] still could not bind()"]
    assert exits(journal, "b")[0] - starts(journal, "b")[0] == pytest.approx(0.3 + 2.5)
    assert len(starts(journal, "b")) > 3
    assert not exits(journal, "a")
    assert taken(journal) == {("b", 80, "a")}


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (main("a", "httpd:2.4"), main("b", "nginx:1.27"), NGINX),
        (
            main("a", "redis:7"),
            main("b", "redis:7"),
            "# Warning: Could not create server TCP listening socket *:6379: bind: Address already in use",
        ),
        (
            main("a", "hashicorp/http-echo", args=["-listen=:8080"]),
            main("b", "hashicorp/http-echo", args=["-listen=:8080"]),
            "listen tcp :8080: bind: address already in use",
        ),
        (
            sh("a", "python3 -m http.server 8000"),
            sh("b", "sleep 2; python3 -m http.server 8000"),
            "OSError: [Errno 98] Address already in use",
        ),
        (sh("a", "nc -lk -p 7000"), sh("b", "sleep 2; nc -l -p 7000"), "nc: bind: Address already in use"),
        (
            container("a", "node", "-e", "require('http').createServer(f).listen(3000)", image="node:20"),
            sh("b", "sleep 9; nc -l -p 3000"),
            "nc: bind: Address already in use",
        ),
        (sh("a", "exec redis-server"), main("b", "redis:7"), "# Failed listening on port 6379 (tcp), aborting."),
    ],
)
def test_the_words_of_each_server(play: Any, first: dict[str, Any], second: dict[str, Any], line: str) -> None:
    journal = play(pod("two", first, second))
    assert line in logs(journal, "b")
    assert len(exits(journal, "b")) > 1
    assert not exits(journal, "a")


def test_described_runs_hold_ports_too(play: Any) -> None:
    programs = [
        {"match": {"container": name}, "runs": [{"listen": [{"port": 9000, "from": at}]}]} for name, at in (("a", "5s"), ("b", "9s"))
    ]
    journal = play(pod("two", main("a", "x"), main("b", "x")), programs=programs)
    assert logs(journal, "b")[0] == "bind: Address already in use"
    assert exits(journal, "b")[0] - starts(journal, "b")[0] == pytest.approx(9)


def test_a_port_is_free_again_when_its_program_has_closed_it_or_ended(play: Any) -> None:
    closes = {"match": {"container": "a"}, "runs": [{"listen": [{"port": 80, "to": "20s"}]}]}
    assert not exits(play(pod("two", main("a", "x"), sh("b", "sleep 30; exec nginx")), programs=[closes]), "b")
    ends = {"match": {"container": "a"}, "runs": [{"listen": [{"port": 80}], "exitAfter": "15s"}]}
    journal = play(pod("one", main("a", "x")), programs=[ends])
    assert len(starts(journal, "a")) > 2
    assert not taken(journal)


def test_an_init_container_has_ended_when_others_start_and_a_sidecar_has_not(play: Any) -> None:
    init = sh("first", "nginx & sleep 3")
    journal = play(pod("a", main("b", "nginx"), initContainers=[init]))
    assert not taken(journal)
    journal = play(pod("a", main("b", "nginx"), initContainers=[main("first", "nginx", restartPolicy="Always")]))
    assert taken(journal) == {("b", 80, "first")}


def test_pods_of_the_host_network_share_the_ports_of_the_node(play: Any) -> None:
    journal = play(pod("a", main("a", "nginx"), hostNetwork=True), pod("b", main("b", "nginx"), hostNetwork=True))
    assert len(taken(journal)) == 1
    assert not taken(play(pod("a", main("a", "nginx")), pod("b", main("b", "nginx"))))


def test_where_one_may_listen_elsewhere_both_run_and_that_is_assumed(play: Any) -> None:
    ports = [{"containerPort": 8080}]
    journal = play(pod("two", main("a", "x:1", ports=ports), main("b", "x:2", ports=ports)))
    assert not exits(journal, "b")
    assert "does not listen on 8080" in assumed(journal)
    settings = {"env": [{"name": "NGINX_PORT", "value": "8080"}]}
    journal = play(pod("two", main("a", "nginx"), main("b", "nginx", **settings)))
    assert status(journal, "two", "b", at=60 * SECOND).ready
    assert "does not listen on 80" in assumed(journal)


def test_programs_that_share_a_port(play: Any) -> None:
    assert not exits(play(pod("two", main("a", "haproxy"), main("b", "haproxy"))), "b")


@pytest.mark.parametrize(
    ("spec", "moves"),
    [
        ({}, False),
        ({"args": ["nginx", "-g", "daemon off;"]}, False),
        ({"env": [{"name": "TZ", "value": "UTC"}]}, False),
        ({"volumeMounts": [{"name": "h", "mountPath": "/usr/share/nginx/html/"}]}, False),
        ({"volumeMounts": [{"name": "h", "mountPath": "/etc/nginx/conf.d"}]}, True),
        ({"args": ["nginx", "-c", "/x/my.conf"]}, True),
        ({"env": [{"name": "HTTP_PORT", "value": "1"}]}, True),
        ({"envFrom": [{"configMapRef": {"name": "x"}}]}, True),
    ],
)
def test_what_may_move_a_server(spec: dict[str, Any], moves: bool) -> None:
    assert may_move(msgspec.convert({"name": "c", "image": "nginx", **spec}, Container)) is moves


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        (["--port", "6380"], [6380]),
        (["-listen=:8080"], [8080]),
        (["--web.listen-address=0.0.0.0:9091"], [9091]),
        (["--web.listen-address=127.0.0.1:9100"], []),
        (["--redis-port=6379", "--db-addr", ":5432"], []),
        ([], []),
    ],
)
def test_ports_that_options_state(words: list[str], ports: list[int]) -> None:
    assert stated_ports(words) == ports


def test_how_servers_end_that_cannot_bind() -> None:
    assert bind_failure("mongod", 27017).exit.code == 48
    assert bind_failure("nginx", 8080).takes == 5 * SECOND // 2
    assert bind_failure("unheard-of", 1).log == ((0, "bind: Address already in use"),)


def test_why_names_the_container_that_has_the_port(tmp_path: Path) -> None:
    spec = '{containers: [{name: a, image: "nginx:1.27"}, {name: b, image: "nginx:1.27"}]}'
    (tmp_path / "pod.yaml").write_text(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: two}}\nspec: {spec}\n", encoding="utf-8")
    result = run(tmp_path / "pod.yaml")
    assert "could not listen on 80: container a already uses it, and they share the network of the pod" in flat(result.at().why("pod/two"))
    assert "b cannot listen on 80: already in use by a" in flat(result.story())


def flat(text: object) -> str:
    return " ".join(str(text).split())
