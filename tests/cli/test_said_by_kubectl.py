"""What kubectl says to command lines and patches that are wrong, beside what was recorded: read in kubectl's and the API server's code."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Podsim

TABLE = yaml.safe_load((ROOT / "tests" / "cli" / "said_by_kubectl.yaml").read_text(encoding="utf-8"))


def objects(text: str) -> str:
    """The objects of a case, as JSON: what is remembered of a file is written in JSON's order."""
    items = [item for item in yaml.safe_load_all(text) if item]
    return json.dumps(items[0] if len(items) == 1 else {"apiVersion": "v1", "kind": "List", "items": items})


@pytest.fixture
def cluster(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Podsim:
    monkeypatch.chdir(tmp_path)
    Path("app.json").write_text(objects(TABLE["cluster"]), encoding="utf-8")
    assert podsim("apply", "-f", "app.json").code == 0
    return podsim


@pytest.mark.parametrize("row", TABLE["commands"], ids=[row["say"] for row in TABLE["commands"]])
def test_commands(row: dict[str, str], cluster: Podsim) -> None:
    result = cluster(*shlex.split(row["say"]))
    assert (result.out, result.err) == (row.get("out", ""), row.get("err", ""))
    assert result.code == (1 if "error" in row.get("err", "").lower() or "The request" in row.get("err", "") else 0)


@pytest.mark.parametrize("row", TABLE["applied"], ids=[row["about"] for row in TABLE["applied"]])
def test_applied_again(row: dict[str, str], podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("first.json").write_text(objects(row["first"]), encoding="utf-8")
    Path("second.json").write_text(objects(row.get("second", row["first"])), encoding="utf-8")
    podsim("apply", "-f", "first.json")
    result = podsim("apply", "-f", "second.json")
    assert (result.out, result.err) == (row.get("out", ""), row.get("err", ""))


@pytest.mark.parametrize("row", TABLE["warned"], ids=[row["says"].partition(":")[0] for row in TABLE["warned"]])
def test_warnings_come_with_what_is_new(row: dict[str, str], podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(objects(row["object"]), encoding="utf-8")
    assert podsim("apply", "-f", "a.json", "--dry-run=server").err == (f"Warning: {row['says']}\n" if row["says"] else "")


def test_warnings_are_not_said_again(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hidden = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x", "env": hidden}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    value = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    Path("a.json").write_text(json.dumps(value), encoding="utf-8")
    assert podsim("apply", "-f", "a.json").err.startswith("Warning: spec.template.spec.containers[0].env[1]: hides")
    assert podsim("apply", "-f", "a.json").err == "", "kubectl has nothing to send"
    assert podsim("scale", "deployment/web", "--replicas=2").err.startswith("Warning: spec.template"), "the server says it of every change"


def test_what_kubectl_remembers_outlives_the_command(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}), encoding="utf-8")
    assert podsim("create", "configmap", "c").code == 0
    first, second = podsim("apply", "-f", "a.json"), podsim("apply", "-f", "a.json")
    assert "is missing the kubectl.kubernetes.io/last-applied-configuration annotation" in first.err
    assert (first.out, second.out, second.err) == ("configmap/c configured\n", "configmap/c unchanged\n", "")
