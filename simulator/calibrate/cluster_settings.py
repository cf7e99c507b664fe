"""What Events and objects of a cluster show about its images, sandboxes, nodes and release. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from statistics import median
from typing import NamedTuple

from simulator.calibrate.container_history import first_time
from simulator.container.program import Sandbox
from simulator.dialect import DEFAULT, Dialect
from simulator.engine.durations import Fixed
from simulator.objects.event import Event
from simulator.objects.labels import KUBELET_LABEL_PREFIXES
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.scenario.spec import ImageSpec, NodeSpec
from simulator.units import MILLISECOND, SECOND, parse_duration, parse_quantity

PULLED = re.compile(r'Successfully pulled image "([^"]+)" in (\S+) \(.*?\)(?:\. Image size: (\d+) bytes)?')
PRESENT = re.compile(r'Container image "([^"]+)" already present')
FAILED = re.compile(r'Failed to pull image "([^"]+)": (.*)', re.DOTALL)
BEFORE_SANDBOX = 350 * MILLISECOND
"""From the binding to the call of RunPodSandbox: volumes and the first sync, which podsim's kubelet also takes."""
RESOLUTION = 1 * SECOND
"""Events of the kubelet have whole seconds: a smaller difference means nothing."""
OTHER_WAITS = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox")
"""Events of pods that waited for something besides the sandbox before their containers."""
RELEASES = ("1.36", "1.35", "1.34", "1.33", "1.32", "1.31", "1.30")


class Pull(NamedTuple):
    """An image was pulled: how long it took (ns), and its size in bytes where the Event has it."""

    time: int
    size: int | None


class PullFailures(NamedTuple):
    """Failed pulls with one error."""

    times: int
    error: str


def images(events: Sequence[Event]) -> dict[str, tuple[ImageSpec, str]]:
    """Images that were pulled, failed to be, or were present, each with the evidence in words."""
    pulls: dict[str, list[Pull]] = {}
    failures: dict[str, list[PullFailures]] = {}
    present: dict[str, None] = {}
    for event in sorted(events, key=lambda event: first_time(event) or 0):
        if match := PULLED.match(event.message):
            pulls.setdefault(match[1], []).append(Pull(parse_duration(match[2]), int(match[3]) if match[3] else None))
        elif match := PRESENT.match(event.message):
            present[match[1]] = None
        elif match := FAILED.match(event.message):
            failures.setdefault(match[1], []).append(PullFailures(event.count or 1, match[2]))
    names = dict.fromkeys([*pulls, *failures, *present])
    return {name: _image(pulls.get(name, []), failures.get(name, [])) for name in names}


def _image(pulls: list[Pull], failures: list[PullFailures]) -> tuple[ImageSpec, str]:
    """One image; without pulls and failures it was present."""
    count = sum(failure.times for failure in failures)
    error = failures[-1].error if failures else ""
    if pulls:
        others = f", the first of {len(pulls)}" if len(pulls) > 1 else ""
        return ImageSpec(False, pulls[0].size, Fixed(pulls[0].time), count, error), f"seen in a Pulled event{others}"
    if failures:
        return ImageSpec(fail_times=-1, error=error), f"failed {count} timesand was never pulled"
    return ImageSpec(cached=True), "already present on the machine"


