"""What can keep a container from starting, although it was created: its command is not in the image."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from simulator.container.executables import contents
from simulator.container.expansion import expand
from simulator.container.identity import identity
from simulator.container.instance import Instance
from simulator.container.lookup import START_FAILED, Executables, is_published, lookup_error
from simulator.container.mounts import VolumeTrees, file_system
from simulator.objects.container import Container

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem


def start_error(instance: Instance, trees: VolumeTrees) -> str:
    """containerd's error for a container whose command cannot be started; empty when it can."""
    argv = tuple(expand(word, instance.env) for word in _own_command(instance.container))
    described = instance.program.described and not instance.run.command
    if not argv or described or not argv[0]:
        return ""

    @cache
    def files() -> FileSystem:
        return file_system(trees, instance.mounts, identity(instance.container, instance.pod, "", ""))

    executables = Executables(instance.container.image, lambda text, reason: None)
    error = lookup_error(argv[0], instance.container.working_dir or "/", instance.env, executables, files)
    if not error and is_published(argv[0], instance.mounts) and not files().exists(argv[0]):
        error = f'exec: "{argv[0]}": stat {argv[0]}: no such file or directory'
    return START_FAILED + error if error else ""


def _own_command(container: Container) -> tuple[str, ...]:
    """The command line by which the container starts, as far as the manifest gives it. Arguments alone continue an image's entrypoint."""
    if container.command:
        return (*container.command, *container.args)
    image = contents(container.image)
    return tuple(container.args) if image is not None and image.args_are_command else ()
