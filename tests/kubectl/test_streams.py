"""`kubectl get -w` and `rollout status` of a real cluster: the same lines in the same order, apart from times."""

from __future__ import annotations

import re

import pytest

from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.get import get
from simulator.kubectl.read.rollout import StatusOptions, rollout_history, rollout_status
from simulator.kubectl.read.watch import watch
from simulator.kubectl.verb import Caller
from tests.kubectl.recorded import recordings, view_of

STREAMS = [(name, i) for name, one in sorted(recordings().items()) for i in range(len(one["streams"]))]
LATENCIES = (0.05, 0.1, 0.15, 0.02, 0.0, 0.2, 0.25, 0.3)
"""How long kubectl may have taken, in seconds, to open its watch."""


def timeless(lines: list[str]) -> list[str]:
    return [re.sub(r" +", " ", re.sub(r"\d+[smh](\d+s)?", "#", line)).strip() for line in lines]


@pytest.mark.parametrize(("name", "i"), STREAMS)
def test_stream(name: str, i: int) -> None:
    stream, namespace = recordings()[name]["streams"][i], recordings()[name]["namespace"]
    lines = [line for _, line in stream["lines"] if not line.startswith("<exit")]
    view = view_of(name, stream["lines"][-1][0] + 0.01)
    words = stream["cmd"].split()[1:]
    for latency in LATENCIES:
        caller = Caller(namespace, view.snapshot.at(round((stream["started"] + latency) * 1e9)))
        if words[0] == "get":
            printed = watch([words[1]], GetOptions(namespace=namespace, output="wide" if "wide" in words else ""), view, caller)
        else:
            printed = rollout_status([words[2]], StatusOptions(), view, caller)
        if timeless((printed.out + printed.err).splitlines()) == timeless(lines):
            return
    assert timeless((printed.out + printed.err).splitlines()) == timeless(lines)


def test_rows_keep_their_columns() -> None:
    view = view_of("rolling-default", 3)
    rows = watch(["pods"], GetOptions(namespace="rolling-default"), view).out.splitlines()
    assert rows[0] == "NAME                   READY   STATUS    RESTARTS   AGE"
    assert rows[-1].startswith("web-6c79d7677b-m9pq7   0/1     Running             0          ")


@pytest.mark.parametrize("name", [name for name, one in recordings().items() if one["actions"]])
def test_other_commands(name: str) -> None:
    for action in recordings()[name]["actions"]:
        assert any(said(name, action, share) for share in (0, 0.5, 1)), action["cmd"]


def said(name: str, action, share: float) -> bool:
    namespace = recordings()[name]["namespace"]
    view = view_of(name, action["t"] + share * action["took"])
    words = action["cmd"].split()[1:]
    if words[:2] == ["rollout", "history"]:
        revision = next((int(word.partition("=")[2]) for word in words if word.startswith("--revision=")), 0)
        printed = rollout_history([words[2]], namespace, view, revision)
    elif words[:2] == ["rollout", "status"]:
        printed = rollout_status([words[2]], StatusOptions(), view, Caller(namespace, view.snapshot.at(round(action["t"] * 1e9))))
    else:
        output = words[words.index("-o") + 1] if "-o" in words else ""
        options = GetOptions(namespace=namespace, output=output, show_labels="--show-labels" in words)
        printed = get([words[1]], options, view)
    return (printed.out, printed.err, printed.code) == (action["out"], action["err"], action["rc"])
