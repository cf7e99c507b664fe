"""The kubelet's log: klog's format, and `podsim klog`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli.klog_command import klog as command
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal import Header, Journal
from simulator.kubelet.klog import Klog
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.units import parse_time
from simulator.views.klog import klog
from tests.conformance.play import play
from tests.conformance.traces import case

START = "2024-11-14T21:06:39.123456Z"
HEAD = re.compile(r"[IE]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ \w+\.go:\d+\] \"")


def logged(level: str, *values: object, **named: object) -> str:
    engine = Engine(parse_time(START))
    journal = Journal(Header(start_time=START, kubernetes="1.32"))
    log = Klog(engine, journal, Dialect("1.32"), "minikube")
    getattr(log, level)(*values, **named)
    return journal.at().logs()[0].line


def pod(name: str) -> Pod:
    return Pod(metadata=ObjectMeta(name=name, namespace="pb", uid="uid"))


def test_a_line_has_severity_time_pid_place_message_and_values() -> None:
    line = logged("info", "SyncLoop ADD", source="api", pods=[pod("app-tier")])
    assert line == 'I1114 21:06:39.123456    1234 kubelet.go:2330] "SyncLoop ADD" source="api" pods=["pb/app-tier"]'


def test_an_error_comes_first() -> None:
    line = logged("error", "Error syncing pod, skipping", "boom", pod=pod("web"), podUID="uid")
    assert line.endswith('] "Error syncing pod, skipping" err="boom" pod="pb/web" podUID="uid"')
    assert line.startswith("E1114 ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (30, "30"),
        (True, "true"),
        (None, "<nil>"),
        (1.5, "1.5"),
        ('say "hi"', '"say \\"hi\\""'),
        ("a\tb\x01\x7f\u200b\\", '"a\\tb\\x01\\x7f\\u200b\\\\"'),
        ("one\ntwo", "<\n\tone\n\ttwo\n >"),
        ("one\ntwo\n", "<\n\tone\n\ttwo\n >"),
        ({"ID": "a", "Type": "ContainerDied"}, '{"ID":"a","Type":"ContainerDied"}'),
        (["one\ntwo", "a\u00e9", None], '["one\\ntwo","a\u00e9",null]'),
        ([pod("web"), pod("db")], '["pb/web","pb/db"]'),
    ],
)
def test_values_are_printed_as_klog_prints_them(value: object, text: str) -> None:
    assert logged("info", "Probe failed", output=value).endswith(f" output={text}")


def test_the_view_keeps_lines_about_a_pod_and_its_containers(tmp_path: Path) -> None:
    journal = play(case("1.36/restart-always-exit1").takes[0], "1.36", 0, tmp_path)
    everything = klog(journal.at())
    assert all(HEAD.match(line) for line in everything)
    assert klog(journal.at(), pod="restart-*") == everything
    assert any("RemoveContainer" in line for line in everything)
    assert klog(journal.at(), pod="other") == klog(journal.at(), namespace="kube-system") == klog(journal.at(), node="node-2") == []
    assert len(klog(journal.at(1_000_000_000))) < len(everything)


def test_the_command_prints_the_lines(tmp_path: Path) -> None:
    play(case("1.36/ready-exec").takes[0], "1.36", 0, tmp_path)
    result = CliRunner().invoke(command, ["-f", str(tmp_path), "--pod", "ready-exec", "--at", "1s"])
    assert result.exit_code == 0, result.output
    assert '"SyncLoop ADD" source="api" pods=["default/ready-exec"]' in result.output
    assert '"Probe failed" probeType="Readiness"' in result.output
