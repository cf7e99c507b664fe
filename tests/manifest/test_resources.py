"""What a pod asks for as a whole, and the quality-of-service class that follows from it."""

from pathlib import Path

import msgspec
import pytest
import yaml

from simulator.manifest.pod_resources import pod_resources
from simulator.manifest.qos import qos_class
from simulator.objects.pod import PodSpec

CASES = yaml.safe_load((Path(__file__).parent / "data/qos.yaml").read_text())


def spec(containers=(), init=(), **more):
    return msgspec.convert({"containers": list(containers), "initContainers": list(init), **more}, PodSpec)


def asks(name="a", policy=None, limits=None, **requests):
    item = {"name": name, "image": "b", "resources": {"requests": requests, "limits": limits or {}}}
    return {**item, "restartPolicy": policy} if policy else item


def of_case(case, group):
    return [
        {"name": item["name"], "resources": {part: item.get(part) or {} for part in ("requests", "limits")}} for item in case.get(group, [])
    ]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']} {case['what']}" for case in CASES])
def test_qos_class(case):
    assert qos_class(spec(of_case(case, "containers"), of_case(case, "initContainers"))) == case["expect"]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1"}}, "Burstable"),
        ({}, "BestEffort"),
    ],
)
def test_resources_of_the_whole_pod_decide_its_class(resources, expected):
    assert qos_class(spec([asks(cpu="1m")], resources=resources)) == expected


def test_zero_is_not_a_request():
    assert qos_class(spec([asks(cpu="0", memory="0")])) == "BestEffort"


ROWS = {
    "nothing": (spec([asks()]), {}),
    "containers run together": (spec([asks(cpu="100m"), asks(cpu="0.25", memory="64Mi")]), {"cpu": "350m", "memory": "64Mi"}),
    "a step may need more than they do": (spec([asks(cpu="1")], [asks(cpu="3"), asks(cpu="2")]), {"cpu": "3"}),
    "a step may need less": (spec([asks(cpu="4")], [asks(cpu="3")]), {"cpu": "4"}),
    "sidecars run beside the containers": (spec([asks(cpu="1")], [asks(policy="Always", cpu="2")]), {"cpu": "3"}),
    "later steps run beside sidecars": (spec([asks(cpu="1")], [asks(policy="Always", cpu="1"), asks(cpu="5")]), {"cpu": "6"}),
    "earlier steps do not": (spec([asks(cpu="1")], [asks(cpu="5"), asks(policy="Always", cpu="1")]), {"cpu": "5"}),
    "overhead comes on top": (spec([asks(cpu="1")], overhead={"cpu": "250m", "memory": "1Mi"}), {"cpu": "1250m", "memory": "1Mi"}),
    "the pod's own word wins": (spec([asks(cpu="1", pods="1")], resources={"requests": {"cpu": "3"}}), {"cpu": "3", "pods": "1"}),
}


@pytest.mark.parametrize(("pod", "expected"), ROWS.values(), ids=ROWS)
def test_requests_of_a_pod(pod, expected):
    assert pod_resources(pod, "requests") == expected


def test_overhead_only_raises_limits_that_are_there():
    pod = spec([asks(limits={"cpu": "1"})], overhead={"cpu": "1", "memory": "1Mi"})
    assert pod_resources(pod, "limits") == {"cpu": "2"}
