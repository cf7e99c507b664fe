"""Clusters that are played piece by piece: the same as a Scenario with the same actions, and everything that can be done to them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator
from simulator.cluster import simulate
from simulator.errors import ManifestError, ScenarioError, UsageError
from simulator.journal.journal import Journal
from simulator.journal.lines import dump
from simulator.objects.event import Event
from simulator.public.inspection import PodsAt
from simulator.public.point_in_time import PodAt
from simulator.public.simulated_cluster import RefusedError, SimulatedCluster
from simulator.public.verbs import Verbs
from tests.conftest import ROOT

SHOP = ROOT / "tests" / "testing" / "data" / "shop"
Step = tuple[str, str, dict[str, Any]]

STEPS: list[Step] = [
    ("scale", "deployment/app", {"replicas": 4}),
    ("scale", "deployment/app", {"replicas": 0}),
    ("scale", "deployment/nobody", {"replicas": 1}),
    ("delete", "pod/flaky", {}),
    ("delete", "pod", {"selector": "app=app", "gracePeriodSeconds": 1}),
    ("setImage", "deployment/app", {"with": {"app": "shop/app:2"}}),
    ("rolloutRestart", "deployment/db", {}),
    ("rolloutUndo", "deployment/app", {}),
    ("kill", "pod/app-*", {"container": "app", "reason": "OOMKilled"}),
    ("node", "minikube", {"down": True}),
    ("node", "minikube", {"down": False}),
    ("cordon", "node/minikube", {}),
    ("drain", "node/minikube", {"force": True}),
    ("patch", "deployment/app", {"with": {"spec": {"paused": True}}}),
]


def scenario(folder: Path, seed: int, steps: list[tuple[float, Step]]) -> Path:
    """The shop in a folder of its own, with other actions, which stand last, so that no line changes with them."""
    document = yaml.safe_load((SHOP / "scenario.yaml").read_text())
    document["spec"].update(duration=60, seed=seed)
    for key in ("traffic", "actions"):
        document["spec"].pop(key)
    document["spec"]["actions"] = [{"at": at, verb: target, **options} for at, (verb, target, options) in steps]
    folder.mkdir()
    (folder / "scenario.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    (folder / "shop.yaml").write_text((SHOP / "shop.yaml").read_text())
    return folder


def piece_by_piece(folder: Path, steps: list[tuple[float, Step]], looks: list[float]) -> Journal:
    """From Python, with looks in between, which must change nothing."""
    cluster = SimulatedCluster(folder)
    for at, step in sorted([*steps, *((look, None) for look in looks)], key=lambda item: item[0]):
        if at != cluster.now:
            cluster.run_until(at)
        if step is None:
            cluster.get("pods")
            continue
        verb, target, options = step
        with suppress(RefusedError):
            cluster._act(verb, target, **options)
    cluster.run_until(60)
    return cluster.journal


def story(journal: Journal) -> list[str]:
    """The records, without where actions and manifests are written down."""
    lines = list(dump(journal))
    return [line for line in lines[1:] if '"fact":"action"' not in line and '"fact":"applied"' not in line]


@settings(max_examples=15)
@given(
    # Nothing else happens at odd fractions of a second: see docs/testing.md about one instant.
    steps=st.lists(st.tuples(st.integers(1, 59).map(lambda t: t + 0.0337), st.sampled_from(STEPS)), max_size=5),
    looks=st.lists(st.integers(1, 59).map(lambda t: t + 0.0521), max_size=4),
    seed=st.integers(0, 5),
)
def test_the_same_as_a_scenario_with_the_same_actions(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[float, Step]], looks: list[float], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    steps = sorted(steps, key=lambda item: item[0])
    journal = simulate([str(scenario(folder / "one", seed, steps))])
    assert story(piece_by_piece(scenario(folder / "other", seed, []), steps, looks)) == story(journal)


@pytest.fixture
def cluster() -> SimulatedCluster:
    return SimulatedCluster(SHOP)


def test_looking(cluster: SimulatedCluster) -> None:
    assert cluster.now == 0
    assert len(cluster.pods()) == 7, "controllers have made their pods at once"
    cluster.run_until("30s")
    both = cluster.pod("app-*")
    assert isinstance(both, PodsAt)
    assert (both.ready, both.restarts, both.statuses) == (True, 0, ["Running", "Running"])
    assert repr(both).startswith("<2 pods: app-854dd669d7-")
    one = cluster.pod("db-*")
    assert isinstance(one, PodAt)
    assert (one.ready, one.phase, one.node, one.status) == (True, "Running", "minikube", "Running")
    flaky = cluster.pod("flaky")
    assert "back-off" in flaky.why()
    assert "panic" in cluster.logs("flaky", previous=True)
    assert cluster.at("5s").pod("db").ready is False
    assert "Back-off restarting" in cluster.events("pod/flaky")
    assert "deployment.apps/app" in cluster.get("deploy,sts") or "app    2/2" in cluster.get("deploy")
    assert cluster.object("deployment/app").status.ready_replicas == 2
    assert cluster.metric("restarts", "pod/flaky") == 2
    assert "flaky" in cluster.timeline()
    assert "Name:             lone" in cluster.describe("pod", "lone")
    assert "is not ready" in cluster.why()
    assert repr(cluster) == "<SimulatedCluster at 30s: 7 pods, 4 ready>"


def test_what_is_not_there(cluster: SimulatedCluster) -> None:
    with pytest.raises(UsageError, match="no pod nobody-\\* at 0s; available: app-854dd669d7"):
        cluster.pod("nobody-*")
    with pytest.raises(UsageError, match="there is no deployment/nobody at 0s; available: app, db"):
        cluster.object("deployment/nobody")
    with pytest.raises(UsageError, match="in the future"):
        cluster.at("5s")
    cluster.run_for(10)
    with pytest.raises(UsageError, match="5s is in the past: the time is 10s"):
        cluster.run_until("5s")
    with pytest.raises(UsageError, match="time cannot go back"):
        cluster.run_for("-5s")


def test_waiting_ends_at_the_very_instant(cluster: SimulatedCluster) -> None:
    cluster.wait("deployment/app")
    assert cluster.now == pytest.approx(cluster.metric("time-to-ready", "deployment/app"))
    assert cluster.pod("app-*").ready
    cluster.wait("pod/lone", "gone")
    assert cluster.now == pytest.approx(40.482, abs=0.001)
    cluster.run_until(56)
    with pytest.raises(AssertionError, match="pod/flaky was not ready at 57s") as error:
        cluster.wait("pod/flaky", timeout="1s")
    assert "because container main is down" in str(error.value)
    with pytest.raises(UsageError, match="unknown condition 'raedy'"):
        cluster.wait("pod/flaky", "raedy")
    with pytest.raises(AssertionError, match="there was no pod/nobody"):
        cluster.wait("pod/nobody", timeout="1s")


def test_expecting(cluster: SimulatedCluster) -> None:
    cluster.run_until("30s")
    assert cluster.expect(never="pod/app-*", state="CrashLoopBackOff").holds
    assert cluster.expect(always="pod/db-*", phase="Running", from_="5s").holds
    with pytest.raises(AssertionError, match="happened  pod/flaky main restarted"):
        cluster.expect(neverRestarts="pod/flaky")
    with pytest.raises(UsageError, match=r"^redy: unknown key 'redy'; did you mean 'ready'"):
        cluster.expect(redy="pod/flaky")
    with pytest.raises(UsageError, match=r"^at: is after the end of the run"):
        cluster.expect(ready="pod/flaky", at="40s")
    with pytest.raises(ScenarioError, match="unknown metric"):
        cluster.expect(metric="restart", equals=0)


def test_acting(cluster: SimulatedCluster) -> None:
    cluster.run_until(20)
    assert cluster.scale("deployment/app", 3) == "deployment.apps/app scaled\n"
    assert len(cluster.pods("app-*")) == 3, "controllers react at the same instant"
    cluster.set_image("deployment/app", {"app": "shop/app:2"})
    cluster.wait("deployment/app", "rolledOut")
    cluster.rollout_undo("deployment/app")
    cluster.rollout_pause("deployment/app")
    assert cluster.object("deployment/app").spec.paused is True
    cluster.rollout_resume("deployment/app")
    cluster.rollout_restart("deployment/app")
    cluster.patch("deployment/db", {"spec": {"minReadySeconds": 3}}, kind="merge")
    cluster.set_env("deployment/db", {"MODE": "fast"})
    cluster.set_resources("deployment/db", limits={"memory": "1Gi"})
    cluster.label("node/minikube", {"disk": "ssd"})
    cluster.annotate("deployment/db", {"note": "x"})
    cluster.taint("minikube", "maint=yes:NoSchedule")
    cluster.cordon("minikube")
    cluster.uncordon("minikube")
    cluster.kill("flaky", exit_code=7)
    cluster.delete("pod/flaky", grace_period=1)
    cluster.exec("lone", "echo", "hello")
    cluster.node_down("minikube", unreachable=True)
    cluster.run_for("1m")
    assert "NotReady" in cluster.get("nodes")
    cluster.node_up("minikube")
    cluster.run_for("30s")
    assert "NotReady" not in cluster.get("nodes")
    cluster.lose_sandbox("lone")
    cluster.kubelet("minikube")
    cluster.reboot("minikube", "5s")
    cluster.run_for("30s")
    assert {event.reason for event in cluster.journal.at().typed(Event)} > {"SandboxChanged", "Starting", "Rebooted"}
    cluster.drain("minikube", force=True)
    cluster.run_for("30s")
    assert all("Pending" in pod.status for pod in cluster.pods() if pod.name.startswith("app"))
    cluster.dns_down()
    cluster.image_registry_down("ghcr.io/*")
    cluster.dns_up()
    cluster.image_registry_up()
    done = {(fact.data["verb"], fact.about.name if fact.about.kind == "" else "") for fact in cluster.journal.at().facts("action")}
    named = {name for name, value in vars(Verbs).items() if callable(value) and not name.startswith("_")}
    of_nodes = {"node_down", "node_up", "kubelet", "reboot"}
    of_containers = {"kill", "lose_sandbox"}
    alike = of_nodes | of_containers | {"programs"}
    assert len({verb for verb in done if verb[0] != "apply"}) >= len(named - alike) + 2, "each of the two groups is one verb"


def test_what_kubectl_refuses(cluster: SimulatedCluster) -> None:
    with pytest.raises(RefusedError, match=r'deployments\.apps "nobody" not found'):
        cluster.scale("deployment/nobody", 3)
    with pytest.raises(UsageError, match="replicaz: unknown key 'replicaz'; did you mean 'replicas'"):
        cluster.scale("deployment/app", 3, replicaz=3)
    cluster.run_for(1)
    with pytest.raises(UsageError, match="no such file"):
        cluster.apply("nowhere.yaml")


def test_programs_and_objects_without_any_file() -> None:
    cluster = SimulatedCluster(scenario={"images": {"*": {"cached": True}}}, kubernetes="1.32", seed=5, nodes=2)
    cluster.programs([{"match": {"container": "a"}, "runs": [{"exitAfter": "3s"}]}])
    cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a", "image": "a"}]}})
    cluster.run_until(10)
    assert cluster.pod("a").restarts >= 1
    assert (cluster.journal.header.kubernetes, cluster.journal.header.seed, len(cluster.moment.objects("nodes"))) == ("1.32", 5, 2)
    with pytest.raises(UsageError, match="manifests are applied"):
        SimulatedCluster(scenario={"manifests": ["a.yaml"]})
    with pytest.raises(ScenarioError, match="unknown key 'imagez'"):
        SimulatedCluster(scenario={"imagez": {}})


def test_mistakes_in_manifests_are_told_when_they_are_applied(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containerz: []}}")
    (tmp_path / "good.yaml").write_text("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a}]}}")
    cluster = SimulatedCluster(folder=tmp_path)
    with pytest.raises(ManifestError, match="containerz"):
        cluster.apply("bad.yaml")
    cluster.apply("good.yaml")
    assert cluster.run_until(30).pod("a").ready


def test_it_is_offered_by_the_package(cluster: SimulatedCluster) -> None:
    assert simulator.SimulatedCluster is SimulatedCluster
    assert simulator.RefusedError is RefusedError
    assert "<pre" in cluster._repr_html_()
