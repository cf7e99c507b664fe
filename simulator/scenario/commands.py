"""Which command lines of containers the shell interprets, because it knows what they do."""

from __future__ import annotations

import posixpath

from simulator.container.catalogue import Entry, is_base, known
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_init_container, is_regular_init


def interpreted(pod: Pod, container: Container) -> tuple[str, ...]:
    """The command line that is interpreted; empty when only its image knows what it does.

    Arguments alone count when they begin with a command that the shell knows: entrypoints of images run what they are given. Else they are
    the entrypoint's own, where the catalogue knows it: the image of curl needs only a URL.
    """
    words = (*container.command, *container.args)
    if not words:
        return ()
    from simulator.userland.registered import registration
    from simulator.userland.serving import runs_a_project
    from simulator.userland.table import INTERPRETERS, SHELLS, is_tool

    name = words[0].rpartition("/")[2]
    if name in SHELLS:
        return words
    entry = None if container.command else known(container.image)
    if entry is not None and entry.entrypoint and name != entry.entrypoint[0] and not _serves(entry, container):
        return (*entry.entrypoint, *words)
    path = posixpath.normpath(posixpath.join(container.working_dir or "/", words[0])) if "/" in words[0] else words[0]
    if runs_a_project(name, words) and not (is_base(container.image) and not _is_in_volume(container, f"{container.working_dir or ''}/")):
        return ()  # only the image knows its project: the guess from its ports and peers says more than an unknown command
    if is_tool(path) or registration(name) is not None or (_is_step(pod, container) and (name in INTERPRETERS or _is_migration(words))):
        return words
    if name in INTERPRETERS and _is_file_known(pod, container, words):
        return words
    return words if container.command and _is_mounted(pod, container, path) else ()


def _is_file_known(pod: Pod, container: Container, words: tuple[str, ...]) -> bool:
    """Whether podsim knows if an interpreter's file is there: in a volume of known content, or in an image without an application."""
    from simulator.userland.inline.files import file_of

    path = posixpath.normpath(posixpath.join(container.working_dir or "/", file_of(words) or "/"))
    return path != "/" and (_is_mounted(pod, container, path) or (is_base(container.image) and not _is_in_volume(container, path)))


def _serves(entry: Entry, container: Container) -> bool:
    """Whether the arguments still make an image serve what it is made for."""
    return entry.does == "serves" and entry.starts_with((), container.args)


def _is_step(pod: Pod, container: Container) -> bool:
    """Whether a container has to end: programs that are short enough to be read stand there, and migrations."""
    if has_init_container(pod, container.name):
        return is_regular_init(pod, container)
    return any(owner.kind == "Job" for owner in pod.metadata.owner_references)


def _is_migration(words: tuple[str, ...]) -> bool:
    from simulator.userland.clients.migrations import looks_like_one

    return looks_like_one(" ".join(words))


def described(argv: tuple[str, ...]) -> tuple[str, str]:
    """What is said of an interpreted command line: what it does, and why that is known."""
    from simulator.userland.table import SHELLS

    name = argv[0].rpartition("/")[2]
    if len(argv) > 2 and name in SHELLS and argv[1].startswith("-") and argv[1].endswith("c"):
        return "runs its own script", "its command is a shell script"
    first = " ".join(argv).strip().split("\n", 1)[0]
    shown = first if len(first) <= 60 else first[:57] + "..."
    return f"runs `{shown}`", _why(argv, name)


def _why(argv: tuple[str, ...], name: str) -> str:
    from simulator.userland.registered import registration
    from simulator.userland.table import INTERPRETERS, is_tool

    if (entry := registration(name)) is not None:
        return f"its command is registered by the package {entry.package}"
    if name in INTERPRETERS:
        return "podsim reads the text of this program"
    if is_tool(argv[0]):
        return "podsim knows its command"
    return "its command looks like a migration" if _is_migration(argv) else "its command is in a volume"


def _is_in_volume(container: Container, path: str) -> bool:
    return any(path.startswith(mount.mount_path.rstrip("/") + "/") for mount in container.volume_mounts)


def _is_mounted(pod: Pod, container: Container, path: str) -> bool:
    """Whether a file comes from a volume whose content is known."""
    known = {volume.name for volume in pod.spec.volumes if volume.config_map or volume.secret or volume.projected or volume.empty_dir}
    return any(mount.name in known and path.startswith(mount.mount_path.rstrip("/") + "/") for mount in container.volume_mounts)
