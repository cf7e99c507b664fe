"""Reading a Scenario file: DESIGN's example, distributions, globs."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.container.program import ExecRule, HttpRule, Listen, LogRule, Term, Wait
from simulator.engine.durations import Choice, Exponential, Fixed, Lognormal, Normal, Uniform
from simulator.errors import ScenarioError
from simulator.scenario.read import read_scenario
from simulator.scenario.spec import Before, ImageSpec, KubeletSpec, Match, PathRule, Scenario
from simulator.units import MILLISECOND, MINUTE, SECOND

FULL = """\
apiVersion: podsim/v1
kind: Scenario
metadata: {name: everything}
spec:
  kubernetes: "1.32"
  seed: 3
  startTime: "2024-11-14T21:06:39.250Z"
  duration: 2m
  namespace: shop
  manifests: [a.yaml]
  before: {manifests: [b.yaml], since: 90}
  cluster:
    nodes:
      - {name: one, cpu: "4", memory: 8Gi, pods: 110, labels: {zone: a}, relistPhase: 10ms, taints: [{key: k, value: v, effect: NoExecute}]}
      - {name: two, ip: 10.0.0.2, podCIDR: 10.9.0.0/24, containerRuntime: docker, arch: arm64}
    kubelet:
      relistPhase: 211ms
      relistPeriod: 1.0023s
      serializeImagePulls: false
      maxContainerRestartPeriod: 10s
      shutdownGracePeriod: 30s
      shutdownGracePeriodCriticalPods: 20s
    network: {endpointUpdates: 50ms, proxySync: 2s}
    sandbox: {create: {uniform: [1s, 3s]}, failTimes: 2, error: broken}
  images:
    "app:*": {cached: true, size: 65112854, pull: 246ms, failTimes: 1, error: denied, user: nginx, like: "alpine:3.20", executables: [app],
              architectures: [arm64]}
  programs:
    - match: {workload: deployment/web, container: init, image: "app:2", pod: "web-*"}
      create: 20ms
      start: {normal: {mean: 4s, sd: 1s}}
      runs:
        - {exitAfter: 3s, exitCode: 1, reason: OOMKilled, message: bye}
        - {exitAfter: {lognormal: {median: 4s, sigma: 0.5}}, startError: s, createError: c}
        - waitFor: [{host: db, port: 5432, every: 2s}]
          listen: [{port: 8080, from: 800ms, to: 5s, grpc: true}]
          http: [{path: /ready, port: 8080, from: 0s, to: 5s, status: 503, delay: {exponential: {mean: 2s}}, body: later}]
          exec: [{command: cat /tmp/ready, to: 6s, exit: 1, output: "none\\n", delay: {choice: [1s, 5s]}}]
          term: {delay: 2s, exitCode: 0}
          log: [{at: 1s, line: hello}]
    - match: {pod: slow}
      sandbox: {create: 40s}
  paths: [{match: {container: web}, exist: [/data/a], missing: ["/tmp/*"]}]
  actions:
    - {at: 9s, node: one, down: true}
    - {at: 60s, delete: pod/app-0, gracePeriodSeconds: 5}
    - {at: 5s, programs: [{match: {container: c}, runs: [{}]}]}
  expect: [{ready: deployment/web}]
