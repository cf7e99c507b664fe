"""Rows, ages and lines as Kubernetes' own published tests have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import yaml

from simulator.golang.ages import human_duration
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.print.describe.containers import probe_text
from simulator.kubectl.print.describe.events import interval
from simulator.kubectl.print.tables import table_for
from simulator.kubectl.read.describe import description
from simulator.kubectl.read.rollout import progress
from simulator.objects.event import Event
from simulator.objects.kinds import from_builtins
from simulator.objects.probes import Probe
from tests.kubectl.recorded import DATA, view_with

JSON = dict[str, Any]
NOW = datetime(2026, 11, 22, 11, 0, 0, tzinfo=UTC)
VIEW = view_with()


def cases(name: str, kind: str = "") -> list[Any]:
    rows = yaml.safe_load((DATA / f"{name}.yaml").read_text())
    return [pytest.param(row, id=row["id"]) for row in rows if not kind or row["kind"] == kind]


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def kubernetes_names(value: Any) -> Any:
    """The cases' own spelling turned into the API's."""
    names = {"restart_count": "restartCount", "exit_code": "exitCode", "last": "lastState"}
    if isinstance(value, list):
        return [kubernetes_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, item in value.items():
        if key.endswith("_ago_s"):
            made[{"finished": "finishedAt", "started": "startedAt"}[key.split("_")[0]]] = ago(item)
        elif key in ("podIPs", "readinessGates"):
            made[key] = [{"ip" if key == "podIPs" else "conditionType": one} for one in item]
        else:
            made[names.get(key, key)] = kubernetes_names(item)
    return made


def pod_of(case: JSON) -> JSON:
    given = case["pod"]
    spec = kubernetes_names(given.get("spec", {}))
    for field in ("containers", "initContainers"):
        if isinstance(spec.get(field), int):
            spec[field] = [{"name": f"c{i}"} for i in range(spec[field])]
    meta = {"name": given.get("name", "p")}
    if "deletionTimestamp_ago_s" in given:
        meta["deletionTimestamp"] = ago(given["deletionTimestamp_ago_s"])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": kubernetes_names(given.get("status", {}))}


COLUMNS = {"ready": "READY", "status": "STATUS", "restarts": "RESTARTS", "age": "AGE", "ip": "IP", "node": "NODE"}
COLUMNS |= {"nominated_node": "NOMINATED NODE", "readiness_gates": "READINESS GATES"}


def row_of(item: JSON) -> dict[str, str]:
    table = table_for(item["kind"])
    return dict(zip([column.title for column in table.columns(VIEW)], table.row(from_builtins(item), VIEW), strict=True))


@pytest.mark.parametrize("case", cases("print-pod") + cases("print-pod-derived"))
def test_pod(case: JSON) -> None:
    row = row_of(pod_of(case))
    expected = {COLUMNS[name]: value for name, value in case["expect"].items() if name in COLUMNS}
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("case", [case for case in cases("human-duration") if case.values[0]["function"] == "human"])
def test_human_duration(case: JSON) -> None:
    assert human_duration(round(case["seconds"] * 1_000_000_000)) == case["expect"]


def made(case: JSON, api_version: str, kind: str) -> JSON:
    given = case["given"]
    status = dict(given.get("status", {}))
    if "started_ago_s" in status:
        status["startTime"] = ago(status.pop("started_ago_s"))
    if "start_to_completion_s" in status:
        status |= {"startTime": ago(status.pop("start_to_completion_s")), "completionTime": ago(0)}
    status["conditions"] = [{"type": type_, "status": "True"} for type_ in status.pop("conditions", [])]
    age = 10 * 365 * 86400 if given.get("age") == "10 years" else 0
    meta = {"name": given.get("name", "x"), "creationTimestamp": ago(age)} | ({"deletionTimestamp": ago(0)} if given.get("deleted") else {})
    containers = [{"name": name, "image": image} for name, image in given.get("containers", [])]
    spec = {"template": {"spec": {"containers": containers}}, "selector": {"matchLabels": given.get("selector", {})}}
    spec |= {name: given[name] for name in ("replicas", "completions") if given.get(name) is not None}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec, "status": status}


KINDS = {"deployment": ("apps/v1", "Deployment"), "replicaset": ("apps/v1", "ReplicaSet"), "job": ("batch/v1", "Job")}


@pytest.mark.parametrize("case", [case for kind in KINDS for case in cases("print-other", kind)])
def test_workload(case: JSON) -> None:
    row = row_of(made(case, *KINDS[case["kind"]]))
    assert {name: row[name] for name in case["expect"]} == {name: str(value) for name, value in case["expect"].items()}


@pytest.mark.parametrize("case", cases("print-other", "service"))
def test_service(case: JSON) -> None:
    given = dict(case["given"])
    ingress = [{"ip": address} for address in given.pop("ingress", [])]
    spec = {name: value for name, value in given.items() if name != "name"}
    spec["clusterIPs"] = [given["clusterIP"]] if "clusterIP" in given else []
    status = {"loadBalancer": {"ingress": ingress}}
    row = row_of({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec, "status": status})
    assert {name: row[name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", cases("print-other", "describe-probe"))
def test_probe(case: JSON) -> None:
    assert probe_text(msgspec.convert(case["given"], Probe), view_with(kubectl="1.36")) == case["expect"]["text"]
    spelled = case["expect"]["text"].replace("#success", "successThreshold").replace("#failure", "failureThreshold")
    assert probe_text(msgspec.convert(case["given"], Probe), view_with(kubectl="1.37.1")) == spelled


@pytest.mark.parametrize("case", cases("print-other", "event-age"))
def test_event_age(case: JSON) -> None:
    given = case["given"]
    event = Event(count=given["count"], first_timestamp=ago(given["first_s_ago"]), last_timestamp=ago(given["last_s_ago"]))
    assert interval(event, VIEW) == case["expect"]["text"]


def test_no_events() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "default"}}
    assert description(from_builtins(pod), VIEW).splitlines()[-1].split() == ["Events:", "<none>"]


@pytest.mark.parametrize("case", cases("print-other", "rollout-status"))
def test_rollout_status(case: JSON) -> None:
    given = case["given"]
    status = {"observedGeneration": 1, **given.get("status", {})}
    workload = "StatefulSet" if "TestStatefulSet" in case["source"] else "DaemonSet" if "TestDaemonSet" in case["source"] else "Deployment"
    spec: JSON = {"replicas": given.get("replicas")} if workload != "DaemonSet" else {}
    strategy: JSON = {"type": given.get("updateStrategy", "RollingUpdate")}
    if "partition" in given:
        strategy["rollingUpdate"] = {"partition": given["partition"]}
    if workload != "Deployment":
        spec["updateStrategy"] = strategy
    generation = 2 if given.get("observedGeneration_behind") else given.get("generation", 1)
    meta = {"name": "foo", "generation": generation}
    item = from_builtins({"apiVersion": "apps/v1", "kind": workload, "metadata": meta, "spec": spec, "status": status})
    if case["expect"].get("error"):
        with pytest.raises(KubectlError, match="only available for RollingUpdate"):
            progress(item)
        return
    assert progress(item) == (case["expect"]["line"].strip("\n"), case["expect"]["done"])
