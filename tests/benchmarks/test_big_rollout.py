"""What a roll-out of many pods costs: so many records and seconds for each pod, however many there are.

`python -m tests.benchmarks.test_big_rollout 1000` prints it for another number.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from simulator.cluster import simulate
from simulator.scenario.inputs import Choices
from simulator.units import MINUTE
from tests.benchmarks.conftest import Note

NODES = 20
MANIFEST = """
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        readinessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 5}}
        resources: {{requests: {{cpu: 10m, memory: 16Mi}}}}
"""


class Cost(NamedTuple):
    """Records of the journal, and seconds of a processor."""

    records: int
    seconds: float


def rollout(folder: Path, replicas: int) -> Cost:
    """A Deployment behind a Service comes up, and is looked at for two minutes."""
    (folder / "web.yaml").write_text(MANIFEST.format(replicas=replicas))
    begun = time.process_time()
    journal = simulate([str(folder / "web.yaml")], Choices(nodes=NODES, duration=2 * MINUTE))
    return Cost(sum(1 for _ in journal), time.process_time() - begun)


def test_records_grow_with_the_pods_and_no_faster(tmp_path: Path, note: Note) -> None:
    few, many = rollout(tmp_path, 50), rollout(tmp_path, 200)
    note(f"50 pods: {few.records} records, {few.seconds:.2f} s; 200 pods: {many.records} records, {many.seconds:.2f} s")
    assert many.records < 4.2 * few.records


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or ["200"]):
        with tempfile.TemporaryDirectory() as there:
            cost = rollout(Path(there), number)
        print(f"{number} pods on {NODES} nodes: {cost.records} records, {cost.seconds:.1f} s")
