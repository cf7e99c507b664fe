"""The timeline: read from facts where there are any, from statuses where there are none; drawn to fit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.journal.journal import Journal
from simulator.journal.records import Fact
from simulator.metrics.timeline import Timeline, timeline
from simulator.public.runs import Run, run
from simulator.units import SECOND
from simulator.views.styled import plain
from simulator.views.timeline.text import PODS_PER_WORKLOAD, draw
from tests.conftest import ROOT, Podsim

SCENARIOS = ROOT / "scenarios"


def story(name: str) -> Timeline:
    return timeline(run(SCENARIOS / name).journal.at())


def without_facts(played: Run) -> Journal:
    """As a recording of a real cluster is: API objects only."""
    return Journal(played.journal.header, [record for record in played.journal if not isinstance(record, Fact)])


def text(played: Run, width: int = 100) -> str:
    return plain(draw(played.journal.at(), width))


def test_runs_ends_and_probes_of_a_container() -> None:
    lane = story("await-redis-retries").pods[0].containers
    init, server = lane
    assert (init.name, init.init, server.name, server.init) == ("await-redis", True, "server", False)
    assert [bar.exit_code for bar in init.bars] == [1, 1, 0]
    assert init.restarts == 2
    assert all(round((bar.end - bar.begin) / SECOND, 1) == 3.0 for bar in init.bars[:2] if bar.end is not None)
    assert server.bars[0].begin > (init.bars[-1].end or 0)
    assert server.bars[0].end is None
    assert [tick.passed for tick in server.probes["readiness"]] == [True]
    assert server.pulls[0].begin < (server.pulls[0].end or 0) <= server.bars[0].begin


def test_services_count_ready_endpoints() -> None:
    services = {lane.key.name: [count for _, count in lane.ready] for lane in story("redis-late").services}
    assert services["data-tier"] == [0, 1]
    assert services["app-tier-svc"][0] == 0
    assert services["app-tier-svc"][-1] == 2


def test_endpoints_without_a_port_lead_nowhere(tmp_path: Path) -> None:
    service = "{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {%sselector: {app: web}, ports: [{port: 80, targetPort: http}]}}"
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {containers: [{name: a, image: web}]}}"
    objects = [pod, service % ("web", ""), service % ("dns", "clusterIP: None, ")]
    (tmp_path / "web.yaml").write_text("\n---\n".join(objects), encoding="utf-8")
    counts = {lane.key.name: [count for _, count in lane.ready] for lane in timeline(run(tmp_path).journal.at()).services}
    assert counts == {"web": [0], "dns": [0, 1]}


@pytest.mark.parametrize("name", ["redis-late", "await-redis-retries"])
def test_a_journal_without_facts_tells_nearly_the_same_story(name: str) -> None:
    played = run(SCENARIOS / name)
    exact, rough = timeline(played.journal.at()), timeline(without_facts(played).at())
    for one, two in zip(exact.pods, rough.pods, strict=True):
        assert one.ready == two.ready
        for lane, other in zip(one.containers, two.containers, strict=True):
            assert [bar.exit_code for bar in lane.bars] == [bar.exit_code for bar in other.bars]
            for bar, late in zip(lane.bars, other.bars, strict=True):
                assert 0 <= late.begin - bar.begin <= 2 * SECOND


def test_each_start_that_fails_is_a_failed_run_of_no_length(tmp_path: Path) -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: a, image: 'busybox:1.36', command: [sleeeep]}]}}"
    (tmp_path / "web.yaml").write_text(pod, encoding="utf-8")
    played = run(tmp_path)
    for story in (timeline(played.journal.at()), timeline(without_facts(played).at())):
        bars = story.pods[0].containers[0].bars
        assert len(bars) >= 4
        assert {(bar.end == bar.begin, bar.exit_code) for bar in bars} == {(True, 128)}
    assert "a            ✗" in text(played, 100)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_it_fits_the_width(width: int) -> None:
    for name in ("await-redis", "redis-late", "await-redis-retries"):
        lines = text(run(SCENARIOS / name), width).splitlines()
        assert max(map(len, lines)) <= max(width, 63), "a pod's own line may be longer"
        axis = next(line for line in lines if "┬" in line)
        assert len(axis) > width - 5


def test_the_axis_ends_soon_after_the_last_news() -> None:
    drawn = text(run(SCENARIOS / "redis-never"))
    assert "After 10s nothing new happened until 2m." in drawn
    assert "nothing new" not in text(run(SCENARIOS / "redis-late"))


def manifest(folder: Path, replicas: int) -> Path:
    file = folder / "app.yaml"
    file.write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        f"  replicas: {replicas}\n  selector: {{matchLabels: {{app: web}}}}\n"
        "  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: unheard-of/app}]}}\n",
        encoding="utf-8",
    )
    return file


def test_many_pods_of_one_workload_are_counted(tmp_path: Path) -> None:
    drawn = text(run(manifest(tmp_path, 9)))
    assert drawn.count("1/1 Running on minikube") == PODS_PER_WORKLOAD
    assert "5 more pods of ReplicaSet/web-" in drawn


def test_who_was_stopped_on_request_did_not_fail(tmp_path: Path) -> None:
    manifest(tmp_path, 1)
    scenario = tmp_path / "scenario.yaml"
    action = "{at: 20s, scale: deployment/web, replicas: 0}"
    head = "apiVersion: podsim/v1\nkind: Scenario\nspec:\n  manifests: [app.yaml]\n"
    scenario.write_text(f"{head}  actions: [{action}]\n", encoding="utf-8")
    drawn = text(run(scenario))
    assert "■ stopped on request" in drawn
    assert "✗" not in drawn
    assert "gone on minikube" in drawn


@pytest.mark.parametrize(
    ("scenario", "bar"),
    [
        ("image-typo", r"  web +:*↓+~+↓+~+↓+~+▄+"),
        ("sidecar", r"  proxy +-*━+█+▄+■"),
        ("redis-late", r"  server +-+↓?━+█+"),
        ("unschedulable", r"  web +·+:━+█+"),
    ],
)
def test_each_state_has_its_sign(scenario: str, bar: str) -> None:
    assert any(re.fullmatch(bar, line) for line in text(run(SCENARIOS / scenario)).splitlines())


def test_the_legend_has_the_signs_of_the_bars_and_no_letters_of_names() -> None:
    drawn = text(run(SCENARIOS / "node-lost"))
    assert " on node-1" in drawn
    assert "PodInitializing" not in drawn


def test_who_failed_for_good_is_not_in_back_off(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(
        "{apiVersion: v1, kind: Pod, metadata: {name: work}, spec: {restartPolicy: Never, containers: "
        "[{name: a, image: busybox, command: [sh, -c, sleep 3; exit 1]}, {name: b, image: busybox, command: [sleep, '9']}]}}",
        encoding="utf-8",
    )
    drawn = text(run(tmp_path))
    bars = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in drawn.splitlines() if line.startswith(("  a ", "  b "))}
    assert bars["a"].endswith("✗")
    assert bars["b"].endswith("✓")
    assert "back-off" not in drawn


def test_nothing_to_draw(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n", encoding="utf-8")
    assert draw(run(file).journal.at(), 100) == []


def test_a_part_of_it_can_be_asked_for(podsim: Podsim) -> None:
    scenario = str(ROOT / "scenarios" / "rolling-update")
    whole = podsim("timeline", "-f", scenario, "--all").out
    part = podsim("timeline", "-f", scenario, "--pod", "*-9bvw2", "--since", "15s", "--until", "40s", "--width", "80").out
    assert whole.count(" on node-") == 8
    assert part.count(" on node-") == 1
    assert part.splitlines()[0].split()[0] == "15s"
    assert part.splitlines()[0].split()[-1] == "40s"
    assert max(map(len, part.splitlines())) <= 80
    marks = next(line for line in part.splitlines() if line.startswith("  actions"))
    axis = part.splitlines()[0]
    assert marks.index("▼") == axis.index("20s"), "the image is set at 20 s"


def test_what_cannot_be_drawn_is_said(podsim: Podsim) -> None:
    scenario = str(ROOT / "scenarios" / "hello-init")
    assert podsim("timeline", "nosuch", "-f", scenario).code == 2
    # Services alone are no answer to a question about pods.
    assert podsim("timeline", "nosuch", "-f", str(ROOT / "scenarios" / "redis-late")).code == 2
    assert podsim("timeline", "-f", scenario, "--since", "20s", "--until", "10s").code == 2
