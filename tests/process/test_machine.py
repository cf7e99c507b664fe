"""Processes, signals, pipes and time: what the machine promises its host."""

from __future__ import annotations

import sys

import pytest

from simulator.process.effects import Call, Process, Program
from simulator.process.machine import RUNAWAY, Machine
from simulator.process.pacing import REMARK
from simulator.process.world import Connect, HasProgram, HttpRequest
from simulator.userland.launch import launch
from simulator.userland.net.servers import Port, serve
from tests.fake_container import SECOND, Container, World, sh


def test_pid_1_without_a_handler_ignores_term_and_dies_by_kill() -> None:
    container = Container("sh", "-c", "sleep 3600").run(1)
    container.machine.signal("TERM")
    assert container.run(30).main.status is None
    container.machine.signal("KILL")
    assert container.run(30).main.status == 137


def test_a_trap_runs_when_the_foreground_command_is_over() -> None:
    container = Container("sh", "-c", "trap 'echo bye; exit 3' TERM; sleep 10; echo never").run(1)
    container.machine.signal("TERM")
    assert (container.run(60).main.status, container.at, container.stdout) == (3, 10, "bye\n")


def test_wait_is_cut_short_by_a_trap() -> None:
    container = Container("sh", "-c", "trap 'kill $pid; exit 143' TERM; sleep 3600 & pid=$!; wait").run(2)
    container.machine.signal("TERM")
    assert (container.run(60).main.status, container.at) == (143, 2)


def test_wait_says_which_signal_it_was() -> None:
    container = Container("sh", "-c", "trap 'echo hup' HUP; sleep 9 & wait; echo $?; wait; echo $?").run(1)
    container.machine.signal("HUP")
    assert (container.run(60).stdout, container.at) == ("hup\n129\n0\n", 9)


def test_exec_hands_process_1_over_and_signals_reach_the_server() -> None:
    container = Container("sh", "-c", "echo starting; exec redis-server --port 7000", world=World(unknown=None)).run(1)
    assert sorted(container.world.listeners) == [7000]
    container.machine.signal("TERM")
    assert container.run(5).main.status == 0
    assert container.world.listeners == {}


def test_a_program_of_the_host_takes_the_place_of_an_unknown_command() -> None:
    def program(call: Call) -> Process:
        return serve((Port(8080, "http", after=2 * SECOND),), term_after=SECOND, term_status=7)

    container = Container("sh", "-c", "prepare; my-server --x & wait", world=World(unknown=program))
    world = container.world
    world.unknown = _only("my-server", program)
    container.run(1.5)
    assert world.places == ["step", "background"]
    assert world.listeners == {}
    assert sorted(container.run(2).world.listeners) == [8080]


def _only(name: str, program: Program) -> Program:
    from simulator.userland.text.printing import true

    return lambda call: program(call) if call.argv[0] == name else true(call)


@pytest.mark.parametrize(
    ("script", "places"),
    [
        ("a; b", ["step", "last"]),
        ("a && exec b", ["condition", "last"]),
        ("if a; then b; else c; fi", ["condition", "last"]),
        ("while a; do b; break; done", ["condition", "step"]),
        ("a & wait", ["background"]),
        ("a | b", ["last", "last"]),
        ("x=$(a); b", ["step", "last"]),
    ],
)
def test_an_unknown_command_is_told_by_its_place(script: str, places: list[str]) -> None:
    assert sh(script).world.places == places


@pytest.mark.parametrize("script", ["f() { f; }; f", "f() { while true; do f; return; done; }; f"])
def test_a_loop_that_takes_no_time_is_cut_off(script: str) -> None:
    container = Container("bash", "-c", script)
    container.machine = Machine(container.files, container.world, launch, step_budget=20_000)
    container.main = container.start("bash", "-c", script)
    container.run(10)
    assert container.main.status in (152, 139)
    assert container.at == 0
    assert RUNAWAY in container.stderr or "maximum function nesting" in container.stderr


SPINNING = [
    "while :; do :; done",
    "yes >/dev/null",
    "while true; do echo x; done",
    "for ((;;)); do ((1)); done",
    "while true; do run-load; done",
]


@pytest.mark.parametrize("script", SPINNING)
def test_a_loop_without_a_sleep_lets_time_pass_and_says_so(script: str) -> None:
    container = Container("bash", "-c", script).run(3600)
    assert container.main.status is None
    assert container.stderr.count(REMARK) == 1
    # 100 turns at once, then at most two a minute (of a pause of 30 s), or one per 2 % of the time when files are looked for.
    assert len(container.stdout.splitlines()) <= 100 + 15 + 120
    assert container.world.notes == [("yes" if "yes" in script else "while true; do ...; done", REMARK)]


def test_a_loop_that_looks_at_something_sees_a_change_within_a_second() -> None:
    container = Container("sh", "-c", "until nc -z db 80; do :; done; echo up").run(20.3)
    container.world.open("db", 80)
    container.run(60)
    assert container.main.status == 0
    assert 20.3 <= container.at <= 21.3


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; echo $i", "3000"),
        ("for ((i=0; i<3000; i++)); do :; done; echo $i", "3000"),
        ("seq 3000 | { n=0; while read -r line; do n=$((n+1)); done; echo $n; }", "3000"),
        ("yes same | head -n 3000 | while read -r line; do :; done; echo over", "over"),
    ],
)
def test_a_loop_that_computes_something_takes_no_time(script: str, printed: str) -> None:
    container = Container("bash", "-c", script).run(60)
    assert (container.main.status, container.at, container.stdout.strip()) == (0, 0, printed)
    assert container.world.notes == []


