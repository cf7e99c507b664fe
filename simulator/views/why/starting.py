"""Why a container has not been created or started: sandbox, volumes, its image, its configuration."""

from __future__ import annotations

import re

from simulator.client.attachments import node_of
from simulator.objects.conditions import condition_of
from simulator.objects.container import Container
from simulator.objects.event import Event
from simulator.objects.kinds import Key, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_name, claim_names, uses_node
from simulator.objects.pod_status import ContainerStatus
from simulator.objects.storage import PersistentVolumeClaim
from simulator.units import SECOND
from simulator.views.why.because import Because, coming, note
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.makers import likely_maker
from simulator.views.why.words import brief, listed, many, runtime_error, seconds, when

IMAGE_REASONS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable")
CONFIG_REASONS = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PostStartHookError", "StartError")
MOST_ERROR = 240
_MISSING = re.compile(r'(?i)(configmap|secret) "([^"]+)" not found')


def not_started(ask: Inquiry, pod: Pod, container: Container, status: ContainerStatus | None) -> tuple[Because, ...]:
    """Why a container waits for its first start, or for a restart."""
    waiting = status.state.waiting if status is not None else None
    reason = waiting.reason if waiting is not None else ""
    if reason in IMAGE_REASONS and waiting is not None:
        return image(ask, pod, container, waiting.message)
    if reason in CONFIG_REASONS and waiting is not None:
        return _configuration(ask, pod, container, reason, waiting.message)
    return _creating(ask, pod, container)


# ---- before it is created


def _creating(ask: Inquiry, pod: Pod, container: Container) -> tuple[Because, ...]:
    """ContainerCreating: what the kubelet is doing."""
    runs = ask.runs(pod, container.name)
    if runs and runs[-1].exact and runs[-1].started is not None:
        return (note(f"it started at {when(runs[-1].started)}: the kubelet reports it at its next sync of the pod"),)
    if held := _attached_elsewhere(ask, pod):
        return held
    failed = ask.events(pod, "FailedMount")
    sandbox = condition_of(pod.status, "PodReadyToStartContainers")
    up = sandbox is not None and sandbox.status == "True"
    if failed and not up:
        return _mounting(ask, pod, failed[-1][1].message)
    broken = ask.events(pod, "FailedCreatePodSandBox")
    if broken and not up:
        text = (
            f"the pod's sandbox could not be created, {many(len(broken), 'time')} so far: {brief(broken[-1][1].message.partition(': ')[2])}"
        )
        return (Because(text, t=broken[-1][0]),)
    pulling = _pulling(ask, pod, container)
    if pulling is not None:
        return (pulling,)
    others = [one for one in pod.spec.containers if one.name != container.name]
    for other in others:
        pulling = _pulling(ask, pod, other)
        if pulling is not None:
            return (Because(f"containers start one at a time, and {other.name} has not started yet", (pulling,)),)
    if not pod.status.start_time:
        return (Because(f"the kubelet on {pod.spec.node_name} has not seen it yet"),)
    what = "its sandbox is ready and the container is being created" if up else "its volumes and its sandbox are being set up"
    bound = ask.since(pod, lambda item: bool(item.spec.node_name))
    return (Because(f"{what}; it was bound to {pod.spec.node_name} at {when(bound or 0)}"),)


