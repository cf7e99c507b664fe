"""What is assumed where nobody says anything: each kind of it, its reason, and that what it offers to write instead is a Scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.public.runs import Run, run
from tests.corpus.report import SHARED, files
from tests.corpus.test_corpus import SAMPLES
from tests.depth import some

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
JOB = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n"
KINDS = {
    "a main container": POD + "  containers: [{name: c, image: unheard-of/app, ports: [{containerPort: 80}]}]\n",
    "a step": POD + "  initContainers: [{name: i, image: unheard-of/tool}]\n  containers: [{name: c, image: unheard-of/app}]\n",
    "a job": JOB + "      containers: [{name: c, image: unheard-of/job}]\n",
    "an image of the catalogue": POD + "  containers: [{name: c, image: 'redis:7'}]\n",
    "an image that is never pulled": POD + "  containers: [{name: c, image: mine/app, imagePullPolicy: Never}]\n",
    "a grpc probe": POD + "  containers: [{name: c, image: unheard-of/app, readinessProbe: {grpc: {port: 5000}}}]\n",
    "a command": POD + "  containers: [{name: c, image: busybox, command: [sleep, '1000']}]\n",
    "a command that no image has": POD + "  containers: [{name: c, image: busybox, command: [sleeeep]}]\n",
    "a command line as a command": POD + "  containers: [{name: c, image: busybox, command: [sleep 5]}]\n",
    "programs of an unknown image": POD + "  containers: [{name: c, image: my/app, command: [sh, -c, 'prepare; sleep 1000']}]\n",
    "an unknown step": POD + "  containers: [{name: c, image: busybox, command: [sh, -c, 'frobnicate --all; sleep 1000']}]\n",
    "unknown work": POD + "  containers: [{name: c, image: busybox, command: [sh, -c, 'exec my-server --port=8080']}]\n",
    "a probe that looks into the image": POD
    + "  containers: [{name: c, image: unheard-of/app, readinessProbe: {exec: {command: [cat, /opt/app/ready]}}}]\n",
    "a host outside": POD + "  containers: [{name: c, image: busybox, command: [sh, -c, 'wget -O- http://example.com/x && sleep 1000']}]\n",
    "a wait": POD
    + "  initContainers: [{name: i, image: unheard-of/tool, env: [{name: HOST, value: db}]}]\n"
    + "  containers: [{name: c, image: unheard-of/app}]\n"
    + "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n",
    "a namespace": POD.replace("{name: a}", "{name: a, namespace: shop}") + "  containers: [{name: c, image: unheard-of/app}]\n",
    "a storage class": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
    "spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
    "a driver that makes volumes": (
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: csi.example.com\n"
        "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
        "spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
    ),
    "a driver of a volume": (
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: disk}\n"
        "spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, csi: {driver: csi.example.com, volumeHandle: a}}\n"
    ),
}


def played(folder: Path, manifest: str, spec: dict[str, Any] | None = None) -> Run:
    (folder / "app.yaml").write_text(manifest, encoding="utf-8")
    scenario = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": {"duration": "1m", "manifests": ["app.yaml"], **(spec or {})}}
    (folder / "scenario.yaml").write_text(yaml.safe_dump(scenario), encoding="utf-8")
    return run(folder)


def pasted(override: str, manifest: str) -> tuple[str, dict[str, Any]]:
    """An override put where it says that it goes: among the manifests, into `programs`, or into the spec."""
    value = yaml.safe_load(override)
    if "kind" in value:
        return f"{manifest}---\n{override}\n", {}
    return manifest, {"programs": [value]} if "match" in value else value


def texts(outcome: Run) -> list[tuple[str, str]]:
    return [(one["subject"], one["text"]) for one in outcome.assumptions]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_override_can_be_pasted_and_ends_the_assumption(tmp_path: Path, kind: str) -> None:
    first = played(tmp_path, KINDS[kind])
    assert first.assumptions
    for outcome in first.assumptions:
        assert outcome["reason"]
        again = played(tmp_path, *pasted(outcome["override"], KINDS[kind]))
        assert (outcome["subject"], outcome["text"]) not in texts(again), outcome["override"]


@pytest.mark.parametrize(("named", "subject"), [("storageClassName: manual, ", "storage class manual"), ("", "default storage class")])
def test_a_cluster_whose_nodes_are_named_has_only_the_storage_classes_of_manifests(tmp_path: Path, named: str, subject: str) -> None:
    claim = KINDS["a storage class"].replace("storageClassName: fast, ", named)
    nodes: list[dict[str, Any]] = [{"name": "n1"}]
    outcome = played(tmp_path, claim, {"cluster": {"nodes": nodes}})
    assert texts(outcome) == [(subject, "does not exist, so its claims stay Pending")]
    assert [item.status.phase for item in outcome.journal.at().objects("PersistentVolumeClaim")] == ["Pending"]
    [override] = [yaml.safe_load(one["override"]) for one in outcome.assumptions]
    again = played(tmp_path, claim, {"cluster": {"nodes": nodes, **override["cluster"]}})
    assert [item.status.phase for item in again.journal.at().objects("PersistentVolumeClaim")] == ["Bound"]
    assert not again.assumptions


def test_an_override_says_what_was_assumed_and_nothing_else(tmp_path: Path) -> None:
    """Pasting all of them changes nothing in what happens."""
    for kind in ("a main container", "an image of the catalogue", "a wait", "a job", "a command"):
        first = played(tmp_path, KINDS[kind])
        values = [yaml.safe_load(outcome["override"]) for outcome in first.assumptions]
        images = {name: image for value in values for name, image in value.get("images", {}).items()}
        again = played(tmp_path, KINDS[kind], {"programs": [value for value in values if "match" in value], "images": images})
        assert not again.assumptions, kind
        assert container_facts(again) == container_facts(first), kind


def container_facts(outcome: Run) -> list[tuple[int, str, Any]]:
    return [(fact.t, fact.what, fact.data.get("container")) for fact in outcome.journal.at().facts("container")]


@pytest.mark.parametrize(
    ("container", "text"),
    [
        ("{image: nginx}", "runs forever, listens on 80 after 300ms and answers its probes"),
        ("{image: nginx, ports: [{containerPort: 8080}]}", "runs forever, listens on 8080, 80 after 300ms and answers its probes"),
        ("{image: nginx, command: [/my-server]}", "runs forever"),
        (
            "{image: nginx, command: [/my-server], ports: [{containerPort: 81}]}",
            "runs forever, listens on 81 after 1s and answers its probes",
        ),
        ("{image: busybox}", "exits with 0 after 100ms"),
        ("{image: busybox, stdin: true, tty: true}", "runs forever"),
        ("{image: curlimages/curl}", "exits with 2 after 100ms"),
        ("{image: curlimages/curl, args: ['http://db:80']}", "runs `curl http://db:80`"),
        ("{image: groundnuty/k8s-wait-for, args: [service, db]}", "runs `k8s-wait-for service db`"),
        ("{image: registry.k8s.io/pause:3.9}", "runs forever"),
    ],
)
def test_what_an_image_is_made_for(tmp_path: Path, container: str, text: str) -> None:
    outcome = played(tmp_path, POD + f"  containers: [{{name: c, {container[1:]}]\n")
    assert ("pod/a c", text) in texts(outcome)


DATABASE = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n"


@pytest.mark.parametrize(
    ("image", "args", "text"),
    [
        ("my/wait", ["db:5432"], "waits for db:5432, then exits with 0"),
        ("migrate/migrate", ["-database", "postgres://db:5432/x", "up"], "runs `migrate -database postgres://db:5432/x up`"),
        ("flyway/flyway", ["-url=jdbc:postgresql://db:5432/x", "migrate"], "runs `flyway -url=jdbc:postgresql://db:5432/x migrate`"),
    ],
)
def test_arguments_alone_are_those_of_the_image(tmp_path: Path, image: str, args: list[str], text: str) -> None:
    step = f"  initContainers: [{{name: i, image: {image}, args: {json.dumps(args)}}}]\n"
    outcome = played(tmp_path, POD + step + "  containers: [{name: c, image: unheard-of/app}]\n" + DATABASE)
    assert [container_facts for subject, container_facts in texts(outcome) if subject == "pod/a i"] == [text]


def test_servers_stop_as_the_catalogue_has_it(tmp_path: Path) -> None:
    actions = {"actions": [{"at": "40s", "delete": "pod/a"}]}
    for image, code, after in (("nginx", 0, 0.1), ("cassandra", 143, 2.0), ("busybox, stdin: true", 137, 30.0)):
        outcome = played(tmp_path, POD + f"  containers: [{{name: c, image: {image}}}]\n", {**actions, "duration": "2m"})
        ended = next(fact for fact in outcome.journal.at().facts("container.exited"))
        assert ended.data["exitCode"] == code
        assert ended.t / 1e9 == pytest.approx(40 + after, abs=0.2)


def test_a_sidecar_of_a_job_does_not_end(tmp_path: Path) -> None:
    sidecar = "      initContainers: [{name: proxy, image: unheard-of/proxy, restartPolicy: Always}]\n"
    outcome = played(tmp_path, JOB + sidecar + "      containers: [{name: c, image: unheard-of/job}]\n")
    assert ("job/j proxy", "runs forever") in texts(outcome)
    assert ("job/j c", "exits with 0 after 5s") in texts(outcome)
    assert outcome.at().pod("j").status == "Completed"


def test_pulls_take_the_time_of_their_size(tmp_path: Path) -> None:
    manifest = POD + "  containers: [{name: c, image: 'postgres:17'}]\n"

    def pulled(spec: dict[str, Any]) -> str:
        return next(event.message for event in played(tmp_path, manifest, spec).events() if event.reason == "Pulled")

    assert "in 5.339s (5.339s including waiting). Image size: 161322974 bytes." in pulled({})
    assert "in 2.113s" in pulled({"cluster": {"images": {"bandwidth": "100MB/s", "unpack": "1000GB/s", "latency": "500ms"}}})
    assert "in 1.5s" in pulled({"images": {"postgres:*": {"size": 50_000_000}}, "cluster": {"images": {"latency": "0s"}}})
    assert "in 7s (7s including waiting). Image size: 161322974 bytes." in pulled({"images": {"postgres:*": {"pull": "7s"}}})


def test_an_image_that_no_container_may_pull_is_on_every_node(tmp_path: Path) -> None:
    never = "  - {name: %s, image: mine/app, imagePullPolicy: %s}\n"
    outcome = played(tmp_path, POD + "  containers:\n" + never % ("a", "Never"))
    assert ("image mine/app", "is on every node") in texts(outcome)
    assert outcome.at("30s").pod("a").ready
    outcome = played(tmp_path, POD + "  containers:\n" + never % ("a", "Never") + never % ("b", "Always"))
    assert any(subject == "image mine/app" and "a pull takes" in text for subject, text in texts(outcome))
    outcome = played(tmp_path, POD + "  containers:\n" + never % ("a", "Never"), {"images": {"mine/app": {"size": 1000}}})
    assert outcome.at("30s").pod("a").status == "ErrImageNeverPull"


def test_what_the_node_has_is_only_asked_for(tmp_path: Path) -> None:
    second = "---\n" + POD.replace("name: a", "name: b") + "  containers: [{name: c, image: 'redis:latest'}]\n"
    outcome = played(tmp_path, POD + "  containers: [{name: c, image: 'redis:latest'}]\n" + second)
    times = [event.message.partition(" in ")[2].partition(" ")[0] for event in outcome.events() if event.reason == "Pulled"]
    assert sorted(times) == ["2.164s", "500ms"]


def test_overrides_of_real_manifests_are_yaml(tmp_path: Path) -> None:
    """Those of the samples always, those of the corpus where it is at hand."""
    everything = files(SHARED / "corpus") if (SHARED / "corpus").is_dir() else sorted(SAMPLES.rglob("*.yaml"))
    from simulator.errors import SimulatorError

    programs: list[Any] = []
    for path in some(everything):
        try:
            outcome = run(path)
        except SimulatorError:
            continue
        programs += [value for one in outcome.assumptions if "match" in (value := yaml.safe_load(one["override"]))]
    assert programs
    played(tmp_path, KINDS["a main container"], {"programs": programs})
