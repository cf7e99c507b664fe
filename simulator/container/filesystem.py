"""A container's file system: a tree in memory with volumes mounted into it. Failures are `Errno` values, never exceptions.

Volumes are shared: two file systems that mount one `Volume` see each other's writes at once. Contents are text (bytes that are not
UTF-8 as surrogate escapes) and positions count characters; `size` is in bytes. Names are listed sorted. Every operation has the
credentials of a process (`who`), which the modes limit. Hard links, access lists and quotas are not modelled.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

import msgspec

from simulator.container.inodes import Node, Volume
from simulator.container.inodes import names as names_of
from simulator.container.unknown_content import NOTHING_MORE, PARENTS, UnknownContent, assumed_entry, used_as
from simulator.process.effects import ROOT, Credentials, Stat
from simulator.process.errno import Errno

MAX_LINKS = 40  # Linux' MAXSYMLINKS


class Mount(msgspec.Struct, frozen=True):
    """A volume's node seen at `path`."""

    path: str
    node: Node
    read_only: bool


class _Place(msgspec.Struct, frozen=True):
    """Where a path leads: the node (None if the last name is missing), its directory and name, and the mount that it lies in."""

    node: Node | None
    parent: Node
    name: str
    mount: Mount
    path: str


class FileSystem:
    """The files that one container sees: a root volume and mounts on top. Paths are absolute.

    Attributes:
        content: Decides which paths exist whose existence is unknown.
    """

    def __init__(self, root: Volume | None = None, *, read_only: bool = False) -> None:
        self.root = root or Volume()
        self.content: UnknownContent = NOTHING_MORE
        self._mounts = {"/": Mount("/", self.root.root, read_only)}

    def mount(self, path: str, volume: Volume, *, sub_path: str = "", read_only: bool = False) -> None:
        """Mount `volume`, or the file or directory `sub_path` in it (created as a directory when missing), at `path`."""
        path = posixpath.normpath(path)
        node = volume.follow(sub_path) or volume.directory(sub_path)
        parent = self._place(posixpath.dirname(path), make=True)
        if isinstance(parent, _Place) and parent.node is not None and posixpath.basename(path) not in parent.node.entries and path != "/":
            parent.node.volume.create(parent.node, posixpath.basename(path), "dir" if node.kind == "dir" else "file", 0o755)
        self._mounts[path] = Mount(path, node, read_only)

    # ------------------------------------------------------------------------------------------------------------------------ lookups
    def _place(self, path: str, *, follow: bool = True, make: bool = False, who: Credentials = ROOT, use: str = "") -> _Place | Errno:
        """Where a path leads. `use`: as what the process relies on it (see `GetStat`), or only on its directory (`PARENTS`)."""
        names = [*reversed(names_of(path))]
        node, here, mount, parent, name, links = self._mounts["/"].node, "/", self._mounts["/"], self._mounts["/"].node, "", 0
        while names:
            name = names.pop()
            if node.kind != "dir":
                return Errno.ENOTDIR
            if who.uid and not who.may(node.stat(), 1):
                return Errno.EACCES
            parent, path = node, posixpath.join(here, name)
            if path in self._mounts:
                mount = self._mounts[path]
                entry: Node | None = mount.node
            else:
                entry = node.entries.get(name)
            if entry is None and make:
                entry = node.volume.create(node, name, "dir", 0o755)
                entry.origin = node.origin
            if entry is None and use:
                entry = assumed_entry(self.content, node, path, use, who, is_last=not names)
            if entry is not None and use:
                used_as(entry, "dir" if names else use)
            if entry is None:
                return Errno.ENOENT if names else _Place(None, parent, name, mount, path)
            if entry.kind == "link" and (names or follow):
                links += 1
                if links > MAX_LINKS:
                    return Errno.ELOOP
                names += names_of(posixpath.join(here, entry.target))[::-1]
                node, here, mount = self._mounts["/"].node, "/", self._mounts["/"]
                continue
            node, here = entry, path
        return _Place(node, parent, name, mount, here)

    def _new(self, path: str, who: Credentials) -> _Place | Errno:
        """The place of a node to create."""
        place = self._place(path, follow=False, who=who, use=PARENTS)
        if isinstance(place, Errno):
            return place
        if place.node is not None:
            return Errno.EEXIST
        if place.mount.read_only:
            return Errno.EROFS
        return place if who.may(place.parent.stat(), 3) else Errno.EACCES

    def _existing(self, path: str, who: Credentials) -> _Place | Errno:
        """The place of a node to remove or move."""
        place = self._place(path, follow=False, who=who)
        if isinstance(place, Errno):
            return place
        if place.node is None:
            place.parent.gone.add(place.name)
            return Errno.ENOENT
        if place.path in self._mounts:
            return Errno.EBUSY
        if place.mount.read_only:
            return Errno.EROFS
        if not who.may(place.parent.stat(), 3):
            return Errno.EACCES
        sticky = place.parent.mode & 0o1000 and who.uid not in (0, place.node.uid, place.parent.uid)
        return Errno.EPERM if sticky else place

    def stat(self, path: str, *, follow: bool = True, who: Credentials = ROOT, use: str = "") -> Stat | Errno:
        """stat(2), or lstat(2) without `follow`; `use`: as what the process relies on the path."""
        place = self._place(path, follow=follow, who=who, use=use)
        return place if isinstance(place, Errno) else place.node.stat() if place.node else Errno.ENOENT

    def exists(self, path: str) -> bool:
        """Whether there is anything at a path."""
        return isinstance(self.stat(path), Stat)

    def list(self, path: str, who: Credentials = ROOT) -> tuple[str, ...] | Errno:
        """The names in a directory, sorted."""
        place = self._place(path, who=who)
        if isinstance(place, Errno):
            return place
        if place.node is None:
            return Errno.ENOENT
        if not who.may(place.node.stat(), 4):
            return Errno.EACCES
        return tuple(sorted(place.node.entries)) if place.node.kind == "dir" else Errno.ENOTDIR

    def read(self, path: str) -> str | Errno:
        """The whole text of a file."""
        node = self.open(path, "r")
        return node if isinstance(node, Errno) else node.read()

    def version(self, path: str) -> tuple[int, int]:
        """A value that differs whenever the file, or anything in the directory, at `path` may have changed since.

        For a missing path, it is that of the nearest existing parent.
        """
        while True:
            place = self._place(path)
            if isinstance(place, _Place):
                node = place.node or place.parent
                start = place.path.rstrip("/") + "/"
                below = sum(m.node.version for p, m in self._mounts.items() if node.kind == "dir" and p.startswith(start))
                return id(node.volume), node.version + below
            path = posixpath.dirname(path)

    def changes(self) -> int:
        """A number that grows with each change in any volume."""
        return sum(mount.node.version for mount in self._mounts.values())

    def watch(self, path: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each change in the volume where `path` lies, until the function returned is called."""
        place = self._place(path)
        while isinstance(place, Errno):
            path = posixpath.dirname(path)
            place = self._place(path)
        watchers = (place.node or place.parent).volume.watchers
        watchers[id(callback)] = callback

        def leave() -> None:
            watchers.pop(id(callback), None)

        return leave

    # ------------------------------------------------------------------------------------------------------------------------ changes
    def open(self, path: str, mode: str, who: Credentials = ROOT, use: str = "file") -> Node | Errno:
        """The file to read (mode r, `use` as in `stat`), or to write: w makes or empties it, a and + make it."""
        place = self._place(path, who=who, use=use if mode == "r" else PARENTS)
        if isinstance(place, Errno):
            return place
        node = place.node
        if node is None and mode == "r":
            return Errno.ENOENT
        if node is not None and node.kind == "dir":
            return Errno.EISDIR
        if mode == "r" and node is not None:
            return node if who.may(node.stat(), 4) else Errno.EACCES
        if place.mount.read_only:
            return Errno.EROFS
        if not who.may(place.parent.stat(), 3) if node is None else not who.may(node.stat(), 6 if mode == "+" else 2):
            return Errno.EACCES
        if node is None:
            return place.parent.volume.create(place.parent, place.name, "file", 0o666 & ~who.umask).owned_by(who)
        if mode == "w":
            node.truncate()
        return node

    def make_dir(self, path: str, mode: int = 0o777, who: Credentials = ROOT) -> Errno | None:
        """mkdir(2)."""
        return self._make(path, "dir", mode & ~who.umask, who)

    def mark_unknown(self, path: str, origin: str, who: Credentials = ROOT) -> Errno | None:
        """What is in a file, or below a directory, comes from `origin` and is unknown from now on."""
        place = self._place(path, who=who)
        if isinstance(place, Errno) or place.node is None:
            return place if isinstance(place, Errno) else Errno.ENOENT
        place.node.origin = origin
        place.node.gone.clear()
        return None

    def link(self, path: str, target: str, who: Credentials = ROOT) -> Errno | None:
        """symlink(2): `path` leads to `target`."""
        return self._make(path, "link", 0o777, who, target)

    def _make(self, path: str, kind: str, mode: int, who: Credentials, target: str = "") -> Errno | None:
        place = self._new(path, who)
        if isinstance(place, Errno):
            return place
        place.parent.volume.create(place.parent, place.name, kind, mode, target).owned_by(who)
        return None

    def remove(self, path: str, who: Credentials = ROOT) -> Errno | None:
        """unlink(2) of a file or link, rmdir(2) of an empty directory."""
        place = self._existing(path, who)
        if isinstance(place, Errno):
            return place
        if place.node and place.node.entries:
            return Errno.ENOTEMPTY
        del place.parent.entries[place.name]
        place.parent.gone.add(place.name)
        place.parent.changed()
        return None

    def move(self, path: str, to: str, who: Credentials = ROOT) -> Errno | None:
        """rename(2): replaces a file or an empty directory; EXDEV between volumes."""
        source, target = self._existing(path, who), self._place(to, follow=False, who=who)
        if isinstance(source, Errno):
            return source
        if isinstance(target, Errno):
            return target
        assert source.node is not None
        if target.mount.read_only:
            return Errno.EROFS
        if not who.may(target.parent.stat(), 3):
            return Errno.EACCES
        if target.parent.volume is not source.node.volume:
            return Errno.EXDEV
        if target.node is not None and (target.node.entries or target.path in self._mounts):
            return Errno.ENOTEMPTY
        if (target.path + "/").startswith(source.path + "/"):
            return None if target.path == source.path else Errno.EINVAL
        del source.parent.entries[source.name]
        source.parent.gone.add(source.name)
        source.parent.changed()
        target.parent.entries[target.name] = source.node
        source.node.parent = target.parent
        target.parent.changed()
        return None

    def set_attributes(
        self,
        path: str,
        *,
        mode: int | None = None,
        uid: int | None = None,
        gid: int | None = None,
        mtime: int | None = None,
        who: Credentials = ROOT,
    ) -> Errno | None:
        """chmod(2), chown(2) and utimes(2) in one; None leaves a value alone. Only root gives files away."""
        place = self._place(path, who=who)
        if isinstance(place, Errno):
            return place
        if place.node is None:
            return Errno.ENOENT
        if place.mount.read_only:
            return Errno.EROFS
        node = place.node
        mine = who.uid in (0, node.uid)
        gives = uid not in (None, node.uid) or (gid not in (None, node.gid) and not (mine and gid in (who.gid, *who.groups)))
        if (mode is not None and not mine) or (gives and who.uid != 0):
            return Errno.EPERM
        if mtime is not None and not mine and not who.may(node.stat(), 2):
            return Errno.EACCES
        kept = node.mtime
        node.changed()
        node.mtime = kept if mtime is None else mtime
        node.mode = node.mode if mode is None else mode
        node.uid = node.uid if uid is None else uid
        node.gid = node.gid if gid is None else gid
        return None
