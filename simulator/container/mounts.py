"""Mounts of containers: volumes as trees that containers share, and the file system that one container sees."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simulator.container.catalogue import is_base
from simulator.container.hosts_file import HOSTS_FILE, PodName, hosts_text
from simulator.units import SECOND

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem
    from simulator.container.inodes import Volume

NO_FILES: dict[str, str] = {}
NO_MODES: dict[str, int] = {}


class VolumeModes(NamedTuple):
    """Group and modes of a volume: of its `top` directory, and of files by their paths (the others have `default`).

    `published`: the kubelet writes the volume and updates it: files are links into a directory that is replaced as a whole.
    """

    top: int = 0o777
    group: int = 0
    published: bool = False
    default: int = 0o644
    modes: dict[str, int] = NO_MODES
    owners: dict[str, int] = NO_MODES


class MountSpec(NamedTuple):
    """A volume that is mounted at `path`. Mounts with the same `key` share one tree, which has `files` (text by path) when it is mounted.

    `sub_path`: only that file or directory of the volume is mounted. `origin`: where its further content comes from, if that is unknown.
    `is_new`: the run has created the volume, so it is empty at first.
    """

    path: str
    key: tuple[str, ...]
    files: dict[str, str] = NO_FILES
    sub_path: str = ""
    read_only: bool = False
    access: VolumeModes = VolumeModes()
    origin: str = ""
    is_new: bool = False


class VolumeTrees:
    """The volumes of a cluster, created on first use. `wall` returns the time for mtime, in nanoseconds since the epoch."""

    def __init__(self, wall: Callable[[], int]) -> None:
        self.wall = wall
        self._volumes: dict[tuple[str, ...], Volume] = {}
        self._latest: dict[tuple[str, ...], MountSpec] = {}
        self._published: dict[tuple[str, ...], tuple[dict[str, str], VolumeModes]] = {}
        self._origins: dict[tuple[str, ...], str] = {}

    def mark_unknown(self, mount: MountSpec, origin: str) -> None:
        """What is in a volume that processes write comes from `origin`, too, and is unknown from now on."""
        if mount.read_only or mount.files or mount.access.published or mount.key in self._origins:
            return
        self._origins[mount.key] = origin
        volume = self._volumes.get(mount.key)
        if volume is not None:
            volume.is_new = False
            volume.root.origin = volume.root.origin or origin

    def of(self, mount: MountSpec) -> Volume:
        """The tree of a mount."""
        from simulator.container.inodes import Volume

        mount = self._latest.get(mount.key, mount)._replace(path=mount.path)
        volume = self._volumes.get(mount.key)
        if volume is None:
            volume = self._volumes[mount.key] = Volume(clock=self.wall)
            volume.root.mode, volume.root.gid = mount.access.top, mount.access.group
            volume.root.origin = mount.origin or self._origins.get(mount.key, "")
            volume.is_new = mount.is_new and mount.key not in self._origins
        if mount.access.published:
            self._publish(volume, mount)
            return volume
        for path in sorted(mount.files):
            if volume.find(path) is None:
                volume.put(path, mount.files[path])
        return volume

    def kind(self, key: tuple[str, ...], path: str) -> str | None:
        """What is at a path of a volume: `dir`, `file` or `link`; None: nothing."""
        volume = self._volumes.get(key)
        node = None if volume is None else volume.find(path.lstrip("/"))
        return None if node is None else node.kind

    def refresh(self, mount: MountSpec) -> None:
        """Update a volume whose sources have changed. A mount of one of its files (`subPath`) keeps its old content."""
        self._latest[mount.key] = mount
        volume = self._volumes.get(mount.key)
        if volume is not None and mount.access.published:
            self._publish(volume, mount)

    def _publish(self, volume: Volume, mount: MountSpec) -> None:
        """Write the files so that all of them change at once (pkg/volume/util/atomic_writer.go).

        They are in a directory with the time in its name; `..data` is a link to it, and each file's name is a link through `..data`.
        """
        before = self._published.get(mount.key)
        if before == (mount.files, mount.access):
            return
        self._published[mount.key] = (mount.files, mount.access)
        old = volume.find("..data")
        stamp = time.strftime("..%Y_%m_%d_%H_%M_%S", time.gmtime(self.wall() // SECOND)) + f".{self.wall() % SECOND:09d}"
        directory = volume.directory(stamp)
        directory.mode, directory.gid = 0o755, mount.access.group
        for path in sorted(mount.files):
            node = volume.put(f"{stamp}/{path}", mount.files[path], mount.access.modes.get(path, mount.access.default))
            node.gid, node.uid = mount.access.group, mount.access.owners.get(path, 0)
        volume.remove("..data")
        volume.create(volume.root, "..data", "link", 0o777, stamp)
        shown = {path.partition("/")[0] for path in mount.files}
        for name in sorted(shown - set(volume.root.entries)):
            volume.create(volume.root, name, "link", 0o777, f"..data/{name}")
        for name in sorted(set(volume.root.entries) - shown - {"..data", stamp}):
            volume.remove(name)
        if old is not None and old.target != stamp:
            volume.remove(old.target)

    def forget(self, owner: str) -> None:
        """Remove the volumes of a pod, by its uid."""
        for volumes in (self._volumes, self._latest, self._published, self._origins):
            for key in [key for key in volumes if key[:2] == ("pod", owner)]:
                del volumes[key]


class Identity(NamedTuple):
    """Names and credentials of a container: the names of its pod, its user, and whether its root file system is read-only.

    `termination_file`: the path of the file for its termination message; empty: none. `groups`: the user's own first.
    `has_image_user`: the user is the image's own, and not one that the pod gives; `user_name`: its name, if that is known.
    """

    pod: PodName
    termination_file: str = ""
    user: int = 0
    groups: tuple[int, ...] = (0,)
    read_only: bool = False
    resolv_conf: str = ""
    has_image_user: bool = False
    user_name: str = ""


def file_system(trees: VolumeTrees, mounts: tuple[MountSpec, ...], identity: Identity, image: str = "") -> FileSystem:
    """The file system of a new container: its image, the files that the kubelet adds, and the mounts, outer ones first."""
    from simulator.container.filesystem import FileSystem
    from simulator.container.inodes import Volume, standard_root
    from simulator.container.unknown_content import IMAGE

    root = standard_root(trees.wall, f"{IMAGE}{image}" if image else "", is_base=is_base(image))
    if identity.has_image_user:
        # The working directory of an image is not known, so `/` stands for it: it is its user's.
        root.root.uid = identity.user
    if name := identity.user_name:
        root.put("etc/passwd", f"root:x:0:0:root:/root:/bin/sh\n{name}:x:{identity.user}:{identity.groups[0]}::/home/{name}:/bin/sh\n")
        root.put("etc/group", f"root:x:0:\n{name}:x:{identity.groups[0]}:\n")
    root.put("etc/hostname", f"{identity.pod.hostname}\n")
    root.put(HOSTS_FILE, hosts_text(identity.pod))
    root.put("etc/resolv.conf", identity.resolv_conf)
    files = FileSystem(root, read_only=identity.read_only)
    for mount in sorted(mounts, key=lambda item: item.path.rstrip("/").count("/")):
        files.mount(mount.path, trees.of(mount), sub_path=mount.sub_path, read_only=mount.read_only)
    if identity.termination_file:
        volume = Volume({"log": ""}, trees.wall)
        volume.put("log", "", 0o666)
        files.mount(identity.termination_file, volume, sub_path="log")
    return files
