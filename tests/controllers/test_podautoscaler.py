"""HorizontalPodAutoscalers in a whole cluster: load that programs and Scenarios state, what metrics-server sees of it, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import simulate
from simulator.errors import ScenarioError
from simulator.journal.journal import Journal
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Unstructured
from simulator.units import SECOND

APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: registry.test/app:1
          resources: {{requests: {{cpu: 100m, memory: 64Mi}}, limits: {{cpu: {limit}, memory: 256Mi}}}}
          readinessProbe: {{httpGet: {{path: /, port: 8080}}, periodSeconds: 1}}
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
"""
HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: {name}}}
spec:
  minReplicas: {low}
  maxReplicas: 10
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  metrics: [{metric}]
---
"""
CPU = "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}"
MEMORY = "{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}"
SCENARIO = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  kubernetes: "1.36"
  duration: {duration}
  manifests: [app.yaml]
  images: {{"*": {{cached: true}}}}
"""
RUN = "  programs: [{{match: {{workload: deployment/web}}, runs: [{{listen: [{{port: 8080, from: 1s}}], {use}}}]}}]\n"


def play(
    folder: Path,
    *spec: str,
    metric: str = CPU,
    replicas: int = 2,
    low: int = 1,
    limit: str = "1",
    names: tuple[str, ...] = ("web",),
    duration: str = "2m",
) -> Journal:
    """A run of the Deployment with its autoscalers; `spec`: further lines of the Scenario."""
    autoscalers = "".join(HPA.format(name=name, low=low, metric=metric) for name in names)
    (folder / "app.yaml").write_text(APP.format(replicas=replicas, limit=limit) + autoscalers)
    (folder / "scenario.yaml").write_text(SCENARIO.format(duration=duration) + "".join(spec))
    return simulate([str(folder / "scenario.yaml")])


def run_with(use: str) -> str:
    return RUN.format(use=use)


def status(journal: Journal, t: float, name: str = "web") -> dict[str, Any]:
    """The status of an autoscaler at an instant (seconds)."""
    item = journal.at(round(t * SECOND)).get(Key("HorizontalPodAutoscaler", "default", name))
    assert isinstance(item, Unstructured)
    return item.content.get("status") or {}


def conditions(journal: Journal, t: float, name: str = "web") -> dict[str, tuple[str, str]]:
    return {one["type"]: (one["status"], one["reason"]) for one in status(journal, t, name).get("conditions") or []}


def events(journal: Journal) -> dict[str, list[str]]:
    """The messages about autoscalers by reason."""
    found: dict[str, list[str]] = {}
    for item in journal.at().objects("Event"):
        if isinstance(item, Event) and item.involved_object.kind == "HorizontalPodAutoscaler":
            found.setdefault(item.reason, []).append(item.message)
    return found


def share(journal: Journal, t: float) -> int:
    return int(status(journal, t)["currentMetrics"][0]["resource"]["current"]["averageUtilization"])


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("cpu: 40m, memory: 64Mi", 40),
        ("cpu: {uniform: [40m, 40m]}, memory: 64Mi", 40),
        ("cpu: {steps: {0s: 900m, 5s: 30m}}, memory: 64Mi", 30),
        ("cpu: {ramp: {0s: 0m, 200s: 200m}}, memory: 64Mi", None),
        ("cpu: {idle: 5m, perRequest: 5ms}, memory: 64Mi", 55),
    ],
)
def test_the_load_of_programs_is_what_metrics_say(use: str, expected: int | None, tmp_path: Path) -> None:
    """20 requests a second on two pods are 10 for each, so 5 ms each are 50m."""
    journal = play(tmp_path, run_with(use), "  traffic: [{to: web, rate: 20}]\n")
    if expected is None:
        assert share(journal, 119) - share(journal, 89) in range(25, 36)  # a millicore more each second
    else:
        assert abs(share(journal, 119) - expected) <= 1


def test_a_limit_throttles(tmp_path: Path) -> None:
    journal = play(tmp_path, run_with("cpu: 900m, memory: 64Mi"), limit="120m", replicas=10, low=10)
    assert share(journal, 119) == 120


def test_memory_beyond_the_limit_ends_the_container(tmp_path: Path) -> None:
    journal = play(tmp_path, run_with("memory: {ramp: {0s: 56Mi, 50s: 306Mi}}"), replicas=1)
    (pod,) = journal.at(60 * SECOND).objects("Pod")
    ended = pod.status.container_statuses[0].last_state.terminated  # type: ignore[union-attr]
    assert (ended.reason, ended.exit_code) == ("OOMKilled", 137)  # type: ignore[union-attr]


def test_an_unknown_load_is_an_assumption_with_its_override(tmp_path: Path) -> None:
    assumed = play(tmp_path, run_with("memory: 64Mi")).header.assumptions
    (one,) = (item for item in assumed if "CPU" in item["text"])
    assert one["text"] == "uses 1m of CPU"
    text = f"  {one['override']}\n"
    assert [item for item in play(tmp_path, run_with("memory: 64Mi"), text).header.assumptions if "CPU" in item["text"]] == []


