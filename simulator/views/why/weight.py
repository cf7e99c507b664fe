"""Which of several pods to explain: the worst."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.objects.conditions import INITIALIZED, has_condition
from simulator.objects.kinds import key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_statuses, has_failed, is_ready
from simulator.views.why.because import Because, note
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.words import listed

GRAVE = ("CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError")


def weight(pod: Pod) -> tuple[int, str, str]:
    """Sort key, the worst first: pods that will not recover by themselves, then those that are least far."""
    if has_failed(pod):
        rank = 0
    elif any(_is_grave(pod)):
        rank = 1
    elif not pod.spec.node_name:
        rank = 2
    elif not has_condition(pod.status, INITIALIZED):
        rank = 3
    elif not is_ready(pod):
        rank = 4 if not is_being_deleted(pod) else 5
    else:
        rank = 6
    return rank, pod.metadata.creation_timestamp or "", pod.metadata.name


def _is_grave(pod: Pod) -> Iterable[bool]:
    for status in all_statuses(pod):
        yield bool(status.state.waiting and status.state.waiting.reason in GRAVE)
        yield bool(status.state.terminated and status.state.terminated.exit_code)


def worst(ask: Inquiry, pods: list[Pod]) -> tuple[Because, ...]:
    """The explanation of the worst of these pods, and how many more there are."""
    if not pods:
        return ()
    first, *rest = sorted(pods, key=weight)
    tree = ask.about(key_of(first))
    alike = [named(pod) for pod in rest]
    return (tree, note(f"also not ready: {listed(alike)}")) if alike else (tree,)
