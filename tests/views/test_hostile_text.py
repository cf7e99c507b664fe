"""Text from manifests and containers, in the hands of each reader: terminals, spreadsheets, Markdown, XML, runners, code scanning."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from simulator.expectations.verdict import Verdict
from simulator.testing.github import as_annotations, summary
from simulator.testing.junit import junit
from simulator.testing.task import Result
from simulator.views.github_job import Job, cell, code, details
from simulator.views.spreadsheet import as_csv
from simulator.views.styled import Part, plain, visible
from tests.conftest import ROOT, Podsim

EVIL = "\x1b]0;PWN\a\x1b[31mRED\x1b[2J\x9b31m\x7f\u202egnp.exe\r::error::x"
MANIFEST = r"""
apiVersion: v1
kind: Pod
metadata:
  name: a
  labels: {app: a}
  annotations: {t: "\e]0;PWN\a\e[31mRED\e[2J\x9B31m\u202Eabc"}
spec:
  containers:
  - name: c
    image: busybox:1.28
    env: [{name: X, value: "\e]0;PWN\a\x9B31m\u202Eabc"}]
    command: [sh, -c, "printf '\\033]0;T\\007\\033[31mred\\r\\n::error::x\\n'; echo \"$X\"; sleep 1; exit 3"]
    readinessProbe: {exec: {command: [sh, -c, "printf '\\033[31mX\\007'; exit 1"]}}
"""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
OWN_VIEWS = (
    "story --all",
    "why",
    "why pod/a",
    "timeline",
    "klog",
    "graph",
    "metrics",
    "metrics -o csv",
    "story --all -o json",
    "why -o json",
    "check",
)
AS_KUBECTL = ("describe pod a", "events", "get events", "get pods -o wide", "get pod a -o custom-columns=T:.metadata.annotations.t")


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    (folder / "evil.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder


@pytest.mark.parametrize("colour", ["", "1"], ids=["plain", "coloured"])
def test_podsims_own_views_show_control_characters(evil: Path, podsim: Podsim, colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", colour)
    style = re.compile(r"\x1b\[[0-9;]*m")
    for command in ("run evil.yaml -v", *(OWN_VIEWS if not colour else OWN_VIEWS[:3])):
        monkeypatch.chdir(evil)
        result = podsim(*command.split())
        assert CONTROLS.findall(style.sub("", result.out + result.err) if colour else result.out + result.err) == [], command
    assert "\\u0007" in podsim("story", "--all").out


def test_kubectls_views_escape_what_kubectl_escapes(evil: Path, podsim: Podsim) -> None:
    podsim("run", str(evil / "evil.yaml"))
    for command in AS_KUBECTL:
        out = podsim(*command.split()).out
        assert "\x1b" not in out, command
        assert "\r" not in out, command
    assert "^[]0;PWN\x07^[[31mRED" in podsim("describe", "pod", "a").out  # kubectl leaves other control characters as they are
    assert "\x1b]0;T\x07" in podsim("logs", "a").out  # as kubectl logs does


def test_a_runner_takes_no_line_of_a_container_for_a_command(evil: Path, podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    podsim("run", str(evil / "evil.yaml"))
    for command in OWN_VIEWS:
        assert not re.search(r"(?m)^\s*::|##\[", podsim(*command.split()).out), command


def test_only_what_is_kubectls_or_a_file_is_printed_as_it_is() -> None:
    files = {"paint", "export_command", "report_command", "schema_command", "completion_command", "explain_command"}
    calls = {
        path.stem
        for path in (ROOT / "simulator" / "cli").glob("*.py")
        if re.search(r"click\.echo\((?!job\.command|ctx\.get_help|document\()", path.read_text("utf-8"))
    }
    assert calls == files


def test_text_that_is_printed() -> None:
    assert visible("a\tb\nc") == "a\tb\nc"
    assert CONTROLS.findall(visible(EVIL)) == []
    assert visible(EVIL).startswith("^[]0;PWN\\u0007^[[31mRED")
    assert plain([[Part("\x1b[2J")]]) == "^[[2J\n"


def test_a_spreadsheet_computes_nothing() -> None:
    rows = list(csv.reader(io.StringIO(as_csv([["=cmd|' /C calc'!A0", "@x", "+1+1", "-5", "-5.5e3", "a", "", -1, "\t=1", EVIL]]))))
    assert rows == [["'=cmd|' /C calc'!A0", "'@x", "'+1+1", "-5", "-5.5e3", "a", "", "-1", "'\t=1", visible(EVIL)]]


def test_markdown_gets_no_markup_from_names() -> None:
    assert cell("a|b") == "a&#124;b"
    assert "[" not in cell("[x](http://evil) ![i](y) `c` <img src=x> @me")
    assert "<" not in cell("<img src=x>")
    assert code("a`b``c") == "```a`b``c```"
    assert code("`") == "`` ` ``"
    assert code("a\nb") == "`a b`"
    block = details("</code><script>\n\n# x", "f:1", ["a\n```\n<script>", "````"])
    assert block[0] == "<details><summary><code>&lt;/code&gt;&lt;script&gt;  # x</code> (f:1)</summary>"
    assert [line for line in block if line.startswith("`````")] == ["`````", "`````"]


def test_readers_of_test_results() -> None:
    verdict = Verdict(f"x {EVIL}", "dir\x1b/a.yaml", 3, False, f"expected {EVIL} ]]>", (f"<b>{EVIL}\n```", "]]>"))
    result = Result("dir\x1b/a.yaml", "a", (verdict,), took=0.1, checks=(0.1,))
    case = Xml.fromstring(junit([result]))[0][0]
    assert "]]>" in (case[0].text or "")
    assert CONTROLS.findall(summary([result], "1 failed")) == []
    [note] = as_annotations([result])
    command = Job().command(note)
    assert "\n" not in command
    assert CONTROLS.findall(command) == []
    assert command.count("::") == 2 + command.partition("::error")[2].partition("::")[2].count("::")
