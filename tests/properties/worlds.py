"""Random pods and programs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from simulator.journal import Journal
from tests.kubelet.world import played

JSON = dict[str, Any]


class World(NamedTuple):
    """A pod's spec and its Scenario."""

    spec: JSON
    scenario: JSON

    def play(self, **changes: Any) -> Journal:
        """The journal of this world."""
        with tempfile.TemporaryDirectory() as folder:
            return played(Path(folder), self.spec, **{**self.scenario, **changes})


seconds = st.integers(0, 12).map(lambda n: f"{n / 2:g}s")
handlers = st.sampled_from(
    [
        {"httpGet": {"path": "/", "port": 8080}},
        {"tcpSocket": {"port": 8080}},
        {"exec": {"command": ["check"]}},
    ]
)


@st.composite
def probes(draw: st.DrawFn, kind: str) -> JSON:
    """A probe with a short period."""
    probe = {
        **draw(handlers),
        "periodSeconds": draw(st.integers(1, 4)),
        "failureThreshold": draw(st.integers(1, 3)),
        "initialDelaySeconds": draw(st.sampled_from([0, 0, 2, 5])),
    }
    if kind == "readiness":
        probe["successThreshold"] = draw(st.integers(1, 2))
    elif draw(st.booleans()):
        probe["terminationGracePeriodSeconds"] = draw(st.integers(1, 5))
    return probe


@st.composite
def containers(draw: st.DrawFn, name: str, *, probed: bool = True) -> JSON:
    """A container with some probes and hooks."""
    container: JSON = {"name": name}
    for kind in ("startup", "readiness", "liveness"):
        if probed and draw(st.integers(0, 3)) == 0:
            container[f"{kind}Probe"] = draw(probes(kind))
    if probed and draw(st.integers(0, 4)) == 0:
        hook = draw(st.sampled_from([{"exec": {"command": ["drain"]}}, {"sleep": {"seconds": 2}}]))
        container["lifecycle"] = {draw(st.sampled_from(["postStart", "preStop"])): hook}
    return container


@st.composite
def runs(draw: st.DrawFn) -> JSON:
    """One start of a container: it may exit, listen for a while, answer commands, and take time to stop."""
    run: JSON = {}
    if draw(st.booleans()):
        run |= {"exitAfter": draw(seconds), "exitCode": draw(st.sampled_from([0, 0, 1, 137]))}
    if draw(st.booleans()):
        run["listen"] = [{"port": 8080, "from": draw(seconds)}]
    if draw(st.booleans()):
        run["exec"] = [{"command": "check", "exit": draw(st.integers(0, 1)), "from": "0s", "to": draw(st.sampled_from(["3s", "9s"]))}]
    if draw(st.booleans()):
        run["term"] = draw(st.sampled_from([{"ignore": True}, {"delay": "3s"}, {"exitCode": 0}]))
    if draw(st.integers(0, 9)) == 0:
        run["startError"] = "no such file"
    return run


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A pod with up to two init containers, some of them sidecars, and up to two regular containers."""
    init = []
    for i in range(draw(st.integers(0, 2))):
        sidecar = draw(st.booleans())
        init.append({**draw(containers(f"init-{i}", probed=sidecar)), **({"restartPolicy": "Always"} if sidecar else {})})
    regular = [draw(containers(f"main-{i}")) for i in range(draw(st.integers(1, 2)))]
    spec: JSON = {
        "restartPolicy": draw(st.sampled_from(["Always", "OnFailure", "Never"])),
        "terminationGracePeriodSeconds": draw(st.sampled_from([3, 5, 10])),
        "containers": regular,
    }
    if init:
        spec["initContainers"] = init
    names = [container["name"] for container in (*init, *regular)]
    programs = [{"match": {"container": name}, "runs": draw(st.lists(runs(), min_size=1, max_size=3))} for name in names]
    scenario: JSON = {
        "kubernetes": draw(st.sampled_from(["1.30", "1.32", "1.34", "1.36"])),
        "seed": draw(st.integers(0, 1000)),
        "programs": programs,
    }
    if draw(st.booleans()):
        delete: JSON = {"at": f"{draw(st.integers(1, 50))}s", "delete": "pod/web"}
        if draw(st.booleans()):
            delete["gracePeriodSeconds"] = draw(st.integers(1, 8))
        scenario["actions"] = [delete]
    return World(spec, scenario)
