"""`podsim test`: what is a test, what is printed, what CI systems get, and how it ends."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from simulator.expectations.verdict import Verdict
from simulator.testing.keyword import fits
from simulator.testing.task import Result, merged
from tests.conftest import Podsim

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: shop/web, readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}}]}
"""
SCENARIO = """
apiVersion: podsim/v1
kind: Scenario
metadata: {name: shop}
spec:
  kubernetes: "1.34"
  manifests: [pod.yaml]
  duration: 20s
  images: {"*": {cached: true}}
  programs:
    - {match: {container: web}, runs: [{listen: [{port: 80, from: %s}]}]}
  expect:
    - {ready: pod/web, within: 10s}
    - {neverRestarts: pod/web}
"""
EXPECTATIONS = """
apiVersion: podsim/v1
kind: Expectations
metadata: {name: quick}
spec:
  scenario: scenario.yaml
  expect:
    - {never: pod/web, state: CrashLoopBackOff}
    - {ready: pod/web, within: %s}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pod.yaml").write_text(POD)
    (tmp_path / "scenario.yaml").write_text(SCENARIO % "2s")
    (tmp_path / "quick.podsim.yaml").write_text(EXPECTATIONS % "9s")
    return tmp_path


def total(out: str) -> str:
    return re.sub(r" in [\d.]+s$", "", out.splitlines()[-1])


def dots(out: str) -> dict[str, str]:
    """Test file -> its row of dots."""
    return {line.split()[0]: line.split()[1] for line in out.splitlines() if re.search(r" [.FE]+ +[\d.]+s$", line)}


def test_all_of_it_holds(podsim: Podsim, project: Path) -> None:
    result = podsim("test")
    assert (result.code, total(result.out), result.err) == (0, "4 passed", "")
    assert dots(result.out) == {"quick.podsim.yaml": "..", "scenario.yaml": ".."}
    seen = podsim("test", "-v").out
    assert "✓ ready: pod/web, within: 10s  (scenario.yaml:13)" in seen
    assert "pod/web was ready at" in seen


def test_something_does_not_hold(podsim: Podsim, project: Path) -> None:
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    result = podsim("test", ".")
    assert (result.code, total(result.out)) == (1, "1 failed, 3 passed")
    assert dots(result.out) == {"quick.podsim.yaml": ".F", "scenario.yaml": ".."}
    explanation = result.out.partition("✗ ")[2]
    assert explanation.startswith(
        "ready: pod/web, within: 1s  (quick.podsim.yaml:9)\n    expected  pod/web is ready within 1s of its creation\n"
    )
    assert "    happened  pod/web was ready at 3." in explanation
    assert "because container web" in explanation
    command = re.search(r"podsim (why .*)", explanation)
    assert command is not None
    shown = podsim(*command[1].split())
    assert (shown.code, shown.err) == (0, "")
    assert "pod/web is not ready" in shown.out


@pytest.mark.parametrize(
    ("arguments", "code", "phrase"),
    [
        (["nope"], 2, "nope: no such file or folder"),
        (["pod.yaml"], 2, "pod.yaml: neither a Scenario nor Expectations"),
        (["empty"], 5, "no tests ran"),
        (["empty"], 5, "podsim init app.yaml writes a first one"),
        (["-k", "nothing at all"], 2, "-k 'nothing at all': 'at' is unexpected here"),
        (["-k", "absent"], 5, "4 deselected"),
        (["-k", "quick and not ready"], 0, "1 passed, 3 deselected"),
        (["-k", "ready or never"], 0, "4 passed"),
        (["*.podsim.yaml"], 0, "2 passed"),
        (["q*", "scenario.yaml", "."], 0, "4 passed"),
        (["--tolerance", "soon"], 2, "--tolerance"),
        (["--junit-xml", "nowhere/x.xml"], 2, "nowhere/x.xml: No such file or directory"),
    ],
)
def test_what_is_a_test(podsim: Podsim, project: Path, arguments: list[str], code: int, phrase: str) -> None:
    (project / "empty").mkdir()
    result = podsim("test", *arguments)
    assert result.code == code, result
    assert phrase in result.out + result.err


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("{apiVersion: podsim/v1, kind: Expectations}", "must name either a scenario or manifests"),
        ("{apiVersion: podsim/v1, kind: Expectations, spec: {scenario: scenario.yaml}}", "no expectations"),
        ("{apiVersion: podsim/v1, kind: Expectations, spec: {manifests: [no.yaml], expect: [{ready: pod/a}]}}", "no such file: no.yaml"),
        ("{apiVersion: podsim/v1, kind: Expectations, spec: {scenario: no.yaml, expect: [{ready: pod/a}]}}", "no such file: no.yaml"),
        ("{apiVersion: podsim/v1, kind: Expectations, spec: {scenario: ., expect: [{redy: pod/a}]}}", "did you mean 'ready'?"),
        (
            "{apiVersion: podsim/v1, kind: Expectations, spec: {scenario: ., expect: [{metric: restart, equals: 0}]}}",
            "unknown metric 'restart'; did you mean restarts?",
        ),
        ("{apiVersion: podsim/v1, kind: Scenario, spec: {manifests: [pod.yaml]}}", "no expectations"),
        ("{apiVersion: v1, kind: Pod}", "bad.podsim.yaml"),
        ("{", "bad.podsim.yaml"),
    ],
)
def test_a_test_that_cannot_be_read_is_an_error_and_the_others_are_played(podsim: Podsim, project: Path, text: str, phrase: str) -> None:
    (project / "bad.podsim.yaml").write_text(text)
    result = podsim("test")
    assert (result.code, total(result.out)) == (2, "4 passed, 1 error"), result
    assert dots(result.out)["bad.podsim.yaml"] == "E"
    assert phrase in result.out


def test_stop_at_the_first_failure(podsim: Podsim, project: Path) -> None:
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    result = podsim("test", "-x")
    assert (result.code, list(dots(result.out))) == (1, ["quick.podsim.yaml"])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_under_each_seed(podsim: Podsim, project: Path, workers: str) -> None:
    (project / "scenario.yaml").write_text(SCENARIO % "{choice: [2s, 2s, 12s]}")
    result = podsim("test", "scenario.yaml", "--seeds", "9", "-j", workers, "-o", "json")
    assert result.code == 1
    [results] = json.loads(result.out)
    ready, restarts = results["expectations"]
    assert not ready["holds"]
    assert restarts["holds"]
    assert "seeds" not in restarts
    singles = [seed for seed in range(9) if podsim("run", "scenario.yaml", "--seed", str(seed), "-o", "json").code]
    assert ready["seeds"] == singles
    assert 0 < len(singles) < 9
    text = podsim("test", "scenario.yaml", "--seeds", "9").out
    assert f"seeds     failed with {', '.join(map(str, singles))}" in text
    if singles[0] != 0:
        assert f"podsim run scenario.yaml --seed {singles[0]}" in text


def test_workers_change_nothing(podsim: Podsim, project: Path) -> None:
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")

    def results(workers: str) -> object:
        data = json.loads(podsim("test", "-j", workers, "-o", "json").out)
        return [{**one, "seconds": 0} for one in data]

    assert results("1") == results("2")


def test_junit(podsim: Podsim, project: Path) -> None:
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    (project / "bad.podsim.yaml").write_text("{")
    assert podsim("test", "--junit-xml", "out.xml").code == 2
    root = Xml.parse(project / "out.xml").getroot()
    check_shape(root)
    assert [suite.get("name") for suite in root] == ["bad.podsim.yaml", "quick.podsim.yaml", "scenario.yaml"]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "1", "1")
    [failure] = root.iter("failure")
    assert (failure.get("message") or "").startswith("pod/web was ready at")
    assert "expected  pod/web is ready within 1s" in (failure.text or "")
    case = root[1][1]
    assert (case.get("classname"), case.get("name"), case.get("line")) == ("quick.podsim.yaml", "ready: pod/web, within: 1s", "9")


def check_shape(root: Xml.Element) -> None:
    """The parts of the JUnit schema that CI systems rely on: elements, their attributes, counts that add up."""
    allowed = {
        "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
        "testcase": {"classname", "name", "time", "file", "line"},
        "failure": {"message", "type"},
        "error": {"message", "type"},
    }
    children = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "error"}}
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.keys()) <= allowed[element.tag]
        assert {child.tag for child in element} <= children.get(element.tag, set())
        if element.tag == "testcase":
            assert {"classname", "name", "time"} <= set(element.keys())
            assert len(element) <= 1
        if element.tag in ("testsuites", "testsuite"):
            counted = {tag: sum(1 for _ in element.iter(tag)) for tag in ("testcase", "failure", "error")}
            assert [int(element.get(name, "")) for name in ("tests", "failures", "errors")] == list(counted.values())
        if "time" in element.keys():  # noqa: SIM118 (an Element is no mapping)
            assert re.fullmatch(r"\d+\.\d{3}", element.get("time", ""))


def test_each_case_of_junit_has_its_own_time(podsim: Podsim, project: Path) -> None:
    podsim("test", "--junit-xml", "out.xml", "--seeds", "2")
    for suite in Xml.parse(project / "out.xml").getroot():
        times = [float(case.get("time", "")) for case in suite]
        assert len(times) == 2
        assert min(times) > 0
        assert sum(times) == pytest.approx(float(suite.get("time", "")), abs=0.002)


def test_the_run_is_shared_and_the_checks_are_not() -> None:
    verdicts = (Verdict("a", "", 0, True, ""), Verdict("b", "", 0, True, ""))
    assert Result("x", "x", verdicts, took=5.0, checks=(1.0, 2.0)).times == [2.0, 3.0]
    both = merged(Result("x", "x", verdicts, took=5.0, checks=(1.0, 2.0)), Result("x", "x", verdicts[:1], took=2.0, checks=(1.0,)))
    assert both.checks == (2.0, 2.0)
    assert sum(both.times) == both.took


def test_the_pages_of_tests_that_fail(podsim: Podsim, project: Path) -> None:
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    (project / "bad.podsim.yaml").write_text("{")
    result = podsim("test", "./", "--report", "pages/new")
    assert [str(file) for file in Path("pages").rglob("*.html")] == ["pages/new/quick.podsim.html"]
    assert "wrote pages/new/quick.podsim.html" in result.out.splitlines()
    page = Path("pages/new/quick.podsim.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "<title>quick" in page
    podsim("report", "-f", "quick.podsim.yaml", "-o", "own.html")
    assert Path("own.html").read_text() == page


def test_the_page_of_a_seed_that_fails_is_named_after_it(podsim: Podsim, project: Path) -> None:
    (project / "scenario.yaml").write_text(SCENARIO % "{choice: [2s, 15s]}")
    result = podsim("test", "scenario.yaml", "--seeds", "8", "--report", "pages")
    seeds = re.search(r"failed with (\d+)", result.out)
    assert seeds is not None
    names = [file.name for file in Path("pages").iterdir()]
    assert names == ["scenario.html" if seeds[1] == "0" else f"scenario.seed-{seeds[1]}.html"]


def test_a_page_that_cannot_be_written_is_an_error(podsim: Podsim, project: Path) -> None:
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    result = podsim("test", "quick.podsim.yaml", "--report", "pod.yaml")
    assert result.code == 2
    assert "pod.yaml/quick.podsim.html: " in result.out


def test_junit_of_lines_that_xml_cannot_hold(podsim: Podsim, project: Path) -> None:
    line = '], log: [{at: 1s, line: "\\x1b[31mred\\0 <&> ]]>"}]}]}'
    text = (SCENARIO % "2s").replace("]}]}", line) + "    - {log: pod/web, contains: red, count: 0}\n"
    (project / "scenario.yaml").write_text(text)
    assert podsim("test", "scenario.yaml", "--junit-xml", "out.xml").code == 1
    [failure] = Xml.parse(project / "out.xml").getroot().iter("failure")
    assert "�[31mred� <&> ]]>" in (failure.text or "")


def test_github(podsim: Podsim, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    (project / "bad.podsim.yaml").write_text("apiVersion: podsim/v1\nkind: Expectations\nspec: {scenario: ., expect: [{redy: pod/web}]}")
    result = podsim("test")
    bad, late = result.err.splitlines()
    assert bad.startswith("::error file=bad.podsim.yaml,line=3,title=podsim test::spec.expect[0].redy: unknown key 'redy'")
    assert late.startswith("::error file=quick.podsim.yaml,line=9,title=ready%3A pod/web%2C within%3A 1s::Expected: pod/web is ready")
    assert "%0AHappened: pod/web was ready" in late
    page = (project / "summary.md").read_text()
    assert "## ❌ podsim test: 1 failed, 3 passed, 1 error in" in page
    assert re.search(r"^\| quick\.podsim\.yaml \| 1 \| 1 \| [\d.]+ \|$", page, re.MULTILINE)
    assert "<code>ready: pod/web, within: 1s</code>" in page
    podsim("test", "scenario.yaml", "--github-summary", "other.md")
    assert (project / "other.md").read_text().startswith("## ✅ podsim test: 2 passed in")


def test_annotations_are_short_name_the_file_in_the_repository_and_link_to_the_summary(
    podsim: Podsim, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = {"SERVER_URL": "https://github.com", "REPOSITORY": "shop/web", "RUN_ID": "7"}
    for name, value in {"ACTIONS": "true", "WORKSPACE": str(project.parent), **server}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    [line] = podsim("test", "quick.podsim.yaml").err.splitlines()
    assert line.startswith(f"::error file={project.name}/quick.podsim.yaml,line=9,")
    text = line.partition("::")[2].partition("::")[2].split("%0A")
    assert [part.partition(": ")[0] for part in text] == ["Expected", "Happened", "Details"]
    assert text[2] == "Details: https://github.com/shop/web/actions/runs/7"


def test_run_tells_of_expectations_too(podsim: Podsim, project: Path) -> None:
    good = podsim("run", "quick.podsim.yaml")
    assert good.code == 0
    assert "\nExpected\n  ✓ never: pod/web, state: CrashLoopBackOff  (quick.podsim.yaml:8)\n  ✓ ready: pod/web, within: 9s" in good.out
    (project / "quick.podsim.yaml").write_text(EXPECTATIONS % "1s")
    bad = podsim("run", "quick.podsim.yaml")
    assert bad.code == 1
    assert "  ✗ ready: pod/web, within: 1s  (quick.podsim.yaml:9)\n      expected  pod/web is ready within 1s of its creation\n" in bad.out
    quiet = podsim("run", "quick.podsim.yaml", "-o", "json")
    assert quiet.code == 1
    assert json.loads(quiet.out)
    assert quiet.err.startswith("quick.podsim.yaml:9: ready: pod/web, within: 1s\n    expected")


def test_the_run_lasts_as_long_as_something_is_expected(podsim: Podsim, project: Path) -> None:
    (project / "scenario.yaml").write_text((SCENARIO % "2s").replace("  duration: 20s\n", "") + "    - {ready: pod/web, at: 5m}\n")
    assert podsim("test", "scenario.yaml").code == 0
    assert podsim("get", "pods", "-f", "scenario.yaml", "--at", "5m").code == 0


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("", "anything", True),
        ("Web", "the web is", True),
        ("not web", "the web is", False),
        ("a or b and c", "a", True),
        ("(a or b) and c", "a", False),
        ("a and not (b or c)", "a d", True),
    ],
)
def test_keywords(expression: str, text: str, expected: bool) -> None:
    assert fits(expression, text) == expected


@pytest.mark.parametrize("expression", ["and", "a and", "(a", "a )", "not", "or b", "()"])
def test_keywords_that_make_no_sense(podsim: Podsim, project: Path, expression: str) -> None:
    result = podsim("test", "-k", expression)
    assert result.code == 2
    assert result.err.startswith("error: -k")
