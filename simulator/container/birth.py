"""Everything that the processes of a container get from outside it when the container starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from simulator.api.authorization.tokens import CredentialSource
from simulator.container.answers import Opened
from simulator.container.behavior import Behavior
from simulator.container.exits import Exit
from simulator.container.lookup import Executables
from simulator.container.mounts import Identity, MountSpec
from simulator.container.program import Run
from simulator.container.queries import QueryLog, QueryResult
from simulator.objects.container import Container
from simulator.objects.pod import Pod

if TYPE_CHECKING:
    from simulator.container.kubectl_files import ContainerFiles
    from simulator.process.host import Reply
    from simulator.process.world import Kubectl, Running, WorldRequest


class Who(NamedTuple):
    """The container that sends a request: its pod, the pod's node, and how often the container has started before (`run`)."""

    namespace: str
    pod: str
    container: str
    node: str
    run: int = 0


class KubectlCall(msgspec.Struct, frozen=True):
    """kubectl, run by a process of a container: which files it reads, and where its credentials are from.

    `wake` is called when it has printed something or has ended, `record` when it has asked about objects.
    """

    who: Who
    request: Kubectl
    files: ContainerFiles
    wake: Callable[[], object]
    record: Callable[[QueryResult], object]
    credentials: CredentialSource = "token"


class ContentRules(Protocol):
    """What is said and assumed about paths whose existence no process of the simulation decides."""

    def stated(self, who: Who, path: str) -> bool | None:
        """Whether the Scenario says that a path exists (True) or is missing (False) for a container; None: it does not say.

        What was assumed of the path before counts, too: for the same container, or that of another pod of its workload.
        """

    def is_made(self, path: str) -> bool:
        """Whether a script of the manifests creates a path of this name."""

    def record(self, who: Who, path: str, reason: str, *, exists: bool) -> None:
        """Record the assumption that a path exists, or that it is missing."""


class Surroundings(Protocol):
    """What answers requests that leave the pod.

    Attributes:
        content: Decides about paths of unknown content.
    """

    content: ContentRules

    def ask(self, who: Who, request: WorldRequest) -> Reply:
        """The answer at this instant."""

    def kubectl(self, call: KubectlCall) -> Running | None:
        """Run kubectl; None when podsim has no such verb."""

    def note(self, who: Who, what: str, reason: str) -> None:
        """Record an assumption about a container's processes."""

    def resolve(self, who: Who, run: Run) -> None:
        """Replace what was assumed of a container by `run`: its script has started a server that podsim knows."""


class Birth(msgspec.Struct, frozen=True):
    """What a container's processes get when it starts.

    `executables` are the programs that its image has, and those that processes install. `listener` finds the container that accepts
    connections on a port of the pod's network. `queries` gets the results of requests that leave the pod, `work_ended` the exit of the
    container's own work, if that was process 1. `open_port` opens a port for a process, unless another program has it (False), and
    `close_port` closes it. `out_of_memory` says whether so many bytes are more than the container may have; then it is killed.
    """

    container: Container
    pod: Pod
    behavior: Behavior
    env: dict[str, str]
    mounts: tuple[MountSpec, ...]
    identity: Identity
    executables: Executables
    listener: Callable[[int], Behavior | None]
    queries: QueryLog
    open_port: Callable[[int, Opened], bool]
    close_port: Callable[[int], object]
    out_of_memory: Callable[[int], bool]
    work_ended: Callable[[Exit], object]
    writes_unknown: Callable[[], object]
