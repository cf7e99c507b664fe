"""Why a pod is as it is: `_reasons` reads from top to bottom, the first case that applies is the answer."""

from __future__ import annotations

from collections.abc import Callable

from simulator.kubectl.print.tables.pods import Summary, summary
from simulator.objects.conditions import (
    CONTAINERS_READY,
    INITIALIZED,
    READY,
    RESIZE_IN_PROGRESS,
    RESIZE_PENDING,
    condition_of,
    has_condition,
)
from simulator.objects.container import Container
from simulator.objects.kinds import Key, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready, is_sidecar, never_restarts, sidecars, status_of
from simulator.objects.pod_status import ContainerStatus
from simulator.units import SECOND
from simulator.views.why.because import Because, note
from simulator.views.why.ending import kept, over, terminating
from simulator.views.why.exits import again, ended_because
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.readiness import not_ready, ready_since
from simulator.views.why.runs import Run
from simulator.views.why.starting import not_started
from simulator.views.why.waits import api_server_request, waiting
from simulator.views.why.words import listed, many, seconds, when

Reasons = tuple[Because, ...]


def explain_pod(ask: Inquiry, pod: Pod) -> Because:
    """The pod's state as kubectl shows it, and why."""
    shown = summary(pod, ask.view)
    return Because(_headline(ask, pod, shown), (*_reasons(ask, pod), *_resize(ask, pod)), ask.place(pod))


def _headline(ask: Inquiry, pod: Pod, shown: Summary) -> str:
    name, ready = named(pod), f"{shown.ready}/{shown.total}"
    if shown.status == "Terminating" or has_ended(pod):
        return f"{name} is {shown.status}"
    if is_ready(pod):
        since = ask.since(pod, lambda item: is_ready(item))
        return f"{name} has been ready since {when(since or 0)} ({shown.status}, {ready})"
    return f"{name} is not ready ({shown.status}, {ready})"


def _resize(ask: Inquiry, pod: Pod) -> Reasons:
    """What keeps a resize of the pod from being carried out."""
    for name, text in ((RESIZE_PENDING, "its resize waits"), (RESIZE_IN_PROGRESS, "its resize is under way")):
        item = condition_of(pod.status, name)
        if item is not None:
            since = ask.since(pod, lambda one, name=name: condition_of(one.status, name) is not None)  # type: ignore[misc]
            detail = f" ({item.reason}): {item.message}" if item.reason else ""
            return (note(f"{text} since {when(since or 0)}{detail}"),)
    return ()


def _reasons(ask: Inquiry, pod: Pod) -> Reasons:
    # A pod that has ended explains its end, deleted or not.
    if has_ended(pod):
        return (*over(ask, pod), *(kept(ask, pod) if is_being_deleted(pod) else ()))
    # For a pod that is being deleted nothing else matters.
    if is_being_deleted(pod):
        return terminating(ask, pod)
    # Without a node, no kubelet works on it.
    if not pod.spec.node_name:
        from simulator.views.why.scheduling import unscheduled

        return unscheduled(ask, pod)
    # A kubelet that does not report changes no status.
    node = ask.snapshot.get(Key("Node", "", pod.spec.node_name))
    if isinstance(node, Node) and _is_silent(node):
        return (Because(f"its node {pod.spec.node_name} is not ready", (ask.about(key_of(node)),)),)
    # Main containers wait for the init containers.
    blocked = _initializing(ask, pod)
    if blocked:
        return blocked
    # A pod is as ready as its containers.
    if not has_condition(pod.status, CONTAINERS_READY):
        written = _containers(ask, pod) or (note("the kubelet has not written its status yet"),)
        return (*written, *_waiting_revision(ask, pod))
    # The node lifecycle controller sets Ready to False when the kubelet does not report.
    silenced = ask.events(pod, "NodeNotReady")
    if not is_ready(pod) and silenced:
        return (Because(f"its node {pod.spec.node_name} became not ready at {when(silenced[-1][0])}", t=silenced[-1][0]),)
    # Readiness gates are set by other components.
    if not is_ready(pod):
        return _gates(ask, pod)
    return _all_is_well(ask, pod)


def _is_silent(node: Node) -> bool:
    ready = condition_of(node.status, READY)
    return ready is not None and ready.status != "True"


# ---- init containers


def _initializing(ask: Inquiry, pod: Pod) -> Reasons:
    """The init container that the pod waits for; nothing when all are done."""
    if has_condition(pod.status, INITIALIZED):
        return ()
    for index, container in enumerate(pod.spec.init_containers):
        status = status_of(pod, container.name)
        if _is_initialized(pod, container, status):
            continue
        which = f"init container {container.name} ({index + 1} of {len(pod.spec.init_containers)})"
        return (_blocking(ask, pod, container, status, which),)
    return ()


def _is_initialized(pod: Pod, container: Container, status: ContainerStatus | None) -> bool:
    if status is None:
        return False
    if is_sidecar(pod, container):
        return bool(status.started)
    return status.state.terminated is not None and status.state.terminated.exit_code == 0


