"""A run costs in proportion to its records: Python calls are counted, because they do not depend on the machine."""

from __future__ import annotations

import cProfile
import time
from pathlib import Path
from typing import NamedTuple

from simulator.cluster.cluster import Cluster
from simulator.scenario.inputs import Choices, gather
from simulator.units import SECOND
from tests.benchmarks.conftest import Note

SERVICE = """
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {app}}}, ports: [{{port: 80}}]}}
---
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {app}}}
spec:
  replicas: {pods}
  selector: {{matchLabels: {{app: {app}}}}}
  template:
    metadata: {{labels: {{app: {app}}}}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{{containerPort: 80}}]
        readinessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 10}}
        livenessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 10}}
        resources: {{requests: {{cpu: 10m, memory: 16Mi}}}}
---
"""


class Cost(NamedTuple):
    """Of a run: Python calls, records, and CPU seconds under the profiler."""

    calls: int
    records: int
    seconds: float

    @property
    def of_a_record(self) -> float:
        """Calls per record."""
        return self.calls / self.records

    def __str__(self) -> str:
        return f"{self.calls} calls, {self.records} records, {self.of_a_record:.0f} calls a record, {self.seconds:.1f} s"


def cost(folder: Path, text: str, nodes: int) -> Cost:
    """Of the first minute of these manifests."""
    file = folder / "app.yaml"
    file.write_text(text)
    cluster = Cluster(gather([str(file)], Choices(duration=60 * SECOND, nodes=nodes), None))
    profile, begun = cProfile.Profile(builtins=False), time.process_time()
    profile.enable()
    # Not `run`, after which the tests' observer looks at every pod beside every other.
    cluster.begin()
    journal = cluster.play(cluster.horizon)
    profile.disable()
    return Cost(sum(entry.callcount for entry in profile.getstats()), len(journal), time.process_time() - begun)


def web(pods: int) -> str:
    """A Deployment behind a Service."""
    return SERVICE.format(name="web", app="web") + DEPLOYMENT.format(app="web", pods=pods)


def test_a_record_costs_the_same_in_a_big_cluster(tmp_path: Path, note: Note) -> None:
    small, big = cost(tmp_path, web(60), 1), cost(tmp_path, web(600), 10)
    note(f"60 pods: {small}; 600 pods: {big}")
    assert big.records > 9 * small.records
    assert big.of_a_record < 1.1 * small.of_a_record


def test_nodes_cost_little(tmp_path: Path, note: Note) -> None:
    few, many = cost(tmp_path, web(300), 10), cost(tmp_path, web(300), 200)
    note(f"10 nodes: {few}; 200 nodes: {many}")
    assert many.calls < 1.5 * few.calls


def test_services_cost_what_their_endpoints_cost(tmp_path: Path, note: Note) -> None:
    def services(count: int) -> str:
        return DEPLOYMENT.format(app="web", pods=20) + "".join(SERVICE.format(name=f"web-{i}", app="web") for i in range(count))

    few, more, many = (cost(tmp_path, services(count), 2) for count in (10, 55, 100))
    note(f"10 Services: {few}; 55 Services: {more}; 100 Services: {many}")
    # Per Service and not per record: the controllers' rate limit merges changes into fewer records.
    assert many.calls - more.calls < 1.1 * (more.calls - few.calls)
