"""Files, directories and links of a volume, in memory; each is stamped when it changes."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from simulator.process.effects import Credentials, Stat


class Node(msgspec.Struct, eq=False):
    """A file, directory or symbolic link of one volume. `version` is the volume's change counter when it, or anything below, changed.

    `origin` is where content comes from that is unknown: that of a file, or what is missing in `entries`; empty: all is known. An
    `assumed` node exists because a process relies on it. `gone`: names that are known to be missing in a directory of unknown content.
    """

    kind: str
    volume: Volume
    parent: Node | None
    mode: int
    number: int
    mtime: int = 0
    uid: int = 0
    gid: int = 0
    target: str = ""
    version: int = 0
    entries: dict[str, Node] = msgspec.field(default_factory=dict)
    chunks: list[str] = msgspec.field(default_factory=list)
    starts: list[int] = msgspec.field(default_factory=list)
    length: int = 0
    size: int = 0
    origin: str = ""
    assumed: bool = False
    gone: set[str] = msgspec.field(default_factory=set)

    def stat(self) -> Stat:
        """The result of stat(2)."""
        size = {"dir": 4096, "link": len(self.target)}.get(self.kind, self.size)
        return Stat(self.kind, size, self.mode, self.mtime, self.uid, self.gid, self.number, self.target, bool(self.origin))

    def owned_by(self, who: Credentials) -> Node:
        """Give a new node its owner: the process that creates it, and the group of its directory if that has the set-group bit."""
        inherits = self.parent is not None and self.parent.mode & 0o2000
        self.uid, self.gid = who.uid, self.parent.gid if inherits and self.parent else who.gid
        if inherits and self.kind == "dir":
            self.mode |= 0o2000
        return self

    def read(self, offset: int = 0) -> str:
        """The text from `offset` to the end."""
        if offset >= self.length:
            return ""
        first = bisect_right(self.starts, offset) - 1
        return "".join(self.chunks[first:])[offset - self.starts[first] :]

    def write(self, offset: int | None, text: str) -> int:
        """Put `text` at `offset` (None: at the end) and return where it ends."""
        at = self.length if offset is None else offset
        if not text:
            return at
        if at != self.length:
            whole = self.read().ljust(at, "\0")
            self.truncate()
            self._append(whole[:at] + text + whole[at + len(text) :])
        else:
            self._append(text)
        self.changed()
        return at + len(text)

    def _append(self, text: str) -> None:
        self.chunks.append(text)
        self.starts.append(self.length)
        self.length += len(text)
        self.size += len(text.encode("utf-8", "surrogateescape"))

    def truncate(self) -> None:
        """Make it empty."""
        self.chunks, self.starts, self.length, self.size, self.origin = [], [], 0, 0, ""
        self.changed()

    def changed(self) -> None:
        """Stamp it and all its parents with the volume's next number, and call the watchers."""
        volume = self.volume
        volume.changes += 1
        self.mtime = volume.clock()
        node: Node | None = self
        while node is not None:
            node.version = volume.changes
            node = node.parent
        for watcher in list(volume.watchers.values()):
            watcher()


