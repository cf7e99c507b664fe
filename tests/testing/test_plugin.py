"""The pytest plugin, in sessions of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.testing.test_command import EXPECTATIONS, POD, SCENARIO

pytest_plugins = ["pytester"]

INSTALLED = any(point.value == "simulator.testing.plugin" for point in entry_points(group="pytest11"))
PLUGIN = [] if INSTALLED else ["-p", "simulator.testing.plugin"]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.syspath_prepend(str(ROOT))
    (pytester.path / "pod.yaml").write_text(POD)
    (pytester.path / "scenario.yaml").write_text(SCENARIO % "2s")
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider", *args)


def podsim(*args: str) -> str:
    """In a process of its own: after a test, pytester forgets the modules that were imported in it."""
    command = [sys.executable, "-m", "simulator", *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_files_of_expectations_are_collected(project: pytest.Pytester) -> None:
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "9s")
    result = run(project, "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["quick.podsim.yaml::never: pod/web, state: CrashLoopBackOff PASSED*", "*ready: pod/web, within: 9s PASSED*"]
    )
    chosen = run(project, "-k", "CrashLoop")
    chosen.assert_outcomes(passed=1, deselected=1)


def test_a_failure_is_explained_without_a_traceback(project: pytest.Pytester) -> None:
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    result = run(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "ready: pod/web, within: 1s  (quick.podsim.yaml:9)",
            "    expected  pod/web is ready within 1s of its creation",
            "    happened  pod/web was ready at 3.*s, after 3.*s",
            "    show      podsim why pod/web -f quick.podsim.yaml --at 1s",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "plugin.py" not in result.stdout.str()


def test_golden_journals_are_items(project: pytest.Pytester) -> None:
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "9s")
    podsim("test", "quick.podsim.yaml", "--update-golden")
    run(project).assert_outcomes(passed=3)
    (project.path / "scenario.yaml").write_text(SCENARIO % "4s")
    result = run(project)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["golden journal quick.golden  (quick.golden:1)", "*pod/web: ready at 5.*s, was 3.*s"])


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (
            EXPECTATIONS % "9s" + "    - {redy: pod/web}\n",
            "*quick.podsim.yaml:10:8: spec.expect*redy: unknown key 'redy'; did you mean 'ready'?",
        ),
        ("{", "*quick.podsim.yaml*"),
        ((SCENARIO % "2s").partition("  expect:")[0], "*no expectations*"),
    ],
)
def test_a_file_that_cannot_be_read(project: pytest.Pytester, text: str, phrase: str) -> None:
    (project.path / "quick.podsim.yaml").write_text(text)
    result = run(project)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([phrase])
    assert "Traceback" not in result.stdout.str()


def test_what_keeps_a_file_from_being_played_is_told(project: pytest.Pytester) -> None:
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "9s")
    (project.path / "pod.yaml").write_text("{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containerz: []}}")
    result = run(project)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*pod.yaml*containerz*"])
    assert "Traceback" not in result.stdout.str()


def test_seeds(project: pytest.Pytester) -> None:
    (project.path / "scenario.yaml").write_text(SCENARIO % "{choice: [2s, 2s, 12s]}")
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "10s")
    result = run(project, "--podsim-seeds", "9")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["    seeds     failed with *"])


def test_strict(project: pytest.Pytester) -> None:
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "9s")
    run(project).assert_outcomes(passed=2)
    # The Scenario states the programs and the images: nothing is assumed.
    run(project, "--podsim-strict").assert_outcomes(passed=2)
    (project.path / "scenario.yaml").write_text(SCENARIO.replace('  images: {"*": {cached: true}}\n', "") % "2s")
    result = run(project, "--podsim-strict")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*it holds, but rests on 1 assumption:", "*image shop/web: *"])


def test_the_fixture(project: pytest.Pytester) -> None:
    (project.path / "deep").mkdir()
    (project.path / "deep" / "own.yaml").write_text(POD)
    (project.path / "deep" / "test_web.py").write_text(
        """
import pytest

def test_start_up(cluster):
    cluster.apply("own.yaml")
    cluster.run_until("30s")
    assert cluster.pod("web").ready

@pytest.mark.podsim("../scenario.yaml", seed=3, kubernetes="1.32", nodes=2)
def test_marker(cluster, podsim_cluster):
    assert cluster is podsim_cluster
    assert len(cluster.moment.objects("nodes")) == 2
    cluster.wait("pod/web")
    assert 2 < cluster.now < 5
    assert (cluster.journal.header.seed, cluster.journal.header.kubernetes) == (3, "1.32")

@pytest.mark.podsim(seed=1, scenario={"images": {"*": {"pull": "20s"}}})
class TestMany:
    @pytest.mark.podsim(seed=2)
    def test_the_nearest_marker_counts(self, cluster):
        cluster.apply("own.yaml")
        cluster.run_until("15s")
        assert cluster.journal.header.seed == 2
        assert "has been pulling since 0.5s" in cluster.why()
"""
    )
    run(project, "--strict-markers").assert_outcomes(passed=3)


FAILING = """
def test_late(cluster):
    cluster.apply("scenario.yaml")
    cluster.run_until("1.5s")
    assert cluster.pod("web").ready

def test_without_cluster():
    assert False
"""


def test_a_failed_test_tells_of_its_cluster(project: pytest.Pytester) -> None:
    (project.path / "test_web.py").write_text(FAILING)
    result = run(project)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "E   *assert False*",
            "E   * where False = <Pod default/web at 1.5s: 0/1 Running, 0 restarts>.ready",
            "*- podsim -*",
            "at 1.5s",
            "default     web    0/1     Running   0          1s",
            "pod/web is not ready (Running, 0/1) (pod.yaml:2)",
            "  because container web is not ready*",
        ]
    )
    assert result.stdout.str().count("- podsim -") == 1, "a test without a cluster has nothing to tell"
    command = re.search(r"podsim (why --from \S+)", result.stdout.str())
    assert command is not None
    assert "pod/web is not ready" in podsim(*command[1].split())


def test_a_fixture_of_the_projects_own_goes_before(project: pytest.Pytester) -> None:
    (project.path / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef cluster():\n    return 'own'\n")
    (project.path / "test_web.py").write_text(
        "def test_own(cluster, podsim_cluster):\n    assert cluster == 'own' and podsim_cluster.now == 0\n"
    )
    run(project).assert_outcomes(passed=1)


def test_with_workers_of_xdist(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    (project.path / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    (project.path / "test_web.py").write_text(FAILING)
    result = run(project, "-n", "2")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(["*- podsim -*"])
    result.stdout.fnmatch_lines(["    happened  pod/web was ready at*"])


def loaded(statement: str) -> set[str]:
    code = f"import sys, pytest; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split())


def test_it_costs_nothing_where_it_is_not_used() -> None:
    assert loaded("import simulator.testing.plugin") == {"simulator", "simulator.testing", "simulator.testing.plugin"}


def test_its_options_are_nobody_elses() -> None:
    text = Path(ROOT, "simulator", "testing", "plugin.py").read_text()
    options = re.findall(r'addoption\("(--[a-z-]+)"', text)
    assert options
    assert all(option.startswith("--podsim-") for option in options)