def sandbox(pods: Sequence[Pod], events: Sequence[Event]) -> tuple[Sandbox, str]:
    """How long sandboxes took, from the binding of a pod to the first Event of its containers, with the evidence in words."""
    default = Sandbox()
    times = [time for pod in pods if (time := sandbox_time(pod, events)) is not None]
    failed = [event for event in events if event.reason == "FailedCreatePodSandBox"]
    error = failed[-1].message.partition(": ")[2] if failed else ""
    fails = sum(event.count or 1 for event in failed)
    takes = round(median(times)) if times else default.create.median()
    if abs(takes - default.create.median()) < RESOLUTION:
        return default._replace(fail_times=fails, error=error), "the usual time: no longer time was observed, at a resolution of 1 s"
    return Sandbox(Fixed(takes // MILLISECOND * MILLISECOND), fails, error), f"the median of {len(times)} pods, to a second"


def sandbox_time(pod: Pod, events: Sequence[Event]) -> int | None:
    """How long a pod's sandbox took (ns); None when Events do not show it, or when the pod also waited for volumes."""
    own = [event for event in events if event.involved_object.uid == pod.metadata.uid]
    bound = [t for event in own if event.reason == "Scheduled" and (t := first_time(event)) is not None]
    started = [t for event in own if event.reason in ("Pulling", "Pulled") and (t := first_time(event)) is not None]
    if not bound or not started or any(event.reason in OTHER_WAITS for event in own):
        return None
    # A time in whole seconds is up to a second early: half a second on average.
    return max(min(started) + RESOLUTION // 2 - min(bound) - BEFORE_SANDBOX, 0)


def nodes(pods: Sequence[Pod], objects: Sequence[Node]) -> tuple[list[NodeSpec], str]:
    """The Node objects, else nodes for the names that pods are bound to, large enough for them; with the evidence in words."""
    if objects:
        return [_node(node) for node in objects], "from the Node objects"
    used: dict[str, list[Pod]] = {}
    for pod in pods:
        if pod.spec.node_name:
            used.setdefault(pod.spec.node_name, []).append(pod)
    if not used:
        return [NodeSpec()], "podsim's default: no pod was bound"
    return [_large_enough(name, used[name]) for name in sorted(used)], "the nodes that pods are bound to; their size is assumed"


def _node(node: Node) -> NodeSpec:
    amounts = node.status.allocatable or node.status.capacity
    info = node.status.node_info
    runtime = "docker" if info is not None and info.container_runtime_version.startswith("docker") else "containerd"
    return NodeSpec(
        name=node.metadata.name,
        cpu=amounts.get("cpu", NodeSpec().cpu),
        memory=amounts.get("memory", NodeSpec().memory),
        pods=int(amounts.get("pods", NodeSpec().pods)),
        labels={name: value for name, value in node.metadata.labels.items() if not name.startswith(KUBELET_LABEL_PREFIXES)},
        taints=tuple({"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in node.spec.taints),
        ip=next((address.address for address in node.status.addresses if address.type == "InternalIP"), ""),
        pod_cidr=node.spec.pod_cidr,
        runtime=runtime,
    )


def _large_enough(name: str, pods: Sequence[Pod]) -> NodeSpec:
    """A node of the default size, or as large as the requests of its pods need."""
    spec = NodeSpec(name=name, ip=next((pod.status.host_ip for pod in pods if pod.status.host_ip), ""))
    all_requests = [c.resources.requests for pod in pods for c in pod.spec.containers if c.resources is not None]
    cpu = sum((parse_quantity(requests.get("cpu", "0")) for requests in all_requests), Decimal())
    memory = sum((parse_quantity(requests.get("memory", "0")) for requests in all_requests), Decimal())
    if cpu > parse_quantity(spec.cpu):
        spec = spec._replace(cpu=str(ceil(cpu)))
    if memory > parse_quantity(spec.memory):
        spec = spec._replace(memory=f"{ceil(memory / 2**30)}Gi")
    return spec


def release(objects: Sequence[Node], events: Sequence[Event]) -> tuple[str, str]:
    """The release of the kubelets, else the newest one whose Events have this wording; with the evidence in words."""
    for node in objects:
        if node.status.node_info is not None and node.status.node_info.kubelet_version:
            text = node.status.node_info.kubelet_version.removeprefix("v")
            minor = ".".join(text.split(".")[:2])
            return (minor if minor in RELEASES else DEFAULT), f"kubelets are {text}"
    created = [event for event in events if event.reason == "Created" and event.involved_object.field_path]
    if not created:
        return DEFAULT, "podsim's default"
    container = created[0].involved_object.field_path.partition("{")[2].rstrip("}")
    for candidate in RELEASES:
        if Dialect(candidate).say("container.created", name=container) == created[0].message:
            return candidate, "the newest release whose Events have this wording"
    return DEFAULT, "podsim's default: no known release words its Events this way"
