"""Recorded sessions of kubectl (../shared/wire/kubectl-*), typed again with a kubectl of the same release: exit code, output and errors.

`python -m tests.serve.sessions [-v] [SESSION...]` counts the commands that agree; uids, versions, times, ages, addresses and generated
names are masked, and pods are called as they are here. Commands that went on in the background are left out.
"""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from simulator.objects.pod import Pod
from simulator.serve.clock import Pace
from simulator.serve.session import Session
from tests.serve.clients import client
from tests.serve.requests import CLUSTER, WIRE, _replay
from tests.serve.serving import Served, served, words
from tests.serve.talk import session

SESSIONS = ("apply", "cold", "create", "explain", "server-side-apply")
"""Those whose commands follow from what they do themselves; others list what their cluster had."""
LONGEST = 15
"""Seconds that a command may take."""
AGE = re.compile(r"(?<=[ (])\d+(s|m|h|d)(\d+[smh])?\b")
HASH = re.compile(r"-[0-9a-f]{8,10}-")


class Typed(NamedTuple):
    """A command, and how what it printed differs from the recording."""

    session: str
    command: str
    difference: tuple[str, ...]


def masked(text: str, replay: Any) -> str:
    """A text without what differs from cluster to cluster."""
    return AGE.sub("<age>", HASH.sub("-<hash>-", str(replay.masked(text))))


def typed(name: str, version: str, folder: Path) -> Iterator[Typed]:
    """The commands of a session, one after the other."""
    replay = _replay()
    [path] = WIRE.glob(f"kubectl-{version}-{name}.json*")
    recorded = replay.load(path)
    world = session(str(CLUSTER), until=30)
    with served(world, folder, Pace("auto")) as at:
        kubectl = client(f"kubectl-{version}")
        namespaces = {command["namespace"] for command in recorded["commands"]}
        for namespace in sorted(namespaces):
            at.run(kubectl, "create", "namespace", namespace)
            at.run(kubectl, "run", "shell", "--image=registry.test/app:1", "-n", namespace)
        for command in recorded["commands"]:
            if not command.get("background"):
                yield Typed(f"{version} {name}", command["cmd"], _difference(command, at, kubectl, world, replay))


def _difference(command: dict[str, Any], at: Served, kubectl: Path, world: Session, replay: Any) -> tuple[str, ...]:
    line = _renamed(command["cmd"], world, command["namespace"])
    try:
        ran = at.run(kubectl, "-n", command["namespace"], *words(line)[1:], stdin=command.get("stdin") or "", timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return ("", "", f"no end after {LONGEST} s")
    expected = masked(f"exit {command['rc']}\n{command['out']}{command['err']}", replay).splitlines()
    shown = masked(f"exit {ran.code}\n{ran.out}{ran.err}", replay).splitlines()
    return tuple(difflib.unified_diff(expected, shown, "recorded", "served", lineterm="", n=0))


def _renamed(command: str, world: Session, namespace: str) -> str:
    """The command with a pod of the same workload in the place of one with a generated name."""
    pods = sorted(pod.metadata.name for pod in world.store.typed(Pod, namespace))

    def ours(match: re.Match[str]) -> str:
        return next((name for name in pods if name.startswith(match[1])), match[0])

    return re.sub(r"\b([a-z0-9]+-)[0-9a-f]{8,10}-[a-z0-9]{5}\b", ours, command)


def main() -> int:
    shown = "-v" in sys.argv
    chosen = [name for name in sys.argv[1:] if name != "-v"] or list(SESSIONS)
    good = total = 0
    for version in ("1.33", "1.36"):
        for name in chosen:
            with tempfile.TemporaryDirectory() as folder:
                results = list(typed(name, version, Path(folder)))
            for one in results:
                if one.difference and shown:
                    print(f"--- {one.session}: {one.command}", *one.difference[2:], sep="\n")
            same = sum(not one.difference for one in results)
            print(f"kubectl-{version}-{name:30s} {same:3d}/{len(results)}", flush=True)
            good, total = good + same, total + len(results)
    print(f"commands that agree: {good}/{total}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
