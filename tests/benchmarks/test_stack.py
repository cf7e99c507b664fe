"""What `podsim advise` and `podsim diff` cost on a stack of 25 workloads, as applications are published: at most 3 CPU seconds each.

Runs are counted, seconds are printed. `python -m tests.benchmarks.test_stack FOLDER` writes the stack and a changed one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from simulator.advice.advise import advise
from simulator.cluster import Cluster
from simulator.scenario.inputs import Inputs
from simulator.whatif import trunk
from simulator.whatif.base import read_base
from simulator.whatif.compare import compare
from simulator.whatif.sweep import Options
from simulator.whatif.trunk import Trunk
from tests.benchmarks.conftest import Note
from tests.conftest import ROOT

WORKLOAD = """
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}}}
spec:
  {own}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      {init}
      containers:
      - name: {name}
        image: {image}
        {more}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: {port}}}]}}
"""
MIGRATION = """
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}}}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      initContainers:
      - {{name: wait, image: "busybox:1.36", command: [sh, -c, "until nc -z {db} {port}; do sleep 2; done"]}}
      containers:
      - {{name: migrate, image: "shop/{name}:1.0", command: [sh, -c, "sleep 3"]}}
"""
DATABASES = {
    "orders-db": ("postgres:16", 5432, "{env: [{name: POSTGRES_PASSWORD, value: x}]}"),
    "users-db": ("mysql:8.4", 3306, "{env: [{name: MYSQL_ROOT_PASSWORD, value: x}]}"),
    "cart-cache": ("redis:7", 6379, "{}"),
    "queue": ("rabbitmq:3.13", 5672, "{}"),
}
PROBES = (
    "readinessProbe: {httpGet: {path: /, port: 8080}}",
    "livenessProbe: {httpGet: {path: /, port: 8080}, initialDelaySeconds: 60}\n        "
    "readinessProbe: {httpGet: {path: /ready, port: 8080}}",
    "livenessProbe: {httpGet: {path: /health, port: 8080}}\n        readinessProbe: {httpGet: {path: /health, port: 8080}}",
    "readinessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 20}",
    "livenessProbe: {httpGet: {path: /alive, port: 8080}, timeoutSeconds: 20}",
    "resources: {requests: {cpu: 10m, memory: 16Mi}}",
)
FRONTS, MIGRATIONS = 18, 2


def stack(image: str = "1.0") -> str:
    """25 workloads: 4 databases, 2 Jobs that wait for one, a DaemonSet, and 18 Deployments of which every second one waits."""
    parts = []
    for name, (database, port, more) in DATABASES.items():
        fields = more.strip("{}") or "terminationMessagePath: /dev/termination-log"
        parts.append(WORKLOAD.format(kind="StatefulSet", name=name, own=f"serviceName: {name}", init="", image=database, more=fields))
        parts.append(SERVICE.format(name=name, port=port))
    databases = list(DATABASES.items())
    for i in range(MIGRATIONS):
        name, (_, port, _) = databases[i]
        parts.append(MIGRATION.format(name=f"migrate-{name}", db=name, port=port))
    parts.append(
        WORKLOAD.format(kind="DaemonSet", name="agent", own="minReadySeconds: 0", init="", image="shop/agent:1.0", more=PROBES[-1])
    )
    for i in range(FRONTS):
        name, (_, port, _) = databases[i % len(databases)]
        wait = f"{{name: wait, image: 'busybox:1.36', command: [sh, -c, 'until nc -z {name} {port}; do sleep 2; done']}}"
        init = f"initContainers: [{wait}]" if i % 2 else "terminationGracePeriodSeconds: 30"
        more = f"ports: [{{containerPort: 8080}}]\n        {PROBES[i % len(PROBES)]}"
        version = image if i == 0 else "1.0"
        own = f"replicas: {1 + i % 2}"
        parts.append(
            WORKLOAD.format(kind="Deployment", name=f"front-{i}", own=own, init=init, image=f"shop/front-{i}:{version}", more=more)
        )
        parts.append(SERVICE.format(name=f"front-{i}", port=8080))
    return "---".join(parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The stack, and another one whose first Deployment has a new image."""
    (tmp_path / "old.yaml").write_text(stack())
    (tmp_path / "new.yaml").write_text(stack("1.1"))
    return tmp_path


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many runs began at the start, and how many branched off another one."""
    counts: Counter[str] = Counter()
    make, branch = Cluster.__init__, Trunk.branch

    def counted(self: Cluster, inputs: Inputs) -> None:
        counts["whole"] += 1
        make(self, inputs)

    def branched(self: Trunk, inputs: Inputs) -> object:
        counts["asked"] += 1
        return branch(self, inputs)

    monkeypatch.setattr(Cluster, "__init__", counted)
    monkeypatch.setattr(Trunk, "branch", branched)
    return counts


def cpu_seconds(*command: str) -> float:
    """Of the command and the copies of its process."""
    before = os.times()
    subprocess.run([sys.executable, "-m", "simulator", *command], cwd=ROOT, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot fork here")
def test_advise(folder: Path, runs: Counter[str], note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk, "can_fork", lambda: True)
    advice = advise(read_base([str(folder / "old.yaml")]))
    whole, trials = runs["whole"], runs["asked"]
    seconds = cpu_seconds("advise", str(folder / "old.yaml"))
    note(f"advise: {len(advice.findings)} findings, {trials} trials, {whole} of all runs from the start, {seconds:.1f} s")
    assert len(advice.findings) >= 20
    assert trials <= 12
    assert whole <= 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot fork here")
def test_diff(folder: Path, runs: Counter[str], note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk, "can_fork", lambda: True)
    old, new = str(folder / "old.yaml"), str(folder / "new.yaml")
    comparison = compare([old], [new], options=Options(workers=1))
    note(f"diff: {len(comparison.startup)} rows, {runs['whole']} runs from the start, {cpu_seconds('diff', old, new):.1f} s")
    assert comparison.differs
    assert runs["whole"] == 2


if __name__ == "__main__":
    for file, version in (("old.yaml", "1.0"), ("new.yaml", "1.1")):
        Path(sys.argv[1], file).write_text(stack(version))
