"""How well founded outcomes are: stated by the Scenario, known, or assumed; and what strict runs and tests make of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from simulator.cluster import Cluster
from simulator.metrics.evidence import Evidence, evidence, summary
from simulator.metrics.story import Story
from simulator.objects.kinds import Key
from simulator.scenario.inputs import gather
from tests.conftest import Podsim

WEB = {"name": "c", "image": "nginx:1.27", "ports": [{"containerPort": 80}]}
OWN = {"name": "c", "image": "acme/own:1", "ports": [{"containerPort": 80}]}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": {"selector": {"app": "db"}, "ports": [{"port": 80}]}}
ALL_STATED = {
    "images": {"acme/own:1": {"size": 1000000}},
    "programs": [{"match": {"image": "acme/own:1"}, "runs": [{"listen": [{"port": 80}]}]}],
}
WAITS = "until nc -z db 80; do sleep 1; done; sleep 3600"


def pod(name: str, container: dict[str, object], namespace: str = "default", **spec: object) -> dict[str, object]:
    metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], **spec}}


def shell(script: str, image: str = "busybox:1.36") -> dict[str, object]:
    return {"name": "c", "image": image, "command": ["sh", "-c", script]}


def write(folder: Path, *objects: object, **spec: object) -> str:
    (folder / "app.yaml").write_text(yaml.safe_dump_all(objects))
    scenario = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": {"manifests": ["app.yaml"], "duration": "30s", **spec}}
    (folder / "scenario.yaml").write_text(yaml.safe_dump(scenario))
    return str(folder / "scenario.yaml")


def read(folder: Path, *objects: object, **spec: object) -> dict[str, Evidence]:
    journal = Cluster(gather([write(folder, *objects, **spec)])).run()
    return {one.workload.name: one for one in evidence(Story(journal.at()))}


@pytest.mark.parametrize(
    ("container", "spec", "level", "subjects"),
    [
        (WEB, {}, "known", []),
        (OWN, {}, "assumed", ["image acme/own:1", "pod/a c"]),
        (OWN, ALL_STATED, "stated", []),
        (OWN, {"images": ALL_STATED["images"]}, "assumed", ["pod/a c"]),
        (OWN, {"programs": ALL_STATED["programs"]}, "assumed", ["image acme/own:1"]),
        (shell("echo ready; sleep 3600"), {}, "known", []),
        (shell("/opt/agent/run.sh --port 80", "debian:12"), {}, "assumed", ["image debian:12", "pod/a c"]),
        ({**WEB, "args": ["nginx", "-c", "/x.conf"]}, {}, "assumed", ["pod/a c"]),
    ],
    ids=["catalogue", "unknown", "stated", "assumed program", "assumed pull", "interpreted", "unknown command", "configuration"],
)
def test_levels(tmp_path: Path, container: dict[str, object], spec: dict[str, object], level: str, subjects: list[str]) -> None:
    one = read(tmp_path, pod("a", container), **spec)["a"]
    assert (one.ready, one.level) == (True, level)
    assert [item["subject"] for item in one.assumptions] == subjects


def test_a_workload_rests_on_the_assumptions_of_what_it_waited_for(tmp_path: Path) -> None:
    outcome = read(tmp_path, SERVICE, pod("db", OWN), pod("a", shell(WAITS)), pod("b", WEB))
    assert {name: one.level for name, one in outcome.items()} == {"a": "assumed", "b": "known", "db": "assumed"}
    assert outcome["a"].assumptions == outcome["db"].assumptions


def test_a_namespace_that_no_manifest_creates_is_an_assumption(tmp_path: Path) -> None:
    assert [item["subject"] for item in read(tmp_path, pod("a", WEB, "shop"))["a"].assumptions] == ["namespace shop"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        ([("Pod", True, "known", "")], "1 of 1 ready; none of them rests on more than the catalogue of images and its times"),
        ([("Pod", True, "stated", "")], "1 of 1 ready; none of them rests on an assumption"),
        ([("Pod", True, "assumed", "configuration")], "1 of 1 ready; 1 of them rests on configuration that podsim does not read"),
        ([("Pod", False, "assumed", "startup")], "0 of 1 ready"),
        ([("Pod", True, "assumed", "startup"), ("Pod", False, "known", "")], "1 of 2 ready; 1 of them rests on assumed start-up times"),
        (
            [("Pod", True, "assumed", "pull"), ("Job", True, "assumed", "pull")],
            "2 of 2 ready or done; 2 of them rest on assumed pull times",
        ),
        (
            [("Pod", True, "assumed", "pull"), ("Pod", True, "assumed", "startup")],
            "2 of 2 ready; 2 of them rest on assumed start-up and pull times",
        ),
        ([("Pod", True, "assumed", ""), ("Pod", True, "assumed", "startup")], "2 of 2 ready; 2 of them rest on assumptions"),
    ],
)  # fmt: skip
def test_the_summary_counts(rows: list[tuple[str, bool, str, str]], text: str) -> None:
    found = []
    for number, (kind, ready, level, cause) in enumerate(rows):
        assumptions = ({"subject": f"{number}", "kind": cause},) if level == "assumed" else ()
        found.append(Evidence(Key(kind, "default", f"{number}"), ready, level, assumptions))  # type: ignore[arg-type]
    assert summary(found) == text


def test_run_ends_with_the_count_and_json_has_it_for_each_workload(podsim: Podsim, tmp_path: Path) -> None:
    file = write(tmp_path, pod("a", OWN), pod("b", WEB))
    assert podsim("run", file).out.splitlines()[-1] == "2 of 2 ready; 1 of them rests on assumed start-up and pull times"
    workloads = json.loads(podsim("run", file, "-o", "json").out)["workloads"]
    assert [(one["name"], one["ready"], one["evidence"], len(one["assumptions"])) for one in workloads] == [
        ("a", True, "assumed", 2),
        ("b", True, "known", 0),
    ]


@pytest.mark.parametrize("output", ["text", "json", "journal"])
def test_a_strict_run_fails_when_an_expectation_rests_on_an_assumption(podsim: Podsim, tmp_path: Path, output: str) -> None:
    expect = [{"ready": "pod/a", "within": "20s"}]
    file = write(tmp_path, pod("a", OWN), expect=expect)
    assert podsim("run", file, "-o", output).code == 0
    strict = podsim("run", file, "-o", output, "--strict")
    assert strict.code == 1
    assert "it holds, but rests on 2 assumptions:" in strict.out + strict.err
    stated = write(tmp_path, pod("a", OWN), pod("other", {**WEB, "image": "acme/else:1"}), expect=expect, **ALL_STATED)
    assert podsim("run", stated, "-o", output, "--strict").code == 0


def test_a_strict_run_without_expectations_fails_when_a_workload_rests_on_an_assumption(podsim: Podsim, tmp_path: Path) -> None:
    strict = podsim("run", write(tmp_path, pod("a", OWN)), "--strict")
    assert (strict.code, strict.err.splitlines()[0]) == (1, "error: pod/a rests on assumptions:")
    assert podsim("run", write(tmp_path, pod("a", WEB)), "--strict").code == 0


def test_strict_tests_fail_and_others_print_the_number(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, pod("a", OWN), pod("b", WEB), expect=[{"ready": "pod/a", "within": "20s"}, {"ready": "pod/b", "within": "20s"}])
    loose = podsim("test")
    assert loose.code == 0
    assert "1 expectation rests on 2 assumptions: --strict lists them and fails" in loose.out.splitlines()
    strict = podsim("test", "--strict", "--junit-xml", "out.xml")
    assert strict.code == 1
    assert "pod/a c: runs" in strict.out
    assert Path("out.xml").read_text().count('<property name="assumption"') == 2
    assert Path("out.xml").read_text().count("<failure") == 1
    (result,) = json.loads(podsim("test", "-o", "json", "--strict").out)
    assert [(one["holds"], len(one.get("assumptions", []))) for one in result["expectations"]] == [(False, 2), (True, 0)]


def test_warnings_about_manifests_are_printed(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, pod("b", WEB), expect=[{"ready": "pod/b", "within": "20s"}])
    text = (tmp_path / "app.yaml").read_text("utf-8")
    (tmp_path / "app.yaml").write_text(f"# a key that is written twice\napiVersion: v1\n{text}", "utf-8")
    assert "warning: app.yaml:" in podsim("test").out


def storage(provisioner: str) -> list[dict[str, object]]:
    """A claim of a class with that provisioner, a volume of a CSI driver with a claim of its own, and a pod on each claim."""
    spec: dict[str, object] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    disk = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "csi": {"driver": "csi.example.com", "volumeHandle": "d"}}
    claim: dict[str, object] = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    return [
        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}, "provisioner": provisioner},
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": disk},
        {**claim, "metadata": {"name": "made"}, "spec": {**spec, "storageClassName": "fast"}},
        {**claim, "metadata": {"name": "there"}, "spec": {**spec, "storageClassName": "", "volumeName": "disk"}},
        *(pod(name, WEB, volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": name}}]) for name in ("made", "there")),
    ]


def test_volumes_of_drivers_that_nothing_installs_are_assumptions(tmp_path: Path) -> None:
    both = read(tmp_path, *storage("csi.example.com"))
    assert {name: one.level for name, one in both.items()} == {"made": "assumed", "there": "assumed"}
    assert both["made"].assumptions[0]["text"] == "its driver csi.example.com provisions volumes at once"
    assert both["there"].assumptions[0]["text"] == "its driver csi.example.com attaches and mounts it"
    driver = {"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": "csi.example.com"}, "spec": {}}
    assert {one.level for one in read(tmp_path, *storage("csi.example.com"), driver).values()} == {"known"}
    stated = read(tmp_path, *storage("csi.example.com"), cluster={"csiDrivers": ["csi.example.com"]})
    assert {one.level for one in stated.values()} == {"known"}
