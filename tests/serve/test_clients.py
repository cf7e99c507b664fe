"""Real clients against simulated clusters: what CI runs of them. `make test-clients` runs all (docs/serve.md has the results)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.serve.clock import Pace
from tests.kubectl.recorded import recordings
from tests.serve.clients import client
from tests.serve.serving import Served, served
from tests.serve.talk import session
from tests.serve.texts import judge, judged_texts
from tests.serve.verbs import cases, compared

APP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "busybox:1.36", command: [sh, -c, "echo up; sleep infinity"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec: {containers: [{name: box, image: "busybox:1.36", command: [sh, -c, "echo one; sleep infinity"]}]}
"""


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "app.yaml").write_text(APP)
    (folder / "file.txt").write_text("content\n")
    with served(session(str(folder / "app.yaml")), folder, Pace("auto")) as running:
        yield running


@pytest.mark.parametrize("version", ["1.37", "1.32"])
def test_a_session_of_kubectl(at: Served, version: str) -> None:
    kubectl = client(f"kubectl-{version}")

    def run(*args: str, stdin: str = "") -> tuple[int, str]:
        ran = at.run(kubectl, *args, stdin=stdin)
        return ran.code, ran.out + ran.err

    name = f"n{version.replace('.', '-')}"
    assert run("rollout", "status", "deployment/web")[1].endswith('deployment "web" successfully rolled out\n')
    assert run("wait", "--for=condition=Ready", "pod/box") == (0, "pod/box condition met\n")
    assert run("create", "configmap", name, "--from-literal=a=b") == (0, f"configmap/{name} created\n")
    assert run("get", "configmap", name, "-o", "jsonpath={.data.a}") == (0, "b")
    assert run("exec", "box", "--", "sh", "-c", "echo out; exit 3") == (3, "out\ncommand terminated with exit code 3\n")
    assert run("exec", "-i", "box", "--", "cat", stdin="typed\n") == (0, "typed\n")
    assert run("cp", "file.txt", f"box:/tmp/{name}")[0] == 0
    assert run("exec", "box", "--", "cat", f"/tmp/{name}") == (0, "content\n")
    assert run("logs", "box") == (0, "one\n")
    assert run("auth", "can-i", "list", "pods", "--as", "system:serviceaccount:default:default") == (1, "no\n")
    token = run("create", "token", "default")[1].strip()
    assert run("--token", token, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}") == (
        0,
        "system:serviceaccount:default:default",
    )
    assert run("scale", "deployment/web", "--replicas=3") == (0, "deployment.apps/web scaled\n")
    assert run("rollout", "status", "deployment/web")[0] == 0
    assert run("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}") == (0, "3")
    assert run("drain", "minikube", "--dry-run=server", "--force")[0] == 0
    assert run("get", "pods", "--no-headers")[1].count("Running") == 4, "a dry run evicts nothing"
    assert run("delete", "configmap", name)[0] == 0


def test_recorded_texts(tmp_path: Path) -> None:
    name = "await-redis"
    assert name in recordings()
    chosen = [text for text in judged_texts(name) if text["cmd"].split()[1] == "get"][::3]
    results = list(judge(name, "1.37", tmp_path, chosen))
    assert len(results) >= 5
    assert [(one.text["cmd"], one.difference) for one in results if one.difference] == []


def test_verbs_of_podsim_and_of_kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not what kubectl computes from its own clock, nor objects with the annotation of kubectl apply, which podsim does not print.
    stable = [line for line in cases()["reads"] if not {"describe", "events", "yaml", "json"} & set(line.split())]
    commands = [*stable[::8], *cases()["writes"][1::13]]
    results = list(compared("1.37", tmp_path, commands))
    assert [(one.command, one.difference) for one in results if not one.agree] == []
