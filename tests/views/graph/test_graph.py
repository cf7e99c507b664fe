"""Who waits for whom: links, the critical path, circles; and what the graph says is what the simulation does."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator
from simulator.cli.app import run_command_line
from simulator.objects.kinds import Key
from simulator.views.graph.build import dependencies
from simulator.views.graph.formats import as_json, dot, mermaid
from simulator.views.graph.model import Dependencies, Link, Place, name_of
from simulator.views.graph.picture import drawn, figure, save
from simulator.views.graph.text import lines
from simulator.views.graph.verdict import stuck
from simulator.views.styled import plain
from tests.conftest import ROOT
from tests.depth import tries


@cache
def graph_of(name: str) -> Dependencies:
    return dependencies(simulator.run(str(ROOT / "scenarios" / name)).journal.at())


def links(graph: Dependencies) -> set[tuple[str, str, str]]:
    return {(name_of(link.source), link.kind, name_of(link.target)) for link in graph.links}


def test_a_wait_leads_through_a_service_to_who_is_behind_it() -> None:
    graph = graph_of("redis-late")
    assert links(graph) == {
        ("deployment/app-tier-dp", "waits", "service/data-tier"),
        ("service/data-tier", "selects", "deployment/data-tier"),
        ("service/app-tier-svc", "selects", "deployment/app-tier-dp"),
    }
    wait = next(link for link in graph.links if link.kind == "waits")
    assert (wait.container, wait.init, wait.waited) == ("await-redis", True, "58s")
    assert graph.stuck == ()


def test_the_critical_path_is_whole_and_ends_when_everything_is_ready() -> None:
    graph = graph_of("redis-late")
    assert graph.path[0].begin == 0
    assert graph.path[-1].end == max(place.ready or 0 for place in graph.places if place.is_work)
    gaps = [after.begin - before.end for before, after in pairwise(graph.path)]
    assert all(0 <= gap < 1_000_000 for gap in gaps), "only steps of less than a millisecond are left out"
    longest = max(graph.path, key=lambda step: step.end - step.begin)
    assert (name_of(longest.about), longest.what) == ("deployment/data-tier", "pulls the image of redis")
    assert any(step.about.kind == "Service" for step in graph.path)


def test_pods_of_a_statefulset_come_one_after_the_other() -> None:
    about = [name_of(step.about) for step in graph_of("statefulset-ordered").path]
    assert list(dict.fromkeys(about)) == ["pod/db-0", "pod/db-1", "pod/db-2"]


def test_a_circle_is_named() -> None:
    graph = graph_of("deadlock")
    assert {name_of(one.key) for one in graph.stuck} == {"deployment/orders", "deployment/stock"}
    text = plain(lines(graph))
    assert "deployment/orders, deployment/stock: never ready because they wait for each other: deployment/orders → service/stock" in text
    assert "not answered" in text


def test_a_service_that_nobody_made_is_named() -> None:
    graph = graph_of("redis-never")
    assert [(name_of(one.key), one.why) for one in graph.stuck] == [
        ("deployment/app-tier-dp", "init container await-redis waits for service/data-tier, and there is no service/data-tier")
    ]
    assert not graph.place(Key("Service", "pb", "data-tier")).exists


# ---- the verdict of the graph is that of the simulation

WORKLOAD = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      initContainers: [{waits}]
      containers: [{{name: main, image: "nginx:1.27", ports: [{{containerPort: 80}}]}}]
---
"""
WAIT = '{{name: wait-{name}, image: "busybox:1.36", command: [sh, -c, "until nc -z {name} 80; do sleep 1; done"]}}'
NAMES = ("a", "b", "c", "d", "e")
WAITS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from((*NAMES, "missing")), max_size=2, unique=True), min_size=1)


