"""What a sync decided to do for a pod (podActions in kuberuntime_manager.go): filled in by the deciders, carried out by the syncer.

Each decision carries the id of the rule in docs/kubelet-rules.md that it follows, and what comes of it is recorded with that rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from simulator.container.status import ContainerRecord
from simulator.kubelet.prober.results import Result
from simulator.objects.container import Container


class Kill(NamedTuple):
    """A running container to stop.

    `message`: the text of its Killing event; empty for the usual one. `probe`: the probe (`liveness`, `startup`) whose failure is the
    reason, if one is; its own grace period then applies.
    """

    record: ContainerRecord
    message: str
    rule: str
    probe: str = ""


class Start(NamedTuple):
    """A container to start: its position in the spec's list of containers of its kind."""

    position: int
    rule: str


class PodActions(msgspec.Struct):
    """The decision.

    `to_reset` are instances to remove, killed first if they run, so that all starts again; `to_resize` get other resources
    as they run. `attempt` is that of a new
    sandbox; `pod_rule` is the rule by which the pod is killed or gets a new sandbox.
    """

    kill_pod: bool = False
    create_sandbox: bool = False
    sandbox_existed: bool = False
    attempt: int = 0
    pod_rule: str = ""
    ephemeral_to_start: list[Start] = msgspec.field(default_factory=list)
    init_to_start: list[Start] = msgspec.field(default_factory=list)
    to_start: list[Start] = msgspec.field(default_factory=list)
    to_kill: list[Kill] = msgspec.field(default_factory=list)
    to_reset: list[ContainerRecord] = msgspec.field(default_factory=list)
    to_resize: list[tuple[ContainerRecord, Container]] = msgspec.field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        changes = self.ephemeral_to_start or self.init_to_start or self.to_start or self.to_kill or self.to_reset or self.to_resize
        return bool(self.kill_pod or self.create_sandbox or changes)

    def kills_of_pod(self, running: Iterable[ContainerRecord]) -> list[Kill]:
        """The kills of all `running` containers when the pod is killed: a container that had to stop anyway keeps its own rule."""
        own = {kill.record.id: kill.rule for kill in self.to_kill}
        return [Kill(record, "", own.get(record.id, self.pod_rule)) for record in running]


class ProbeResults(NamedTuple):
    """Lookups of the latest probe results by container id; they return None when there is no result yet."""

    liveness: Callable[[str], Result | None]
    startup: Callable[[str], Result | None]
