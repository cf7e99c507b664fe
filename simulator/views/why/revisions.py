"""A StatefulSet's new revision that waits for a pod which is not ready."""

from __future__ import annotations

from simulator.journal.changes import last_change
from simulator.objects.apps import StatefulSet
from simulator.objects.kinds import Key
from simulator.objects.labels import CONTROLLER_REVISION_HASH
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_ready
from simulator.views.why.because import Because
from simulator.views.why.inquiry import Inquiry, named
from simulator.views.why.words import when


def waiting_revision(ask: Inquiry, pod: Pod) -> tuple[Because, ...]:
    """That the StatefulSet of a pod wants another template, and does not replace this pod before it is ready."""
    owner = next((ref for ref in pod.metadata.owner_references if ref.controller and ref.kind == "StatefulSet"), None)
    item = ask.snapshot.get(Key("StatefulSet", pod.metadata.namespace, owner.name)) if owner is not None else None
    if not isinstance(item, StatefulSet) or is_ready(pod) or is_being_deleted(pod):
        return ()
    # With Parallel, pods that are not ready are replaced, too.
    if item.spec.pod_management_policy == "Parallel" or not item.status.update_revision:
        return ()
    strategy = item.spec.update_strategy
    if pod.metadata.labels.get(CONTROLLER_REVISION_HASH) == item.status.update_revision:
        return ()
    since = f"{named(item)} has another template since {when(last_change(ask.writes(item)))}"
    if strategy is not None and strategy.type == "OnDelete":
        text = f"{since}, and OnDelete replaces only pods that you delete"
    else:
        text = f"{since}, but OrderedReady waits for this pod to be ready before it replaces any"
    return (Because(f"{text}: kubectl delete {named(pod)} lets the new one come", place=ask.place(item, "spec.podManagementPolicy")),)
