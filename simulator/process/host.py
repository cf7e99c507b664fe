"""What a machine needs around it: a host that answers for the world, and a file system. Durations are integer nanoseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from simulator.api.authorization.request import AccessDenied
from simulator.process.descriptors import FileNode
from simulator.process.effects import ROOT, Credentials, Listen, Stat
from simulator.process.errno import Errno
from simulator.process.world import WorldRequest


class Reply(msgspec.Struct, frozen=True):
    """The host's answer to a world request: the value its docstring names, and how long (ns) it takes to arrive.

    `denied`: the API server did not allow the request.
    """

    value: Any
    after: int = 0
    denied: AccessDenied | None = None


class Host(Protocol):
    """What the machine needs from outside the container."""

    def ask(self, request: WorldRequest) -> Reply:
        """Answer a world request by the present state of the world."""

    def open_port(self, listener: Listen) -> bool:
        """Let a port of the container accept connections; False: another program has it."""

    def close_port(self, port: int) -> None:
        """A port of the container no longer accepts connections."""

    def note(self, command: str, what: str) -> None:
        """`command` was used in a way that is not simulated; `what` names it."""

    def wake(self) -> None:
        """A file changed that a process waits for: call `run` at this instant."""


class Files(Protocol):
    """A file system, such as `simulator.container.filesystem.FileSystem`."""

    def stat(self, path: str, *, follow: bool = True, who: Credentials = ROOT, use: str = "") -> Stat | Errno: ...  # noqa: D102
    def list(self, path: str, who: Credentials = ROOT) -> tuple[str, ...] | Errno: ...  # noqa: D102
    def open(self, path: str, mode: str, who: Credentials = ROOT, use: str = "file") -> FileNode | Errno: ...  # noqa: D102
    def make_dir(self, path: str, mode: int = 0o777, who: Credentials = ROOT) -> Errno | None: ...  # noqa: D102
    def mark_unknown(self, path: str, origin: str, who: Credentials = ROOT) -> Errno | None: ...  # noqa: D102
    def link(self, path: str, target: str, who: Credentials = ROOT) -> Errno | None: ...  # noqa: D102
    def remove(self, path: str, who: Credentials = ROOT) -> Errno | None: ...  # noqa: D102
    def move(self, path: str, to: str, who: Credentials = ROOT) -> Errno | None: ...  # noqa: D102
    def version(self, path: str) -> object: ...  # noqa: D102
    def changes(self) -> int: ...  # noqa: D102
    def watch(self, path: str, callback: Callable[[], None]) -> Callable[[], None]: ...  # noqa: D102
    def set_attributes(  # noqa: D102
        self,
        path: str,
        *,
        mode: int | None = None,
        uid: int | None = None,
        gid: int | None = None,
        mtime: int | None = None,
        who: Credentials = ROOT,
    ) -> Errno | None: ...
