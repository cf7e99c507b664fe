"""The same from Python."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator.errors import ManifestError, UsageError
from simulator.public.runs import Run
from tests.conftest import ROOT, Podsim

LESSON = ROOT / "scenarios" / "await-redis"


@pytest.fixture(scope="module")
def run() -> Run:
    return simulator.run(LESSON)


def test_load_run_look_list_keep(run, tmp_path: Path) -> None:
    pod = run.at("1.8s").pod("app-tier")
    assert (pod.status, pod.ready, pod.restarts, pod.namespace, pod.containers) == ("Init:0/1", False, 0, "pb", ["await-redis", "server"])
    assert [event.reason for event in pod.events()] == ["Scheduled", "Pulled", "Created", "Started"]
    assert run.at().pod("app-tier").status == "Running"
    assert {event.reason for event in run.events("pb")} >= {"Scheduled", "Unhealthy", "ScalingReplicaSet"}
    run.save(tmp_path / "run.journal")
    again = simulator.load(tmp_path / "run.journal")
    assert list(again.journal) == list(run.journal)


def test_texts_are_those_of_the_command(run, podsim: Podsim) -> None:
    podsim("run", str(LESSON))
    moment = run.at("2m36s")
    assert moment.get("pods") == podsim("get", "pods", "-A", "--at", "2m36s").out
    pod = moment.pod("app-tier")
    assert pod.describe() == podsim("describe", "pod", pod.name).out
    assert moment.pod("app-tier").logs("await-redis") == podsim("logs", "app-tier", "-c", "await-redis").out
    assert moment.events(namespace="pb") == podsim("events").out
    assert [item.metadata.name for item in moment.objects("deploy")] == ["app-tier-dp", "data-tier"]


def test_results_show_themselves(run) -> None:
    moment = run.at(20)
    assert repr(run) == "<Run await-redis: 2m36s, 3 pods at the end, Kubernetes 1.31.0, seed 0>"
    assert repr(moment).startswith("<Moment 20s>\nNAMESPACE")
    assert repr(moment.pod("data-tier")).endswith("at 20s: 1/1 Running, 0 restarts>")
    assert "▒" in run.timeline()
    for value in (run, moment, moment.pod("app-tier"), run.timeline()):
        html = value._repr_html_()
        assert "<pre" in html
        assert "<none>" not in html, "text is escaped"


def test_what_is_wrong_is_raised(run, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="does not exist"):
        simulator.run(tmp_path / "nope.yaml")
    with pytest.raises(UsageError, match="the run ended at 2m36s"):
        run.at("1h")
    with pytest.raises(UsageError, match="no pod begins with 'x' at 2m36s; available: app-tier"):
        run.at().pod("x")
    with pytest.raises(UsageError, match="unknown kind"):
        run.at().objects("nonsense")


def test_assumptions_and_warnings_are_at_hand(tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: nginx, typo: 1}]}\n", encoding="utf-8"
    )
    result = simulator.run(file, validate="warn", duration=30)
    assert len(result.warnings) == 1
    assert any(found["subject"] == "pod/a c" for found in result.assumptions)
    assert result.journal.end == 30 * 10**9


@pytest.mark.parametrize(
    "call",
    [
        lambda: simulator.run(LESSON, sead=1),
        lambda: simulator.sweep(LESSON, {"seed": "1,2"}, exakt=True),
        lambda: simulator.diff(LESSON, LESSON, engine="serial"),
        lambda: simulator.SimulatedCluster(LESSON, duration="1m"),
    ],
    ids=["run", "sweep", "diff", "cluster"],
)
def test_unknown_options_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword argument '\w+'; available: .*kubernetes"):
        call()
    with pytest.raises(UsageError, match="soon"):
        simulator.run(LESSON, duration="soon")


HALF_GOOD = """apiVersion: v1
kind: Pod
metadata: {name: good}
spec: {containers: [{name: c, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: []}
"""
REFUSING: list[Callable[..., Run | simulator.SimulatedCluster | simulator.Sweep | simulator.Difference]] = [
    simulator.run,
    simulator.SimulatedCluster,
    partial(simulator.sweep, engine="serial"),
    lambda path, **options: simulator.diff(path, path, workers=1, **options),
]


@pytest.mark.parametrize("call", REFUSING, ids=["run", "SimulatedCluster", "sweep", "diff"])
def test_a_refused_object_raises_unless_the_rest_is_wanted(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "app.yaml").write_text(HALF_GOOD)
    with pytest.raises(ManifestError, match=r"app.yaml:9:8: spec.containers: Required value"):
        call(tmp_path, recursive=True)
    [refused] = call(tmp_path, recursive=True, fail_fast=False).refused
    assert refused.endswith("below/app.yaml:9:8: spec.containers: Required value")


def test_what_is_valid_runs_without_fail_fast(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(HALF_GOOD)
    assert [pod.name for pod in simulator.run(tmp_path, fail_fast=False).at().pods()] == ["good"]
    cluster = simulator.SimulatedCluster(fail_fast=False)
    cluster.apply(tmp_path / "app.yaml")
    assert cluster.pods().names == ["good"]
    assert len(cluster.refused) == 1
