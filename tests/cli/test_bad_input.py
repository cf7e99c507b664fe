"""What is wrong with an input is said with file, line, column and path, all of it at once; exit code 2, nothing on standard output."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli.app import run_command_line
from tests.conftest import Podsim, Result

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: c, image: nginx}]\n"


@pytest.fixture
def refused(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)

    def call(name: str, text: str, *more: str) -> list[str]:
        Path(name).write_text(text, encoding="utf-8")
        result = podsim("run", name, *more)
        assert (result.code, result.out) == (2, ""), result
        assert "Traceback" not in result.err
        return result.err.splitlines()

    return call


def test_a_missing_file(podsim: Podsim) -> None:
    assert podsim("run", "nope.yaml") == Result(2, "", 'error: nope.yaml: the path "nope.yaml" does not exist\n')


def test_broken_yaml_names_line_and_column(refused) -> None:
    (error,) = refused("broken.yaml", "a: [1,\n  b: }\n")
    assert error.startswith("error: broken.yaml:2:6: ")


def test_an_init_container_has_no_readiness_probe(refused) -> None:
    text = POD + "  initContainers:\n    - name: i\n      image: busybox\n      readinessProbe: {exec: {command: [ls]}}\n"
    (error,) = refused("init.yaml", text)
    assert error.startswith("error: init.yaml:9:7: spec.initContainers[0].readinessProbe: Forbidden: may not be set")


def test_a_selector_must_match_its_template(refused) -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
        "  template:\n    metadata: {labels: {app: other}}\n    spec: {containers: [{name: c, image: nginx}]}\n"
    )
    (error,) = refused("selector.yaml", text)
    assert error == (
        'error: selector.yaml:7:16: spec.template.metadata.labels: Invalid value: {"app":"other"}: '
        "`selector` does not match template `labels`"
    )


def test_unknown_fields_are_all_named(refused, podsim: Podsim) -> None:
    text = POD.replace("image: nginx", "image: nginx, imagePullPolcy: Always") + "  restartPolcy: Never\n"
    errors = refused("unknown.yaml", text)
    assert errors == [
        'error: unknown.yaml:5:40: spec.containers[0].imagePullPolcy: unknown field "spec.containers[0].imagePullPolcy"',
        'error: unknown.yaml:6:3: spec.restartPolcy: unknown field "spec.restartPolcy"',
        "2 problems; nothing was run",
    ]
    warned = podsim("run", "unknown.yaml", "--validate=warn")
    assert warned.code == 0
    assert [line.partition(":")[0] for line in warned.err.splitlines()] == ["warning", "warning"]
    assert podsim("run", "unknown.yaml", "--validate=ignore").err == ""


def test_a_kind_that_is_not_simulated_is_named_and_kept(podsim: Podsim, tmp_path: Path) -> None:
    file = tmp_path / "ingress.yaml"
    spec = "spec: {defaultBackend: {service: {name: x, port: {number: 80}}}}"
    file.write_text(f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a}}\n{spec}\n", encoding="utf-8")
    result = podsim("run", str(file))
    assert result.code == 0
    assert result.err == ""
    assert "  stored, not simulated: Ingress\n" in result.out
    assert podsim("run", str(file), "-o", "json").err == f"warning: {file}:1:1: kind Ingress is stored, not simulated\n"
    assert "a" in podsim("get", "ingress").out


def test_a_scenario_with_wrong_keys_and_values(refused) -> None:
    text = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  duraton: 2m
  kubernetes: 1.20
  cluster: {nodes: [{name: a, cpu: lots}]}
  programs:
    - match: {contaner: x}
      runs: [{exitAfter: soon, listen: [{prot: 80}]}]
  actions:
    - {at: 5s, delet: pod/a}
    - {delete: pod/a}
"""
    errors = refused("scenario.yaml", text)
    assert [error.partition(": spec.")[0] for error in errors[:-1]] == [
        f"error: scenario.yaml:{place}" for place in ("4:3", "5:3", "6:31", "8:15", "9:15", "9:41", "9:42", "11:16", "12:7")
    ]
    assert "unknown key 'duraton'; did you mean 'duration'?" in errors[0]
    assert 'write it in quotes: "1.20"' in errors[1]
    assert "unknown key 'delet'; did you mean 'delete'?" in errors[7]
    assert errors[-1] == "9 problems; nothing was run"


def test_a_script_in_a_scenario_is_never_passed_over(podsim: Podsim, tmp_path: Path) -> None:
    """It is played, or refused; a container that silently runs for ever would be a lie."""
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "apiVersion: podsim/v1\nkind: Scenario\nspec:\n  manifests: [pod.yaml]\n  duration: 30s\n"
        "  programs:\n    - match: {container: c}\n      script: exit 7\n",
        encoding="utf-8",
    )
    result = podsim("run", str(scenario))
    if result.code == 0:
        described = podsim("describe", "pod", "a").out
        assert "Exit Code:    7" in described
    else:
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"error: {scenario}:8:7: spec.programs[0].script")


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("rnu", "a.yaml"),
        ("run", "a.yaml", "--seed", "x"),
        ("run", "a.yaml", "--duration", "soon"),
        ("run", "a.yaml", "--duration", "-5s"),
        ("run", "a.yaml", "--kubernetes", "1.12"),
        ("run", "a.yaml", "--at", "5m"),
        ("run", "a.yaml", "--nodes", "0"),
        ("run", "a.yaml", "--save", "no/such/folder/x"),
        ("run", "empty"),
        ("run", "comment.yaml"),
        ("get", "pods"),
        ("get", "pods", "--from", "nope.journal"),
        ("get", "pods", "--from", "a.yaml"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(POD, encoding="utf-8")
    Path("comment.yaml").write_text("# nothing\n---\n", encoding="utf-8")
    Path("empty").mkdir()
    result = podsim(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err


def test_our_own_bug_says_how_to_replay_it(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.engine import Engine

    def broken(*_: object) -> None:
        raise AssertionError("time cannot go back")

    monkeypatch.setattr(Engine, "run", broken)
    file = tmp_path / "a.yaml"
    file.write_text(POD, encoding="utf-8")
    result = podsim("run", str(file), "--seed", "7")
    assert result.code == 3
    assert "AssertionError: time cannot go back (seed 7, t=0s, Kubernetes" in result.err
    assert f"podsim run {file} --seed 7" in result.err


def test_a_bug_anywhere_is_said_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("simulator.cli.gallery_command.exhibits", broken)
    assert run_command_line(["gallery"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("error: KeyError: 'lost'\nThis is a bug in podsim")
    assert "To reproduce it: podsim gallery" in said
