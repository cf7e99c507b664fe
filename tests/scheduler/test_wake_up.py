"""What wakes a pod that found no node, as a table: why it found none, what the pod is like, what happens, and whether it is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.dialect import Dialect
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.kinds import Object, from_builtins
from simulator.objects.node import Taint
from simulator.objects.pod import Pod
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.wake_up import hints_of
from tests.fake_cluster import node

PLAIN = node("n")
LABELLED = evolve(PLAIN, metadata=evolve(PLAIN.metadata, labels={"disk": "ssd", "zone": "a"}))
ELSEWHERE = evolve(PLAIN, metadata=evolve(PLAIN.metadata, labels={"zone": "b"}))
TAINTED = node("n", taints=[{"key": "k", "effect": "NoSchedule"}])
CORDONED = evolve(PLAIN, spec=evolve(PLAIN.spec, unschedulable=True, taints=[Taint(key="cordon", effect="NoSchedule")]))
SMALL = node("n", cpu="1")


def pod(labels: str = "", bound: str = "", **spec: Any) -> Pod:
    item = from_builtins(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p", "namespace": "default", "labels": {"app": labels} if labels else {}},
            "spec": {"containers": [{"name": "c", "image": "i"}], **({"nodeName": bound} if bound else {}), **spec},
        }
    )
    assert isinstance(item, Pod)
    return item


def group(app: str, kind: str = "podAffinity", key: str = "zone") -> dict[str, Any]:
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}


def cpu(amount: str) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": amount}}}]}


def port(number: int) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80, "hostPort": number}]}]}


SSD = pod(nodeSelector={"disk": "ssd"})
SPREAD = pod(
    labels="web",
    topologySpreadConstraints=[
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}}
    ],
)
WEB, API = pod(labels="web", bound="n"), pod(labels="api", bound="n")


@pytest.mark.parametrize(
    ("rejected_by", "waiting", "before", "after", "woken"),
    [
        ("NodeAffinity", SSD, None, LABELLED, True),
        ("NodeAffinity", SSD, PLAIN, LABELLED, True),
        ("NodeAffinity", SSD, PLAIN, ELSEWHERE, False),
        ("NodeAffinity", SSD, PLAIN, CORDONED, False),
        ("TaintToleration", pod(), TAINTED, PLAIN, True),
        ("TaintToleration", pod(), PLAIN, TAINTED, False),
        ("TaintToleration", pod(), PLAIN, LABELLED, False),
        ("NodeUnschedulable", pod(), CORDONED, PLAIN, True),
        ("NodeUnschedulable", pod(), PLAIN, CORDONED, False),
        ("NodeResourcesFit", pod(**cpu("4")), SMALL, PLAIN, True),
        ("NodeResourcesFit", pod(**cpu("4")), PLAIN, SMALL, False),
        ("NodeResourcesFit", pod(**cpu("9")), None, PLAIN, False),
        ("NodeResourcesFit", pod(), node("n", pods="0"), node("n", pods="1"), True),
        ("NodeResourcesFit", pod(), node("n", pods="1"), node("n", pods="0"), False),
        ("NodeResourcesFit", pod(**cpu("4")), TAINTED, PLAIN, False),
        ("NodeResourcesFit", pod(**cpu("4")), WEB, None, True),
        ("NodeResourcesFit", pod(**cpu("4")), None, WEB, False),
        ("NodePorts", pod(**port(80)), pod(bound="n", **port(80)), None, True),
        ("NodePorts", pod(**port(80)), pod(bound="n", **port(81)), None, False),
        ("PodTopologySpread", SPREAD, None, WEB, True),
        ("PodTopologySpread", SPREAD, None, API, False),
        ("PodTopologySpread", SPREAD, API, WEB, True),
        ("PodTopologySpread", SPREAD, LABELLED, None, True),
        ("PodTopologySpread", SPREAD, LABELLED, ELSEWHERE, True),
        ("PodTopologySpread", SPREAD, PLAIN, CORDONED, False),
        ("InterPodAffinity", pod(**group("web")), None, WEB, True),
        ("InterPodAffinity", pod(**group("web")), WEB, None, False),
        ("InterPodAffinity", pod(**group("web")), PLAIN, LABELLED, True),
        ("InterPodAffinity", pod(**group("web", "podAntiAffinity")), WEB, None, True),
        ("InterPodAffinity", pod(**group("web", "podAntiAffinity")), None, WEB, False),
        ("InterPodAffinity", pod(labels="web"), pod(labels="api", bound="n", **group("web", "podAntiAffinity")), None, True),
        ("InterPodAffinity", pod(**group("web", "podAntiAffinity")), LABELLED, PLAIN, True),
    ],
)
def test_who_is_woken(rejected_by: str, waiting: Pod, before: Object | None, after: Object | None, *, woken: bool) -> None:
    item = after or before
    assert item is not None
    kind = "ADDED" if before is None else "DELETED" if after is None else "MODIFIED"
    hints = hints_of(Write(0, 1, kind, item), before)
    hint = hints.get(rejected_by)
    assert (hint is not None and hint(Cycle(waiting, [], Dialect("1.36"), [], {}, []))) is woken