def manifest(waits: dict[str, list[str]]) -> str:
    texts = [WORKLOAD.format(name=name, waits=", ".join(WAIT.format(name=one) for one in targets)) for name, targets in waits.items()]
    return "".join(texts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graph")


@settings(max_examples=tries(40))
@given(waits=WAITS)
def test_whoever_the_graph_calls_stuck_never_gets_ready_and_the_others_do(
    tmp_path_factory: pytest.TempPathFactory, waits: dict[str, list[str]]
) -> None:
    file = tmp_path_factory.mktemp("graph") / "app.yaml"
    file.write_text(manifest(waits))
    run = simulator.run(str(file), duration="90s")
    graph = dependencies(run.journal.at())
    ready = {place.key.name for place in graph.places if place.is_work and place.ready is not None}
    assert {one.key.name for one in graph.stuck} == set(waits) - ready
    declared = [
        Link(Key("Deployment", "default", a), Key("Service", "default", b), "waits", f"wait-{b}", True) for a in waits for b in waits[a]
    ]
    places = [place._replace(ready=None) for place in graph.places]
    selected = [link for link in graph.links if link.kind == "selects"]
    by_manifests = {one.key.name for one in stuck(places, [*declared, *selected])}
    assert by_manifests == set(waits) - ready, "from the manifests alone, too"


@given(waits=WAITS)
def test_every_circle_is_one(waits: dict[str, list[str]]) -> None:
    work = [Place(Key("Deployment", "default", name), is_work=True) for name in NAMES]
    services = [Place(Key("Service", "default", name)) for name in NAMES]
    asked = [Link(Key("Deployment", "default", a), Key("Service", "default", b), "waits") for a, targets in waits.items() for b in targets]
    behind = [Link(Key("Service", "default", name), Key("Deployment", "default", name), "selects") for name in NAMES]
    known = {(link.source, link.target) for link in (*asked, *behind)}
    graph = nx.DiGraph(known)
    for one in stuck([*work, *services], [*asked, *behind]):
        around = [*one.cycle, *one.cycle[:1]]
        assert all(pair in known for pair in pairwise(around))
        comes_back = any(one.key == after or nx.has_path(graph, after, one.key) for after in graph.successors(one.key))
        assert bool(one.cycle) == comes_back


# ---- forms


def test_forms_for_other_programs() -> None:
    graph = graph_of("deadlock")
    data = json.loads(json.dumps(as_json(graph)))
    ids = {node["id"] for node in data["nodes"]}
    assert {link[end] for link in data["links"] for end in ("from", "to")} <= ids
    assert data["neverReady"][0]["cycle"][0] == data["neverReady"][0]["id"]
    assert mermaid(graph).startswith("flowchart LR\n")
    assert '|"wait-for-stock: timed out"|' in mermaid(graph)
    assert dot(graph).count("->") == len(graph.links)


def test_the_picture_draws_a_service_with_the_one_workload_behind_it(tmp_path: Path) -> None:
    graph = graph_of("deadlock")
    drawing = drawn(graph)
    assert [box.name for box in drawing.boxes.values()] == ["deployment/orders", "deployment/stock"]
    assert all(box.is_never for box in drawing.boxes.values())
    texts = [text.get_text() for text in figure(graph).axes[0].texts]
    assert "wait-for-stock: timed out" in texts
    for file in ("one.svg", "two.svg"):
        save(graph, tmp_path / file, "dark")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_two_boxes_overlap(theme: str) -> None:
    axes = figure(graph_of("redis-late"), theme).axes[0]
    boxes = [patch.get_extents() for patch in axes.patches if type(patch).__name__ == "FancyBboxPatch"]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = str(ROOT / "scenarios" / "deadlock")
    assert run_command_line(["graph", scenario]) == 0
    assert "Never ready" in capsys.readouterr().out
    assert run_command_line(["graph", scenario, "-o", str(tmp_path / "x.png")]) == 0
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert run_command_line(["graph", scenario, "-o", "x.gif"]) == 2
    assert "must be text, mermaid, dot, json" in capsys.readouterr().err
