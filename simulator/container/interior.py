"""The interior of a container: its file system and its processes. Importing this module loads nothing of the shell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.birth import Birth, Surroundings, Who
from simulator.container.mounts import VolumeTrees, file_system
from simulator.container.program import Run
from simulator.engine import Engine

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem
    from simulator.container.processes import Processes


class Interior(NamedTuple):
    """The files and processes of one container."""

    files: FileSystem
    processes: Processes


class InteriorFactory:
    """Creates the interiors of containers. `surroundings` returns what answers requests that leave a pod; None: nothing does."""

    def __init__(
        self, engine: Engine, trees: VolumeTrees | None = None, surroundings: Callable[[], Surroundings | None] = lambda: None
    ) -> None:
        self._engine = engine
        self.trees = trees or VolumeTrees(lambda: engine.wall)
        self._surroundings = surroundings

    def assume_run(self, who: Who, run: Run, what: str, reason: str) -> None:
        """Record an assumption about a container, whose assumed run becomes `run`."""
        surroundings = self._surroundings()
        if surroundings is not None:
            surroundings.resolve(who, run)
            surroundings.note(who, what, reason)

    def create(self, who: Who, birth: Birth) -> Interior:
        """The interior of a container that starts now."""
        from simulator.container.container_host import ContainerHost
        from simulator.container.path_decisions import PathDecisions
        from simulator.container.processes import Processes
        from simulator.process.effects import Credentials
        from simulator.process.machine import Machine
        from simulator.userland.launch import launch

        identity = birth.identity
        files = file_system(self.trees, birth.mounts, identity, birth.container.image)
        surroundings = self._surroundings()
        files.content = PathDecisions(who, None if surroundings is None else surroundings.content)
        host = ContainerHost(self._engine, who, surroundings, files, birth)
        credentials = Credentials(identity.user, identity.groups[0], identity.groups[1:])
        machine = Machine(files, host, launch, epoch=self._engine.epoch, credentials=credentials)
        machine.now = self._engine.now
        env = {"HOSTNAME": identity.pod.hostname, **({"HOME": "/"} if identity.user else {}), **birth.env}
        return Interior(files, Processes(self._engine, host, machine, env, birth.container.working_dir or "/"))
