"""One instance of a container, as the runtime keeps it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from simulator.container.behavior import Behavior
from simulator.container.exits import Exit
from simulator.container.interior import Interior
from simulator.container.lookup import Executables
from simulator.container.memory_limits import limit_of
from simulator.container.mounts import MountSpec
from simulator.container.program import Program, Run
from simulator.container.status import ContainerRecord, State
from simulator.container.termination_message import MOST_LOG_LINES
from simulator.engine import Timer
from simulator.objects.container import Container
from simulator.objects.meta import lasting_name
from simulator.objects.pod import Pod


class Instance:
    """A container that the runtime has created.

    Attributes:
        run: What this start does, once it has started.
        executables: The programs that it has, from each start on.
        image_user: Gives the user of its image, a number or a name; None: unknown.
        attempt: How many starts of the container there were before this one.
        behavior: The run with its durations drawn, once it has started.
        interior: Its files and processes, once something in it has run.
        is_stopping: It has got SIGTERM.
        work_exit: How the run's work ended, if that was process 1 of a script.
        log: The last lines that it printed.
        timers: What it is going to do; cancelled when it ends.
        exit_callbacks: Called when it ends.
    """

    executables: Executables
    image_user: Callable[[], str | None]

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
        self.behavior: Behavior | None = None
        self.interior: Interior | None = None
        self.is_stopping = False
        self.work_exit: Exit | None = None
        self.log: deque[str] = deque(maxlen=MOST_LOG_LINES)
        self.timers: list[Timer] = []
        self.exit_callbacks: list[Callable[[], object]] = []

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.record.state is State.RUNNING

    @property
    def full_at(self) -> int | None:
        """When its work takes more memory than it may have, in nanoseconds; None: never."""
        behavior, limit = self.behavior, limit_of(self.container)
        if behavior is None or behavior.origin is None or behavior.memory is None or not limit:
            return None
        age = behavior.memory.curve.passes(limit)
        return None if age is None else behavior.origin + age

    @property
    def pod_name(self) -> tuple[str, str]:
        """Namespace and name of its pod."""
        return self.pod.metadata.namespace, self.pod.metadata.name

    @property
    def stream(self) -> tuple[str, str]:
        """The name of its streams of random numbers. It does not depend on the hash of the pod's template."""
        return self.pod.metadata.namespace, lasting_name(self.pod.metadata)


def holder(instances: Iterable[Instance], port: int) -> Instance | None:
    """The first of these that accepts connections on a port, or None."""
    return next((one for one in instances if one.is_running and one.behavior is not None and one.behavior.listens(port)), None)
