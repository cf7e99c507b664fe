"""The manifests on the page: which lines an object came from; only text that the run read; no Secrets."""

from __future__ import annotations

from pathlib import Path

import simulator
from simulator.journal.journal import Journal
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.views.page.manifests import file_names, manifests
from tests.conftest import ROOT, Podsim

APP = """\
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx

---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
"""


def played(tmp_path: Path) -> Journal:
    (tmp_path / "scenario.yaml").write_text("apiVersion: podsim/v1\nkind: Scenario\nspec: {manifests: [app.yaml]}\n", "utf-8")
    (tmp_path / "app.yaml").write_text(APP, "utf-8")
    return simulator.run(tmp_path).journal


def shown(journal: Journal, text: str) -> JSON:
    end = journal.at()
    return manifests(end, {"app.yaml": text}, {key: f"{key.kind}/{key.name}" for key in end.known()})


def test_each_object_has_the_lines_of_its_document(tmp_path: Path) -> None:
    journal = played(tmp_path)
    assert "app.yaml" in file_names(journal.at())
    found = shown(journal, APP)
    assert found["objects"]["Pod/web"] == ["app.yaml", 6, 12]
    assert found["objects"]["Service/web"] == ["app.yaml", 15, 18]
    assert found["files"]["app.yaml"][11] == "    image: nginx"


def test_secrets_are_left_out(tmp_path: Path) -> None:
    found = shown(played(tmp_path), APP)
    assert "Secret/token" not in found["objects"]
    assert not any("hunter2" in line for line in found["files"]["app.yaml"])


def test_another_text_than_the_run_read_is_not_shown(tmp_path: Path) -> None:
    found = shown(played(tmp_path), f"# one more line\n{APP}")
    assert (found["files"], found["objects"]) == ({}, {})


def test_objects_of_controllers_have_the_lines_of_the_topmost_one() -> None:
    folder = ROOT / "scenarios" / "await-redis"
    end = simulator.run(folder).journal.at()
    text = (folder / "app-tier.yaml").read_text("utf-8")
    pod = next(key for key in end.known("Pod") if key.name.startswith("app-tier"))
    deployment = Key("Deployment", "pb", "app-tier-dp")
    found = manifests(end, {"app-tier.yaml": text}, {pod: "pod", deployment: "deployment"})["objects"]
    assert found["pod"] == found["deployment"] == ["app-tier.yaml", 16, 74]


def test_the_report_finds_the_files_of_a_run_and_of_the_last_run(podsim: Podsim, tmp_path: Path) -> None:
    import base64
    import json
    import re
    import zlib

    played(tmp_path)
    assert podsim("run", str(tmp_path)).code == 0
    for options in ((), ("-f", str(tmp_path))):
        text = podsim("report", "-o", "-", *options).out
        data = re.search(r'<script id="data" type="text/plain">([^<]*)</script>', text)
        assert data is not None
        assert "app.yaml" in json.loads(zlib.decompress(base64.b64decode(data[1])))["manifests"]["files"], options
