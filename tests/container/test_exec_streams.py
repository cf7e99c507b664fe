"""Commands whose output goes out as it comes and whose input comes in from outside, as `kubectl exec -i` and `-it` have it."""

from __future__ import annotations

import io
import tarfile

import pytest

from simulator import SimulatedCluster
from simulator.container.answers import Answer, Streams
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.process.descriptors import Inlet

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "shell", "namespace": "default"},
    "spec": {"containers": [{"name": "web", "image": "busybox:1.36", "command": ["sleep", "infinity"]}]},
}


class Exec:
    """One command in the container."""

    def __init__(self, cluster: SimulatedCluster, *command: str, stdin: Inlet | None = None) -> None:
        self.printed: list[tuple[int, str]] = []
        self.answers: list[Answer | None] = []
        self._cluster = cluster
        running = cluster._running
        pod = running.api.store.get(Key("Pod", "default", "shell"))
        assert isinstance(pod, Pod)
        container = pod.status.container_statuses[0].container_id.rpartition("/")[2]
        streams = Streams(lambda fd, text: self.printed.append((fd, text)), stdin)
        process = running.machines.execute(pod.spec.node_name, container, list(command), streams)
        running.engine.start(process).then(self.answers.append)
        cluster.run_for("1ms")

    def text(self, fd: int) -> str:
        return "".join(text for number, text in self.printed if number == fd)


@pytest.fixture(scope="module")
def cluster() -> SimulatedCluster:
    cluster = SimulatedCluster()
    cluster.apply(POD)
    cluster.run_until("20s")
    return cluster


def test_output_comes_on_the_descriptor_that_it_was_written_to(cluster: SimulatedCluster) -> None:
    run = Exec(cluster, "sh", "-c", "echo out; echo err >&2; exit 3")
    assert (run.text(1), run.text(2), run.answers[0]) == ("out\n", "err\n", Answer(3, "", 0))


def test_input_is_read_as_it_comes(cluster: SimulatedCluster) -> None:
    stdin = Inlet()
    run = Exec(cluster, "cat", stdin=stdin)
    stdin.feed("one\n")
    cluster.run_for("1ms")
    assert (run.text(1), run.answers) == ("one\n", [])
    stdin.feed("two")
    stdin.end()
    cluster.run_for("1ms")
    assert (run.text(1), run.answers[0]) == ("one\ntwo", Answer(0, "", 0))


def test_output_comes_while_the_command_runs(cluster: SimulatedCluster) -> None:
    run = Exec(cluster, "sh", "-c", "echo a; sleep 5; echo b")
    assert (run.text(1), run.answers) == ("a\n", [])
    cluster.run_for("5s")
    assert run.text(1) == "a\nb\n"


def test_a_shell_at_a_terminal_prompts_and_runs_each_command(cluster: SimulatedCluster) -> None:
    stdin = Inlet(is_terminal=True)
    run = Exec(cluster, "sh", stdin=stdin)
    assert run.printed == [(2, "/ # ")]
    stdin.feed("cd /tmp; for i in 1 2\n")
    cluster.run_for("1ms")
    assert run.text(2) == "/ # > "
    stdin.feed("do echo $i; done\nfalse\necho $?\nnosuch\n")
    cluster.run_for("1ms")
    assert run.text(1) == "1\n2\n1\n"
    assert run.text(2) == "/ # > /tmp # /tmp # /tmp # sh: nosuch: not found\n/tmp # "
    stdin.feed("exit 4\n")
    cluster.run_for("1ms")
    assert run.answers == [Answer(4, "", 0)]


def test_tar_packs_to_its_output_and_unpacks_its_input(cluster: SimulatedCluster) -> None:
    Exec(cluster, "sh", "-c", "mkdir -p /tmp/a/b; echo hi > /tmp/a/b/f; chmod 640 /tmp/a/b/f; ln -s b/f /tmp/a/l")
    packed = Exec(cluster, "tar", "cf", "-", "/tmp/a")
    assert packed.text(2) == "tar: removing leading '/' from member names\n"
    with tarfile.open(fileobj=io.BytesIO(packed.text(1).encode(errors="surrogateescape"))) as archive:
        members = [(member.name, oct(member.mode), member.linkname) for member in archive]
    assert members == [("tmp/a", "0o755", ""), ("tmp/a/b", "0o755", ""), ("tmp/a/b/f", "0o640", ""), ("tmp/a/l", "0o777", "b/f")]
    stdin = Inlet()
    unpacking = Exec(cluster, "tar", "-xmf", "-", "-C", "/opt", stdin=stdin)
    stdin.feed(packed.text(1))
    stdin.end()
    cluster.run_for("1ms")
    assert unpacking.answers == [Answer(0, "", 0)]
    assert Exec(cluster, "cat", "/opt/tmp/a/l").text(1) == "hi\n"
    assert Exec(cluster, "tar", "cf", "-", "/nosuch").answers == [Answer(1, "", 0)]
