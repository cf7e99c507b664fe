"""One instance of a container, as the runtime keeps it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from simulator.container.behavior import Behavior
from simulator.container.exits import Exit
from simulator.container.interior import Inside
from simulator.container.mounts import MountSpec
from simulator.container.program import Program, Run
from simulator.container.status import ContainerRecord, State
from simulator.container.termination_message import MOST_LOG_LINES
from simulator.engine import Timer
from simulator.objects.container import Container
from simulator.objects.meta import lasting_name
from simulator.objects.pod import Pod


class Instance:
    """A container that the runtime has: its record, its pod and, once started, its run (`attempt` counts its starts) and behaviour.

    `is_stopping`: it has been asked to end. `work_exit`: how its own work ended as process 1 of its script; None: it did not.
    """

    def __init__(
        self, pod: Pod, container: Container, record: ContainerRecord, program: Program, env: dict[str, str], mounts: tuple[MountSpec, ...]
    ) -> None:
        self.pod = pod
        self.container = container
        self.record = record
        self.program = program
        self.env = env
        self.mounts = mounts
        self.run = Run()
        self.attempt = 0
        self.is_stopping = False
        self.work_exit: Exit | None = None
        self.behavior: Behavior | None = None
        self.inside: Inside | None = None
        self.log: deque[str] = deque(maxlen=MOST_LOG_LINES)
        self.timers: list[Timer] = []
        self.exited: list[Callable[[], object]] = []

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.record.state is State.RUNNING

    @property
    def place(self) -> tuple[str, str]:
        """Namespace and name of its pod."""
        return self.pod.metadata.namespace, self.pod.metadata.name

    @property
    def stream(self) -> tuple[str, str]:
        """What its streams of chance are called after."""
        return self.pod.metadata.namespace, lasting_name(self.pod.metadata)


def listener(instances: Iterable[Instance], port: int, now: int) -> Behavior | None:
    """Who of these accepts connections on a port."""
    behaviors = (instance.behavior for instance in instances if instance.is_running)
    return next((behavior for behavior in behaviors if behavior is not None and behavior.listens(port, now)), None)