def _blocking(ask: Inquiry, pod: Pod, container: Container, status: ContainerStatus | None, which: str) -> Because:
    """Why an init container is not done."""
    place = ask.container_place(pod, container.name)
    runs = ask.runs(pod, container.name)
    if status is not None and status.state.running is not None:
        run = runs[-1] if runs else Run(0, None)
        if is_sidecar(pod, container):
            return Because(f"{which}, a sidecar, is not started", not_ready(ask, pod, container, status, run), place)
        state = f"has been running since {when(run.started)}" if run.started is not None else "is running"
        return Because(f"{which} {state}", _work(ask, pod, run), place)
    if runs and runs[-1].ended is not None and _is_down(status):
        return Because(f"{which} has failed", (ended_because(ask, pod, container, runs[-1]), *again(ask, pod, container, runs[-1])), place)
    return Because(f"{which} has not started", not_started(ask, pod, container, status), place)


def _is_down(status: ContainerStatus | None) -> bool:
    """Whether a container has ended and waits for its restart."""
    if status is None:
        return False
    waits = status.state.waiting is not None and status.state.waiting.reason in ("CrashLoopBackOff", "PodInitializing", "ContainerCreating")
    return status.state.terminated is not None or (waits and status.last_state.terminated is not None)


def _work(ask: Inquiry, pod: Pod, run: Run) -> Reasons:
    """What a container that should end is still doing."""
    if run.ended is not None:
        return (note(f"it exited at {when(run.ended)} with exit code {run.exit_code}: the kubelet notices at its next relist"),)
    waits = waiting(ask, pod, run)
    if waits or not run.exact:
        return waits
    after, begin = run.plan.get("exitAfter"), run.working_since
    if after is not None and begin is not None:
        whose = "it is assumed to take" if run.is_assumed else "its program takes"
        return (Because(f"{whose} {seconds(after)}, until {when(begin + round(after * SECOND))}", place=run.place()),)
    if run.plan.get("script"):
        return (Because("its script is still running", api_server_request(ask, pod, run), run.place()),)
    return (Because("its program never exits", place=run.place()),)


# ---- containers


def _containers(ask: Inquiry, pod: Pod) -> Reasons:
    """Each container that is not ready, and why."""
    causes = []
    for container in (*sidecars(pod.spec), *pod.spec.containers):
        status = status_of(pod, container.name)
        if status is None or not status.ready:
            causes.append(_container(ask, pod, container, status))
    return tuple(causes)


def _container(ask: Inquiry, pod: Pod, container: Container, status: ContainerStatus | None) -> Because:
    place, runs = ask.container_place(pod, container.name), ask.runs(pod, container.name)
    if status is not None and status.state.running is not None and runs:
        run = runs[-1]
        if run.ended is not None and run.exact:
            return Because(f"container {container.name} has just exited", (ended_because(ask, pod, container, run),), place)
        word = "started" if container.startup_probe is not None and not status.started else "ready"
        return Because(
            f"container {container.name} is not {word}",
            (*not_ready(ask, pod, container, status, run), *_restarted(ask, pod, container, runs)),
            place,
        )
    if runs and runs[-1].ended is not None and _is_down(status):
        times = status.restart_count if status is not None else 0
        often = f", restarted {many(times, 'time')} so far" if times else ""
        text = f"container {container.name} is down{often}"
        reasons = (ended_because(ask, pod, container, runs[-1]), *_policy(ask, pod, runs[-1]), *again(ask, pod, container, runs[-1]))
        return Because(text, reasons, place)
    return Because(f"container {container.name} has not started", not_started(ask, pod, container, status), place)


def _policy(ask: Inquiry, pod: Pod, run: Run) -> Reasons:
    """Why a container is not restarted."""
    never = never_restarts(pod) or (pod.spec.restart_policy == "OnFailure" and run.exit_code == 0)
    if not never:
        return ()
    return (note(f"restartPolicy is {pod.spec.restart_policy}: it is not restarted", ask.pod_place(pod, "restartPolicy")),)


def _restarted(ask: Inquiry, pod: Pod, container: Container, runs: list[Run]) -> Reasons:
    """Why a running container has been restarted."""
    if len(runs) < 2 or runs[-2].ended is None:
        return ()
    end = ended_because(ask, pod, container, runs[-2])
    return (Because(f"{many(len(runs) - 1, 'earlier restart')}: {end.text}", end.causes, end.place, end.t, role="note"),)


def _gates(ask: Inquiry, pod: Pod) -> Reasons:
    closed = [gate.condition_type for gate in pod.spec.readiness_gates if not has_condition(pod.status, gate.condition_type)]
    if closed:
        text = f"its containers are ready, but its readiness gates are not set: {listed(closed)}"
        return (Because(text, place=ask.pod_place(pod, "readinessGates")),)
    return (note("its containers are ready: the kubelet sets its Ready condition next"),)


def _all_is_well(ask: Inquiry, pod: Pod) -> Reasons:
    """Since when each container is ready, and whether it has been restarted."""
    causes: list[Because] = []
    for container in pod.spec.containers:
        runs = ask.runs(pod, container.name)
        if not runs:
            continue
        if runs[-1].ended is not None:
            causes.append(Because(f"container {container.name} has just exited", (ended_because(ask, pod, container, runs[-1]),)))
            continue
        causes += [*ready_since(ask, pod, container, runs[-1]), *_restarted(ask, pod, container, runs)]
    return tuple(causes)


EXPLAINERS: dict[str, Callable[[Inquiry, Pod], Because]] = {"Pod": explain_pod}


def _waiting_revision(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    if all(owner.kind != "StatefulSet" for owner in pod.metadata.owner_references):
        return ()
    from simulator.views.why.revisions import waiting_revision

    return waiting_revision(ask, pod)
