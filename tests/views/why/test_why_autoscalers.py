"""Why autoscalers scale or not, and who gave a workload its size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Podsim

FOLDER = "scenarios/autoscaler-slow-start"


def why(podsim: Podsim, *words: str) -> str:
    return " ".join(podsim("why", *words).out.split())


@pytest.fixture
def slow(podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> Podsim:
    monkeypatch.chdir(Path(__file__).parents[3])
    assert podsim("run", FOLDER).code == 0
    return podsim


def test_a_workload_names_its_autoscaler(slow: Podsim) -> None:
    text = why(slow, "deploy/shop", "--at", "4m")
    assert "horizontalpodautoscaler/shop set its size to 7 at 2m45s (cpu resource utilization (percentage of request) above target)" in text
    assert "looks at it for the first time 15s after its creation" in why(slow, "deploy/shop", "--at", "5s")
    assert "horizontalpodautoscaler/shop does not scale it" in why(slow, "deploy/shop", "--at", "40s")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("5s", "has not looked at deployment/shop yet"),
        (
            "40s",
            "does not scale deployment/shop (app.yaml:21) because failed to get cpu utilization: did not receive metrics for targeted pods",
        ),
        ("100s", "keeps deployment/shop at 2 pods"),
        ("166s", "scales deployment/shop from 4 to 7 pods (app.yaml:21) because cpu is at 155% of the request, the target is 50%"),
    ],
)
def test_an_autoscaler(at: str, words: str, slow: Podsim) -> None:
    assert words in why(slow, "hpa/shop", "--at", at)


def test_a_pod_that_is_not_ready_is_the_reason(slow: Podsim) -> None:
    assert "pod/shop-" in why(slow, "hpa/shop", "--at", "40s")


def test_a_request_that_is_missing_is_named_with_its_line(podsim: Podsim, tmp_path: Path) -> None:
    app = (
        (Path(__file__).parents[3] / FOLDER / "app.yaml")
        .read_text()
        .replace('requests: {cpu: 400m, memory: 256Mi}, limits: {cpu: "1", memory: 512Mi}', "")
    )
    (tmp_path / "app.yaml").write_text(app.replace("readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 2}", ""))
    assert podsim("run", str(tmp_path / "app.yaml"), "--duration", "2m").code == 0
    text = why(podsim, "hpa/shop")
    assert "missing request for cpu in container shop of Pod shop-" in text
    assert "a share of the request needs a request of every container (" in text


def test_the_limits(podsim: Podsim, tmp_path: Path) -> None:
    app = (Path(__file__).parents[3] / FOLDER / "app.yaml").read_text()
    (tmp_path / "app.yaml").write_text(app.replace("maxReplicas: 10", "maxReplicas: 3"))
    usage = "{usage: [{cpu: 390m}, {cpu: 150m, from: 80s}]}"
    spec = f"apiVersion: podsim/v1\nkind: Scenario\nspec: {{manifests: [app.yaml], duration: 2m, metrics: {usage}}}\n"
    (tmp_path / "scenario.yaml").write_text(spec)
    assert podsim("run", str(tmp_path / "scenario.yaml")).code == 0
    assert "its metrics ask for more pods than maxReplicas (app.yaml:" in why(podsim, "hpa/shop", "--at", "70s")
    assert "a recommendation of its scale-down window was higher" in why(podsim, "hpa/shop")