def _attached_elsewhere(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Volumes for one node that are attached to another one."""
    causes = []
    for name in claim_names(pod):
        claim = ask.snapshot.get(Key("PersistentVolumeClaim", pod.metadata.namespace, name))
        volume = claim.spec.volume_name if isinstance(claim, PersistentVolumeClaim) else ""
        nodes = [node for item in ask.snapshot.objects("VolumeAttachment") if (node := node_of(item, volume))] if volume else []
        if not nodes or pod.spec.node_name in nodes:
            continue
        others = [other for other in ask.snapshot.typed(Pod, pod.metadata.namespace) if other.spec.node_name in nodes and uses_node(other)]
        users = [named(other) for other in others if name in claim_names(other)]
        used = f", where {listed(users)} uses it" if users else ", which has not unmounted it yet"
        text = f"the volume of {name} is attached to {listed(nodes)}{used} (ReadWriteOnce: one node at a time)"
        causes.append(Because(text, () if users else (ask.about(Key("Node", "", nodes[0])),), ask.pod_place(pod, "volumes")))
    return tuple(causes)


def _mounting(ask: Inquiry, pod: Pod, message: str) -> tuple[Because, ...]:
    """A volume that cannot be set up, or a claim that cannot be used."""
    refused = message.rpartition("error processing ")[2]
    if refused != message:
        bypassed = () if ask.events(pod, "Scheduled") else (note("the pod sets nodeName: no scheduler chooses a node for its claims"),)
        return (Because(f"its volumes cannot be mounted: {brief(refused)}", (*claims(ask, pod), *bypassed)),)
    volume = re.search(r'volume "([^"]+)"', message)
    place = ask.pod_place(pod, f"volumes[{volume[1]}]") if volume else ""
    text = f"its volumes cannot be mounted: {brief(message.partition(' : ')[2] or message)}"
    return (Because(text, _missing(ask, pod, message), place),)


def _missing(ask: Inquiry, pod: Pod, message: str) -> tuple[Because, ...]:
    """Whether the missing object exists by now."""
    match = _MISSING.search(message)
    if match is None:
        return ()
    kind = {"configmap": "ConfigMap", "secret": "Secret"}[match[1].lower()]
    item = ask.snapshot.get(Key(kind, pod.metadata.namespace, match[2]))
    if item is not None:
        return (coming(f"{kind} {match[2]} has existed since {when(ask.born(item))}: the kubelet finds it at its next try"),)
    elsewhere = [other.metadata.namespace for other in ask.snapshot.objects(kind) if other.metadata.name == match[2]]
    hint: tuple[Because, ...] = (note(f"there is one in namespace {elsewhere[0]}"),) if elsewhere else ()
    maker = likely_maker(ask.snapshot, Key(kind, pod.metadata.namespace, match[2]))
    if maker is not None:
        hint += (note(f"{maker}, but podsim does not run that program"),)
    return (Because(f"there is no {kind} {match[2]} in namespace {pod.metadata.namespace}", hint),)


def _configuration(ask: Inquiry, pod: Pod, container: Container, reason: str, message: str) -> tuple[Because, ...]:
    """The container cannot be created or started."""
    missing = _missing(ask, pod, message)
    fields = ("lifecycle",) if reason == "PostStartHookError" else ("envFrom", "env") if missing or "key" in message else ("",)
    place = next((line for field in fields if (line := ask.container_place(pod, container.name, field))), "")
    runs = ask.runs(pod, container.name)
    if not place and runs:
        place = runs[-1].place()
    return (Because(f"{reason}: {runtime_error(message)}", missing or _how_known(ask, pod, container), place),)


def _how_known(ask: Inquiry, pod: Pod, container: Container) -> tuple[Because, ...]:
    """How podsim knows that a container does not start, and what to write into a Scenario if it does."""
    workloads = {f"{key.kind.lower()}/{key.name}" for key in ask.owners(pod)}
    for item in ask.snapshot.header.assumptions:
        workload, _, name = item["subject"].rpartition(" ")
        if name == container.name and workload in workloads and item["text"].startswith("does not start"):
            return (note(f"{item['reason']}; to override this, add to a Scenario: {item['override']}"),)
    return ()


# ---- its image


def _pulling(ask: Inquiry, pod: Pod, container: Container) -> Because | None:
    """A pull in progress."""
    events = [
        (t, event)
        for t, event in ask.events(pod, "Pulling", "Pulled", "Failed")
        if f"{{{container.name}}}" in event.involved_object.field_path
    ]
    if not events or events[-1][1].reason != "Pulling":
        return None
    t, place = events[-1][0], ask.container_place(pod, container.name, "image")
    ahead = _queue(ask, pod, events[-1][1])
    return Because(f"its image {container.image} has been pulling since {when(t)}", ahead, place, t)


def _queue(ask: Inquiry, pod: Pod, pulling: Event) -> tuple[Because, ...]:
    """Earlier pulls in the node's queue: the kubelet pulls one image after the other."""
    waiting = []
    for other in ask.snapshot.typed(Pod):
        if other.spec.node_name != pod.spec.node_name or other.metadata.uid == pod.metadata.uid:
            continue
        last = {event.involved_object.field_path: event for _, event in ask.events(other, "Pulling", "Pulled", "Failed")}
        waiting += [event for event in last.values() if event.reason == "Pulling" and _revision(event) < _revision(pulling)]
    return (
        (note(f"{many(len(waiting), 'pull')} on {pod.spec.node_name} ahead of it; the kubelet pulls one image at a time"),)
        if waiting
        else ()
    )


def _revision(event: Event) -> int:
    return int(event.metadata.resource_version or 0)


def image(ask: Inquiry, pod: Pod, container: Container, message: str) -> tuple[Because, ...]:
    """Why an image cannot be pulled."""
    place = ask.container_place(pod, container.name, "image")
    failures = [
        event.message for _, event in ask.events(pod, "Failed", "InspectFailed", "ErrImageNeverPull") if container.image in event.message
    ]
    error = failures[-1].partition('": ')[2] or failures[-1] if failures else message
    waits = ask.facts(key_of(pod), "image.backs_off", container=container.name)
    text = f"its image {container.image} cannot be pulled: {brief(error, MOST_ERROR)}"
    if not waits:
        return (Because(text, place=place),)
    until, delay = round(float(waits[-1].data["until"]) * SECOND), float(waits[-1].data["delay"])
    times = f", {many(len(waits), 'time')} so far" if len(waits) > 1 else ""
    cause = Because(f"{text}{times}, last at {when(waits[-1].t)}", place=place, t=waits[-1].t)
    if until > ask.t:
        return (cause, coming(f"pull after a back-off of {seconds(delay)}, not before {when(until)}"))
    return (cause, coming(f"the back-off of {seconds(delay)} expired at {when(until)}: it is pulled at the kubelet's next sync"))


def claims(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Claims of the pod that are not bound."""
    causes = []
    for volume in pod.spec.volumes:
        name = claim_name(pod, volume)
        if not name:
            continue
        claim = ask.snapshot.get(Key("PersistentVolumeClaim", pod.metadata.namespace, name))
        if claim is None:
            text = f"there is no persistentvolumeclaim/{name} in namespace {pod.metadata.namespace}"
            causes.append(Because(text, place=ask.pod_place(pod, f"volumes[{volume.name}]")))
        elif getattr(getattr(claim, "status", None), "phase", "") != "Bound":
            causes.append(ask.about(Key("PersistentVolumeClaim", pod.metadata.namespace, name)))
    return tuple(causes)
