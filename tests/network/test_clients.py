"""Clients of a Service: what becomes of requests while pods come up, roll over, lose their node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator
from simulator.cli.app import run_command_line
from simulator.errors import ScenarioError
from simulator.journal.journal import Journal
from simulator.units import SECOND
from simulator.views.styled import plain
from simulator.views.traffic import as_text, folded, traffic

WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          lifecycle: LIFECYCLE
          readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
"""
SCENARIO = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  duration: 60s
  manifests: [web.yaml]
  cluster: {nodes: [{name: a}, {name: b}]}
  images: {"*": {cached: true}}
  programs: [{match: {container: web}, runs: [{listen: [{port: 80, from: 1s}], term: TERM}]}]
  traffic: [TRAFFIC]
  actions: [ACTIONS]
"""
Play = Callable[..., Journal]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    folder = tmp_path_factory.mktemp("clients")

    def played(
        traffic: str = "{to: service/web, rate: 20}", actions: str = "", lifecycle: str = "{}", term: str = "{}", seed: int = 0
    ) -> Journal:
        (folder / "web.yaml").write_text(WEB.replace("LIFECYCLE", lifecycle))
        text = SCENARIO.replace("TRAFFIC", traffic).replace("ACTIONS", actions).replace("TERM", term)
        (folder / "scenario.yaml").write_text(text)
        return simulator.run(folder / "scenario.yaml", seed=seed).journal

    return played


def results(journal: Journal, begin: int = 0, end: int = 1000) -> dict[str, int]:
    """How many requests ended how, from one second up to another."""
    counts: Counter[str] = Counter()
    for fact in journal.at().facts("request"):
        if begin <= fact.data["second"] < end:
            counts[fact.data["result"]] += fact.data["count"]
    return dict(counts)


RESTART = "{at: 20s, rolloutRestart: deployment/web}"
SLEEP = "{preStop: {sleep: {seconds: 3}}}"


def test_before_the_first_endpoint_is_programmed_nothing_gets_through_and_afterwards_all_does(play: Play) -> None:
    journal = play()
    reachable = min(fact.t for fact in journal.at().facts("proxy.programmed") if fact.data["ready"])
    second = reachable // SECOND
    assert "ok" not in results(journal, 0, second)
    assert results(journal, second + 1 + 5).keys() == {"ok"}, "a connection that began before the Service was known hangs for its 5 s"
    assert traffic(journal.at())[0].totals["ok"] >= 20 * (59 - second)


def test_every_request_is_counted_once(play: Play) -> None:
    journal = play("{to: service/web, rate: 20, from: 10s, until: 40s, timeout: 2s}", RESTART)
    assert sum(results(journal).values()) == 20 * 30


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_a_rollout_loses_requests_unless_pods_wait_before_they_stop(play: Play, seed: int) -> None:
    assert results(play(actions=RESTART, lifecycle=SLEEP, seed=seed), 15).keys() == {"ok"}


def test_pods_that_stop_at_once_lose_requests_until_kube_proxy_is_updated(play: Play) -> None:
    journal = play("{to: service/web, rate: 100}", RESTART)
    lost = {result: count for result, count in results(journal, 15).items() if result != "ok"}
    assert lost
    assert lost.keys() <= {"refused", "reset"}
    assert sum(lost.values()) <= 2 * 20, "two pods, each for about 0.1 s of 100 requests a second, half of which are its own"
    report = plain(as_text(traffic(journal.at())))
    assert "(SIGTERM); kube-proxy on a, b was updated at" in report


def test_who_keeps_a_connection_stays_with_a_pod_that_ends(play: Play) -> None:
    scale = "{at: 20s, scale: deployment/web, replicas: 1}"
    term = "{delay: 8s, exitCode: 0}"
    kept = play("{to: service/web, rate: 20, keepAlive: true}", scale, term=term)
    fresh = play("{to: service/web, rate: 20}", scale, term=term)

    def pods(journal: Journal) -> set[str]:
        return {fact.data["pod"] for fact in journal.at().facts("request") if 23 <= fact.data["second"] < 27}

    assert len(pods(kept)) == 2
    assert len(pods(fresh)) == 1
    assert results(kept, 15).keys() == {"ok"}


def test_a_request_ends_with_its_container(play: Play) -> None:
    journal = play("{to: service/web, rate: 5, takes: 2s}", "{at: 30s, kill: pod/web-*, container: web}")
    assert results(journal, 30, 31)["reset"] >= 5
    assert "reset" not in results(journal, 10, 30)


def test_requests_to_a_node_that_is_cut_off_hang(play: Play) -> None:
    down = "{at: 20s, node: node/b, down: true, unreachable: true}, {at: 40s, node: node/b, down: false}"
    journal = play("{to: service/web, rate: 20, timeout: 1s, node: a}", down)
    assert results(journal, 22, 40).keys() == {"ok", "timed out"}
    assert results(journal, 42).keys() == {"ok"}
    assert [second.reasons for second in folded(traffic(journal.at())[0].seconds)][-1] == ("b unreachable",)


@pytest.mark.parametrize(
    "reboot", ["{at: 20s, node: node/b, reboot: 10s}", "{at: 20s, node: node/b, reboot: down}, {at: 30s, node: node/b, reboot: up}"]
)
def test_requests_to_a_node_that_reboots_hang(play: Play, reboot: str) -> None:
    journal = play("{to: service/web, rate: 20, timeout: 1s, node: a}", reboot)
    assert results(journal, 22, 29).keys() == {"ok", "timed out"}
    assert {reason for second in folded(traffic(journal.at())[0].seconds) for reason in second.reasons} >= {"b unreachable"}
    assert results(journal, 45).keys() == {"ok"}


def test_answers_of_a_rule_fail_and_are_slow_as_it_says(play: Play) -> None:
    journal = play("{to: service/web, rate: 4, takes: 1500ms, slow: 1s, from: 10s}")
    assert sum(second.slow for second in traffic(journal.at())[0].seconds) == results(journal)["ok"]


def test_the_same_seed_gives_the_same_requests(play: Play) -> None:
    once, twice, other = (play("{to: service/web, arrivals: poisson}", seed=seed) for seed in (1, 1, 2))
    assert list(once.at().facts("request")) == list(twice.at().facts("request"))
    assert list(once.at().facts("request")) != list(other.at().facts("request"))


@pytest.mark.parametrize(
    ("traffic", "message"),
    [
        ("{to: pod/web}", "must be the name of a Service"),
        ("{to: web, rate: 0}", "must be a number more than 0 and at most 10000"),
        ("{to: web, arrivals: sometimes}", "must be constant or poisson"),
        ("{to: web, from: 5s, until: 5s}", "must come after `from`"),
        ("{to: web, speed: 5}", "unknown key 'speed'"),
    ],
)
def test_problems_of_traffic_are_reported_with_their_path(play: Play, traffic: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as raised:
        play(traffic)
    assert raised.value.problems[0].line == 9


@pytest.fixture
def web(tmp_path: Path) -> str:
    file = tmp_path / "web.yaml"
    file.write_text(WEB.replace("LIFECYCLE", "{}"))
    return str(file)


@pytest.mark.parametrize("during", ["rollout", "scale-down", "node-loss"])
def test_the_command_lets_something_happen(web: str, during: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["traffic", "web", "-f", web, "--rate", "50", "--during", during, "--nodes", "2"]) == 0
    counted = int(capsys.readouterr().out.split()[1])
    assert 6000 - 5 * 50 <= counted <= 6000, "what is under way when the run ends has no end"


def test_the_command_says_what_is_missing(web: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["traffic", "db", "-f", web]) == 2
    assert "no Service 'db' with a selector in the manifests; available: web" in capsys.readouterr().err
    assert run_command_line(["traffic", "-f", web, "--during", "node-loss"]) == 2
    assert "needs a second node" in capsys.readouterr().err
