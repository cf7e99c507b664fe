"""Charts and kustomizations: what helm and kubectl are asked for, and what is said where they are missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from simulator.errors import ManifestError
from simulator.manifest.load import load
from tests.conftest import Podsim

FAKE = """#!/bin/sh
test "$2" != broken || { echo "Error: broken chart" >&2; exit 1; }
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: made}\\ndata:\\n  words: "%s"\\n' "${0##*/} $*"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a chart, values and a kustomization; nothing is installed."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("replicas: 2\n")
    (tmp_path / "plain.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n")
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "kustomization.yml").write_text("resources: [a.yaml]\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def install(folder: Path, *tools: str) -> None:
    """Put fakes on PATH that print how they were called, as an object."""
    for tool in tools:
        script = folder / "bin" / tool
        script.write_text(FAKE.replace("printf", "/usr/bin/printf"))
        script.chmod(0o755)


def words(*paths: str, **options: str) -> list[str]:
    """How tools were called for these paths; other objects by name."""
    objects = [manifest.object for manifest in load(list(paths), **options).manifests]
    return [(getattr(one, "data", None) and one.data.get("words")) or one.metadata.name for one in objects]


def test_helm_makes_the_manifests_of_a_chart(folder: Path) -> None:
    install(folder, "helm")
    called = words("shop", "values.yaml", "plain.yaml", namespace="web")
    assert called == [
        "helm template shop shop --values values.yaml --namespace web --skip-tests --include-crds --kube-version 1.36",
        "plain",
    ]


def test_kubectl_or_kustomize_makes_those_of_a_kustomization(folder: Path) -> None:
    install(folder, "kustomize")
    assert words("kustomize:base") == ["kustomize build base"]
    install(folder, "kubectl")
    assert words("kustomize:base", "plain.yaml") == ["kubectl kustomize base", "plain"]


def test_what_is_missing_or_fails_is_said_with_what_to_do(folder: Path) -> None:
    def problem(path: str) -> str:
        """The one problem of a path."""
        with pytest.raises(ManifestError) as error:
            load([path, "plain.yaml"], fail_fast=False)
        return str(error.value)

    assert "helm is not installed: install helm, or pipe its output: helm template shop shop | podsim run -" in problem("shop")
    assert "neither kubectl nor kustomize is installed: install kubectl or kustomize, or pipe" in problem("kustomize:base")
    install(folder, "helm")
    (folder / "shop" / "Chart.yaml").write_text("name: broken\n")
    assert "helm template broken shop: Error: broken chart" in problem("shop")


def test_commands_say_what_they_called(folder: Path, podsim: Podsim) -> None:
    install(folder, "helm", "kubectl")
    run = podsim("run", "shop", "-f", "values.yaml", "-k", "base", "--duration", "1s")
    assert run.code == 0
    assert "shop: its manifests are those of `helm template shop shop --values values.yaml`" in run.out
    assert "kustomize:base: its manifests are those of `kubectl kustomize base`" in run.out
    advice = podsim("advise", "-k", "base")
    assert advice.code == 0
    assert "note: kustomize:base" in advice.err


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_the_real_kubectl_builds_a_kustomization(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("namePrefix: x-\nresources: [a.yaml]\n")
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    assert words(f"kustomize:{tmp_path}") == ["x-a"]
