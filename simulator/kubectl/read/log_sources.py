"""Which runs of which containers `kubectl logs` means."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from simulator.kubectl.errors import Denied, KubectlError
from simulator.kubectl.read.names import only_one
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.selectors import parse_labels
from simulator.kubectl.view import View
from simulator.kubectl.workload_pods import pods_of
from simulator.objects.conditions import READY, condition_of
from simulator.objects.kinds import BY_NAME, key_of
from simulator.objects.labels import DEFAULT_CONTAINER
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus


class LogOptions(msgspec.Struct, frozen=True):
    """The flags of `kubectl logs`. `since` in nanoseconds, `since_time` RFC 3339, `tail` None: all lines."""

    namespace: str = "default"
    container: str = ""
    labels: str = ""
    previous: bool = False
    follow: bool = False
    timestamps: bool = False
    all_containers: bool = False
    all_pods: bool = False
    prefix: bool = False
    since: int | None = None
    since_time: str = ""
    tail: int | None = None
    limit_bytes: int = 0
    ignore_errors: bool = False
    max_log_requests: int = 5


class Source(NamedTuple):
    """One run of a container of a pod, or why there is none."""

    pod: Pod
    container: str
    run: int
    problem: str = ""


def pods_meant(args: list[str], options: LogOptions, view: View) -> tuple[list[Pod], str]:
    """The pods whose containers are meant, and what kubectl says about its choice."""
    pods = view.snapshot.typed(Pod, options.namespace)
    if options.labels:
        view.authorize("list", BY_NAME["Pod"], options.namespace)
        terms = parse_labels(options.labels)
        chosen = [pod for pod in pods if all(term.matches(pod.metadata.labels) for term in terms)]
        return chosen, "" if chosen else f"No resources found in {options.namespace} namespace.\n"
    type_, slash, name = args[0].rpartition("/")
    kind = kinds_of(type_, view.snapshot)[0] if slash else BY_NAME["Pod"]
    try:
        result = only_one(kind, options.namespace, name, view)
    except KubectlError as error:
        if error.code != 1 or isinstance(error, Denied):
            raise
        words = view.dialect.say("logs.not_found", resource=kind.resource, name=name, namespace=options.namespace)
        raise KubectlError(words) from error
    if isinstance(result.item, Pod):
        return [result.item], result.note
    view.authorize("list", BY_NAME["Pod"], options.namespace)
    chosen = sorted(pods_of(result.item, pods, "cannot get the logs from"), key=_preference)
    if not chosen:
        raise KubectlError("error: timed out waiting for the condition")
    if options.all_pods or len(chosen) == 1:
        return chosen, result.note
    return chosen[:1], f"{result.note}Found {len(chosen)} pods, using pod/{chosen[0].metadata.name}\n"


def _preference(pod: Pod) -> tuple[object, ...]:
    """Which pod of several kubectl prefers: assigned, running, ready (the longest), restarted most often, oldest."""
    phase = {"Running": 0, "Unknown": 1}.get(pod.status.phase, 2)
    condition = condition_of(pod.status, READY)
    ready = condition is not None and condition.status == "True"
    since = (condition.last_transition_time if condition is not None and ready else None) or ""
    restarts = max((status.restart_count for status in pod.status.container_statuses), default=0)
    return (not pod.spec.node_name, phase, not ready, since, -restarts, pod.metadata.creation_timestamp or "", pod.metadata.name)


def _names(pod: Pod) -> dict[str, str]:
    """Every container of a pod, and how kubectl lists it."""
    spec = pod.spec
    names = {container.name: container.name for container in spec.containers}
    names.update({str(one["name"]): f"{one['name']} (ephem)" for one in spec.ephemeral_containers})
    names.update({container.name: f"{container.name} (init)" for container in spec.init_containers})
    return names


def sources_of(pod: Pod, options: LogOptions) -> tuple[list[Source], str]:
    """The runs to print, and what kubectl says about its choice of container. Raises KubectlError where the API server would."""
    names, note = _names(pod), ""
    if options.all_containers:
        spec = pod.spec
        order = [c.name for c in (*spec.init_containers, *spec.containers)] + [str(c["name"]) for c in spec.ephemeral_containers]
        return [_source(pod, name, options.previous) for name in order], ""
    name = options.container or pod.metadata.annotations.get(DEFAULT_CONTAINER, "")
    if not options.container and name and name not in names:
        note, name = f'Default container name "{name}" not found in pod {pod.metadata.name}\n', ""
    if not name:
        name = pod.spec.containers[0].name
        if len(names) > 1 and not options.all_pods:
            note += f'Defaulted container "{name}" out of: {", ".join(names.values())}\n'
    if name not in names:
        raise KubectlError(f"error: container {name} is not valid for pod {pod.metadata.name} out of: {', '.join(names.values())}")
    return [_source(pod, name, options.previous)], note


def _source(pod: Pod, name: str, previous: bool) -> Source:
    """The run of that container, or why there is none."""
    try:
        return Source(pod, name, run_of(pod, name, previous))
    except KubectlError as error:
        return Source(pod, name, -1, str(error))


def run_of(pod: Pod, container: str, previous: bool) -> int:
    """Which start of the container is meant; -1 for a pod without a node, which has no log.

    Raises KubectlError in the kubelet's words when it has not started.
    """
    if not pod.spec.node_name:
        return -1
    everything = (*pod.status.init_container_statuses, *pod.status.container_statuses, *pod.status.ephemeral_container_statuses)
    status = next((one for one in everything if one.name == container), None)
    of_pod = f'container "{container}" in pod "{pod.metadata.name}"'
    if status is None:
        raise KubectlError(f"{of_pod} is not available")
    if previous and not status.last_state.terminated:
        raise KubectlError(f"previous terminated {of_pod} not found")
    if not previous and _waits(status):
        raise KubectlError(f"{of_pod} is waiting to start: {_cause(status)}")
    # The restart count is that of the last run, whether it is still running, has ended, or the container waits in back-off.
    in_back_off = status.state.waiting is not None
    return status.restart_count - (1 if previous and not in_back_off else 0)


def goes_on(source: Source, view: View) -> bool:
    """Whether the run that a source is may still print: it has not ended, and its pod is there."""
    pod = view.snapshot.get(key_of(source.pod))
    if source.problem or not isinstance(pod, Pod) or pod.metadata.uid != source.pod.metadata.uid:
        return False
    everything = (*pod.status.init_container_statuses, *pod.status.container_statuses, *pod.status.ephemeral_container_statuses)
    status = next((one for one in everything if one.name == source.container), None)
    return status is not None and status.restart_count == source.run and status.state.running is not None


def _waits(status: ContainerStatus) -> bool:
    return not (status.state.running or status.state.terminated or status.last_state.terminated)


def _cause(status: ContainerStatus) -> str:
    reason = status.state.waiting.reason if status.state.waiting else ""
    known = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
    return known.get(reason, reason)
