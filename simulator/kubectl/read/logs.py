"""`kubectl logs`: what containers printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from simulator.journal.records import LogLine
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.read.names import only_one
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.selectors import matches, parse_labels
from simulator.kubectl.view import Printed, View
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import Job
from simulator.objects.kinds import BY_NAME, Kind, Object
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.objects.replication import ReplicationController
from simulator.objects.service import Service
from simulator.units import SECOND, format_time, parse_time

_DEFAULT = "kubectl.kubernetes.io/default-container"
_REFUSED = "Error from server (BadRequest): "
_SELECTED_TAIL = 10  # lines of each container when pods are chosen by label


@dataclass(frozen=True)
class LogOptions:
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


class _Source(NamedTuple):
    """One run of a container of a pod, or why there is none."""

    pod: Pod
    container: str
    run: int
    problem: str = ""


def logs(args: list[str], options: LogOptions, view: View) -> Printed:
    """What `kubectl logs ARGS` prints; with `follow`, what it has printed by now."""
    notes = ""
    try:
        _check(args, options)
        given = options
        if len(args) == 2:
            options = replace(options, container=args[1])
        if options.labels and options.tail is None:
            options = replace(options, tail=_SELECTED_TAIL)
        pods, notes = _pods(args, options, view)
        _check_flags(args, given)
        sources = []
        for pod in pods:
            found, note = _sources(pod, options)
            sources += found
            notes += note
        if options.follow and len(sources) > max(1, options.max_log_requests):
            limit = f"maximum allowed concurrency is {options.max_log_requests}, use --max-log-requests to increase the limit"
            raise KubectlError(f"error: you are attempting to follow {len(sources)} log streams, but {limit}")
        problem = next((source.problem for source in sources if source.problem), "")
        if problem and not options.ignore_errors:
            raise KubectlError(_REFUSED + problem)
        return Printed(_text(sources, options, view), notes)
    except KubectlError as error:
        return Printed(err=f"{notes}{error}\n", code=error.code)


def _check(args: list[str], options: LogOptions) -> None:
    see = "\nSee 'kubectl logs -h' for help and examples"
    if not options.labels and len(args) not in (1, 2):
        usage = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"
        raise KubectlError(f"error: {usage}{see}")
    if options.labels and args:
        raise KubectlError(f"error: only a selector (-l) or a POD name is allowed{see}")
    if options.since_time:
        try:
            parse_time(options.since_time)
        except ValueError as error:
            text, layout = options.since_time, "2006-01-02T15:04:05Z07:00"
            raise KubectlError(f'error: parsing time "{text}" as "{layout}": cannot parse "{text}" as "2006"') from error


def _check_flags(args: list[str], options: LogOptions) -> None:
    """What kubectl looks at only when it has found the pod."""
    if options.since is not None and options.since_time:
        raise KubectlError("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
    if options.all_containers and (options.container or len(args) == 2):
        named = options.container or args[1]
        raise KubectlError(f"error: --all-containers=true should not be specified with container name {named}")
    if options.container and len(args) == 2:
        raise KubectlError("error: only one of -c or an inline [CONTAINER] arg is allowed")
    if options.limit_bytes < 0:
        raise KubectlError("error: --limit-bytes must be greater than 0")
    if options.tail is not None and options.tail < -1:
        raise KubectlError("error: --tail must be greater than or equal to -1")


def _pods(args: list[str], options: LogOptions, view: View) -> tuple[list[Pod], str]:
    """The pods whose containers are meant, and what kubectl says about its choice."""
    pods = view.snapshot.typed(Pod, options.namespace)
    if options.labels:
        terms = parse_labels(options.labels)
        chosen = [pod for pod in pods if all(term.matches(pod.metadata.labels) for term in terms)]
        return chosen, "" if chosen else f"No resources found in {options.namespace} namespace.\n"
    type_, slash, name = args[0].rpartition("/")
    kind = kinds_of(type_, view.snapshot)[0] if slash else BY_NAME["Pod"]
    try:
        found = only_one(kind, options.namespace, name, view)
    except KubectlError as error:
        if error.code != 1:
            raise
        words = view.dialect.say("logs.not_found", resource=kind.resource, name=name, namespace=options.namespace)
        raise KubectlError(words) from error
    if isinstance(found.item, Pod):
        return [found.item], found.note
    chosen = sorted(_selected(found.item, kind, pods), key=_preference)
    if not chosen:
        raise KubectlError("error: timed out waiting for the condition")
    if options.all_pods or len(chosen) == 1:
        return chosen, found.note
    return chosen[:1], f"{found.note}Found {len(chosen)} pods, using pod/{chosen[0].metadata.name}\n"


def _selected(item: Object, kind: Kind, pods: list[Pod]) -> list[Pod]:
    if isinstance(item, Service):
        labels = item.spec.selector
        return [pod for pod in pods if labels and labels.items() <= pod.metadata.labels.items()]
    if isinstance(item, ReplicationController):
        return [pod for pod in pods if item.spec.selector and item.spec.selector.items() <= pod.metadata.labels.items()]
    if not isinstance(item, Deployment | ReplicaSet | StatefulSet | DaemonSet | Job):
        raise KubectlError(f"error: cannot get the logs from *v1.{kind.name}: selector for *v1.{kind.name} not implemented")
    return [pod for pod in pods if matches(item.spec.selector, pod.metadata.labels)]


def _preference(pod: Pod) -> tuple[object, ...]:
    """Which pod of several kubectl prefers: assigned, running, ready (the longest), restarted most often, oldest."""
    phase = {"Running": 0, "Unknown": 1}.get(pod.status.phase, 2)
    ready = next((c for c in pod.status.conditions if c.type == "Ready" and c.status == "True"), None)
    since = (ready.last_transition_time if ready else None) or ""
    restarts = max((status.restart_count for status in pod.status.container_statuses), default=0)
    return (not pod.spec.node_name, phase, ready is None, since, -restarts, pod.metadata.creation_timestamp or "", pod.metadata.name)


def _names(pod: Pod) -> dict[str, str]:
    """Every container of a pod, and how kubectl lists it."""
    spec = pod.spec
    names = {container.name: container.name for container in spec.containers}
    names.update({str(one["name"]): f"{one['name']} (ephem)" for one in spec.ephemeral_containers})
    names.update({container.name: f"{container.name} (init)" for container in spec.init_containers})
    return names


def _sources(pod: Pod, options: LogOptions) -> tuple[list[_Source], str]:
    """The runs to print, and what kubectl says about its choice of container. Raises KubectlError where the API server would."""
    names, note = _names(pod), ""
    if options.all_containers:
        spec = pod.spec
        order = [c.name for c in (*spec.init_containers, *spec.containers)] + [str(c["name"]) for c in spec.ephemeral_containers]
        return [_source(pod, name, options.previous) for name in order], ""
    name = options.container or pod.metadata.annotations.get(_DEFAULT, "")
    if not options.container and name and name not in names:
        note, name = f'Default container name "{name}" not found in pod {pod.metadata.name}\n', ""
    if not name:
        name = pod.spec.containers[0].name
        if len(names) > 1 and not options.all_pods:
            note += f'Defaulted container "{name}" out of: {", ".join(names.values())}\n'
    if name not in names:
        raise KubectlError(f"error: container {name} is not valid for pod {pod.metadata.name} out of: {', '.join(names.values())}")
    return [_source(pod, name, options.previous)], note


def _source(pod: Pod, name: str, previous: bool) -> _Source:
    """The run of that container, or why there is none."""
    try:
        return _Source(pod, name, _run(pod, name, previous))
    except KubectlError as error:
        return _Source(pod, name, -1, str(error))


def _run(pod: Pod, container: str, previous: bool) -> int:
    """Which start of the container is meant. Raises KubectlError in the kubelet's words when it has not started."""
    if not pod.spec.node_name:
        raise KubectlError(f"pod {pod.metadata.name} does not have a host assigned")
    everything = (*pod.status.init_container_statuses, *pod.status.container_statuses, *pod.status.ephemeral_container_statuses)
    status = next((one for one in everything if one.name == container), None)
    of_pod = f'container "{container}" in pod "{pod.metadata.name}"'
    if status is None:
        raise KubectlError(f"{of_pod} is not available")
    if previous and not status.last_state.terminated:
        raise KubectlError(f"previous terminated {of_pod} not found")
    if not previous and _waits(status):
        raise KubectlError(f"{of_pod} is waiting to start: {_cause(status)}")
    # The restart count is that of the last run, whether it still goes on, has ended, or the container waits in back-off.
    in_back_off = status.state.waiting is not None
    return status.restart_count - (1 if previous and not in_back_off else 0)


