"""Where a container's processes come from: file system, host and machine put together, for the runtime of a node. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.birth import Birth, Surroundings, Who
from simulator.container.mounts import Trees, file_system
from simulator.engine import Engine

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem
    from simulator.container.processes import Processes


class Inside(NamedTuple):
    """What is inside of a container: its files and its processes."""

    files: FileSystem
    processes: Processes


class Shells:
    """Makes the insides of containers. `surroundings` gives who answers for the rest of the world; None: nobody does."""

    def __init__(self, engine: Engine, trees: Trees | None = None, surroundings: Callable[[], Surroundings | None] = lambda: None) -> None:
        self._engine = engine
        self.trees = trees or Trees(lambda: engine.wall)
        self._surroundings = surroundings

    def inside(self, who: Who, birth: Birth) -> Inside:
        """The inside of a container that starts now."""
        from simulator.container.container_host import ContainerHost
        from simulator.container.processes import Processes
        from simulator.process.effects import Credentials
        from simulator.process.machine import Machine
        from simulator.userland.launch import launch

        files = file_system(self.trees, birth.mounts, birth.identity)
        mounted = tuple(mount.path for mount in birth.mounts if mount.key[0] != "host")
        names = (birth.identity.host_name, birth.identity.ip)
        host = ContainerHost(self._engine, who, self._surroundings(), files, mounted, names, birth)
        identity = birth.identity
        who_runs = Credentials(identity.user, identity.groups[0], identity.groups[1:])
        machine = Machine(files, host, launch, epoch=self._engine.epoch, credentials=who_runs)
        machine.now = self._engine.now
        env = {"HOSTNAME": identity.host_name, **({"HOME": "/"} if identity.user else {}), **birth.env}
        return Inside(files, Processes(self._engine, host, machine, env, birth.container.working_dir or "/"))
