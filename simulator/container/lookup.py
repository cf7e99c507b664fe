"""How a container's command is looked up, with runc's errors for commands that are missing or may not be executed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simulator.container.catalogue import known as catalogued
from simulator.container.mounts import MountSpec
from simulator.images.contents import SYSTEM, Contents, Has, is_impossible, of_package
from simulator.objects.process import DEFAULT_PATH

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem

START_FAILED = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: error during container init: "
)
"""The beginning of containerd's error for a container whose command cannot be started (containerd 2, runc 1.2)."""
EXEC_FAILED = (
    'failed to exec in container: failed to start exec "{id}": OCI runtime exec failed: exec failed: unable to start container process: '
)
"""The beginning of containerd's error for a command that cannot be started in a running container. `id`: 64 hexadecimal digits."""


class Executables:
    """The programs of one container: those of its image, and those that its scripts install.

    Attributes:
        contents: What is known of its image.
        knows_all: Every command exists: a Scenario says what the container runs.
    """

    def __init__(self, image: str, contents: Contents, assume: Callable[[str], object]) -> None:
        """`image` as the manifest names it; `assume` gets each command that the image is assumed to have."""
        self._image = image
        self._assume = assume
        self._installed: set[str] = set()
        self._installed_unknown = False
        self.contents = contents
        self.knows_all = False

    def install(self, manager: str, packages: tuple[str, ...]) -> None:
        """Add what packages bring. One that podsim does not know has a program of its name, and may have others."""
        for package in packages:
            programs = of_package(manager, package)
            self._installed |= {package} if programs is None else programs
            self._installed_unknown |= programs is None

    def doubt(self) -> None:
        """An unknown command ran that may have installed programs: a name that the image does not have may exist from now on."""
        self._installed_unknown = True

    def has(self, command: str, search: str = DEFAULT_PATH) -> bool:
        """Whether a command exists: a name in the directories of `search`, or an absolute path. What is not known exists, by assumption."""
        answer = self.find(command, search)
        if answer == "unknown":
            self._assume(command)
        return answer != "no"

    def find(self, command: str, search: str = DEFAULT_PATH) -> Has:
        """The same without an assumption."""
        if not command or is_impossible(command):
            return "no"
        if self.knows_all or posixpath.basename(command) in self._installed:
            return "yes"
        entry = catalogued(self._image)
        if entry is not None and posixpath.basename(command) in (entry.process, *entry.entrypoint[:1]):
            return "yes"
        known = self.contents.has(command)
        if known != "no":
            return known
        # A directory that the image does not have by default may hold anything.
        others = [directory for directory in search.split(":") if directory and directory not in SYSTEM]
        return "unknown" if "/" not in command and (self._installed_unknown or others) else "no"

    def assumes(self, command: str) -> bool:
        """Whether an absolute path is only assumed to be in an image of which podsim knows the rest."""
        return self.contents.is_known and command.startswith("/") and self.contents.has(command) == "unknown"


def lookup_error(name: str, cwd: str, env: Mapping[str, str], executables: Executables, files: Callable[[], FileSystem]) -> str:
    """runc's error for a command that cannot be started; empty when it can. `files` is called only if the image leaves a doubt.

    Nothing is assumed here: a program that starts is looked up again.
    """
    from simulator.process.effects import Stat

    if "/" in name:
        path = posixpath.normpath(posixpath.join(cwd, name))
        stat = files().stat(path)
        if isinstance(stat, Stat):
            # Files that were copied from images are empty here, and programs with their modes.
            if stat.kind == "dir":
                return f'exec: "{name}": is a directory'
            return "" if stat.kind == "file" and (stat.mode & 0o111 or not stat.size) else f'exec: "{name}": permission denied'
        missing = f'exec: "{name}": stat {name}: no such file or directory'
        # The directory of a relative path is the image's own where the manifest does not name one.
        return "" if not is_impossible(name) and (not name.startswith("/") or executables.find(path) != "no") else missing
    search = env.get("PATH", DEFAULT_PATH)
    if executables.find(name, search) != "no":
        return ""
    if name and any(isinstance(files().stat(posixpath.join(directory, name)), Stat) for directory in search.split(":") if directory):
        return ""
    return f'exec: "{name}": executable file not found in $PATH'


def is_published(path: str, mounts: tuple[MountSpec, ...]) -> bool:
    """Whether a path lies in a volume that the kubelet fills: all files in it are known."""
    inside = [mount for mount in mounts if path.startswith(f"{mount.path.rstrip('/')}/") or path == mount.path]
    return bool(inside) and max(inside, key=lambda mount: len(mount.path)).access.published
