"""How well `podsim infer` does on the recordings of real clusters: `python -m tests.cluster.inferred` writes the table of docs/infer.md.

The last pods and Events of a recording are made into the List that kubectl would print; what is inferred from it is played with the
recording's manifests and actions; when the pods were ready, and when their containers started and finished, is compared.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from simulator.calibrate.container_history import workload_of
from simulator.calibrate.infer import observation, scenario_data
from simulator.cluster import simulate
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from simulator.units import SECOND, parse_time
from tests.cluster.recordings import PUBLISHED, ROOT, names, recordings

PAGE = ROOT / "docs" / "infer.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
CLOSE = 2
"""Seconds. Two times, each cut to whole seconds, may differ by one when they are the same; another is for relists and API latencies."""
UNEXPLAINED = {
    "await-redis-1node": "which tick of a readiness probe comes first is random: a period of 10 s",
    "deployment-crashloop": "the kubelet returns at the end of a back-off times a random 1 to 1.5",
    "hpa-no-target": "its Deployment is applied after 60 s, and the load that scaled it is not in the dump",
    "sched-preemption": "how long the preempted pods took to stop is lost with them",
    "sched-preemption-1node": "how long the preempted pods took to stop is lost with them",
    "zoo": "two of its 22 pods are in back-off: times a random 1 to 1.5",
}
"""Recordings with times that differ by more, and why."""

Moments = dict[tuple[str, str], list[float]]
"""Workload and what happened -> seconds since its pod was made, of all its pods, in order."""


class Outcome(NamedTuple):
    """A recording: how many times were compared, how many of them differ by at most 1 and 2 seconds; those of readiness alone; the rest."""

    name: str
    times: int
    within_1: int
    within_2: int
    ready: int
    ready_within_1: int
    different: list[str]


def listing(recording: dict[str, Any]) -> list[Any]:
    """The pods that are there in the end, and every Event, as kubectl has them."""
    items: dict[str, Any] = {}
    for change in recording["changes"]:
        uid = change["object"]["metadata"]["uid"]
        if change["kind"] == "Pod" and change["type"] == "DELETED":
            items.pop(uid, None)
        elif change["kind"] in ("Pod", "Event"):
            items[uid] = change["object"]
    return list(items.values())


def moments(pods: Iterable[Pod]) -> Moments:
    """When each pod was ready and its containers started and ended, and how often they had been restarted."""
    moments: Moments = defaultdict(list)
    for pod in pods:
        made = parse_time(pod.metadata.creation_timestamp or "")
        # Pods that lost their owner are called by what they were made from; the hash of a template is not the same here and there.
        made_from = re.sub(r"-[0-9a-z]+-$", "", pod.metadata.generate_name) or f"pod/{pod.metadata.name}"
        role = workload_of(pod, {}) if pod.metadata.owner_references else made_from

        def add(what: str, time: str | None, role: str = role, made: int = made) -> None:
            if time:
                moments[role, what].append((parse_time(time) - made) / SECOND)

        for condition in pod.status.conditions:
            if condition.type == "Ready" and condition.status == "True":
                add("ready", condition.last_transition_time)
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
            state = status.state
            moments[role, f"{status.name} restarts"].append(status.restart_count)
            if state.running is not None:
                add(f"{status.name} started", state.running.started_at)
            if state.terminated is not None:
                add(f"{status.name} started", state.terminated.started_at)
                add(f"{status.name} finished", state.terminated.finished_at)
    return {key: sorted(times) for key, times in moments.items()}


def compared(name: str, real: Moments, played: Moments) -> Outcome:
    """Hold two runs against each other."""
    apart: list[float] = []
    ready: list[float] = []
    different = []
    for key in sorted(real.keys() | played.keys()):
        one, other = real.get(key, []), played.get(key, [])
        differences = [abs(a - b) for a, b in zip(one, other, strict=False)] + [float("inf")] * abs(len(one) - len(other))
        apart += differences
        ready += differences if key[1] == "ready" else []
        if any(difference > CLOSE for difference in differences):
            different.append(f"{key[0]} {key[1]}: {one} and {other}")
    within = [sum(difference <= limit for difference in apart) for limit in (1, CLOSE)]
    return Outcome(name, len(apart), *within, len(ready), sum(difference <= 1 for difference in ready), different)


def _play(name: str) -> Outcome:
    sys.path.insert(0, str(PUBLISHED / "cluster"))
    import to_scenario

    recording = recordings()[name]
    observed = observation([from_builtins(item) for item in listing(recording)])
    if not observed.pods:
        return compared(name, {}, {})
    spec, _, _ = scenario_data(observed)
    with tempfile.TemporaryDirectory() as folder:
        for file, text in to_scenario.files_of(recording, 0).items():
            if file == "scenario.yaml":
                scenario = yaml.safe_load(text)
                given = scenario["spec"]
                given |= {"programs": spec["programs"], "images": spec["images"]}
                given["cluster"]["sandbox"] = spec["cluster"]["sandbox"]
                given["actions"] = [action for action in given.get("actions") or [] if "programs" not in action]
                text = yaml.safe_dump(scenario)
            (Path(folder) / file).write_text(text)
        journal = simulate([folder])
    return compared(name, moments(observed.pods), moments(journal.at().typed(Pod)))


def outcomes() -> list[Outcome]:
    """All recordings, played in a process of their own: the tools have names of modules that are ours too."""
    command = [sys.executable, "-m", "tests.cluster.inferred", "--json"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Outcome(**json.loads(line)) for line in printed.splitlines()]


def table(results: Sequence[Outcome]) -> Iterator[str]:
    """What the page says about them."""
    counted = [outcome for outcome in results if outcome.times]
    sums = {field: sum(getattr(outcome, field) for outcome in counted) for field in Outcome._fields[1:-1]}
    close = [outcome for outcome in counted if not outcome.different]
    yield f"{len(counted)} recordings end with pods; in **{len(close)}** of them every time is correct to {CLOSE} s."
    yield ""
    yield "| compared | count | to 1 s | to 2 s |"
    yield "|---|---|---|---|"
    yield f"| times and restarts of containers, times of readiness | {sums['times']} | {sums['within_1']} | {sums['within_2']} |"
    yield f"| of these, times of readiness | {sums['ready']} | {sums['ready_within_1']} | |"
    yield ""
    yield from (f"- `{outcome.name}`: {UNEXPLAINED.get(outcome.name, '?')}" for outcome in counted if outcome.different)


def write(results: Sequence[Outcome]) -> str:
    """The page with the table."""
    text = PAGE.read_text(encoding="utf-8")
    lines = "\n".join(table(results))
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{lines}\n{END}", text, flags=re.DOTALL)


def main() -> None:
    """Print each outcome as a line of JSON, or write the page."""
    results = [_play(name) for name in names()]
    if "--json" in sys.argv:
        for outcome in results:
            print(json.dumps(outcome._asdict()))
        return
    PAGE.write_text(write(results), encoding="utf-8")
    for outcome in results:
        print(*outcome.different, sep="\n") if outcome.different else None


if __name__ == "__main__":
    main()
