"""What `podsim run` suggests: to play on when something is not over, and only commands that work."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest

from tests.conftest import Podsim

SLOW = """\
apiVersion: v1
kind: Pod
metadata: {name: slow, labels: {app: slow}}
spec:
  containers:
  - {name: a, image: nginx, ports: [{containerPort: 80}], readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 900}}
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: [sleep, '900']}]}}}
"""
NOBODY = """\
apiVersion: v1
kind: Pod
metadata: {name: big}
spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: '100'}}}]}
"""
CRON = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {schedule: '0 3 * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}}}
"""
NO_PODS = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
MISSING = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
  - name: a
    image: nginx
    env:
    - {name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}
    - {name: Q, valueFrom: {secretKeyRef: {name: db, key: user}}}
    - {name: R, valueFrom: {configMapKeyRef: {name: maybe, key: r, optional: true}}}
    envFrom: [{configMapRef: {name: settings}}]
    volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w}]
  volumes:
  - {name: v, secret: {secretName: tls, items: [{key: tls.crt, path: crt}]}}
  - {name: w, projected: {sources: [{configMap: {name: more}}]}}
"""
REFUSED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: web, containers: [{name: a, image: nginx}]}
"""

SCENARIO = "apiVersion: podsim/v1\nkind: Scenario\nspec: {duration: 1m, manifests: [app.yaml]}\n"


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "app.yaml"


def told(podsim: Podsim, manifest: Path, text: str, *words: str) -> tuple[str, list[str]]:
    """What a run printed, and what it suggests."""
    manifest.write_text(text, encoding="utf-8")
    out = podsim("run", *(words or ("app.yaml",))).out
    suggestions = out.partition("\nNext\n")[2].partition("\n\n")[0]
    return out, [line.strip() for line in suggestions.splitlines()]


def test_a_run_that_ends_too_early_says_how_to_play_on(podsim: Podsim, manifest: Path) -> None:
    out, following = told(podsim, manifest, SLOW, "app.yaml", "--seed", "3", "-n", "shop", "--exact")
    assert "  The pod is not ready when the run stops, at 10m: --duration 1h continues it.\n" in out
    assert following[0] == "podsim run app.yaml -n shop --seed 3 --exact --duration 1h"
    longer = podsim(*shlex.split(following[0])[1:]).out
    assert "1/1     Running" in longer
    assert "continues it" not in longer


def test_work_that_goes_on_is_not_done(podsim: Podsim, manifest: Path) -> None:
    out, following = told(podsim, manifest, JOB)
    assert "The pod is not done when the run stops, at 10m" in out
    assert "Completed" in podsim(*shlex.split(following[0])[1:]).out


def test_more_time_is_not_offered_in_vain(podsim: Podsim, manifest: Path, tmp_path: Path) -> None:
    assert "continues it" not in told(podsim, manifest, NOBODY)[0]
    assert "continues it" not in told(podsim, manifest, MISSING)[0]
    assert "continues it" not in told(podsim, manifest, SLOW, "app.yaml", "--at", "30s")[0]
    assert "continues it" not in told(podsim, manifest, SLOW, "app.yaml", "--duration", "60s")[0]
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    assert "continues it" not in told(podsim, manifest, SLOW, "scenario.yaml")[0]


def test_standard_input_cannot_be_typed_again(podsim: Podsim, manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SLOW))
    out, following = told(podsim, manifest, SLOW, "-")
    assert "--duration 1h continues it." in out
    assert not any("podsim run" in line for line in following)


def test_a_cronjob_that_is_not_due_gets_a_run_in_which_it_is(podsim: Podsim, manifest: Path) -> None:
    _, following = told(podsim, manifest, CRON)
    assert following[0] == "podsim run app.yaml --start-time 2025-01-02T02:59:00Z"
    assert "nightly-" in podsim(*shlex.split(following[0])[1:]).out


@pytest.mark.parametrize("text", [SLOW, JOB, NOBODY, CRON, NO_PODS])
def test_every_suggestion_works(podsim: Podsim, manifest: Path, text: str) -> None:
    for line in told(podsim, manifest, text)[1]:
        result = podsim(*shlex.split(line)[1:])
        assert result.code == 0, f"{line}: {result.err}"