def _waits(status: ContainerStatus) -> bool:
    return not (status.state.running or status.state.terminated or status.last_state.terminated)


def _cause(status: ContainerStatus) -> str:
    reason = status.state.waiting.reason if status.state.waiting else ""
    known = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
    return known.get(reason, reason)


def _text(sources: list[_Source], options: LogOptions, view: View) -> str:
    """The lines of the sources, one source after the other; when several are followed, as they came."""
    by_source: dict[tuple[str, str, str, int], list[LogLine]] = {}
    for line in view.snapshot.logs():
        if line.pod and not line.component:
            by_source.setdefault((line.namespace, line.pod, line.container, line.run), []).append(line)
    start = parse_time(view.snapshot.header.start_time)
    first = -1 if options.since is None else view.snapshot.t - max(SECOND, _rounded(options.since))
    if options.since_time:
        first = parse_time(options.since_time) - start
    chosen: list[LogLine] = []
    for pod, container, run, _ in sources:
        lines = by_source.get((pod.metadata.namespace, pod.metadata.name, container, run), [])
        lines = [line for line in lines if line.t >= first]
        chosen += lines if options.tail is None or options.tail < 0 else lines[len(lines) - min(options.tail, len(lines)) :]
    if options.follow and len(sources) > 1:
        chosen.sort(key=lambda line: line.t)
    problems = "".join(f"error: {source.problem}\n" for source in sources if source.problem)
    text = problems + "".join(_formatted(line, options, start) for line in chosen)
    return text.encode()[: options.limit_bytes].decode(errors="ignore") if options.limit_bytes else text


def _rounded(duration: int) -> int:
    """To whole seconds, as kubectl rounds `--since`."""
    return (duration + SECOND // 2) // SECOND * SECOND


def _formatted(line: LogLine, options: LogOptions, start: int) -> str:
    head = f"[pod/{line.pod}/{line.container}] " if options.prefix or options.all_pods else ""
    stamp = f"{_nano_time(start + line.t)} " if options.timestamps else ""
    return f"{head}{stamp}{line.line}\n"


def _nano_time(epoch: int) -> str:
    """RFC 3339 with nine digits, as the kubelet stamps lines."""
    return f"{format_time(epoch)[:-1]}.{epoch % SECOND:09d}Z"
