"""The runtime's records of sandboxes and containers: immutable values, replaced at each change. Times in nanoseconds since the start."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from simulator.objects.container import ResourceRequirements


class State(Enum):
    """State of a container (CRI)."""

    CREATED = "created"
    RUNNING = "running"
    EXITED = "exited"


class ContainerRecord(NamedTuple):
    """One instance of a container. `attempt` counts the instances from 0; `hash` is that of its definition when it was created.

    `resources`: what it requests and may have now.
    """

    id: str
    name: str
    attempt: int
    sandbox: str
    image: str
    hash: str
    state: State
    created_at: int
    started_at: int | None = None
    finished_at: int | None = None
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    resources: ResourceRequirements | None = None


class SandboxRecord(NamedTuple):
    """A pod's sandbox. `ip` is empty for pods in the host's network."""

    id: str
    attempt: int
    created_at: int
    ready: bool
    ip: str


class RuntimePod(NamedTuple):
    """The sandboxes and containers of one pod, newest first. `last_ip`: its address as its kubelet remembers it."""

    sandboxes: tuple[SandboxRecord, ...] = ()
    containers: tuple[ContainerRecord, ...] = ()
    last_ip: str = ""

    def newest(self, name: str) -> ContainerRecord | None:
        """The newest instance of that container."""
        return next((record for record in self.containers if record.name == name), None)

    def instances(self, name: str) -> list[ContainerRecord]:
        """All instances of that container, newest first."""
        return [record for record in self.containers if record.name == name]

    def active(self, name: str) -> bool:
        """Whether an instance of that container is in the ready sandbox."""
        sandbox = self.ready_sandbox
        return sandbox is not None and any(record.sandbox == sandbox.id for record in self.instances(name))

    @property
    def running(self) -> list[ContainerRecord]:
        """The containers that are running."""
        return [record for record in self.containers if record.state is State.RUNNING]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more."""
        return not self.running and not any(sandbox.ready for sandbox in self.sandboxes)

    @property
    def ready_sandbox(self) -> SandboxRecord | None:
        """The newest sandbox, if it is ready."""
        return self.sandboxes[0] if self.sandboxes and self.sandboxes[0].ready else None

    @property
    def ip(self) -> str:
        """The pod's address; empty when it has none."""
        sandbox = self.ready_sandbox
        return sandbox.ip if sandbox else ""