class Volume:
    """A tree that can be mounted in several places. `clock` gives the wall time (ns since the epoch) for mtime.

    Attributes:
        is_new: It was empty when the run began, and only processes that are interpreted have written into it so far.
    """

    def __init__(self, contents: Mapping[str, str] | None = None, clock: Callable[[], int] = lambda: 0) -> None:
        self.clock = clock
        self.changes = 0
        self.is_new = False
        self.watchers: dict[int, Callable[[], None]] = {}
        self._numbers = 1
        self.root = Node("dir", self, None, 0o755, 1, clock())
        for path in sorted(contents or {}):
            self.put(path, (contents or {})[path])

    def create(self, parent: Node, name: str, kind: str, mode: int, target: str = "") -> Node:
        """Add a node under `parent`, which has no `name` yet."""
        self._numbers += 1
        node = parent.entries[name] = Node(kind, self, parent, mode, self._numbers, target=target)
        node.changed()
        return node

    def directory(self, path: str) -> Node:
        """The directory at `path` (relative to the volume), made with its parents when missing. Raises NotADirectoryError.

        What is in a directory that is added to unknown content is unknown, too.
        """
        node = self.root
        for name in names(path):
            parent, entry = node, node.entries.get(name)
            node = entry or self.create(node, name, "dir", 0o755)
            if entry is None:
                node.origin = parent.origin
            if node.kind != "dir":
                raise NotADirectoryError(path)
        return node

    def follow(self, path: str) -> Node | None:
        """The node at a path of the volume; links are followed."""
        queue, node, here, links = [*names(path)], self.root, "/", 0
        while queue:
            name = queue.pop(0)
            entry = node.entries.get(name)
            if entry is None:
                return None
            if entry.kind == "link":
                links += 1
                if links > MOST_LINKS:
                    return None
                queue, node, here = [*names(posixpath.join(here, entry.target)), *queue], self.root, "/"
                continue
            node, here = entry, posixpath.join(here, name)
        return node

    def remove(self, path: str) -> None:
        """Remove the node at a path, if there is one, from outside the container."""
        parent = self.find(posixpath.dirname(path))
        if parent is not None and parent.entries.pop(posixpath.basename(path), None) is not None:
            parent.changed()

    def find(self, path: str) -> Node | None:
        """The node at `path` (relative to the volume); links are not followed."""
        node: Node | None = self.root
        for name in names(path):
            node = None if node is None else node.entries.get(name)
        return node

    def put(self, path: str, text: str, mode: int = 0o644) -> Node:
        """Write a whole file from outside the container (a ConfigMap's key, for example), with its parent directories."""
        parent, name = self.directory(posixpath.dirname(path)), posixpath.basename(path)
        node = parent.entries.get(name) or self.create(parent, name, "file", mode)
        node.truncate()
        node.write(0, text)
        node.mode = mode
        return node


@lru_cache(maxsize=1024)
def names(path: str) -> tuple[str, ...]:
    """The names along a path, without empty ones and dots."""
    return tuple(name for name in posixpath.normpath("/" + path).split("/") if name)


STANDARD_DIRECTORIES = (
    "bin", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr/bin", "usr/lib",
    "usr/local/bin", "usr/local/etc", "usr/local/lib", "usr/local/share", "usr/sbin", "usr/share", "var/cache", "var/lib", "var/lock",
    "var/log", "var/mail", "var/opt", "var/run", "var/spool", "var/tmp",
)  # fmt: skip
"""Directories of every image (Filesystem Hierarchy Standard 3.0)."""


STANDARD_MODES = {"root": 0o700, "tmp": 0o1777, "var/tmp": 0o1777, "var/lock": 0o1777, "dev": 0o755}
"""The modes that are not 0755."""
MOST_LINKS = 40


PROGRAMS = ("bin", "lib", "sbin", "usr", "var/cache", "var/lib")
"""Where the packages of a base image have their files; all else in it is known."""
SYSTEM_FILES = ("etc/issue", "etc/os-release", "etc/profile")
"""Files of every base image, whose content is not known here."""
SCRATCH = ("dev", "media", "mnt", "proc", "run", "sys", "tmp", "var/lock", "var/run", "var/tmp")
"""Directories in which an image has nothing that a process looks for: only processes and the kernel put files there."""

KERNEL = ("proc/sys", "sys")
"""The kernel's settings: a node has more of them than podsim knows."""


def standard_root(clock: Callable[[], int] = lambda: 0, origin: str = "", *, is_base: bool = False) -> Volume:
    """The root file system of an image; `origin` names it where its further content is unknown.

    A base image (`is_base`) has nothing besides its packages: only below `PROGRAMS` something can be unknown.
    """
    now = clock()
    volume = Volume(clock=lambda: now)
    volume.root.origin = "" if is_base else origin
    for path in PROGRAMS if is_base else ():
        volume.directory(path).origin = origin
    for path in STANDARD_DIRECTORIES:
        volume.directory(path)
    for path in SYSTEM_FILES if is_base else ():
        volume.put(path, "").origin = origin
    volume.put("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    volume.put("etc/group", "root:x:0:\n")
    for path in SCRATCH:
        volume.directory(path).origin = ""
    for path in KERNEL:
        volume.directory(path).origin = "the node's kernel"
    for path, mode in STANDARD_MODES.items():
        volume.directory(path).mode = mode
    volume.clock = clock
    return volume
