"""One bad object does not keep the others from running, as with `kubectl apply`; --fail-fast runs nothing; -R reads folders below."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Podsim

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: c, image: 'nginx:1.27'}]}\n"
OLD_ROLE = "apiVersion: rbac.authorization.k8s.io/v1beta1\nkind: Role\nmetadata: {name: old}\nrules: []\n"
BAD_POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: []}\n"
NO_KIND = "apiVersion: v1\nmetadata: {name: nothing}\n"
BROKEN = "a: [1,\n  b: }\n"
URGENT = "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {priorityClassName: urgent, containers: [{name: c, image: 'nginx:1.27'}]}\n"


def pod(name: str) -> str:
    return POD.replace("NAME", name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("documents", "applied", "places"),
    [
        ([pod("a"), OLD_ROLE], ["a"], ["app.yaml:6:1"]),
        ([OLD_ROLE, pod("a"), BAD_POD, pod("b")], ["a", "b"], ["app.yaml:1:1", "app.yaml:14:8"]),
        ([pod("a"), BROKEN], ["a"], ["app.yaml:7:6"]),
        ([pod("a"), BROKEN, pod("b")], ["a"], ["app.yaml:7:6"]),
        ([pod("a"), NO_KIND, pod("b")], ["a"], ["app.yaml:6:1"]),
        ([pod("a"), URGENT], ["a"], []),
    ],
    ids=["unserved", "invalid", "broken", "nothing behind broken", "nothing behind no kind", "admission"],
)
def test_valid_objects_run_and_refused_ones_are_reported(
    podsim: Podsim, folder: Path, documents: list[str], applied: list[str], places: list[str]
) -> None:
    Path("app.yaml").write_text("---\n".join(documents))
    result = podsim("run", "app.yaml")
    assert result.code == 1
    errors = [line for line in result.err.splitlines() if line.startswith("error: ")]
    assert [error.removeprefix("error: ").partition(": ")[0] for error in errors] == places
    assert "\nRefused\n" in result.out
    assert all(error.removeprefix("error: ") in result.out for error in errors)
    pods = [line.split()[0] for line in podsim("get", "pods").out.splitlines()[1:]]
    assert pods == applied


def test_a_refusal_at_admission_names_the_line(podsim: Podsim, folder: Path) -> None:
    Path("app.yaml").write_text("---\n".join([pod("a"), URGENT]))
    result = podsim("run", "app.yaml")
    assert 'Error from server (Forbidden): error when creating "app.yaml": pods "b" is forbidden: no PriorityClass' in result.out
    assert "(app.yaml:6)" in result.out


def test_an_immutable_field_is_refused_and_the_run_ends_with_1(podsim: Podsim, folder: Path) -> None:
    Path("app.yaml").write_text("---\n".join([pod("a"), pod("a").replace("nginx:1.27'", "nginx:1.27', ports: [{containerPort: 1}]")]))
    result = podsim("run", "app.yaml")
    assert result.code == 1
    assert "(app.yaml:6)" in result.out


def test_objects_of_a_refused_namespace_are_refused_too(podsim: Podsim, folder: Path) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {a: '-'}}\n"
    Path("app.yaml").write_text("---\n".join([namespace, pod("a").replace("name: a", "name: a, namespace: shop"), pod("b")]))
    result = podsim("run", "app.yaml")
    assert result.code == 1
    assert 'namespaces "shop" not found' in result.out


def test_fail_fast_runs_nothing(podsim: Podsim, folder: Path) -> None:
    Path("app.yaml").write_text("---\n".join([pod("a"), OLD_ROLE, BAD_POD]))
    result = podsim("run", "app.yaml", "--fail-fast")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[-1] == "2 problems; nothing was run"


def test_nothing_is_run_when_every_object_is_refused_or_a_path_is_missing(podsim: Podsim, folder: Path) -> None:
    Path("bad.yaml").write_text("---\n".join([OLD_ROLE, BAD_POD]))
    Path("good.yaml").write_text(pod("a"))
    assert podsim("run", "bad.yaml")[:2] == (2, "")
    assert podsim("run", "good.yaml", "nope.yaml")[:2] == (2, "")


@pytest.mark.parametrize("output", ["journal", "json"])
def test_outputs_for_programs_have_the_same_exit_code(podsim: Podsim, folder: Path, output: str) -> None:
    Path("app.yaml").write_text("---\n".join([pod("a"), OLD_ROLE]))
    result = podsim("run", "app.yaml", "-o", output)
    assert result.code == 1
    assert result.err.startswith("error: app.yaml:6:1: ")
    assert result.out.startswith("{")


SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}, ports: [{port: 80}]}\n"
TEST = "apiVersion: podsim/v1\nkind: Scenario\nspec: {manifests: [app.yaml], expect: [{by: 1m, ready: pod/a}]}\n"
ONE_POLICY = [
    ("get", "pods", "-f", "app.yaml"),
    ("timeline", "-f", "app.yaml"),
    ("graph", "-f", "app.yaml"),
    ("explain", "-f", "app.yaml"),
    ("sweep", "app.yaml", "--set", "seed=1,2", "--engine", "serial"),
    ("diff", "app.yaml", "app.yaml", "--workers", "1"),
    ("advise", "app.yaml"),
    ("traffic", "s", "-f", "app.yaml"),
    ("test", "s.yaml"),
]


@pytest.mark.parametrize("command", ONE_POLICY, ids=lambda command: command[0])
def test_every_command_runs_what_is_valid_and_reports_the_rest(podsim: Podsim, folder: Path, command: tuple[str, ...]) -> None:
    Path("app.yaml").write_text("---\n".join([pod("a"), OLD_ROLE, SERVICE]))
    Path("s.yaml").write_text(TEST)
    result = podsim(*command)
    assert result.code == 1
    assert "app.yaml:6:1: " in (result.out if command[0] == "test" else result.err)
    assert result.out
    if command[0] == "test":
        assert "1 failed, 1 passed" in result.out
    strict = podsim(*command, "--fail-fast")
    assert strict.code == 2
    assert "app.yaml:6:1: " in strict.err + strict.out


def test_an_object_that_is_refused_is_not_one_that_was_removed(podsim: Podsim, folder: Path) -> None:
    Path("old.yaml").write_text("---\n".join([pod("a"), pod("bad")]))
    Path("new.yaml").write_text("---\n".join([pod("a"), BAD_POD]))
    result = podsim("diff", "old.yaml", "new.yaml", "--workers", "1")
    assert result.code == 1
    assert "new.yaml:9:8: spec.containers: Required value" in result.out
    assert "removed" not in result.out


def test_a_run_without_some_objects_can_be_continued(podsim: Podsim, folder: Path) -> None:
    Path("app.yaml").write_text("---\n".join([pod("a"), OLD_ROLE]))
    assert podsim("run", "app.yaml").code == 1
    assert podsim("delete", "pod", "a").code == 0


RECURSIVE = [
    ("run", "app", "-R"),
    ("run", "-f", "app", "--recursive", "-o", "json"),
    ("explain", "app", "-R"),
    ("get", "pods", "-f", "app", "-R"),
    ("describe", "pods", "-f", "app", "-R"),
    ("timeline", "-f", "app", "-R"),
    ("graph", "app", "-R"),
    ("advise", "app", "-R", "-o", "json"),
    ("sweep", "app", "-R", "--runs", "2", "--engine", "serial", "-m", "time-to-ready@pod/b", "-o", "csv"),
    ("apply", "-f", "app", "-R"),
    ("diff", "app", "app", "-R", "--exit-code"),
]


@pytest.mark.parametrize("command", RECURSIVE, ids=lambda command: command[0])
def test_recursive_reads_folders_below(podsim: Podsim, folder: Path, command: tuple[str, ...]) -> None:
    Path("app/below/deeper").mkdir(parents=True)
    Path("app/a.yaml").write_text(pod("a"))
    Path("app/below/deeper/b.yaml").write_text(pod("b"))
    result = podsim(*command)
    assert result.code == 0, result
    if command[0] not in ("diff", "advise"):
        assert "b" in result.out.replace("/", " ").replace(":", " ").replace('"', " ").replace(",", " ").split()
    if command[0] == "run":
        assert podsim("run", "app").err == "warning: app: manifests in subdirectories are not read: use -R, or also name app/below\n"


def test_folders_are_read_in_the_order_of_names(podsim: Podsim, folder: Path) -> None:
    for name in ("z.yaml", "b/w.yaml", "b/a/x.yml", "a.json", "b/notes.txt"):
        Path("app", name).parent.mkdir(parents=True, exist_ok=True)
        Path("app", name).write_text(pod(Path(name).stem) if not name.endswith("txt") else "no manifest")
    out = podsim("run", "app", "-R", "-v").out
    loaded = out[out.index("Loaded") : out.index("Assumed")].splitlines()[1:]
    assert [line.split()[0] for line in loaded if line] == ["app/a.json:1", "app/b/a/x.yml:1", "app/b/w.yaml:1", "app/z.yaml:1"]
