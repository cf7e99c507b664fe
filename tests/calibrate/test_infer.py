"""`podsim infer`: from what kubectl shows of a run back to its Scenario, and round in a circle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.calibrate.container_history import workload_of
from simulator.calibrate.infer import Observation, observation, scenario_data
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from simulator.public.runs import Run, run
from simulator.units import SECOND, parse_duration, parse_time
from tests.conftest import Podsim

APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: migrate, image: shop/migrate}]
      containers:
        - {name: web, image: shop/web, ports: [{containerPort: 8080}],
           readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 2}}
---
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec: {containers: [{name: c, image: "shop/crash:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: recovers}
spec: {containers: [{name: c, image: shop/recovers}]}
---
apiVersion: v1
kind: Pod
metadata: {name: sick}
spec:
  containers:
    - {name: c, image: shop/sick, livenessProbe: {httpGet: {path: /live, port: 80}, periodSeconds: 5, failureThreshold: 2}}
---
apiVersion: v1
kind: Pod
metadata: {name: file}
spec:
  containers:
    - {name: c, image: shop/file, readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 3}}
---
apiVersion: v1
kind: Pod
metadata: {name: unwell}
spec:
  containers:
    - {name: c, image: shop/unwell, ports: [{containerPort: 80}], readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 4}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: shop/job}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: never}
spec: {containers: [{name: c, image: shop/typo}]}
"""
TRUTH = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  kubernetes: "1.34"
  startTime: "2026-01-02T03:04:05.678Z"
  duration: 70s
  manifests: [app.yaml]
  cluster: {sandbox: {create: 4s}}
  images:
    shop/web: {pull: 3.456s, size: 12345678}
    "shop/crash:1": {cached: true}
    shop/typo: {failTimes: -1, error: "shop/typo: not found"}
    shop/file: {pull: 2.5s, failTimes: 1, error: "i/o timeout"}
    "*": {pull: 700ms}
  programs:
    - match: {container: migrate}
      runs: [{exitAfter: 6s}]
    - match: {workload: deployment/web, container: web}
      runs: [{listen: [{port: 8080, from: 7s}]}]
    - match: {pod: crash}
      runs: [{exitAfter: 4s, exitCode: 3, message: "no database"}]
    - match: {pod: recovers}
      runs: [{exitAfter: 5s, exitCode: 137, reason: OOMKilled}, {}]
    - match: {pod: sick}
      runs: [{listen: [{port: 80}], http: [{path: /live, from: 18s, status: 500}], term: {delay: 1s, exitCode: 0}}]
    - match: {pod: file}
      runs: [{exec: [{command: cat /tmp/ready, to: 10s, exit: 1, output: "no such file"}]}]
    - match: {pod: unwell}
      runs: [{listen: [{port: 80}], http: [{path: /, to: 9s, status: 503}]}]
    - match: {workload: job/once}
      runs: [{exitAfter: 11s}]
