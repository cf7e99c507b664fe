"""Loops without a sleep: what they cost and print, and that turns which see nothing new may as well not be run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from simulator.cluster import simulate
from simulator.journal import Journal
from simulator.journal.lines import dump
from simulator.journal.records import LogLine
from simulator.process.pacing import REMARK, Turns
from simulator.scenario.inputs import Choices
from simulator.units import MINUTE, SECOND
from tests.fake_container import Container

NGINX = {"containers": [{"name": "web", "image": "nginx:1.27"}]}


def server(name: str) -> list[dict[str, Any]]:
    """A pod with a web server, and its Service."""
    spec = {"selector": {"app": name}, "ports": [{"port": 80}]}
    return [
        {"kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": NGINX},
        {"kind": "Service", "metadata": {"name": name}, "spec": spec},
    ]


LOOPS = [
    "while true; do run-load; done",
    "while true; do wget -q -O- http://web; done",
    "while true; do echo x; done",
    "while sleep 0.01; do wget -q -O- http://web; done",
    "while true; do nslookup web.default.svc.cluster.local | grep -q Address; done",
]
PLAIN = "exec sleep 100000"


def played(folder: Path, script: str, minutes: float, **scenario: Any) -> Journal:
    loop = {"name": "loop", "image": "busybox:1.37", "command": ["sh", "-c", script]}
    objects = [*server("web"), {"kind": "Pod", "metadata": {"name": "loop"}, "spec": {"containers": [loop], "restartPolicy": "Never"}}]
    (folder / "all.yaml").write_text("\n---\n".join(json.dumps({"apiVersion": "v1", **item}) for item in objects))
    if not scenario:
        return simulate([str(folder / "all.yaml")], Choices(nodes=1, duration=round(minutes * MINUTE)))
    spec = {"manifests": ["all.yaml"], "duration": f"{minutes}m", **scenario}
    (folder / "scenario.yaml").write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}))
    return simulate([str(folder / "scenario.yaml")])


def calls(do: Callable[[], object]) -> int:
    """How many functions of Python are entered: what something costs, on any machine."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        do()
    finally:
        sys.setprofile(before)
    return count


def cost(folder: Path, script: str) -> int:
    """Calls for the ten minutes after the first ten."""
    played(folder, script, 1)  # what loads on first use is loaded by then
    ten, twenty = (calls(lambda minutes=minutes: played(folder, script, minutes)) for minutes in (10, 20))  # type: ignore[misc]
    return twenty - ten


MOST_CALLS = 15_000
"""In ten simulated minutes. A plain pod took 7,263 before it rested in quiet time."""


def test_a_loop_costs_little_and_a_plain_pod_nothing(tmp_path: Path) -> None:
    assert cost(tmp_path, PLAIN) < 20
    for script in LOOPS:
        assert cost(tmp_path, script) < MOST_CALLS, script
        journal = played(tmp_path, script, 10)
        assert sum(map(len, dump(journal))) < 150_000, script
        assert sum(isinstance(record, LogLine) and REMARK in record.line for record in journal) == 1


CHANGES = [
    pytest.param(f"{condition}; done; echo over", id=condition)
    for condition in (
        "while wget -q -O- http://web",
        "until wget -q --spider http://late; do :",
        "until nc -z late 80; do :",
        "until nslookup late.default.svc.cluster.local > /dev/null; do :",
        "(sleep 123.4; touch /tmp/x) & until [ -e /tmp/x ]; do :",
        "until wget -q -O- http://late | grep -q .; do :",
        "until [ \"$(wget -q -O- http://late)\" != '' ]; do :",
        "while true; do while wget -q -O- http://web; do :; done; nc -z late 80 && break",
        "(sleep 77; kill $$) & while true; do nc -z late 80",
        "trap 'echo trapped; exit 3' TERM; (sleep 77; kill $$) & while true; do echo x",
        "i=0; while nc -z web 80; do i=$((i+1)); [ $i -lt 300 ] || break",
        "until nc -z late 80; do sleep 0.02",
    )
]


@pytest.mark.parametrize("script", CHANGES)
def test_turns_that_see_nothing_new_need_not_be_run(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, item in enumerate(server("late")):
        (tmp_path / f"late-{number}.yaml").write_text(json.dumps({"apiVersion": "v1", **item}))
    actions = [
        {"at": "97.3s", "apply": "late-1.yaml"},
        {"at": "151.7s", "apply": "late-0.yaml"},
        {"at": "233.3s", "delete": "pod/web", "gracePeriodSeconds": 1},
    ]
    journals = []
    for repeats in (True, False):
        monkeypatch.setattr(Turns, "repeats", repeats)
        journals.append(played(tmp_path, script, 5, actions=actions))
    fast, slow = ([record for record in journal if not isinstance(record, LogLine)] for journal in journals)
    assert fast == slow
    # Only what the loop prints again and again is left out: the last line comes at the same instant.
    ends = [[record for record in journal if isinstance(record, LogLine) and record.line in ("over", "trapped")] for journal in journals]
    assert ends[0] == ends[1]


def test_a_turn_takes_a_millisecond_for_each_program_that_it_starts() -> None:
    container = Container("sh", "-c", "while true; do ls /nothing; ls /nowhere; done").run(0.0055)
    assert container.stderr.count("nothing") == 3 + 1  # the first two turns cannot be compared yet


def test_loops_with_short_sleeps_keep_their_pace_as_long_as_they_do_something() -> None:
    container = Container("bash", "-c", "i=0; while [ $i -lt 6000 ]; do sleep 0.01; i=$((i+1)); done").run(100)
    assert container.at == pytest.approx(60)
    assert container.world.notes == []


def test_a_change_is_noticed_at_once_by_a_loop_with_a_longer_sleep() -> None:
    container = Container("sh", "-c", "until nc -z db 80; do sleep 0.1; done").run(300.03)
    container.world.open("db", 80)
    assert container.run(400).at == pytest.approx(300.1)
    assert container.now < 301 * SECOND