def test_a_service_without_endpoints_deserves_a_question(podsim: Podsim, manifest: Path) -> None:
    assert "podsim why service/web" in told(podsim, manifest, NO_PODS)[1]


def test_logs_are_suggested_of_containers_that_have_run(podsim: Podsim, manifest: Path) -> None:
    assert not any("logs" in line for line in told(podsim, manifest, NOBODY)[1])
    assert "podsim logs slow -c a" in told(podsim, manifest, SLOW)[1]


def test_suggestions_work_where_nothing_can_be_remembered(podsim: Podsim, manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODSIM_LAST_RUN", "/dev/null/last-run.journal")
    following = told(podsim, manifest, SLOW)[1]
    assert any("podsim logs" in line for line in following)
    for line in following[1:]:
        result = podsim(*shlex.split(line)[1:])
        assert result.code == 0, f"{line}: {result.err}"


def test_what_is_missing_can_be_made(podsim: Podsim, manifest: Path) -> None:
    following = told(podsim, manifest, MISSING, "app.yaml", "-n", "shop")[1]
    made = [line for line in following if line.startswith("podsim create ")]
    assert made == [
        "podsim create secret generic tls --from-literal=tls.crt=x --at 0s",
        "podsim create configmap more --at 0s",
        "podsim create configmap settings --at 0s",
        "podsim create secret generic db --from-literal=password=x --from-literal=user=x --at 0s",
    ]


@pytest.mark.parametrize("text", [MISSING, REFUSED])
def test_with_what_was_missing_everything_gets_ready(podsim: Podsim, manifest: Path, text: str) -> None:
    for line in told(podsim, manifest, text)[1]:
        if line.startswith("podsim create "):
            assert podsim(*shlex.split(line)[1:]).code == 0
    assert podsim("why").out == "every pod is ready or has completed\n"


READY = NO_PODS + "---\n" + REFUSED.replace("serviceAccountName: web, ", "")


@pytest.mark.parametrize("words", [("-R", "."), ("app.yaml", "-n", "shop"), ("app.yaml", "--seed", "2")])
def test_a_run_that_ends_well_leads_to_a_test_of_the_same_manifests(podsim: Podsim, manifest: Path, words: tuple[str, ...]) -> None:
    following = told(podsim, manifest, READY, *words)[1]
    assert not any(line.startswith("podsim why") for line in following)
    init = next(line for line in following if line.startswith("podsim init"))
    assert {word for word in words if not word.startswith("--") and word != "2"} <= set(shlex.split(init))
    for line in following:
        result = podsim(*shlex.split(line)[1:])
        assert result.code == 0, f"{line}: {result.err}"
    following = told(podsim, manifest, READY, *words)[1]
    test = next(line for line in following if line.startswith("podsim test"))
    assert "2 passed" in podsim(*shlex.split(test)[1:]).out or "3 passed" in podsim(*shlex.split(test)[1:]).out


def test_a_scenario_with_expectations_is_tested_itself(podsim: Podsim, manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO.replace("}", ", expect: [{ready: deployment/web, within: 1m}]}"), encoding="utf-8")
    assert "podsim test scenario.yaml" in told(podsim, manifest, READY, "scenario.yaml")[1]


def test_an_object_in_another_namespace_is_not_created_again(podsim: Podsim, manifest: Path) -> None:
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n---\n"
    out, following = told(podsim, manifest, settings + REFUSED.replace("serviceAccountName: web, ", "") + "---\n" + WANTS_SETTINGS)
    assert "there is no ConfigMap settings in namespace default; there is one in namespace shop" in out
    assert following[0] == "podsim run app.yaml -n shop"
    assert not any("create" in line for line in following)
    assert "2 of 2 workloads ready" in podsim(*shlex.split(following[0])[1:]).out


WANTS_SETTINGS = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec: {containers: [{name: a, image: nginx, envFrom: [{configMapRef: {name: settings}}]}]}
"""