"""


TOLERANCE = {"deployment/web": 1 + 1 + 1 + 2, "pod/file": 1 + 1 + 3, "pod/unwell": 1 + 1 + 4}
"""Seconds: one because both times are cut, one each for the sandbox and for an init container, of which whole seconds were known, and the
period of a readiness probe, one tick of which may be missed for that. All others: cut, and the sandbox."""


def exported(folder: Path, podsim: Podsim, spec: str = TRUTH) -> Path:
    """The output of kubectl about a run."""
    (folder / "app.yaml").write_text(APP, encoding="utf-8")
    (folder / "truth.yaml").write_text(spec, encoding="utf-8")
    journal = folder / "run.journal"
    assert podsim("run", str(folder / "truth.yaml"), "--save", str(journal)).code == 0
    printed = podsim("get", "pods,events", "-o", "json", "--from", str(journal))
    file = folder / "events.json"
    file.write_text(printed.out, encoding="utf-8")
    return file


def observed(file: Path) -> Observation:
    return observation([from_builtins(item) for item in json.loads(file.read_text())["items"]])


def moments(finished_run: Run) -> dict[tuple[str, str], list[float]]:
    """When things happened to the pods of each workload, in seconds since they were made."""
    times: dict[tuple[str, str], list[float]] = {}
    for pod in finished_run.at().snapshot.typed(Pod):
        role, made = workload_of(pod, {}), parse_time(pod.metadata.creation_timestamp or "")
        for condition in pod.status.conditions:
            if condition.status == "True" and condition.last_transition_time:
                times.setdefault((role, condition.type), []).append((parse_time(condition.last_transition_time) - made) / SECOND)
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
            times.setdefault((role, "restarts"), []).append(status.restart_count)
    return {key: sorted(value) for key, value in times.items()}


def test_round_in_a_circle(podsim: Podsim, tmp_path: Path) -> None:
    file = exported(tmp_path, podsim)
    assert podsim("infer", "--from", str(file), "-f", "app.yaml", "--save", str(tmp_path / "again.yaml")).code == 0
    first, again = moments(run(tmp_path / "truth.yaml")), moments(run(tmp_path / "again.yaml", duration="70s"))
    assert first.keys() == again.keys()
    for key, times in first.items():
        assert again[key] == pytest.approx(times, abs=TOLERANCE.get(key[0], 2) + 0.01), key


def test_what_was_observed(podsim: Podsim, tmp_path: Path) -> None:
    spec, comments, unknown = scenario_data(observed(exported(tmp_path, podsim)))
    assert spec["kubernetes"] == "1.34"
    assert spec["startTime"] == "2026-01-02T03:04:05Z"
    assert parse_duration(spec["cluster"]["sandbox"]["create"]) / SECOND == pytest.approx(4, abs=1)
    assert spec["images"]["shop/web"] == {"size": 12345678, "pull": "3.456s"}
    assert spec["images"]["shop/crash:1"] == {"cached": True}
    assert spec["images"]["shop/typo"]["failTimes"] == -1
    assert spec["images"]["shop/file"] == {"size": 50_000_000, "pull": "2.5s", "failTimes": 1, "error": "i/o timeout"}
    assert unknown in (["pod/never c never started (ErrImagePull)"], ["pod/never c never started (ImagePullBackOff)"])
    runs = {tuple(rule["match"].values()): rule["runs"] for rule in spec["programs"]}
    assert runs["deployment/web", "migrate"][0]["exitAfter"] in ("5s", "6s", "7s")
    opened = runs["deployment/web", "web"][0]["listen"][0]
    assert 5 <= float(opened["from"].removesuffix("s")) <= 8
    assert runs["pod/crash", "c"] == [{"exitAfter": "4s", "exitCode": 3, "message": "no database"}]
    assert runs["pod/recovers", "c"][0] == {"exitAfter": "5s", "exitCode": 137, "reason": "OOMKilled"}
    assert "exitAfter" not in runs["pod/recovers", "c"][1]
    assert runs["pod/sick", "c"][0]["http"][0]["status"] == 500
    assert runs["pod/sick", "c"][0]["term"] == {"delay": "1s", "exitCode": 0}
    assert runs["pod/file", "c"][0]["exec"][0]["output"] == "no such file"
    assert runs["pod/unwell", "c"][0]["http"][0]["status"] == 503
    assert runs["once-*", "c"][0]["exitAfter"] in ("10s", "11s", "12s")
    assert comments["spec", "images", "shop/web"].startswith("seen in a Pulled event")


def test_pods_of_one_workload_that_differ(podsim: Podsim, tmp_path: Path) -> None:
    """Their times become a choice; that others behaved differently is noted."""
    spread = TRUTH.replace("{exitAfter: 6s}", "{exitAfter: {choice: [2s, 9s]}}")
    spec, _, _ = scenario_data(observed(exported(tmp_path, podsim, spread)))
    rule = next(rule for rule in spec["programs"] if rule["match"]["container"] == "migrate")
    assert set(rule["runs"][0]["exitAfter"]) == {"choice"}


def test_owners_that_are_at_hand_are_asked(tmp_path: Path) -> None:
    def pod(owner: dict[str, Any] | None, labels: dict[str, str]) -> Pod:
        meta = {"name": "p", "namespace": "n", "uid": "1", "labels": labels, "ownerReferences": [owner] if owner else []}
        parsed = from_builtins({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": []}, "status": {}})
        assert isinstance(parsed, Pod)
        return parsed

    def owner(kind: str, name: str, uid: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": kind, "name": name, "uid": uid, "controller": True}

    assert workload_of(pod(None, {}), {}) == "pod/p"
    assert workload_of(pod(owner("ReplicaSet", "web-abc", "2"), {"pod-template-hash": "abc"}), {}) == "deployment/web"
    assert workload_of(pod(owner("ReplicaSet", "web", "2"), {}), {}) == "replicaset/web"
    assert workload_of(pod(owner("Job", "tick-29445120", "2"), {}), {}) == "cronjob/tick"
    meta = {"name": "j", "uid": "2", "ownerReferences": [owner("CronJob", "c", "3")]}
    job = from_builtins({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta})
    assert workload_of(pod(owner("Job", "j", "2"), {}), {"2": job}) == "cronjob/c"


def test_nodes_tell_the_release_and_what_they_have(podsim: Podsim, tmp_path: Path) -> None:
    exported(tmp_path, podsim)
    printed = podsim("get", "pods,events,nodes", "-o", "json", "--from", str(tmp_path / "run.journal"))
    (tmp_path / "all.json").write_text(printed.out, encoding="utf-8")
    spec, comments, _ = scenario_data(observed(tmp_path / "all.json"))
    assert spec["kubernetes"] == "1.34"
    assert comments["spec", "kubernetes"].startswith("kubelets are 1.34")
    assert spec["cluster"]["nodes"][0]["memory"] == "8Gi"


def test_the_command(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = exported(tmp_path, podsim)
    monkeypatch.chdir(tmp_path)
    printed = podsim("infer", "--from", "events.json")
    assert printed.code == 0, printed.err
    assert yaml.safe_load(printed.out)["kind"] == "Scenario"
    assert "# Unknown: pod/never c never started" in printed.out
    items = json.loads(file.read_text())["items"]
    pods = {"kind": "PodList", "apiVersion": "v1", "items": [item for item in items if item["kind"] == "Pod"]}
    (tmp_path / "pods.json").write_text(json.dumps(pods))
    (tmp_path / "events.yaml").write_text(yaml.safe_dump_all(i for i in items if i["kind"] == "Event"))
    assert podsim("infer", "--from", "pods.json", "--from", "events.yaml").out == printed.out
    for wrong in ([], ["--from", "nothing.json"]):
        assert podsim("infer", *wrong).code == 2
    (tmp_path / "folder" / "below").mkdir(parents=True)
    (tmp_path / "folder" / "below" / "app.yaml").write_text("kind: List\n")
    deep = yaml.safe_load(podsim("infer", "--from", "events.json", "-R", "-f", "folder").out)
    assert deep["spec"]["manifests"] == ["folder/below/app.yaml"]
    assert podsim("infer", "--from", "events.json", "-R", "-f", "nowhere").code == 2
    (tmp_path / "broken.json").write_text('{"kind": "Pod", "apiVersion": "v1", "spec": {"containers": 3}}')
    assert podsim("infer", "--from", "broken.json").code == 2
    (tmp_path / "services.json").write_text('{"kind": "Service", "apiVersion": "v1", "metadata": {"name": "a"}}')
    assert podsim("infer", "--from", "services.json").code == 2
