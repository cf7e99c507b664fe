"""What Events and objects of a cluster tell about its images, sandboxes, nodes and release. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from statistics import median

from simulator.calibrate.observed import first_time
from simulator.container.program import Sandbox
from simulator.dialect import DEFAULT, Dialect
from simulator.engine.durations import Fixed
from simulator.objects.event import Event
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.scenario.spec import ImageSpec, NodeSpec
from simulator.units import MILLISECOND, SECOND, parse_duration, parse_quantity

PULLED = re.compile(r'Successfully pulled image "([^"]+)" in (\S+) \(.*?\)(?:\. Image size: (\d+) bytes)?')
PRESENT = re.compile(r'Container image "([^"]+)" already present')
FAILED = re.compile(r'Failed to pull image "([^"]+)": (.*)', re.DOTALL)
KUBELETS_SHARE = 350 * MILLISECOND
"""From binding to the call of RunPodSandbox: volumes and the first sync, as podsim's kubelet has it too."""
RESOLUTION = 1 * SECOND
"""Events of the kubelet have whole seconds: less of a difference says nothing."""
OTHER_WAITS = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox")
"""Events of pods that waited for something else before their containers."""
LABELS_OF_KUBELETS = ("kubernetes.io/", "beta.kubernetes.io/", "node.kubernetes.io/")
KNOWN = ("1.36", "1.35", "1.34", "1.33", "1.32", "1.31", "1.30")


def images(events: Sequence[Event]) -> dict[str, tuple[ImageSpec, str]]:
    """Images that were pulled, failed to be, or were there, each with how that is known."""
    pulls: dict[str, list[tuple[int, int | None]]] = {}
    failures: dict[str, list[tuple[int, str]]] = {}
    present: dict[str, None] = {}
    for event in sorted(events, key=lambda event: first_time(event) or 0):
        if match := PULLED.match(event.message):
            pulls.setdefault(match[1], []).append((parse_duration(match[2]), int(match[3]) if match[3] else None))
        elif match := PRESENT.match(event.message):
            present[match[1]] = None
        elif match := FAILED.match(event.message):
            failures.setdefault(match[1], []).append((event.count or 1, match[2]))
    found: dict[str, tuple[ImageSpec, str]] = {}
    for name in dict.fromkeys([*pulls, *failures, *present]):
        wrong = failures.get(name, [])
        times = sum(count for count, _ in wrong)
        error = wrong[-1][1] if wrong else ""
        if name in pulls:
            takes, size = pulls[name][0]
            more = f", the first of {len(pulls[name])}" if len(pulls[name]) > 1 else ""
            found[name] = ImageSpec(False, size, Fixed(takes), times, error), f"seen in a Pulled event{more}"
        elif wrong:
            found[name] = ImageSpec(fail_times=-1, error=error), f"failed {times} times, and was never pulled"
        else:
            found[name] = ImageSpec(cached=True), "already present on the machine"
    return found


def sandbox(pods: Sequence[Pod], events: Sequence[Event]) -> tuple[Sandbox, str]:
    """How long sandboxes took, as far as it shows: from the binding of a pod to the first event of its containers."""
    default = Sandbox()
    times = [time for pod in pods if (time := sandbox_time(pod, events)) is not None]
    failed = [event for event in events if event.reason == "FailedCreatePodSandBox"]
    error = failed[-1].message.partition(": ")[2] if failed else ""
    fails = sum(event.count or 1 for event in failed)
    takes = round(median(times)) if times else default.create.median()
    if abs(takes - default.create.median()) < RESOLUTION:
        return default._replace(fail_times=fails, error=error), "the usual time: nothing longer than a second's resolution was seen"
    return Sandbox(Fixed(takes // MILLISECOND * MILLISECOND), fails, error), f"the median of {len(times)} pods, to a second"


def sandbox_time(pod: Pod, events: Sequence[Event]) -> int | None:
    """How long a pod's sandbox took; None when that does not show, or when it was volumes that the pod waited for."""
    own = [event for event in events if event.involved_object.uid == pod.metadata.uid]
    bound = [t for event in own if event.reason == "Scheduled" and (t := first_time(event)) is not None]
    begun = [t for event in own if event.reason in ("Pulling", "Pulled") and (t := first_time(event)) is not None]
    if not bound or not begun or any(event.reason in OTHER_WAITS for event in own):
        return None
    # A whole second stands for what may be up to a second later: half of it on the average.
    return max(min(begun) + RESOLUTION // 2 - min(bound) - KUBELETS_SHARE, 0)


def nodes(pods: Sequence[Pod], objects: Sequence[Node]) -> tuple[list[NodeSpec], str]:
    """The nodes: as they are, where they are among the objects, else those that pods are bound to, large enough for them."""
    if objects:
        return [_node(node) for node in objects], "as the Node objects have them"
    used: dict[str, list[Pod]] = {}
    for pod in pods:
        if pod.spec.node_name:
            used.setdefault(pod.spec.node_name, []).append(pod)
    if not used:
        return [NodeSpec()], "podsim's default: no pod was bound"
    return [_enough(name, used[name]) for name in sorted(used)], "those that pods are bound to; what they have is assumed"


def _node(node: Node) -> NodeSpec:
    amounts = node.status.allocatable or node.status.capacity
    info = node.status.node_info
    runtime = "docker" if info is not None and info.container_runtime_version.startswith("docker") else "containerd"
    return NodeSpec(
        name=node.metadata.name,
        cpu=amounts.get("cpu", NodeSpec().cpu),
        memory=amounts.get("memory", NodeSpec().memory),
        pods=int(amounts.get("pods", NodeSpec().pods)),
        labels={name: value for name, value in node.metadata.labels.items() if not name.startswith(LABELS_OF_KUBELETS)},
        taints=tuple({"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in node.spec.taints),
        ip=next((address.address for address in node.status.addresses if address.type == "InternalIP"), ""),
        pod_cidr=node.spec.pod_cidr,
        runtime=runtime,
    )


def _enough(name: str, pods: Sequence[Pod]) -> NodeSpec:
    """A node of the usual size, or as large as the requests of its pods need."""
    spec = NodeSpec(name=name, ip=next((pod.status.host_ip for pod in pods if pod.status.host_ip), ""))
    asked = [c.resources.requests for pod in pods for c in pod.spec.containers if c.resources is not None]
    cpu = sum((parse_quantity(requests.get("cpu", "0")) for requests in asked), Decimal())
    memory = sum((parse_quantity(requests.get("memory", "0")) for requests in asked), Decimal())
    if cpu > parse_quantity(spec.cpu):
        spec = spec._replace(cpu=str(ceil(cpu)))
    if memory > parse_quantity(spec.memory):
        spec = spec._replace(memory=f"{ceil(memory / 2**30)}Gi")
    return spec


def release(objects: Sequence[Node], events: Sequence[Event]) -> tuple[str, str]:
    """The release: what the kubelets say, else the newest that words its Events so."""
    for node in objects:
        if node.status.node_info is not None and node.status.node_info.kubelet_version:
            text = node.status.node_info.kubelet_version.removeprefix("v")
            minor = ".".join(text.split(".")[:2])
            return (minor if minor in KNOWN else DEFAULT), f"kubelets are {text}"
    created = [event for event in events if event.reason == "Created" and event.involved_object.field_path]
    if not created:
        return DEFAULT, "podsim's default"
    container = created[0].involved_object.field_path.partition("{")[2].rstrip("}")
    for known in KNOWN:
        if Dialect(known).say("container.created", name=container) == created[0].message:
            return known, "the newest release that words its Events so"
    return DEFAULT, "podsim's default: no release that it knows words Events so"
