"""One start of a container: the edges of its work, drawn once, and what comes of them when a script ends in the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.container.answers import Opened
from simulator.container.behavior import Behavior, Closes, Edge, Ends, Opens, Window
from simulator.container.program import Listen, Run, Term
from simulator.engine.durations import Fixed, Uniform
from simulator.engine.streams import Streams
from simulator.units import SECOND
from tests.container.test_processes import ended, exits, logs, play, pod, sh, starts, status

__all__ = ["play"]


def behavior(run: Run, seed: int = 0) -> Behavior:
    return Behavior(run, Streams(seed), ("run", "web"))


def at(seconds: float) -> Fixed:
    return Fixed(round(seconds * SECOND))


def short(edges: tuple[Edge, ...]) -> list[tuple[float, str]]:
    """Edges as seconds and words."""
    words = []
    for edge in edges:
        match edge:
            case Opens(t, rule):
                words.append((t / SECOND, f"open {rule.port}{' grpc' if rule.grpc else ''}"))
            case Closes(t, port):
                words.append((t / SECOND, f"close {port}"))
            case Ends(t, exit_):
                words.append((t / SECOND, f"end {exit_.code} {exit_.reason}"))
    return words


EDGES: list[tuple[Run, list[tuple[float, str]]]] = [
    (Run(), []),
    (Run(listen=(Listen(80),)), [(0, "open 80")]),
    (Run(listen=(Listen(80, at(2), at(5)),)), [(2, "open 80"), (5, "close 80")]),
    # In the order of time, not of the rules.
    (Run(listen=(Listen(80, at(3)), Listen(81, at(1)))), [(1, "open 81"), (3, "open 80")]),
    # Windows of one port that overlap or touch are one opening; a port that has a pause opens twice.
    (Run(listen=(Listen(80, at(0), at(4)), Listen(80, at(2), at(6)))), [(0, "open 80"), (6, "close 80")]),
    (Run(listen=(Listen(80, at(0), at(4)), Listen(80, at(4), at(6)))), [(0, "open 80"), (6, "close 80")]),
    (Run(listen=(Listen(80, at(5)), Listen(80, at(0), at(2)))), [(0, "open 80"), (2, "close 80"), (5, "open 80")]),
    (Run(listen=(Listen(80, at(0)), Listen(80, at(1), at(2)))), [(0, "open 80")]),
    # Distributions may draw an end before the beginning: such a window is none.
    (Run(listen=(Listen(80, at(5), at(3)),)), []),
    (Run(listen=(Listen(80, at(1), grpc=True), Listen(80, at(0), at(0.5)))), [(0, "open 80 grpc"), (0.5, "close 80"), (1, "open 80 grpc")]),
    # What opens at once is seen even of a run that ends at once; later, the end of an instant comes first.
    (Run(exit_after=at(0), listen=(Listen(80),)), [(0, "open 80"), (0, "end 0 Completed")]),
    (Run(exit_after=at(3), exit_code=2, listen=(Listen(80, at(3)),)), [(3, "end 2 Error"), (3, "open 80")]),
    (Run(exit_after=at(1), exit_code=1, reason="OOMKilled"), [(1, "end 1 OOMKilled")]),
]


@pytest.mark.parametrize(("run", "edges"), EDGES)
def test_edges_of_a_run(run: Run, edges: list[tuple[float, str]]) -> None:
    assert short(behavior(run).work.edges) == edges


def test_the_ports_of_a_run_are_those_that_its_driver_opened() -> None:
    started = behavior(Run(listen=(Listen(80),), command=("sh",)))
    started.origin = 0
    assert not started.listens(80)
    started.opened[80] = Opened("grpc")
    assert started.listens(80)
    assert started.speaks_grpc(80)


def test_durations_are_drawn_once_and_differ_by_seed() -> None:
    run = Run(listen=(Listen(80, Uniform(2 * SECOND, 30 * SECOND)),), term=Term(Uniform(0, SECOND)), exit_after=Uniform(0, SECOND))
    started = behavior(run)
    assert started.work_of(run) == started.work
    assert started.work_of(run._replace(exit_code=3)).ports == started.work.ports
    assert len({behavior(run, seed).work.ports[0][1].begin for seed in range(5)}) == 5
    # Another duration in the place of one of them has its own value.
    assert started.work_of(run._replace(exit_after=Fixed(7))).exit_after == 7


@pytest.mark.parametrize(
    ("window", "inside"), [(Window(10, 20), [10, 19]), (Window(10, None), [10, 19, 20, 10**15]), (Window(0, 0), []), (Window(20, 21), [20])]
)
def test_a_window_includes_its_first_instant_and_not_its_last(window: Window, inside: list[int]) -> None:
    assert [t for t in (-1, 0, 9, 10, 19, 20, 10**15) if window.covers(t)] == inside


READY = {"tcpSocket": {"port": 80}, "periodSeconds": 1}


def listens(journal: Any, container: str = "main") -> list[tuple[int, float]]:
    """Ports with the seconds between the start of the container and their opening."""
    facts = [fact for fact in journal.at(journal.end).facts("container.listens") if fact.data["container"] == container]
    return [(fact.data["port"], round(fact.t / SECOND - starts(journal, container)[0], 6)) for fact in facts]


@pytest.mark.parametrize("command", ["nginx", "./server", "python3 -m http.server 80", "/srv/app --port 80", "redis-server"])
def test_a_run_beside_a_script_says_when_its_server_listens(play: Any, command: str) -> None:
    program = {"match": {"container": "main"}, "interpret": True, "runs": [{"listen": [{"port": 80, "from": "20s"}]}]}
    journal = play(pod("a", sh("main", f"echo starting; exec {command}", readinessProbe=READY)), programs=[program])
    assert logs(journal, "main") == ["starting"]
    assert listens(journal) == [(80, 20)]
    begin = round(starts(journal, "main")[0] * SECOND)
    assert not status(journal, "a", "main", at=begin + 19 * SECOND).ready
    assert status(journal, "a", "main", at=begin + 22 * SECOND).ready


@pytest.mark.parametrize("command", ["nginx", "./server"])
def test_a_distribution_beside_a_script_varies_by_seed(play: Any, command: str) -> None:
    program = {"match": {"container": "main"}, "interpret": True, "runs": [{"listen": [{"port": 80, "from": {"uniform": ["2s", "30s"]}}]}]}
    times = [listens(play(pod("a", sh("main", f"exec {command}")), programs=[program], seed=seed))[0][1] for seed in range(4)]
    assert len(set(times)) == 4
    assert all(2 <= time < 30 for time in times)


@pytest.mark.parametrize("command", ["nginx", "./server", "httpd -f -p 80"])
def test_a_run_beside_a_script_says_how_its_server_ends(play: Any, command: str) -> None:
    run = {"exitAfter": "9s", "exitCode": 7, "reason": "Crash", "message": "no more", "listen": [{"port": 80}]}
    program = {"match": {"container": "main"}, "interpret": True, "runs": [run]}
    journal = play(pod("a", sh("main", f"exec {command}")), programs=[program])
    state = ended(journal, "a", "main")
    assert (state.exit_code, state.reason, state.message) == (7, "Crash", "no more")
    assert exits(journal, "main")[0] - starts(journal, "main")[0] == pytest.approx(9)


def test_on_sigterm_the_reason_and_message_of_an_end_by_itself_do_not_count(play: Any) -> None:
    run = {"exitAfter": "50s", "reason": "Crash", "message": "no more", "term": {"delay": "2s", "exitCode": 3}}
    program = {"match": {"container": "main"}, "interpret": True, "runs": [run]}
    actions = [{"at": "20s", "delete": "pod/a"}]
    journal = play(pod("a", sh("main", "exec ./server")), programs=[program], actions=actions)
    fact: Any = next(iter(journal.at(journal.end).facts("container.exited")))
    assert (fact.data["exitCode"], fact.data["reason"], fact.cause.rule) == (3, "Error", "SIGTERM")
    assert fact.t / SECOND == pytest.approx(22, abs=0.1)


def test_what_a_run_leaves_out_the_catalogue_says_of_a_known_server(play: Any) -> None:
    program = {"match": {"container": "main"}, "interpret": True, "runs": [{"log": [{"at": "1s", "line": "up"}]}]}
    journal = play(pod("a", sh("main", "exec nginx")), programs=[program], actions=[{"at": "20s", "delete": "pod/a"}])
    assert listens(journal) == [(80, 0.3)]
    assert logs(journal, "main") == ["up"]
    assert exits(journal, "main")[0] == pytest.approx(20.1, abs=0.05)


def test_a_server_in_the_background_is_not_what_a_run_ends_with(play: Any) -> None:
    program = {"match": {"container": "main"}, "interpret": True, "runs": [{"exitAfter": "3s", "listen": [{"port": 80, "from": "1s"}]}]}
    script = "nginx & sleep 10; nc -z localhost 80; echo $?"
    assert logs(play(pod("a", sh("main", script)), programs=[program]), "main") == ["0"]


def test_a_port_that_a_run_closes_can_be_used_by_the_script(play: Any) -> None:
    program = {"match": {"container": "main"}, "interpret": True, "runs": [{"listen": [{"port": 80, "to": "5s"}]}]}
    script = "./server & sleep 2; nc -z localhost 80; echo $?; sleep 8; nc -z localhost 80; echo $?; nc -lk -p 80"
    journal = play(pod("a", sh("main", script, readinessProbe=READY)), programs=[program])
    assert logs(journal, "main") == ["0", "1"]
    assert status(journal, "a", "main").ready


def test_a_process_that_ends_with_its_grace_period_is_not_killed(play: Any) -> None:
    spec: dict[str, Any] = {"terminationGracePeriodSeconds": 5}
    program = {"match": {"container": "main"}, "interpret": True, "runs": [{"term": {"delay": "5s", "exitCode": 0}}]}
    actions = [{"at": "20s", "delete": "pod/a"}]
    for programs in ([program], [{**program, "interpret": False}]):
        journal = play(pod("a", sh("main", "exec ./server"), **spec), programs=programs, actions=actions)
        assert [fact.data["exitCode"] for fact in journal.at(journal.end).facts("container.exited")] == [0]


def test_commands_that_run_before_a_script_begins_do_not_take_its_place(play: Any) -> None:
    """A container that waits for its peers runs its probes already; its script is process 1 nevertheless and gets SIGTERM."""
    probe = {"exec": {"command": ["sh", "-c", "true"]}, "periodSeconds": 1}
    run = {"waitFor": [{"host": "db", "port": 80}], "term": {"exitCode": 5}}
    program = {"match": {"container": "main"}, "interpret": True, "runs": [run]}
    database = {"match": {"container": "db"}, "runs": [{"listen": [{"port": 80, "from": "5s"}]}]}
    ports = {"selector": {"app": "db"}, "ports": [{"port": 80}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": ports}
    peer = pod("db", {"name": "db", "image": "db:1"})
    main = sh("main", "echo $$$$; exec ./server", readinessProbe=probe)
    journal = play(pod("a", main), peer, service, programs=[program, database], actions=[{"at": "30s", "delete": "pod/a"}])
    assert logs(journal, "main") == ["1"]
    codes = [fact.data["exitCode"] for fact in journal.at(journal.end).facts("container.exited") if fact.data["container"] == "main"]
    assert codes == [5]


def test_the_line_that_overrides_an_assumption_says_what_its_server_did(play: Any, tmp_path: Path) -> None:
    journal = play(pod("a", {**sh("main", "exec redis-server"), "ports": [{"containerPort": 6380}]}))
    assert listens(journal) == [(6380, 0.2)]
    overrides = [item["override"] for item in journal.header.assumptions or [] if "interpret" in item["override"]]
    assert overrides == ["{match: {workload: pod/a, container: main}, interpret: true, runs: [{listen: [{port: 6380, from: 200ms}]}]}"]
