"""What can keep a container from starting, although it was created: its command is not in the image."""

from __future__ import annotations

import posixpath
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.catalogue import is_certain, known, process_of
from simulator.container.expansion import expand
from simulator.container.identity import identity
from simulator.container.instance import Instance
from simulator.container.lookup import START_FAILED, is_published, lookup_error
from simulator.container.mounts import VolumeTrees, file_system
from simulator.container.program import LogRule, Run
from simulator.engine.durations import ZERO
from simulator.images.contents import is_impossible
from simulator.images.reference import reference
from simulator.objects.container import Container
from simulator.objects.process import DEFAULT_PATH, MAX_ARG_STRLEN

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem


EXEC_FORMAT_EXIT = 255
"""What runc's init ends with when it cannot execute the program (libcontainer/init_linux.go; 1 before runc 1.2)."""


class StartFailure(NamedTuple):
    """Why a container does not start.

    `error`: runc's error. `reason`: how podsim knows. `missing`: the program that the image would need; empty: that would not help.
    """

    error: str
    reason: str
    missing: str = ""

    @property
    def message(self) -> str:
        """containerd's error."""
        return START_FAILED + self.error


def start_failure(instance: Instance, trees: VolumeTrees) -> StartFailure | None:
    """Why a container's command cannot be started; None when it can, as it is or by the assumption that its image has the program."""
    argv = tuple(expand(word, instance.env) for word in _own_command(instance))
    described = instance.program.described and not instance.run.command
    if not argv or described:
        return None

    @cache
    def files() -> FileSystem:
        return file_system(trees, instance.mounts, identity(instance.container, instance.pod, "", ""))

    name = argv[0]
    error = lookup_error(name, instance.container.working_dir or "/", instance.env, instance.executables, files)
    published = is_published(name, instance.mounts)
    if not error and published and not files().exists(name):
        error = f'exec: "{name}": stat {name}: no such file or directory'
    if not error:
        in_volume = any(name.startswith(f"{mount.path.rstrip('/')}/") for mount in instance.mounts)
        if not instance.run.command and not in_volume:
            # Programs of interpreted commands are looked up again, with what processes have installed by then.
            instance.executables.has(name, instance.env.get("PATH", DEFAULT_PATH))
        return None
    if is_impossible(name):
        return StartFailure(error, "no such program")
    if published or error.endswith(("permission denied", "is a directory")):
        return StartFailure(error, "the files of its volumes are known")
    inside = instance.executables.contents
    return StartFailure(error, f"the programs of {reference(inside.image)[0]} are known: {inside.source}", name)


def _own_command(instance: Instance) -> tuple[str, ...]:
    """The command line by which the container starts, as far as the manifest gives it. Arguments alone continue an image's entrypoint."""
    container = instance.container
    if container.command:
        return (*container.command, *container.args)
    return tuple(container.args) if instance.executables.contents.args_are_command else ()


def without_config_file(instance: Instance, trees: VolumeTrees) -> Run | None:
    """What is left of a server whose configuration file is not in the volume where its command line names it; None: it starts."""
    container = instance.container
    argv = tuple(expand(word, instance.env) for word in (*container.command, *container.args))
    if instance.program.described or not any(mount.path in word for mount in instance.mounts for word in argv):
        return None
    from simulator.container.config_files import without_file

    process, entry = process_of(container.image), known(container.image)
    if not container.command and posixpath.basename(argv[0]) != process:
        if entry is None or not is_certain(container.image, entry):
            return None  # only the image knows whose arguments these are
        argv = (process, *argv)
    return without_file(argv, file_system(trees, instance.mounts, identity(container, instance.pod, "", ""), container.image))


def wrong_architecture(container: Container) -> Run:
    """What is left of a container whose image is built for another architecture."""
    return _not_executed(container, "exec format error")


def with_too_long_arguments(instance: Instance) -> Run | None:
    """What is left of a container with a word or a variable that the kernel does not pass to any program; None: it has none."""
    container = instance.container
    words = (*container.command, *container.args, *(f"{name}={value}" for name, value in instance.env.items()))
    return _not_executed(container, "argument list too long") if any(len(word) >= MAX_ARG_STRLEN for word in words) else None


def _not_executed(container: Container, why: str) -> Run:
    """runc's init cannot execute the program, and ends."""
    name = container.command[0] if container.command else f"/{process_of(container.image)}"
    log = (LogRule(ZERO, f"exec {name}: {why}"),)
    return Run(exit_after=ZERO, exit_code=EXEC_FORMAT_EXIT, log=log)
