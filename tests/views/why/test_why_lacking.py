"""`podsim why` without a name, when nobody is unready because nobody is there."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Podsim

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {serviceAccountName: nobody, containers: [{name: a, image: nginx}]}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {%scontainers: [{name: a, image: nginx}]}
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  backoffLimit: 0
  template:
    spec: {restartPolicy: OnFailure, containers: [{name: a, image: busybox, command: [sh, -c, exit 3]}]}
"""


def asked(podsim: Podsim, folder: Path, text: str, *more: str) -> list[str]:
    (folder / "app.yaml").write_text(text, encoding="utf-8")
    return podsim("why", "-f", str(folder / "app.yaml"), *more).out.splitlines()


def test_a_pod_that_was_refused(podsim: Podsim, tmp_path: Path) -> None:
    first, second = asked(podsim, tmp_path, POD)
    assert first == "there are no pods"
    assert second.startswith("  because Error from server (Forbidden)")
    assert 'serviceaccount "nobody" not found' in second


def test_a_deployment_whose_pods_are_refused(podsim: Podsim, tmp_path: Path) -> None:
    told = asked(podsim, tmp_path, DEPLOYMENT % "serviceAccountName: nobody, ")
    assert told[0].startswith("deployment/web has not rolled out: 0 of 1 updated")
    assert "the API server refuses its pods" in told[1]


def test_a_job_that_failed_and_whose_pods_are_gone(podsim: Podsim, tmp_path: Path) -> None:
    told = asked(podsim, tmp_path, JOB)
    assert told[0].startswith("job/work has failed since")
    assert "Job has reached the specified backoff limit" in told[1]


def test_a_workload_whose_pod_was_told_of_is_not_told_of_again(podsim: Podsim, tmp_path: Path) -> None:
    told = asked(podsim, tmp_path, DEPLOYMENT % "nodeSelector: {disk: ssd}, ")
    assert [line for line in told if not line.startswith(" ")] == [told[0]]
    assert told[0].startswith("pod/web-")


def test_a_service_that_leads_nowhere_while_all_pods_are_ready(podsim: Podsim, tmp_path: Path) -> None:
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: %s}, ports: [{port: 80%s}]}\n"
    pods = DEPLOYMENT % ""
    assert asked(podsim, tmp_path, pods + service % ("web", "")) == ["every pod is ready or has completed"]
    assert asked(podsim, tmp_path, pods + service % ("wbe", ""))[0].startswith("service/web has no ready endpoints")
    assert asked(podsim, tmp_path, pods + service % ("web", ", targetPort: http"))[0].startswith("service/web has no usable endpoint: web-")


def test_all_is_well(podsim: Podsim, tmp_path: Path) -> None:
    assert asked(podsim, tmp_path, DEPLOYMENT % "") == ["every pod is ready or has completed"]
    assert asked(podsim, tmp_path, POD.replace("serviceAccountName: nobody, ", ""), "--at", "0s")[0].startswith("pod/a is not ready")
