"""When a run without a set duration is over: when nothing changes any more and no pod may still get further."""

from __future__ import annotations

from simulator.journal.journal import Journal
from simulator.journal.store import Store
from simulator.objects.kinds import Key
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_statuses, has_ended, is_ready, runs_to_completion
from simulator.objects.references import required_by
from simulator.units import MINUTE

QUIET = MINUTE
"""For how long nothing must have changed."""
AT_MOST = 10 * MINUTE
"""The end of a run in which pods keep waiting, restarting or failing."""
ROUTINE = frozenset({"Event", "Lease", "Node"})
"""Kinds that are written all the time."""
HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError"})
"""Reasons for waiting that only a user can resolve."""


def is_at_rest(journal: Journal, store: Store, now: int) -> bool:
    """Whether a run may end now."""
    return not _changed_since(journal, now - QUIET) and all(_rests(pod, store) for pod in store.typed(Pod))


def may_get_further(pod: Pod) -> bool:
    """Whether a pod has a node, is not ready or not done, and needs nothing that only a user can provide."""
    statuses = all_statuses(pod)
    if has_ended(pod) or not pod.spec.node_name:
        return False
    if any(status.state.waiting and status.state.waiting.reason in HOPELESS for status in statuses):
        return False
    return runs_to_completion(pod) or not is_ready(pod)


def _rests(pod: Pod, store: Store) -> bool:
    if is_being_deleted(pod):
        return False
    return not may_get_further(pod) or any(
        required.name and store.get(Key(required.kind, pod.metadata.namespace, required.name)) is None for required in required_by(pod)
    )


def _changed_since(journal: Journal, t: int) -> bool:
    return any(write.item.kind not in ROUTINE for write in journal.writes_after(t))
