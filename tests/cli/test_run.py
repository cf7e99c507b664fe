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
    return {line.split()[0] + "/" + line.split()[1].rsplit("-", 2)[0] for line in table if "continues it" not in line}


def test_files_without_a_scenario(podsim: Podsim) -> None:
    result = podsim("run", "-n", "pb", *TIERS)
    assert result.code == 0
    assert names(result.out) == {"pb/app-tier-dp", "pb/data-tier"}
    assert "deployment/app-tier-dp await-redis: waits for data-tier:6379" in podsim("run", "-v", "-n", "pb", *TIERS).out
    for section in ("Timeline", "Pods at 10m", "Loaded", "Assumed", "Next"):
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
    assert {line["type"] for line in lines[1:-1]} == {"ADDED", "MODIFIED", "LOG", "FACT"}
    assert (lines[-1]["type"], lines[-1]["records"]) == ("END", len(lines) - 2)


def test_json_holds_the_objects_of_an_instant(podsim: Podsim) -> None:
    document = json.loads(podsim("run", str(LESSON), "-o", "json", "--at", "1500ms").out)
    assert document["t"] == 1.5
    pods = [item for item in document["objects"] if item["kind"] == "Pod"]
    assert {pod["status"]["phase"] for pod in pods if pod["metadata"]["name"].startswith("app-tier")} == {"Pending"}


def test_a_saved_run_is_the_run(podsim: Podsim, tmp_path: Path) -> None:
    saved = str(tmp_path / "run.journal")
    report = podsim("run", str(LESSON), "--save", saved).out
    assert f"podsim get all,endpointslices -A --at 10s --from {saved}" in report
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
    assert "Kubernetes 1.32 · 2 nodes of 4 CPU and 8Gi · 20s" in title
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


def test_a_run_goes_on_until_nothing_changes(podsim: Podsim, tmp_path: Path) -> None:
    """The readiness probe of the pod first asks after three minutes, which is later than the shortest run."""
    file = tmp_path / "pod.yaml"
    probe = "readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 180}"
    file.write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: a, image: nginx, " + probe + "}\n")
    out = podsim("run", str(file)).out
    assert " · 5m from " in out.partition("\n")[0]
    assert "\npod/a is ready after 3m" in out
    assert podsim("get", "pod", "a", "-f", str(file)).out.splitlines()[1].split()[1:3] == ["1/1", "Running"]
    assert "Running" in podsim("get", "pod", "a", "--at", "4m").out
    assert podsim("run", str(file), "--duration", "2m", "--fail-not-ready").code == 1


def test_objects_of_other_namespaces_are_refused_under_n(podsim: Podsim, tmp_path: Path) -> None:
    file = tmp_path / "objects.yaml"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: SPACE}\nspec: {containers: [{name: a, image: nginx}]}\n"
    file.write_text(pod.replace("NAME", "a").replace("SPACE", "shop") + "---\n" + pod.replace("NAME", "b").replace("SPACE", "bank"))
    result = podsim("run", "-n", "shop", str(file))
    assert result.code == 1
    sentence = 'the namespace from the provided object "bank" does not match the namespace "shop".'
    assert f"objects.yaml:8:21: metadata.namespace: {sentence} You must pass '--namespace=bank' to perform this operation." in result.err
    assert names(result.out) == {"shop/a"}
    assert podsim("run", "-n", "shop", "--fail-fast", str(file)).code == 2


@pytest.mark.parametrize(
    ("choice", "title"),
    [
        ("2:cpu=16,memory=64Gi", "2 nodes of 16 CPU and 64Gi"),
        ("3xkind:memory=16Gi", "3 nodes of 4 CPU and 16Gi"),
        ("kind:cpu=2", "1 node of 2 CPU and 8Gi"),
        ("auto", "3 nodes of 8 CPU and 8Gi"),
    ],
)
def test_nodes(podsim: Podsim, tmp_path: Path, choice: str, title: str) -> None:
    """The three pods want 6 CPU and one port of their node each, so `auto` has three nodes of 8 CPU."""
    template = "{metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: nginx, ports: [{containerPort: 80, hostPort: 80}], "
    template += "resources: {requests: {cpu: 6}}}]}}"
    file = tmp_path / "app.yaml"
    spec = "{replicas: 3, selector: {matchLabels: {app: a}}, template: " + template + "}"
    file.write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: " + spec + "\n")
    out = podsim("run", str(file), "--nodes", choice).out
    assert f" · {title} · " in out.partition("\n")[0]
    assert (out.count("1/1     Running") == 3) == (choice == "auto")


@pytest.mark.parametrize("choice", ["0", "kindly", "4:cpu", "4:cpu=x", "4:gpu=1", "0xkind", "5000", "auto:cpu=4"])
def test_bad_nodes_are_refused(podsim: Podsim, choice: str) -> None:
    result = podsim("run", str(LESSON), "--nodes", choice)
    assert result.code == 2
    assert choice in result.err


@pytest.mark.parametrize(("choice", "pulled"), [("cached", "0s"), ("300MB", "9.5s"), ("1GiB", "32.712s")])
def test_images(podsim: Podsim, tmp_path: Path, choice: str, pulled: str) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: acme/own:1}]}\n")
    podsim("run", str(file), "--images", choice)
    events = podsim("events").out
    assert (f'Successfully pulled image "acme/own:1" in {pulled}' in events) == (choice != "cached")
    assert ('Container image "acme/own:1" already present on machine' in events) == (choice == "cached")
    assert podsim("run", str(file), "--images", "big").code == 2
