"""`kubectl top`: what metrics-server saw last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Podsim, Result

APP = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: i:1}, {name: proxy, image: i:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: api, image: i:1}]}
"""
SCENARIO = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  kubernetes: "RELEASE"
  duration: 4m
  manifests: [app.yaml]
  images: {"*": {cached: true}}
  programs:
    - {match: {container: api}, runs: [{cpu: 250m, memory: 100Mi}]}
    - {match: {container: proxy}, runs: [{cpu: 5m, memory: 300Mi}]}
    - {match: {container: web}, runs: [{cpu: 20m, memory: 10Mi}]}
"""


@pytest.fixture
def run(podsim: Podsim, tmp_path: Path) -> Podsim:
    scenario(podsim, tmp_path)
    return podsim


def scenario(podsim: Podsim, folder: Path, release: str = "1.36", more: str = "") -> None:
    (folder / "app.yaml").write_text(APP)
    (folder / "scenario.yaml").write_text(SCENARIO.replace("RELEASE", release) + more)
    assert podsim("run", str(folder / "scenario.yaml")).code == 0


def test_pods(run: Podsim) -> None:
    assert (
        run("top", "pods").out
        == "NAME   CPU(cores)   MEMORY(bytes)   \napi    250m         100Mi           \nweb    25m          310Mi           \n"
    )
    assert run("top", "pod", "-l", "app=web", "--no-headers").out == "web   25m   310Mi   \n"
    assert [line.split()[0] for line in run("top", "po", "--sort-by=memory", "--no-headers").out.splitlines()] == ["web", "api"]


def test_containers_and_their_sum(run: Podsim) -> None:
    assert run("top", "pods", "-A", "--containers", "--sum").out.splitlines() == [
        "NAMESPACE   POD   NAME    CPU(cores)   MEMORY(bytes)   ",
        "default     api   api     250m         100Mi           ",
        "default     web   proxy   5m           300Mi           ",
        "default     web   web     20m          10Mi            ",
        "                          ________     ________        ",
        "                          275m         410Mi           ",
    ]


@pytest.mark.parametrize(("release", "cpu", "memory"), [("1.36", "CPU(%)", "MEMORY(%)"), ("1.31", "CPU%", "MEMORY%")])
def test_nodes(release: str, cpu: str, memory: str, podsim: Podsim, tmp_path: Path) -> None:
    scenario(podsim, tmp_path, release)
    heads, row = podsim("top", "nodes").out.splitlines()
    assert heads.split() == ["NAME", "CPU(cores)", cpu, "MEMORY(bytes)", memory]
    assert row.split() == ["minikube", "275m", "6%", "410Mi", "5%"]


def test_what_there_is_not(run: Podsim) -> None:
    assert run("top", "pods", "--at", "5s") == Result(1, "", "error: metrics not available yet\n")
    assert run("top", "pods", "-n", "other") == Result(0, "", "No resources found in other namespace.\n")
    missing = 'Error from server (NotFound): podmetrics.metrics.k8s.io "default/nosuch" not found\n'
    assert run("top", "pod", "nosuch") == Result(1, "", missing)
    assert run("top", "pods", "--sort-by=disk") == Result(1, "", "error: --sort-by accepts only cpu or memory\n")


def test_without_metrics(podsim: Podsim, tmp_path: Path) -> None:
    scenario(podsim, tmp_path, more="  metrics: {server: false}\n")
    assert podsim("top", "pods") == Result(1, "", "error: Metrics API not available\n")
    scenario(podsim, tmp_path, more="  metrics: {usage: [{pod: web, missing: true}]}\n")
    assert podsim("top", "pods", "--no-headers").out == "api   250m   100Mi   \n"
    scenario(podsim, tmp_path, more="  metrics: {usage: [{missing: true}]}\n")
    assert podsim("top", "pods") == Result(1, "", "error: Metrics not available for pod default/api, age: 4m0s\n")
