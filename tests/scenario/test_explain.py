"""`podsim explain` writes a Scenario that plays as the run does which it explains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cluster import Cluster
from simulator.errors import SimulatorError
from simulator.journal.journal import Journal
from simulator.journal.lines import dump
from simulator.scenario.inputs import Choices, gather
from simulator.scenario.layout import Layout
from tests.conftest import ROOT, Podsim
from tests.corpus.report import SHARED, files
from tests.corpus.test_corpus import SAMPLES
from tests.depth import some

SCENARIOS = sorted(path.parent for path in (ROOT / "scenarios").glob("*/scenario.yaml"))


def records(journal: Journal) -> list[Any]:
    """A journal without its header, and without where programs and actions are written down: in another file."""
    items = [json.loads(line) for line in list(dump(journal))[1:]]
    for record in items:
        if record["type"] == "FACT":
            record["data"].pop("origin", None)
            _without_places(record["data"])
            if record["data"].get("verb") == "apply":
                # What an applied file is called depends on where one looks from.
                record.pop("about")
    return items


def _without_places(value: Any) -> None:
    if isinstance(value, dict):
        value.pop("line", None)
        value.pop("file", None)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _without_places(item)


def round_trip(path: Path, folder: Path, choices: Choices = Choices()) -> tuple[list[Any], list[Any], list[str]]:  # noqa: B008
    """The records of a run and of the Scenario that explains it, and what is still assumed of containers and images then."""
    first = Cluster(gather([str(path)], choices))
    journal = first.run()
    scenario = folder / "explained.yaml"
    scenario.write_text(first.explain(str(folder)), encoding="utf-8")
    again = Cluster(gather([str(scenario)], Choices()))
    known = {item["text"] for item in yaml.safe_load(json.dumps(journal.header.assumptions))}
    return records(journal), records(again.run()), [items.text for items in again.assumptions if items.text not in known]


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_samples_play_as_they_are_explained(path: Path, tmp_path: Path) -> None:
    first, again, new = round_trip(path, tmp_path)
    assert first == again
    assert new == []


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_scenarios_play_as_they_are_explained(path: Path, tmp_path: Path) -> None:
    first, again, new = round_trip(path, tmp_path)
    assert first == again
    assert new == []


def test_what_the_command_line_chose_is_in_it(tmp_path: Path) -> None:
    path = SAMPLES / "GoogleCloudPlatform+microservices-demo" / "emailservice.yaml"
    first, again, _ = round_trip(path, tmp_path, Choices(namespace="shop", seed=7, kubernetes="1.32", duration=40_000_000_000, nodes=3))
    assert first == again


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus is not at hand")
def test_the_corpus_plays_as_it_is_explained(tmp_path: Path) -> None:
    different = []
    for path in some(files(SHARED / "corpus")):
        try:
            first, again, _ = round_trip(path, tmp_path)
        except SimulatorError:
            continue
        if first != again:
            different.append(path.name)
    assert different == []


LATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: nobody-made-it, containers: [{name: c, image: nginx}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: unheard-of/job}]}}}}
"""


def test_containers_that_never_started_are_in_it_too(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(LATE, encoding="utf-8")
    cluster = Cluster(gather([str(tmp_path / "app.yaml")]))
    cluster.run()
    text = cluster.explain(str(tmp_path))
    spec = yaml.safe_load(text)["spec"]
    assert spec["manifests"] == [str(tmp_path / "app.yaml")]
    assert [rule["match"]["workload"] for rule in spec["programs"]] == ["deployment/web", "cronjob/nightly"]
    assert set(spec["images"]) == {"nginx", "unheard-of/job"}
    assert "# exits with 0 after 5s (pod of a Job)" in text
    assert "# runs forever, listens on 80 after 300ms and answers its probes (the image nginx is nginx in the catalogue)" in text
    assert "seed: 0  # podsim's default" in text


def test_the_command(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.yaml").write_text(LATE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    printed = podsim("explain", "-f", "app.yaml")
    assert printed.code == 0, printed.err
    assert "manifests: [app.yaml]" in printed.out
    (tmp_path / "deep").mkdir()
    assert podsim("explain", "app.yaml", "--save", "deep/s.yaml").code == 0
    assert "manifests: [../app.yaml]" in (tmp_path / "deep" / "s.yaml").read_text()
    assert podsim("run", "deep/s.yaml").code == 0
    assert podsim("explain").code == 2
    assert podsim("explain", "app.yaml", "--save", "nowhere/s.yaml").code == 2


def test_layout() -> None:
    value = {
        "spec": {
            "script": "a\n\nb\n",
            "text": "one: two",
            "long": [{"name": "x" * 70, "other": "y" * 70}, {"short": True}],
            "empty": {},
            "1.5": "1.5",
            "nested": {"a": {"b": [1, "2", None, "on", "8Gi", "1m30s"]}},
        }
    }
    comments = {("spec", "text"): "why", ("spec", "long", 1): "because\nof that", ("spec", "nested", "a"): "w" * 120}
    text = "\n".join(Layout(comments).lines(value))
    assert yaml.safe_load(text) == value
    assert '  text: "one: two"  # why' in text
    assert "- {short: true}  # because of that" in text
    assert f"    # {'w' * 120}\n    a: " in text


TOOLS = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
    - {name: install, image: shop/installer, volumeMounts: [{name: tools, mountPath: /tools}]}
    - {name: setup, image: busybox, command: [/tools/setup, --all], volumeMounts: [{name: tools, mountPath: /tools}]}
  containers: [{name: c, image: busybox, command: [sleep, "1000"]}]
  volumes: [{name: tools, emptyDir: {}}]
"""


def test_what_an_unknown_program_writes_stays_unknown(tmp_path: Path) -> None:
    """An init container that nothing is known of may have written the tool that the next one runs."""
    path = tmp_path / "app.yaml"
    path.write_text(TOOLS, encoding="utf-8")
    first, again, new = round_trip(path, tmp_path)
    assert not [record for record in first if record["type"] == "LOG" and "not found" in record["line"]]
    assert first == again
    assert new == []