def test_a_pod_appears_after_its_second_look_or_ten_seconds(tmp_path: Path) -> None:
    journal = play(tmp_path, run_with("cpu: 50m, memory: 64Mi"), metric=MEMORY)
    reasons = [conditions(journal, t)["ScalingActive"][1] for t in (16, 31)]
    assert reasons[1] == "ValidMetricFound"
    assert reasons[0] in ("FailedGetResourceMetric", "ValidMetricFound")


def test_without_a_metrics_server(tmp_path: Path) -> None:
    journal = play(tmp_path, "  metrics: {server: false}\n")
    assert events(journal)["FailedGetResourceMetric"] == [
        "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: "
        "the server could not find the requested resource (get pods.metrics.k8s.io)"
    ]
    assert conditions(journal, 119)["ScalingActive"] == ("False", "FailedGetResourceMetric")


def test_a_metrics_server_that_fails_for_a_time(tmp_path: Path) -> None:
    journal = play(tmp_path, "  metrics: {usage: [{cpu: 50m}], fail: [{from: 40s, to: 80s}]}\n")
    assert [conditions(journal, t)["ScalingActive"][0] for t in (31, 46, 76, 91)] == ["True", "False", "False", "True"]
    assert status(journal, 76)["desiredReplicas"] == 2
    (text,) = {text for text in events(journal)["FailedGetResourceMetric"] if "fetch" in text}
    assert text.endswith("resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)")


def test_two_autoscalers_of_one_workload_stop_both(tmp_path: Path) -> None:
    journal = play(tmp_path, "  metrics: {usage: [{cpu: 90m}]}\n", names=("a", "b"))
    assert [conditions(journal, 119, name)["ScalingActive"] for name in "ab"] == [("False", "AmbiguousSelector")] * 2
    texts = {text.rpartition("HPAs: ")[2] for text in events(journal)["AmbiguousSelector"]}
    assert texts <= {"[default/a default/b]", "[default/b default/a]"}
    assert texts
    assert status(journal, 119, "a")["currentMetrics"] is None


PODS = "{type: Pods, pods: {metric: {name: queue}, target: {type: AverageValue, averageValue: 10}}}"
OBJECT = "{type: Object, object: {metric: {name: queue}, describedObject: {kind: Service, name: web}, target: {type: Value, value: 10}}}"
EXTERNAL = "{type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: 10}}}"


@pytest.mark.parametrize(
    ("metric", "rule", "size", "name"),
    [
        (PODS, "pod: web-*", 4, "pods metric queue"),
        (OBJECT, "object: service/web", 4, "Service metric queue"),
        (EXTERNAL, "from: 1s", 2, "external metric queue(nil)"),
    ],
)
def test_other_metrics_need_a_value(metric: str, rule: str, size: int, name: str, tmp_path: Path) -> None:
    journal = play(tmp_path, f"  metrics: {{values: [{{metric: queue, value: 20, {rule}}}]}}\n", metric=metric)
    assert status(journal, 16)["desiredReplicas"] == size
    condition = next(one for one in status(journal, 16)["conditions"] if one["type"] == "ScalingActive")
    assert condition["message"].endswith(f"calculate a replica count from {name}")
    unknown = play(tmp_path, run_with("cpu: 1m, memory: 1Mi"), metric=metric)
    assert conditions(unknown, 31)["ScalingActive"][0] == "False"
    assert [item["override"] for item in unknown.header.assumptions if item["subject"] == "metric queue"]


def test_a_metric_that_fails_does_not_keep_another_one_from_scaling_up(tmp_path: Path) -> None:
    up = play(tmp_path, "  metrics: {usage: [{cpu: 90m}]}\n", metric=f"{CPU}, {EXTERNAL}")
    assert status(up, 119)["currentReplicas"] > 2
    assert "FailedGetExternalMetric" in events(up)
    down = play(tmp_path, "  metrics: {usage: [{cpu: 10m}]}\n", metric=f"{CPU}, {EXTERNAL}")
    assert conditions(down, 119)["ScalingActive"] == ("False", "FailedGetExternalMetric")
    assert status(down, 119)["currentReplicas"] == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("metrics: {usage: [{pod: x}]}", "needs a cpu, or a cpuTotal, or a memory, or a missing"),
        ("metrics: {usage: [{cpu: 1m, cpuTotal: 2m}]}", "a rule has `cpu` of each container or `cpuTotal` of all pods, not both"),
        ("metrics: {usage: [{cpu: much}]}", "must be a quantity such as 4 or 8Gi, not 'much'"),
        ("metrics: {fail: [{from: 5s, to: 5s}]}", "must come after `from`"),
        ("metrics: {values: [{metric: m}]}", "needs a value"),
        ("metrics: {server: false, usage: [{cpu: 1m}]}", "without a metrics server no usage can be read"),
        ("programs: [{runs: [{cpu: {steps: {soon: 1m}}}]}]", "must be a time since the start of the work, such as 30s, not 'soon'"),
        ("programs: [{runs: [{cpu: -1m}]}]", "must not be negative"),
        ("programs: [{runs: [{memory: {idle: 1Mi, ramp: {0s: 1Mi}}}]}]", "an amount over time is in `steps`, in `ramp` or in `idle`"),
    ],
)
def test_mistakes_are_named(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        play(tmp_path, f"  {text}\n")
    assert problem in {one.message for one in raised.value.problems}
