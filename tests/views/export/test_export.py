"""Runs for other programs: traces nest, ids are steady, charts and tables say what the timeline says, objects can be read again."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

import simulator
from simulator.cli.app import run_command_line
from simulator.journal.journal import Journal
from simulator.journal.lines import load
from simulator.metrics.timeline import timeline
from simulator.units import SECOND
from simulator.views.export.activities import activities
from simulator.views.export.objects import fixtures
from simulator.views.export.tables import COLUMNS, as_csv, gantt
from simulator.views.export.traces import otlp, perfetto
from tests.conftest import ROOT

NAMES = ("await-redis-retries", "crash-loop", "rolling-update", "sidecar")


@cache
def played(name: str) -> Journal:
    return simulator.run(str(ROOT / "scenarios" / name)).journal


@pytest.mark.parametrize("name", NAMES)
def test_spans_of_a_track_nest(name: str) -> None:
    trace = perfetto(played(name).at())
    tracks: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for event in trace["traceEvents"]:
        assert event["ph"] in ("X", "i", "M")
        assert event["name"]
        if event["ph"] == "X":
            assert event["dur"] > 0
            tracks.setdefault((event["pid"], event["tid"]), []).append((event["ts"], event["ts"] + event["dur"]))
    for spans in tracks.values():
        ends: list[float] = []
        for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            while ends and ends[-1] <= begin + 0.001:
                ends.pop()
            assert not ends or end <= ends[-1] + 0.001, "a span ends within the one that it begins in"
            ends.append(end)
    named = {event["args"]["name"] for event in trace["traceEvents"] if event["name"] == "process_name"}
    assert {f"pod {lane.key.namespace}/{lane.key.name}" for lane in timeline(played(name).at()).pods} <= named


@pytest.mark.parametrize("name", NAMES)
def test_spans_of_opentelemetry(name: str) -> None:
    told = otlp(played(name).at())
    spans = [span for resource in told["resourceSpans"] for span in resource["scopeSpans"][0]["spans"]]
    ids = [span["spanId"] for span in spans]
    assert len(set(ids)) == len(ids)
    assert all(len(span["traceId"]) == 32 and len(span["spanId"]) == 16 and int(span["spanId"], 16) for span in spans)
    assert len({span["traceId"] for span in spans}) == 1
    assert {span["parentSpanId"] for span in spans if "parentSpanId" in span} <= set(ids)
    assert all(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) for span in spans)
    assert told == otlp(simulator.run(str(ROOT / "scenarios" / name)).journal.at())


def test_failed_starts_are_failed_spans() -> None:
    told = otlp(played("crash-loop").at())
    spans = [span for resource in told["resourceSpans"] for span in resource["scopeSpans"][0]["spans"]]
    failed = [span for span in spans if span.get("status", {}).get("code") == 2]
    (lane,) = timeline(played("crash-loop").at()).pods[0].containers
    assert len(failed) == sum(bar.exit_code == 1 for bar in lane.bars) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_a_row_for_each_activity(name: str) -> None:
    snapshot = played(name).at()
    rows = list(csv.DictReader(io.StringIO(as_csv(snapshot))))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == len(activities(snapshot))
    runs = [row for row in rows if row["what"] == "run"]
    assert len(runs) == sum(len(lane.bars) for pod in timeline(snapshot).pods for lane in pod.containers)
    assert all(abs(float(row["begin"]) + float(row["seconds"]) - float(row["end"])) < 1e-5 for row in rows if row["end"])


@pytest.mark.parametrize("name", NAMES)
def test_the_chart_has_a_section_for_each_pod(name: str) -> None:
    text = gantt(played(name).at())
    head, *lines = text.splitlines()
    assert head == "gantt"
    assert sum(line.startswith("    section ") for line in lines) == len(timeline(played(name).at()).pods)
    for line in lines[3:]:
        if not line.startswith("    section "):
            title, colon, rest = line.partition(" :")
            assert colon
            assert not set(":;#") & set(title)
            *_, begin, end = rest.split(", ")
            assert int(begin) < int(end)


def test_what_is_told_at_an_instant_needs_nothing_later() -> None:
    journal = played("rolling-update")
    cut = Journal(journal.header, journal.at(25 * SECOND).records())
    assert as_csv(journal.at(25 * SECOND)) == as_csv(cut.at(25 * SECOND))
    assert perfetto(journal.at(25 * SECOND)) == perfetto(cut.at(25 * SECOND))


def test_objects_as_fixtures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "fixtures"
    scenario = str(ROOT / "scenarios" / "rolling-update")
    assert run_command_line(["export", "objects", "-f", scenario, "--at", "25s", "-n", "default", "--no-status", "-o", str(target)]) == 0
    files = sorted(target.rglob("*.yaml"))
    assert f"{len(files)} files in" in capsys.readouterr().out
    written = [yaml.safe_load(file.read_text()) for file in files]
    kinds = {data["kind"] for data in written}
    assert {"Pod", "Deployment", "ReplicaSet", "Service", "EndpointSlice"} <= kinds
    assert not any(
        {"status", "resourceVersion"} & {*data, *data["metadata"]} for data in (yaml.safe_load(file.read_text()) for file in files)
    )
    deployment = next(file for file in files if file.name == "deployment-web.yaml")
    assert run_command_line(["run", str(deployment), "--duration", "10s"]) == 0


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
def test_the_real_kubectl_reads_the_fixtures(tmp_path: Path) -> None:
    """Without a server kubectl knows no kinds; kustomize, which it carries, reads every file."""
    for name, text in fixtures(played("rolling-update").at(25 * SECOND), "default", status=False).items():
        (tmp_path / Path(name).name).write_text(text)
    (tmp_path / "kustomization.yaml").write_text("resources:\n" + "".join(f"- {file.name}\n" for file in sorted(tmp_path.iterdir())))
    done = subprocess.run(["kubectl", "kustomize", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(yaml.safe_load_all(done.stdout))) == len(list(tmp_path.iterdir())) - 1


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = str(ROOT / "scenarios" / "hello-init")
    for form in ("json", "perfetto", "otlp"):
        assert run_command_line(["export", form, "-f", scenario]) == 0
        json.loads(capsys.readouterr().out)
    file = tmp_path / "run.journal"
    assert run_command_line(["export", "journal", "-f", scenario, "-o", str(file)]) == 0
    assert len(load(file.read_bytes().splitlines())) > 20
    assert run_command_line(["export", "csv", "-f", scenario, "-o", str(tmp_path / "no" / "such.csv")]) == 2
    assert "No such file or directory" in capsys.readouterr().err
