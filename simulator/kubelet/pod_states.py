"""How far each pod's worker has come: what the workers write and other parts of the kubelet read (podSyncStatuses in pod_workers.go)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import msgspec

from simulator.engine import Event
from simulator.objects.pod import Pod


class Work(Enum):
    """What a worker does next."""

    SYNC = "sync"
    TERMINATE = "terminate"
    CLEAN_UP = "clean up"


class Disruption(NamedTuple):
    """Why a node stops a pod for good: the rule, and the reason and message of its status."""

    rule: str
    reason: str
    message: str


class PodState(msgspec.Struct):
    """One pod's progress.

    Attributes:
        pod: The version that the worker acts on.
        cancelled: Set when what is under way has to be cut short.
        pending: The version to act on next, if there is one.
        busy: Whether a step is under way.
        last_sync: When the last step ended, in nanoseconds.
        terminating_at: When it was decided to stop the pod, in nanoseconds.
        terminated_at: When all its containers had stopped, in nanoseconds.
        stopped_by: The rule by which the pod is stopped.
        finished: Whether its last step is done.
        deleted: Whether it was stopped because it was deleted.
        grace: The seconds that it gets to stop; 0 before that is decided.
        disruption: Why its node stops it; None: the node does not.
        stirred: Whether something that a sync reads or does has changed since the last update.
        settled: Whether nothing of that has changed since the last sync began, so that the next one would report and prepare the same.
    """

    pod: Pod
    cancelled: Event
    pending: Pod | None = None
    busy: bool = False
    last_sync: int | None = None
    terminating_at: int | None = None
    terminated_at: int | None = None
    stopped_by: str = ""
    finished: bool = False
    deleted: bool = False
    grace: int = 0
    disruption: Disruption | None = None
    stirred: bool = False
    settled: bool = False

    @property
    def work(self) -> Work:
        """The step that comes next."""
        if self.terminated_at is not None:
            return Work.CLEAN_UP
        return Work.SYNC if self.terminating_at is None else Work.TERMINATE


class PodStates:
    """The states of a node's pods, by uid.

    `synced`: whether each pod that the node runs has a state or is an orphan (podsSynced).
    A new kubelet knows only after its first housekeeping.
    """

    def __init__(self, *, synced: bool = True) -> None:
        self._states: dict[str, PodState] = {}
        self.synced = synced

    def get(self, uid: str) -> PodState | None:
        """The state of a pod; None when it has no worker."""
        return self._states.get(uid)

    def uids(self) -> list[str]:
        """The pods that have a worker."""
        return list(self._states)

    def add(self, uid: str, state: PodState) -> PodState:
        """Start to track a pod."""
        self._states[uid] = state
        return state

    def forget(self, uid: str) -> None:
        """The pod has left the API and the node."""
        self._states.pop(uid, None)

    def could_have_running_containers(self, uid: str) -> bool:
        """Whether the pod was started, perhaps by an earlier kubelet, and its containers have not all been stopped yet."""
        state = self._states.get(uid)
        return not self.synced if state is None else state.terminated_at is None

    def is_finished(self, uid: str) -> bool:
        """Whether nothing is left to do for the pod."""
        state = self._states.get(uid)
        return state is None or state.finished

    def may_lose_its_containers(self, uid: str) -> bool:
        """Whether the pod was deleted and all its containers have been stopped (ShouldPodContentBeRemoved)."""
        state = self._states.get(uid)
        return self.synced if state is None else state.deleted and state.terminated_at is not None
