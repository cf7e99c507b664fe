"""What happens to all that a node's runtime has: reboots of the node, and sandboxes that are lost."""

from __future__ import annotations

from collections.abc import Callable

from simulator.container.exits import BY_ACTION, BY_REBOOT, Exit
from simulator.container.instance import Instance
from simulator.container.runtime import Runtime
from simulator.objects.pod import Pod
from simulator.objects.process import SIGKILL_EXIT

REBOOTED = Exit(255, "Unknown", "", BY_REBOOT)
"""What containerd reports of a container that ran when its node went down."""
LOST = Exit(SIGKILL_EXIT, "Error", "", BY_ACTION)


def switch_off(runtime: Runtime) -> list[Instance]:
    """End every container of the node at once; which these were."""
    return [instance for uid in runtime.pods() for instance in _end(runtime, uid, REBOOTED)]


def switch_on(runtime: Runtime, ended: list[Instance], now: int, *, remembers: bool) -> None:
    """The node boots again: the runtime reports what ended with it as ended now, or (without `remembers`) knows nothing any more."""
    if not remembers:
        for uid in runtime.pods():
            runtime.drop(uid)
        return
    for instance in ended:
        runtime.update(instance, instance.record._replace(finished_at=now))


def lose_sandboxes(runtime: Runtime, matches: Callable[[Pod], bool], what: str) -> None:
    """Lose the sandboxes of matching pods: only the `pause` process, all processes (`dead`), or also what the runtime knows (`removed`)."""
    for uid in runtime.pods():
        owner = runtime.owner(uid)
        if owner is None or not matches(owner):
            continue
        if what == "pause":
            runtime.stop_pod_sandbox(uid)
            continue
        _end(runtime, uid, LOST)
        if what == "removed":
            runtime.drop(uid)


def _end(runtime: Runtime, uid: str, exit_: Exit) -> list[Instance]:
    ended = runtime.end_containers(uid, exit_)
    runtime.stop_pod_sandbox(uid)
    return ended
