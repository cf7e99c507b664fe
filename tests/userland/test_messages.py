"""What the tools print when the world says no, and their exit codes."""

from __future__ import annotations

import pytest

from simulator.process.world import NetError
from tests.fake_container import SECOND, Container, World, sh


def world(**statuses: int) -> World:
    """`up` listens on 80, `closed` has a name and no open port, nothing else exists."""
    made = World(names={"closed"}, statuses={f"/{k}": v for k, v in statuses.items()})
    made.open("up", 80)
    return made


CASES = [
    ("foo", 127, "", "sh: foo: not found\n"),
    ("nc -z nowhere 80", 1, "", "nc: bad address 'nowhere'\n"),
    ("nc -z closed 80", 1, "", ""),
    ("nc -zvv closed 80", 1, "", "closed (10.96.0.77:80): Connection refused\n"),
    ("nc -zv up 80", 0, "", "up (10.96.0.77:80) open\n"),
    ("nslookup nowhere", 1, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find nowhere: NXDOMAIN\n\n", ""),
    ("nslookup up", 0, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tup\nAddress: 10.96.0.77\n\n", ""),
    ("getent hosts up; getent hosts nowhere", 2, "10.96.0.77      up\n", ""),
    ("ping -c1 nowhere", 1, "", "ping: bad address 'nowhere'\n"),
    ("curl http://nowhere", 6, "", "curl: (6) Could not resolve host: nowhere\n"),
    ("curl -s http://closed", 7, "", ""),
    ("curl closed:81", 7, "", "curl: (7) Failed to connect to closed port 81 after 0 ms: Couldn't connect to server\n"),
    ("curl -f http://up/sick", 22, "", "curl: (22) The requested URL returned error: 503\n"),
    ("curl -s -o /dev/null -w '%{http_code}' http://up/sick", 0, "503", ""),
    ("curl -s -o /dev/null -w '%{http_code}' http://closed", 7, "000", ""),
    ("wget -qO- http://nowhere", 1, "", "wget: bad address 'nowhere'\n"),
    ("wget -q http://closed", 1, "", "wget: can't connect to remote host (10.96.0.77): Connection refused\n"),
    ("wget -q http://up/sick", 1, "", "wget: server returned error: HTTP/1.1 503 Service Unavailable\n"),
    ("wget -q --tries=1 http://closed; echo $?; wget -q -t 1 http://up/sick; echo $?", 0, "4\n8\n", ""),
    ("wget -q -O x http://up/; cat x; wget -S -O- http://up/ 2>&1 | grep HTTP", 0, "ok UP\n  HTTP/1.1 200 OK\n", ""),
    ("pg_isready -h closed -p 5432", 2, "closed:5432 - no response\n", ""),
    ("pg_isready -h up -p 80", 0, "up:80 - accepting connections\n", ""),
    ("redis-cli -h closed ping", 1, "", "Could not connect to Redis at closed:6379: Connection refused\n"),
    ("redis-cli -h up -p 80 ping", 0, "PONG\n", ""),
    ("mysqladmin ping -h up -P 80", 0, "mysqld is alive\n", ""),
    ("mysql -h nowhere -e 'select 1'", 1, "", "ERROR 2005 (HY000): Unknown MySQL server host 'nowhere' (-2)\n"),
    ("psql -h up -p 80 -tAc 'SELECT 1'", 0, "1\n", ""),
    ("psql -h nowhere -c x", 2, "", 'psql: error: could not translate host name "nowhere" to address: Name or service not known\n'),
    ("grpc_health_probe -addr=up:80", 0, "status: SERVING\n", ""),
    ("cat /nope", 1, "", "cat: can't open '/nope': No such file or directory\n"),
    ("echo x > /no/dir/f", 1, "", "sh: can't create /no/dir/f: nonexistent directory\n"),
    ("cat < /nope", 1, "", "sh: can't open /nope: no such file\n"),
    ("cd /nope", 2, "", "sh: cd: can't cd to /nope: No such file or directory\n"),
    (
        "rm /nope; mkdir /a/b",
        1,
        "",
        "rm: can't remove '/nope': No such file or directory\nmkdir: can't create directory '/a/b': No such file or directory\n",
    ),
    ("kill 4242", 1, "", "sh: can't kill pid 4242: No such process\n"),
    ("[ x -eq 1 ]", 2, "", "[: x: integer expression expected\n"),
    ("kubectl get pod nope", 1, "", 'Error from server (NotFound): pods "nope" not found\n'),
    ("nginx -s quit", 1, "", 'nginx: [error] invalid PID number "" in "/var/run/nginx.pid"\n'),
    ("test -d /proc/1 && cat /proc/1/comm; true", 0, "sh\n", ""),
]


@pytest.mark.parametrize(("script", "status", "stdout", "stderr"), CASES, ids=[c[0] for c in CASES])
def test_text_and_exit_code(script: str, status: int, stdout: str, stderr: str) -> None:
    made = world(sick=503)
    made.unknown = None
    container = sh(script, world=made)
    assert (container.main.status, container.stdout, container.stderr.replace("nc: closed", "closed")) == (status, stdout, stderr)


def test_bash_has_its_own_words() -> None:
    container = sh("foo; cat < /nope; cd /nope; echo x > /no/f", bash=True, world=World(unknown=None))
    assert container.stderr.splitlines() == [
        "bash: line 1: foo: command not found",
        "bash: line 1: /nope: No such file or directory",
        "bash: line 1: cd: /nope: No such file or directory",
        "bash: line 1: /no/f: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("script", "command"),
    [("grep --pcre2 x", "grep"), ("sort -o f", "sort"), ("awk '{ \"date\" | getline }'", "awk"), ("find . -samefile x", "find")],
)
def test_what_is_not_simulated_is_named(script: str, command: str) -> None:
    container = sh(f"{script}; echo $?")
    assert container.stdout == "2\n"
    assert [c for c, _ in container.world.notes] == [command]
    assert "is not simulated" in container.stderr


def test_curl_gives_up_after_its_time() -> None:
    class Slow(World):
        def _answer(self, request: object) -> object:
            return NetError.TIMED_OUT

    slow = Slow(latency=SECOND)
    container = sh("curl -m 1 http://x", world=slow)
    assert (container.main.status, container.at) == (28, 1)
    assert container.stderr == "curl: (28) Operation timed out after 1000 milliseconds with 0 bytes received\n"


def test_kubectl_waits_until_a_condition_is_true() -> None:
    pod = {"kind": "Pod", "metadata": {"name": "p"}, "status": {"conditions": [{"type": "Ready", "status": "False"}]}}
    made = World(objects={("pod", "p"): pod})
    container = Container("kubectl", "wait", "--for=condition=Ready", "pod/p", "--timeout=60s", world=made).run(9.5)
    assert container.main.status is None
    pod["status"] = {"conditions": [{"type": "Ready", "status": "True"}]}
    container.run(60)
    assert (container.main.status, container.at, container.stdout) == (0, 9.5, "pod/p condition met\n")
    made.objects["pod", "p"] = {**pod, "status": {}}
    late = Container("kubectl", "wait", "--for=condition=Ready", "pod/p", "--timeout=5s", world=made).run(60)
    assert (late.main.status, late.at, late.stderr) == (1, 5, "error: timed out waiting for the condition on pods/p\n")


def test_kubectl_reads_with_jsonpath() -> None:
    job = {
        "kind": "Job",
        "metadata": {"name": "j", "labels": {"a.b/c": "d"}},
        "status": {"conditions": [{"type": "Complete", "status": "True"}]},
    }
    made = World(objects={("job", "j"): job})
    script = """
        kubectl get job j -o jsonpath='{.status.conditions[?(@.type=="Complete")].status}'; echo
        kubectl get job -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'
        kubectl get job j -o 'jsonpath={.metadata.labels.a\\.b/c} {.spec.nope}'; echo; kubectl get job j -o name
    """
    assert sh(script, world=made).stdout == "True\nj\nd \njob.batch/j\n"