"""


def read(folder: Path, text: str) -> Scenario:
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return read_scenario(str(file))


def line(key: str) -> int:
    """On which line of FULL a key stands first, from 1."""
    return next(number for number, text in enumerate(FULL.splitlines(), start=1) if f"{key}:" in text)


def test_every_key(tmp_path: Path) -> None:
    scenario = read(tmp_path, FULL)
    assert (scenario.name, scenario.kubernetes, scenario.seed, scenario.start_time) == ("everything", "1.32", 3, "2024-11-14T21:06:39.250Z")
    assert (scenario.duration, scenario.namespace, scenario.manifests) == (2 * MINUTE, "shop", ("a.yaml",))
    assert scenario.before == Before(("b.yaml",), 90 * SECOND)
    one, two = scenario.nodes
    assert (one.labels, one.taints, one.relist_phase) == (
        {"zone": "a"},
        ({"key": "k", "value": "v", "effect": "NoExecute"},),
        10 * MILLISECOND,
    )
    assert (two.ip, two.pod_cidr, two.runtime, two.relist_phase, two.arch) == ("10.0.0.2", "10.9.0.0/24", "docker", None, "arm64")
    assert scenario.kubelet == KubeletSpec(211 * MILLISECOND, 1_002_300_000, False, 10 * SECOND, 30 * SECOND, 20 * SECOND)
    assert (scenario.network.endpoint_updates, scenario.network.proxy_sync) == (50 * MILLISECOND, 2 * SECOND)
    assert scenario.sandbox == (Uniform(SECOND, 3 * SECOND), 2, "broken")
    assert scenario.images["app:*"] == ImageSpec(
        True, 65112854, Fixed(246 * MILLISECOND), 1, "denied", "nginx", "alpine:3.20", ("app",), ("arm64",)
    )
    assert [action.verb for action in scenario.actions] == ["programs", "node", "delete"], "in order of time"
    assert scenario.actions[2].options == {"gracePeriodSeconds": 5}
    assert [(item.kind, item.target) for item in scenario.expect] == [("ready", "deployment/web")]


def test_programs(tmp_path: Path) -> None:
    rule, sandbox = read(tmp_path, FULL).programs
    assert rule.match == Match("web-*", "deployment/web", "init", "app:2", "")
    assert rule.program is not None
    assert (rule.program.create, rule.program.start) == (Fixed(20 * MILLISECOND), Normal(4 * SECOND, SECOND))
    first, second, third = rule.program.runs
    assert (first.exit_after, first.exit_code, first.reason, first.message) == (Fixed(3 * SECOND), 1, "OOMKilled", "bye")
    assert (second.exit_after, second.start_error, second.create_error) == (Lognormal(4 * SECOND, 0.5), "s", "c")
    assert third.exit_after is None
    assert third.wait_for == (Wait("db", "5432", Fixed(2 * SECOND), line("waitFor")),)
    assert third.listen == (Listen(8080, Fixed(800 * MILLISECOND), Fixed(5 * SECOND), True, line("listen")),)
    assert third.http == (HttpRule("/ready", 8080, Fixed(0), Fixed(5 * SECOND), 503, Exponential(2 * SECOND), "later", line("http")),)
    delay = Choice((SECOND, 5 * SECOND))
    assert third.exec == (ExecRule("cat /tmp/ready", Fixed(0), Fixed(6 * SECOND), 1, "none\n", delay, line("exec")),)
    assert third.term == Term(Fixed(2 * SECOND), 0)
    assert third.log == (LogRule(Fixed(SECOND), "hello"),)
    assert (rule.program.run(0), rule.program.run(2), rule.program.run(9)) == (first, third, third), "the last one repeats"
    assert (rule.program.origin.kind, rule.program.origin.file, rule.program.origin.line) == ("scenario", "scenario.yaml", line("match"))
    assert (sandbox.program, sandbox.sandbox and sandbox.sandbox.create) == (None, Fixed(40 * SECOND))


def test_paths(tmp_path: Path) -> None:
    assert read(tmp_path, FULL).paths == (PathRule(Match(container="web"), ("/data/a",), ("/tmp/*",)),)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("duration: {uniform: [1s, 2s]}", "spec.duration: must be a duration"),
        ("cluster: {sandbox: {create: {uniform: [3s, 1s]}}}", "spec.cluster.sandbox.create.uniform: must be [low, high]"),
        ("cluster: {sandbox: {create: {normal: {mean: 1s}}}}", "spec.cluster.sandbox.create.normal: needs sd"),
        ("cluster: {sandbox: {create: {gauss: 1s}}}", "unknown key 'gauss'"),
        ("cluster: {nodes: [{name: a}, {name: a}]}", "several nodes have the name 'a'"),
        ("cluster: {nodes: [{name: a, podCIDR: ten}]}", "podCIDR: must be a range of IPv4 addresses"),
        ("cluster: {nodes: [{name: a, podCIDR: 10.0.0.0/31}]}", "podCIDR: must be a range of IPv4 addresses"),
        ("cluster: {nodes: [{name: a, podCIDR: 10.0.300.0/24}]}", "podCIDR: must be a range of IPv4 addresses"),
        ("cluster: {kubelet: {relistPeriod: 0s}}", "relistPeriod: must be more than 0"),
        ("programs: [{runs: [{listen: [{port: 80, from: 5s, to: 1s}]}]}]", "must come after `from`"),
        ("programs: [{runs: [{listen: [{port: 99999}]}]}]", "must be between 1 and 65535"),
        ("programs: [{runs: [{http: [{status: 1000}]}]}]", "must be between 100 and 599"),
        ("programs: {runs: []}", "spec.programs: must be a list, not a mapping"),
        ("actions: [{at: 1s, scale: deployment/a, patch: pod/a}]", "has several verbs: scale, patch"),
        ("actions: [{at: -1s, delete: pod/a}]", "must not be negative"),
        ("actions: [{at: 1s, apply: nope.yaml}]", "spec.actions[0].apply: no such file: nope.yaml"),
        ("paths: [{exist: [data/a]}]", "must be an absolute path in the container, not 'data/a'"),
        ("paths: [{exist: [/a], missing: [/a]}]", "/a cannot both exist and be missing"),
        ("paths: [{exists: [/a]}]", "unknown key 'exists'"),
        ("startTime: yesterday", "must be an RFC 3339 time"),
        ("before: {manifests: [a.yaml], since: 0}", "must be more than 0"),
    ],
)
def test_impossible_values(tmp_path: Path, spec: str, problem: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, f"apiVersion: podsim/v1\nkind: Scenario\nspec:\n  {spec}\n")
    assert any(problem in str(scenario) and scenario.line == 4 for scenario in caught.value.problems), caught.value


def test_a_file_that_is_no_scenario(tmp_path: Path) -> None:
    for text, problem in (("", "empty"), ("a: [", "did not find"), ("apiVersion: v2\nkind: Thing\n", "apiVersion: must be podsim/v1")):
        with pytest.raises(ScenarioError, match=problem):
            read(tmp_path, text)
    with pytest.raises(ScenarioError, match="No such file"):
        read_scenario(str(tmp_path / "nope.yaml"))


def test_paths_of_nodes_are_absolute_and_of_a_known_kind(tmp_path: Path) -> None:
    head = "apiVersion: podsim/v1\nkind: Scenario\nspec:\n  cluster:\n"
    (tmp_path / "good.yaml").write_text(head + "    hostPaths: {/data: Directory, /x: Missing}\n    csiDrivers: [one.example.com]\n")
    scenario = read_scenario(str(tmp_path / "good.yaml"))
    assert (scenario.host_paths, scenario.csi_drivers) == ({"/data": "Directory", "/x": "Missing"}, ("one.example.com",))
    (tmp_path / "bad.yaml").write_text(head + "    hostPaths: {/data: Folder, data: File}\n")
    with pytest.raises(ScenarioError) as error:
        read_scenario(str(tmp_path / "bad.yaml"))
    assert [problem.message for problem in error.value.problems] == [
        "must be one of Directory, File, Socket, CharDevice, BlockDevice, Missing, not 'Folder'",
        "must be an absolute path, not 'data'",
    ]
