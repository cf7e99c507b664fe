"""What is mounted into containers: volumes as trees that are shared by their keys, and the file system that one container sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem
    from simulator.container.inodes import Volume

NO_FILES: dict[str, str] = {}


class MountSpec(NamedTuple):
    """A volume seen at `path`. Mounts with one `key` show one tree, which has `files` (text by path) when it is mounted.

    `sub_path`: only that file or directory of it.
    """

    path: str
    key: tuple[str, ...]
    files: dict[str, str] = NO_FILES
    sub_path: str = ""
    read_only: bool = False


class Trees:
    """The volumes of a cluster, made when they are first looked at. `wall` gives the time for mtime, in nanoseconds since the epoch."""

    def __init__(self, wall: Callable[[], int]) -> None:
        self.wall = wall
        self._volumes: dict[tuple[str, ...], Volume] = {}

    def of(self, mount: MountSpec) -> Volume:
        """The tree that a mount shows."""
        from simulator.container.inodes import Volume

        volume = self._volumes.setdefault(mount.key, Volume(clock=self.wall))
        for path in sorted(mount.files):
            node = volume.find(path)
            if node is None or (node.read() != mount.files[path] and mount.key[0] == "pod"):
                volume.put(path, mount.files[path])
        return volume

    def forget(self, owner: str) -> None:
        """Drop the trees whose keys begin with `pod` and this uid: they end with their pod."""
        for key in [key for key in self._volumes if key[:2] == ("pod", owner)]:
            del self._volumes[key]


class Identity(NamedTuple):
    """Names and files that every container of a pod has: the host name, its address, where the last words go (a path, empty: nowhere)."""

    host_name: str
    ip: str
    last_words: str = ""


def file_system(trees: Trees, mounts: tuple[MountSpec, ...], identity: Identity) -> FileSystem:
    """What a new container sees: an image of which little is known, the files that the kubelet adds, the mounts (outer ones first)."""
    from simulator.container.filesystem import FileSystem
    from simulator.container.inodes import Volume, standard_root

    root = standard_root(trees.wall)
    root.put("etc/hostname", f"{identity.host_name}\n")
    local = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
    root.put("etc/hosts", f"# Kubernetes-managed hosts file.\n{local}{identity.ip}\t{identity.host_name}\n")
    files = FileSystem(root)
    for mount in sorted(mounts, key=lambda item: item.path.rstrip("/").count("/")):
        files.mount(mount.path, trees.of(mount), sub_path=mount.sub_path, read_only=mount.read_only)
    if identity.last_words:
        words = Volume({"words": ""}, trees.wall)
        files.mount(identity.last_words, words, sub_path="words")
    return files
