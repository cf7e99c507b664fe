"""What older and newer releases print differently, of kubectl and of the API server's tables."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.dialect.kubectl import SERVER_SWITCHES, SWITCHES, KubectlDialect
from simulator.errors import UsageError
from tests.kubectl.commands import run
from tests.kubectl.recorded import view_with

META = {"name": "a", "namespace": "default", "creationTimestamp": "2026-11-22T10:59:00Z"}


def item(api_version: str, kind: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": META, **content}


ENDED = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": None, "finishedAt": None}}
FAILED = {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": None, "finishedAt": None}}


def pod(*states: dict[str, Any], phase: str = "Running", **meta: Any) -> dict[str, Any]:
    statuses = [{"name": f"c{i}", "state": state} for i, state in enumerate(states)]
    spec = {"containers": [{"name": f"c{i}"} for i in range(len(states))]}
    made = item("v1", "Pod", spec=spec, status={"phase": phase, "containerStatuses": statuses})
    return {**made, "metadata": {**META, **meta}}


QUOTA = item("v1", "ResourceQuota", status={"hard": {"pods": "2"}, "used": {"pods": "1"}})
JOB = item("batch/v1", "Job", spec={"completions": 1}, status={"conditions": [{"type": "SuccessCriteriaMet", "status": "True"}]})
DELETED = {"deletionTimestamp": "2026-11-22T10:59:30Z", "deletionGracePeriodSeconds": 30}
SET = item("apps/v1", "StatefulSet", spec={"replicas": 1, "serviceName": "db", "selector": {"matchLabels": {"a": "b"}}})

OF_SERVER = [
    ("get jobs", JOB, "1.29", "NAME COMPLETIONS DURATION AGE a 0/1 60s"),
    ("get jobs", JOB, "1.33", "NAME STATUS COMPLETIONS DURATION AGE a Running 0/1 60s"),
    ("get jobs", JOB, "1.34", "NAME STATUS COMPLETIONS DURATION AGE a SuccessCriteriaMet 0/1 60s"),
    ("get quota", QUOTA, "1.32", "NAME AGE REQUEST LIMIT a 60s pods: 1/2"),
    ("get quota", QUOTA, "1.33", "NAME REQUEST LIMIT AGE a pods: 1/2 60s"),
    ("get sa", item("v1", "ServiceAccount"), "1.34", "NAME SECRETS AGE a 0 60s"),
    ("get sa", item("v1", "ServiceAccount"), "1.35", "NAME AGE a 60s"),
    ("get pods", pod(ENDED, FAILED), "1.34", "NAME READY STATUS RESTARTS AGE a 0/2 Completed 0 60s"),
    ("get pods", pod(ENDED, FAILED), "1.35", "NAME READY STATUS RESTARTS AGE a 0/2 Error 0 60s"),
    ("get pods", pod(ENDED, phase="Succeeded", **DELETED), "1.30", "NAME READY STATUS RESTARTS AGE a 0/1 Terminating 0 60s"),
    ("get pods", pod(ENDED, phase="Succeeded", **DELETED), "1.31", "NAME READY STATUS RESTARTS AGE a 0/1 Completed 0 60s"),
]


@pytest.mark.parametrize(("command", "given", "release", "said"), OF_SERVER)
def test_tables_of_the_server(command: str, given: dict[str, Any], release: str, said: str) -> None:
    view = view_with(given, kubernetes=release, kubectl="1.36")
    assert " ".join(run(f"kubectl {command}", "default", view).out.split()) == said


OF_KUBECTL = [
    ("describe pod a", pod(ENDED, phase="Succeeded", **DELETED), "Terminating (lasts 30s)", "1.31", False),
    ("describe sts a", SET, "Service Name:  ", "1.37", True),
    ("describe job a", {**JOB, "spec": {"backoffLimit": 6}}, "Backoff Limit:  ", "1.30", True),
    ("describe cronjob a", item("batch/v1", "CronJob", spec={"schedule": "* * * * *"}), "Time Zone: ", "1.36", True),
    ("describe ds a", item("apps/v1", "DaemonSet", spec={}), "Namespace: ", "1.33", True),
    ("describe ds a", item("apps/v1", "DaemonSet", spec={}), "Tolerations: ", "1.30", True),
    ("describe svc a", item("v1", "Service", spec={"internalTrafficPolicy": "Cluster"}), "Internal Traffic Policy: ", "1.31", True),
    ("describe svc a", item("v1", "Service", spec={"trafficDistribution": "PreferClose"}), "Traffic Distribution: ", "1.34", True),
    ("describe sa a", item("v1", "ServiceAccount"), "Mountable secrets: ", "1.35", False),
    ("describe node a", item("v1", "Node"), "Kube-Proxy Version: ", "1.36", False),
]


@pytest.mark.parametrize(("command", "given", "words", "since", "there"), OF_KUBECTL)
def test_lines_of_describe(command: str, given: dict[str, Any], words: str, since: str, there: bool) -> None:
    if given["kind"] == "Node":
        given = {**given, "metadata": {"name": "a"}}
    before = f"1.{int(since.split('.')[1]) - 1}"
    for release, expected in ((since, there), (before, not there)):
        out = run(f"kubectl {command}", "default", view_with(given, kubectl=release)).out
        assert (words in out) is expected, release


def test_every_switch_changes_somewhere() -> None:
    for name, rows in {**SWITCHES, **SERVER_SWITCHES}.items():
        assert len({value for _, value in rows}) > 1, name


def test_releases() -> None:
    assert KubectlDialect("1.36.4").release == (1, 36, 4)
    assert KubectlDialect("", "1.30").template_has_tolerations
    with pytest.raises(UsageError, match="not a Kubernetes release"):
        KubectlDialect("new")
    with pytest.raises(AttributeError, match="no switch"):
        _ = KubectlDialect().nothing
