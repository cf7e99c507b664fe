"""Pods that rest: syncs that change nothing are skipped, without any difference in the journal."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.cluster import Cluster
from simulator.journal.lines import dump
from simulator.kubelet.config import SYNC_WORK
from simulator.kubelet.kubelet import Kubelet
from simulator.kubelet.pod_workers import PodWorkers
from simulator.scenario.inputs import Choices, gather
from simulator.units import MILLISECOND, SECOND
from tests.depth import tries
from tests.kubelet.world import skipping_nothing
from tests.properties.worlds import JSON

SETTINGS = settings(
    max_examples=tries(40), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
END = 600
PODS = ("a", "b", "c")
NODES = [{"name": "node-1"}, {"name": "node-2", "relistPhase": "307000011ns"}]
CREATED = {"a": (1_000_000_000, "node-1"), "b": (2_000_000_007, "node-2"), "c": (3_000_000_030, "node-1")}
"""When pods are created (nanoseconds), and where. Nothing happens on both nodes at one instant: that has no order which is kept."""
READS = ["sh", "-c", "while true; do cat /etc/app/mode /etc/pod/team /etc/key/key; sleep 7; done"]

probes = st.fixed_dictionaries(
    {"periodSeconds": st.sampled_from([1, 5, 10, 10])},
    optional={"failureThreshold": st.integers(1, 3), "timeoutSeconds": st.integers(1, 3)},
).flatmap(lambda probe: st.sampled_from([{**probe, "httpGet": {"port": 8080}}, {**probe, "exec": {"command": ["check"]}}]))
spans = st.builds(lambda begin, length: {"from": f"{begin}s", "to": f"{begin + length}s"}, st.integers(0, END), st.integers(1, 200))
runs = st.fixed_dictionaries(
    {},
    optional={
        "exitAfter": st.integers(20, END).map(lambda t: f"{t}s"),
        "listen": spans.map(lambda span: [{"port": 8080, **span}]),
        "http": st.builds(lambda span, delay: [{"path": "/", "status": 500, "delay": delay, **span}], spans, st.sampled_from(["0s", "1s"])),
        "exec": spans.map(lambda span: [{"command": "check", "exit": 1, **span}]),
    },
)


@st.composite
def pods(draw: st.DrawFn, name: str) -> JSON:
    """A pod whose containers read what the kubelet writes into volumes, answer probes, or end."""
    team = {"path": "team", "fieldRef": {"fieldPath": "metadata.labels['team']"}}
    volumes = [
        {"name": "mode", "configMap": {"name": "settings", "optional": True}},
        {"name": "key", "secret": {"secretName": "keys", "optional": True}},
        {"name": "pod", "projected": {"sources": [{"downwardAPI": {"items": [team]}}, {"configMap": {"name": "more", "optional": True}}]}},
    ]
    mounts = [{"name": volume["name"], "mountPath": f"/etc/{path}"} for volume, path in zip(volumes, ("app", "key", "pod"), strict=True)]
    kinds = draw(st.lists(st.sampled_from(["startup", "liveness", "readiness"]), max_size=3, unique=True))
    probed = {"name": "main", "image": "app:1", **{f"{kind}Probe": draw(probes) for kind in kinds}}
    readers = [{"name": "reads", "image": "busybox:1.36", "command": READS, "volumeMounts": mounts}] if draw(st.booleans()) else []
    more: JSON = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "activeDeadlineSeconds": st.integers(60, END),
                "imagePullSecrets": st.just([{"name": "keys"}]),
                "restartPolicy": st.sampled_from(["Always", "OnFailure", "Never"]),
            },
        )
    )
    spec = {"terminationGracePeriodSeconds": 5, "volumes": volumes, "containers": [probed, *readers], **more}
    spec["nodeName"] = CREATED[name][1]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"team": "x"}}, "spec": spec}


def _changes(names: st.SearchStrategy[str]) -> st.SearchStrategy[JSON]:
    """Something that happens to a pod, to what it reads, or to its node."""
    values, nodes = st.integers(0, 9).map(str), st.sampled_from(["node-1", "node-2"])
    return st.one_of(
        st.builds(lambda name, value: {"label": f"pod/{name}", "with": {"team": value}}, names, values),
        st.builds(lambda name: {"delete": f"pod/{name}", "ignoreNotFound": True}, names),
        st.builds(lambda name, value: {"setImage": f"pod/{name}", "with": {"main": f"app:{value}"}}, names, values),
        st.builds(lambda name, code: {"kill": f"pod/{name}", "container": "main", "exitCode": code}, names, st.integers(0, 1)),
        st.builds(lambda name, value: _object("ConfigMap", name, data={"mode": value}), st.sampled_from(["settings", "more"]), values),
        st.builds(lambda value: _object("Secret", "keys", stringData={"key": value}), values),
        st.builds(lambda kind: {"delete": kind, "ignoreNotFound": True}, st.sampled_from(["configmap/settings", "secret/keys"])),
        st.builds(lambda node, down: {"node": f"node/{node}", "down": down}, nodes, st.booleans()),
        st.builds(
            lambda node, effect: {"taint": f"node/{node}", "with": [f"x=y:{effect}"]}, nodes, st.sampled_from(["NoSchedule", "NoExecute"])
        ),
        st.builds(lambda node: {"cordon": f"node/{node}"}, nodes),
        st.builds(
            lambda node, what: {"node": f"node/{node}", "kubelet": what}, nodes, st.sampled_from(["restart", "restart", "stop", "start"])
        ),
    )


def _object(kind: str, name: str, **content: Any) -> JSON:
    return {"apply": name, "with": [{"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}]}


changes = _changes(st.sampled_from(PODS))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[JSON], JSON]:
    """Some pods on two nodes, and a Scenario."""
    documents = [draw(pods(name)) for name in PODS[: draw(st.integers(1, 3))]]
    programs = [{"match": {"container": "main"}, "runs": draw(st.lists(runs, min_size=1, max_size=2))}]
    scenario = {
        "kubernetes": draw(st.sampled_from(["1.30", "1.32", "1.36"])),
        "seed": draw(st.integers(0, 1000)),
        "cluster": {"nodes": NODES},
        "images": {"*": {"cached": True}},
        "duration": f"{END}s",
        "programs": programs,
    }
    return documents, scenario


def play(world: tuple[list[JSON], JSON], actions: list[JSON], *, exact: bool, change: Callable[[Cluster], Cluster]) -> tuple[Any, ...]:
    """The journal of a world with actions, and the syncs that are due at its end."""
    documents, scenario = world
    creations = [at(CREATED[pod["metadata"]["name"]][0], {"apply": "pod", "with": [pod]}) for pod in documents]
    actions = sorted((*creations, *actions), key=lambda action: int(action["at"].removesuffix("ns")))
    spec = {"manifests": ["manifest.yaml"], **scenario, "actions": actions}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.yaml").write_text(json.dumps(_object("ConfigMap", "settings", data={"mode": "0"})["with"][0]))
        (Path(folder) / "scenario.yaml").write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}))
        cluster = change(Cluster(gather([folder], Choices(exact=exact))))
        return list(dump(cluster.run())), [
            syncs_to_come(machine.kubelet) for machine in cluster.machines.by_node.values() if machine.kubelet
        ]


def syncs_to_come(kubelet: Kubelet) -> tuple[Any, ...]:
    """When the pods of a node were synced last and will be next, in the order in which one tick would take them."""
    kubelet._workers.rouse_all()
    states = kubelet._states._states.items()
    return list(kubelet._queue._entries.items()), [(uid, state.last_sync, state.busy, state.work) for uid, state in states]


def at(t: int, change: JSON) -> JSON:
    return {"at": f"{t}ns", **change}


@SETTINGS
@given(
    world=worlds(),
    actions=st.lists(st.builds(at, st.integers(30 * SECOND, END * SECOND), changes), max_size=8),
    exact=st.booleans(),
)
def test_both_journals_of_a_random_world_are_equal(world: tuple[list[JSON], JSON], actions: list[JSON], exact: bool) -> None:
    assert play(world, actions, exact=exact, change=lambda c: c) == play(world, actions, exact=exact, change=skipping_nothing)


@SETTINGS
@given(
    world=worlds(),
    picks=st.lists(
        st.tuples(st.integers(0, 1000), st.sampled_from([-1, 0, 1, MILLISECOND, SYNC_WORK - 1, SYNC_WORK, SYNC_WORK + 1]), changes),
        min_size=1,
        max_size=3,
    ),
    exact=st.booleans(),
)
def test_a_change_during_a_sync_finds_it_under_way(world: tuple[list[JSON], JSON], picks: list[tuple[int, int, JSON]], exact: bool) -> None:
    """Changes come at the very instants at which syncs begin or end."""
    begun = begins_of_syncs(world, exact=exact)
    actions = [at(begun[number % len(begun)] + offset, change) for number, offset, change in picks if begun]
    assert play(world, actions, exact=exact, change=lambda c: c) == play(world, actions, exact=exact, change=skipping_nothing)


def begins_of_syncs(world: tuple[list[JSON], JSON], *, exact: bool) -> list[int]:
    """When syncs begin in a world without actions, if none is skipped."""
    begun: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        step = PodWorkers._step

        def noted(self: PodWorkers, *args: Any) -> Any:
            begun.append(self._engine.now)
            return step(self, *args)

        patch.setattr(PodWorkers, "_step", noted)
        play(world, [], exact=exact, change=skipping_nothing)
    return [t for t in begun if SECOND < t < (END - 1) * SECOND]
