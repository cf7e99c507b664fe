"""Why a pod ends, has ended, or has not ended yet."""

from __future__ import annotations

from simulator.objects.conditions import DISRUPTION_TARGET, READY, condition_of, has_condition
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, has_failed, never_restarts, status_of
from simulator.units import SECOND
from simulator.views.causes import cause_in_words
from simulator.views.why.because import Because, coming, note
from simulator.views.why.exits import ended_because
from simulator.views.why.inquiry import Inquiry
from simulator.views.why.runs import Run
from simulator.views.why.words import brief, listed, seconds, when


def deleted_because(ask: Inquiry, item: Object) -> Because:
    """When an object was deleted, and by what."""
    write = next((write for write in ask.writes(item) if is_being_deleted(write.item)), None)
    if write is None:
        return Because("it is being deleted")
    actions = [fact for fact in ask.snapshot.facts("action") if fact.t == write.t and fact.data.get("verb") in ("delete", "drain")]
    place = f"{actions[-1].data.get('file')}:{actions[-1].data.get('line')}" if actions and write.cause.rule.startswith("USR") else ""
    why = cause_in_words(write.cause.rule)
    return Because(f"it was deleted at {when(write.t)}{': ' if why else ''}{why}", place=place, t=write.t)


def terminating(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Why a deleted pod still exists."""
    causes = [deleted_because(ask, pod)]
    node = ask.snapshot.get(Key("Node", "", pod.spec.node_name))
    if isinstance(node, Node) and not has_condition(node.status, READY):
        return (*causes, Because(f"its containers are not stopped: {pod.spec.node_name} is not ready", (ask.about(key_of(node)),)))
    for container in all_containers(pod.spec):
        runs = ask.runs(pod, container.name)
        if runs and runs[-1].started is not None and runs[-1].ended is None:
            causes.append(_still_runs(ask, pod, container.name, runs[-1]))
    return (*causes, *_finalizers(ask, pod), *_deadline(ask, pod))


def kept(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Why a deleted pod that has ended still exists."""
    return (deleted_because(ask, pod), *_finalizers(ask, pod))


def _finalizers(ask: Inquiry, item: Object) -> tuple[Because, ...]:
    if not item.metadata.finalizers:
        return ()
    return (Because(f"it has finalizers: {listed(item.metadata.finalizers)}", place=ask.place(item, "metadata")),)


def _deadline(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    grace = pod.metadata.deletion_grace_period_seconds
    end = ask.instant(pod.metadata.deletion_timestamp)
    if grace is None or end is None:
        return ()
    place = ask.pod_place(pod, "terminationGracePeriodSeconds")
    return (coming(f"its grace period of {seconds(grace)} ends at about {when(end)}; containers that still run are killed then", place),)


def _still_runs(ask: Inquiry, pod: Pod, name: str, run: Run) -> Because:
    """How far a container is with its termination."""
    hook = _hook(ask, pod, name, run)
    if hook is not None:
        return hook
    if not run.signals:
        return Because(f"container {name} is still running and has not received SIGTERM yet")
    term = run.plan.get("term", {})
    text = f"container {name} is still running: it received SIGTERM at {when(run.signals[0].t)}"
    if term.get("ignore"):
        return Because(f"{text}, which its program ignores", place=run.place(), t=run.signals[0].t)
    if term.get("delay"):
        end = run.signals[0].t + round(term["delay"] * SECOND)
        return Because(
            f"{text}, and its program takes {seconds(term['delay'])} to exit, until {when(end)}", place=run.place(), t=run.signals[0].t
        )
    return Because(text, t=run.signals[0].t)


def _hook(ask: Inquiry, pod: Pod, name: str, run: Run) -> Because | None:
    """A preStop hook that is still running."""
    facts = ask.facts(key_of(pod), "hook.", run.started or 0, container=name, hook="preStop")
    if not facts or facts[-1].what != "hook.began":
        return None
    place = ask.container_place(pod, name, "lifecycle")
    return Because(
        f"container {name} is still running: its preStop hook has been running since {when(facts[-1].t)}", place=place, t=facts[-1].t
    )


def over(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """Why a pod has ended."""
    causes = []
    if pod.status.reason:
        words = {"Evicted": "it was evicted", "DeadlineExceeded": "activeDeadlineSeconds has expired"}.get(
            pod.status.reason, pod.status.reason
        )
        place = ask.pod_place(pod, "activeDeadlineSeconds") if pod.status.reason == "DeadlineExceeded" else ""
        causes.append(Because(f"{words}: {brief(pod.status.message)}" if pod.status.message else words, place=place))
    disrupted = condition_of(pod.status, DISRUPTION_TARGET)
    if disrupted is not None and disrupted.status == "True":
        causes.append(Because(f"it was disrupted: {brief(disrupted.message) or disrupted.reason}"))
    every = all_containers(pod.spec)
    ended = [(container, run) for container in every for run in ask.runs(pod, container.name)[-1:] if run.ended is not None]
    failed = [(container, run) for container, run in ended if run.exit_code]
    for container, run in failed or ended:
        if has_failed(pod) or container in pod.spec.containers:
            causes.append(ended_because(ask, pod, container, run))
    if has_failed(pod) and failed and never_restarts(pod):
        causes.append(note("restartPolicy is Never: nothing is restarted", ask.pod_place(pod, "restartPolicy")))
    unknown = [c.name for c in every if (s := status_of(pod, c.name)) and s.state.terminated and not ask.runs(pod, c.name)]
    if unknown:
        causes.append(note(f"how {listed(unknown)} ended is unknown"))
    return tuple(causes) or (note("the reason is unknown"),)


def owner_of(item: Object) -> Key | None:
    """The controller of an object."""
    owner = next((ref for ref in item.metadata.owner_references if ref.controller), None)
    return None if owner is None else Key(owner.kind, item.metadata.namespace, owner.name)