def test_a_trap_ends_a_loop_without_a_sleep() -> None:
    container = Container("sh", "-c", "trap 'exit 3' TERM; while true; do :; done").run(100)
    container.machine.signal("TERM")
    container.run(101)
    assert (container.main.status, container.at) == (3, 100)


def test_output_to_a_pipe_nobody_reads_ends_the_writer() -> None:
    assert sh("yes | head -n 1; echo ${PIPESTATUS:-}; (yes; echo never) | true; echo done").stdout == "y\n\ndone\n"


def test_a_long_wait_costs_one_turn() -> None:
    container = Container("sh", "-c", "sleep 86400")
    assert container.machine.run(0) == 86400 * SECOND


def test_execs_run_beside_process_1_and_say_what_they_read() -> None:
    container = Container("sh", "-c", "sleep 5; touch /tmp/ready; sleep 3600", files={"etc/x": "1"})
    probe = container.start("cat", "/tmp/ready")
    container.run(1)
    assert (probe.status, "/tmp/ready" in probe.reads, probe.world, probe.wrote) == (1, True, False, False)
    before = container.files.version("/tmp/ready")
    container.run(6)
    assert container.files.version("/tmp/ready") != before
    probe = container.start("sh", "-c", "test -f /tmp/ready && nc -z localhost 80")
    container.run(7)
    assert (probe.status, probe.world) == (1, True)
    assert container.main.status is None


def test_the_end_of_process_1_is_the_end_of_all() -> None:
    container = Container("sh", "-c", "sleep 100 & nc -l -p 99 & sleep 1; exit 4")
    job = container.start("sleep", "50")
    container.run(10)
    assert (container.main.status, job.status, container.machine.tasks, container.world.listeners) == (4, 137, {}, {})


def test_tail_follows_what_others_write_without_looking_all_the_time() -> None:
    container = Container("sh", "-c", 'tail -n 1 -F /w/log | while read l; do echo "got $l"; done').run(5)
    assert container.machine.run(container.now) is None
    container.volume.put("w/log", "one\ntwo\n")
    assert container.world.woken >= 1
    container.machine.run(container.now)
    node = container.files.open("/w/log", "a")
    assert not isinstance(node, str)
    node.write(None, "three\n")  # type: ignore[union-attr]
    container.machine.run(container.now)
    assert container.stdout == "got two\ngot three\n"


def test_a_slow_world_takes_time_and_timeout_cuts_it_off() -> None:
    world = World(latency=3 * SECOND)
    world.open("db", 5432)
    assert sh("nc -z db 5432", world=world).at == 6  # one answer for the name, one for the port
    container = sh("timeout 2 nc -z db 5432; echo $?", world=World(latency=3 * SECOND))
    assert (container.stdout, container.at) == ("124\n", 2)


def test_bash_talks_http_over_a_descriptor() -> None:
    world = World(bodies={"/health": "UP"})
    world.open("keycloak", 9000)
    script = "exec 3<>/dev/tcp/keycloak/9000; printf 'GET /health HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; cat <&3"
    assert sh(script, bash=True, world=world).stdout == "HTTP/1.1 200 OK\r\n\r\nUP"
    assert [type(r) for r in world.requests if not isinstance(r, HasProgram)] == [Connect, HttpRequest]


def test_time_passes_for_date_and_for_files() -> None:
    container = Container("sh", "-c", "date +%s; sleep 90; date +%s")
    container.machine = Machine(container.files, container.world, launch, epoch=1_700_000_000 * SECOND)
    container.main = container.start("sh", "-c", "date +%s; sleep 90; date -u +%T")
    assert container.run(100).stdout == "1700000000\n22:14:50\n"


def test_nothing_touches_the_host() -> None:
    """While scripts run, no file, socket or process of the host is opened."""
    events: list[str] = []
    watched = ("open", "subprocess.", "socket.", "os.", "shutil.", "exec")
    recording = False

    def hook(event: str, args: tuple[object, ...]) -> None:
        if recording and (event.startswith(watched) and event != "os.putenv"):
            events.append(f"{event} {args}")

    sys.addaudithook(hook)
    world = World()
    world.open("db", 80)
    script = """
        echo x > /tmp/f; cat /etc/passwd /tmp/f; ls /; rm -rf /w; mkdir -p /etc/a; cp /tmp/f /etc/a; curl -s http://db
        wget -qO- http://db
        nc -z db 80; ping -c1 db; awk 'BEGIN{print 1}'; sed -i s/x/y/ /tmp/f; date; exec 3<>/dev/tcp/db/80; kill -9 -1; /bin/sh -c 'id'
        python3 x
        find / | sort | xargs echo; base64 /tmp/f; sha256sum /tmp/f; . /tmp/f; env; printenv HOME; sleep 1; ./nothing
        (cat) < /proc/1/environ
    """
    sh(script, bash=True, world=world)  # loads every module that it needs
    recording = True
    try:
        container = sh(script, bash=True, world=world)
    finally:
        recording = False
    assert "uid=0(root)" in container.stdout
    assert events == []


def test_two_runs_are_the_same() -> None:
    script = "for i in 1 2 3; do (sleep 0.$i; echo $i) & done; wait; ls / | sort -r; ps; mktemp; shuf -i 1-9 -n 3"
    first, second = sh(script), sh(script)
    assert (first.stdout, first.stderr, first.at) == (second.stdout, second.stderr, second.at)


def test_a_command_may_be_a_path_from_the_working_directory() -> None:
    container = Container("sleep", "infinity")
    job = container.start("bin/sh", "-c", "echo in", cwd="/")
    container.machine.run(0)
    assert (job.status, container.stdout) == (0, "in\n")
