"""What a frame of `podsim play` costs: 200 pods of 40 Deployments for ten minutes, a quarter of them restarting for ever.

`python -m tests.benchmarks.test_play` prints it, as milliseconds of a processor; a frame has 50 of them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from cProfile import Profile
from pathlib import Path

from simulator.cluster import simulate
from simulator.journal.journal import Journal
from simulator.scenario.inputs import Choices
from simulator.units import MINUTE
from simulator.views.play.film import Film, film
from simulator.views.play.frame import Size, frame
from simulator.views.play.player import Player
from simulator.views.timeline.text import Focus
from tests.benchmarks.conftest import Note

DEPLOYMENTS, REPLICAS, NODES, FRAMES = 40, 5, 20, 50
SIZE = Size(160, 50)
MANIFEST = """
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      initContainers:
      - {{name: wait, image: busybox, command: [sleep, "3"]}}
      containers:
      - name: app
        image: {image}
        {command}
        readinessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 5}}
        resources: {{requests: {{cpu: 10m, memory: 16Mi}}}}
---
"""


def busy(folder: Path, deployments: int = DEPLOYMENTS, minutes: int = 10) -> Journal:
    """Much goes on all the time."""
    parts = (("busybox", "command: [sh, -c, 'sleep 5; exit 1']") if i % 4 == 0 else ("nginx:1.27", "") for i in range(deployments))
    texts = (
        MANIFEST.format(name=f"app-{i:02}", replicas=REPLICAS, image=image, command=command) for i, (image, command) in enumerate(parts)
    )
    (folder / "busy.yaml").write_text("".join(texts))
    return simulate([str(folder / "busy.yaml")], Choices(nodes=NODES, duration=minutes * MINUTE))


def played(journal: Journal, focus: Focus = Focus()) -> Film:  # noqa: B008 (a frozen value)
    """The whole run as a film."""
    reel = film(journal.at(), None, focus._replace(until=journal.end))
    assert reel is not None
    return reel


def calls(do: Callable[[], object]) -> int:
    """How many functions are called: what something costs, on any machine."""
    profile = Profile()
    profile.runcall(do)
    return sum(entry.callcount for entry in profile.getstats())


def last_frame(reel: Film) -> int:
    """Calls for a frame at the end, once another has been drawn."""
    frame(reel, Player(reel.begin, 1.0), SIZE)
    return calls(lambda: frame(reel, Player(reel.end, 1.0), SIZE))


def test_a_frame_costs_what_it_shows_and_not_what_the_run_had(tmp_path: Path, note: Note) -> None:
    journals = [busy(tmp_path, 8, minutes) for minutes in (1, 60)]
    short, long = map(played, journals)
    assert len(journals[1]) > 1.5 * len(journals[0])
    few, many = last_frame(short), last_frame(long)
    note(f"{len(journals[0])} and {len(journals[1])} records: {few} and {many} calls a frame")
    assert many < 1.5 * few


def test_pods_that_are_not_shown_cost_little(tmp_path: Path, note: Note) -> None:
    few, many = (last_frame(played(busy(tmp_path, deployments, 1), Focus(every=True))) for deployments in (10, 40))
    note(f"50 pods: {few} calls a frame, 200 pods: {many}")
    assert many < 2 * few


def measured(reel: Film) -> float:
    """Milliseconds of a processor for each of some frames over the whole run."""
    instants = range(reel.begin, reel.end, (reel.end - reel.begin) // FRAMES)
    frame(reel, Player(reel.begin, 1.0), SIZE)
    begun = time.process_time()
    for t in instants:
        frame(reel, Player(t, 1.0), SIZE)
    return (time.process_time() - begun) / len(instants) * 1000


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as there:
        recorded = busy(Path(there))
    begun = time.process_time()
    whole = played(recorded)
    read = time.process_time() - begun
    sys.stdout.write(f"{len(recorded)} records, {len(whole.story.pods)} pods: read in {read:.2f} s, {measured(whole):.1f} ms a frame\n")
