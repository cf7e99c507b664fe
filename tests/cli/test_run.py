"""`podsim run`: the ways to name an input, the forms of output, what is remembered."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim

LESSON = ROOT / "scenarios" / "await-redis"
TIERS = [str(LESSON / "app-tier.yaml"), str(LESSON / "data-tier.yaml")]


def names(out: str) -> set[str]:
    """The pods of a report, without their random parts."""
    table = out.partition("\nPods at ")[2].partition("\n\n")[0].splitlines()[2:]
    return {line.split()[0] + "/" + line.split()[1].rsplit("-", 2)[0] for line in table if "plays on" not in line}


def test_files_without_a_scenario(podsim: Podsim) -> None:
    result = podsim("run", "-n", "pb", *TIERS)
    assert result.code == 0
    assert names(result.out) == {"pb/app-tier-dp", "pb/data-tier"}
    assert "deployment/app-tier-dp await-redis: waits for data-tier:6379" in result.out
    for section in ("Loaded", "Assumed", "Timeline", "Pods at 2m", "Next"):
        assert f"\n{section}\n" in result.out


def test_a_directory_a_list_and_standard_input(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    wanted = names(podsim("run", "-n", "pb", *TIERS).out)
    folder = tmp_path / "manifests"
    folder.mkdir()
    for tier in TIERS:
        (folder / Path(tier).name).write_text(Path(tier).read_text(encoding="utf-8"), encoding="utf-8")
    assert names(podsim("run", "-n", "pb", str(folder)).out) == wanted
    objects = [item for tier in TIERS for item in yaml.safe_load_all(Path(tier).read_text(encoding="utf-8"))]
    (tmp_path / "list.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": objects}), encoding="utf-8")
    assert names(podsim("run", "-n", "pb", str(tmp_path / "list.yaml")).out) == wanted
    monkeypatch.setattr("sys.stdin", io.StringIO("\n---\n".join(Path(tier).read_text(encoding="utf-8") for tier in TIERS)))
    assert names(podsim("run", "-n", "pb", "-").out) == wanted


def test_a_scenario_is_named_by_file_or_folder(podsim: Podsim) -> None:
    by_folder, by_file = podsim("run", str(LESSON)), podsim("run", str(LESSON / "scenario.yaml"))
    assert by_folder.out == by_file.out
    assert "Kubernetes 1.31.0" in by_folder.out
    assert "Assumed" not in by_folder.out


def test_the_journal_begins_with_its_header(podsim: Podsim) -> None:
    lines = [json.loads(line) for line in podsim("run", str(LESSON), "--output", "journal").out.splitlines()]
    header = lines[0]
    assert header["type"] == "HEADER"
    assert (header["startTime"], header["kubernetes"], header["kubectl"], header["seed"]) == ("2024-11-14T21:06:39Z", "1.31.0", "1.31.0", 0)
    times = [line["t"] for line in lines[1:]]
    assert times == sorted(times)
    assert {line["type"] for line in lines[1:]} == {"ADDED", "MODIFIED", "LOG", "FACT"}


def test_json_holds_the_objects_of_an_instant(podsim: Podsim) -> None:
    document = json.loads(podsim("run", str(LESSON), "-o", "json", "--at", "1500ms").out)
    assert document["t"] == 1.5
    pods = [item for item in document["objects"] if item["kind"] == "Pod"]
    assert {pod["status"]["phase"] for pod in pods if pod["metadata"]["name"].startswith("app-tier")} == {"Pending"}


def test_a_saved_run_is_the_run(podsim: Podsim, tmp_path: Path) -> None:
    saved = str(tmp_path / "run.journal")
    report = podsim("run", str(LESSON), "--save", saved).out
    assert f"podsim events -A --from {saved}" in report
    for words in (("get", "pods", "-A"), ("describe", "pod", "app-tier"), ("events", "-A"), ("logs", "app-tier", "-c", "await-redis")):
        remembered, kept, again = podsim(*words), podsim(*words, "--from", saved), podsim(*words, "--filename", str(LESSON))
        assert remembered.out == kept.out == again.out != ""


def test_an_instant_behind_the_end_is_refused_or_played(podsim: Podsim) -> None:
    podsim("run", str(LESSON))
    assert podsim("get", "pods", "--at", "3m").code == 2
    assert "3m" in podsim("get", "pods", "-f", str(LESSON), "--at", "3m").out


def test_the_command_line_goes_before_the_scenario(podsim: Podsim) -> None:
    out = podsim("run", str(LESSON), "--kubernetes", "1.32", "--seed", "5", "--duration", "20s", "--nodes", "2").out
    title = out.partition("\n")[0]
    assert "Kubernetes 1.32 · 2 nodes · 20s" in title
    assert "seed 5" in title


def test_exact_means_that_no_seed_matters(podsim: Podsim) -> None:
    one, two = (
        podsim("run", str(LESSON), "--exact", "--seed", str(seed)).out.partition("Timeline")[2].partition("Pods at")[0] for seed in (1, 2)
    )
    bars = [[line[15:] for line in text.splitlines() if line.startswith("  ")] for text in (one, two)]
    assert bars[0] == bars[1] != []


def test_what_get_prints_can_be_run_again(podsim: Podsim, tmp_path: Path) -> None:
    """An export has timestamps, a status, an owner and what else the server wrote."""
    podsim("run", str(LESSON))
    file = tmp_path / "export.yaml"
    file.write_text(podsim("get", "deploy,svc", "-o", "yaml").out, encoding="utf-8")
    result = podsim("run", "-n", "pb", str(file))
    assert (result.code, result.err) == (0, "")
    assert names(result.out) == {"pb/app-tier-dp", "pb/data-tier"}


def test_refused_requests_are_told(podsim: Podsim, tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {priorityClassName: none, containers: [{name: c, image: nginx}]}\n",
        encoding="utf-8",
    )
    out = podsim("run", str(file)).out
    assert "\nRefused\n" in out
    assert "no PriorityClass with name none was found" in out


def test_colour_only_where_it_is_wanted(podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = podsim("run", str(LESSON)).out
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = podsim("run", str(LESSON)).out
    assert "\x1b[" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert podsim("run", str(LESSON)).out == plain


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m simulator run {LESSON} --output journal | head -1"
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


def test_version_and_help(podsim: Podsim) -> None:
    from simulator.version import __version__

    assert podsim("--version").out == f"podsim {__version__}\n"
    out = podsim("--help").out
    assert "podsim run scenarios/await-redis" in out
    for command in ("run", "get", "describe", "events", "logs", "rollout", "wait"):
        assert f"\n  {command} " in out
        assert podsim(command, "--help").code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("output", ["text", "journal"])
def test_a_full_disk_is_said_without_a_traceback(output: str) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "simulator", "run", str(LESSON), "-o", output]
        told = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr) == (2, "error: No space left on device\n")
