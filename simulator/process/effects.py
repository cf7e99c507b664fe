"""Everything a simulated process can ask for. A process is a generator that yields these and is sent the answer named in each docstring.

Times are integer nanoseconds, paths are absolute, data is text (bytes that are not UTF-8 travel as surrogate escapes). Failures are
values, never exceptions: an `Errno` for files, a `NetError` for the network. The machine's host answers the *world requests* (`world.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeVar

import msgspec


class Effect(msgspec.Struct, frozen=True):
    """Base of all effects."""


T = TypeVar("T")
Effects = Generator[Effect, Any, T]
"""A part of a program: yields effects, is sent their answers (whose types their docstrings name), returns a T. Use it by `yield from`."""

Process = Effects[int]
"""A running program: returns its exit code (0..255)."""


class Call(msgspec.Struct, frozen=True):
    """What execve(2) passes on: arguments (`argv[0]` is the name), environment and working directory."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str = "/"

    @property
    def name(self) -> str:
        """The command's name without its directory, as it prefixes its messages."""
        return self.argv[0].rsplit("/", 1)[-1]


Program = Callable[[Call], Process]
"""What a command does, before it is started."""


class Credentials(msgspec.Struct, frozen=True):
    """The identity of a process: user, group, further groups, and the mode bits that files it makes do not get (its umask)."""

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = ()
    umask: int = 0o022

    def may(self, stat: Stat, bits: int) -> bool:
        """Whether it may read (4), write (2) or enter and run (1) such a file.

        Root may do everything but run a file without any x bit (CAP_DAC_OVERRIDE, capabilities(7)). Others are judged by the first
        class that fits, owner before group before others, even if a later one allowed more.
        """
        if self.uid == 0:
            return stat.kind == "dir" or not bits & 1 or bool(stat.mode & 0o111)
        return stat.mode >> self._shift(stat) & bits == bits

    def _shift(self, stat: Stat) -> int:
        """Where in the mode the bits of this identity's class are."""
        if self.uid == stat.uid:
            return 6
        return 3 if stat.gid == self.gid or stat.gid in self.groups else 0


ROOT = Credentials()


# ------------------------------------------------------------------------------------------------------------------- time and signals
class Step(Effect, frozen=True):
    """Between two commands. Answer: tuple of the names of handled signals that arrived meanwhile (`("TERM",)`), oldest first."""


class Sleep(Effect, frozen=True):
    """Wait `ns` nanoseconds; None: forever. Answer: True when the time passed, False when a handled signal cut it short.
    `wakes_on_child`: SIGCHLD is handled, so the end of a child does, too."""

    ns: int | None
    wakes_on_child: bool = False


class Now(Effect, frozen=True):
    """Answer: nanoseconds since the Unix epoch on the simulated wall clock."""


class Handle(Effect, frozen=True):
    """What `signal` does to this process from now on: `"handle"` (queue it, see Step), `"ignore"` or `"default"`. Answer: None."""

    signal: str
    action: str


# --------------------------------------------------------------------------------------------------------------------------- processes
class Spawn(Effect, frozen=True):
    """Start `run` as a child. It shares descriptors 0..999, with `fds` (child number to parent number) on top. Answer: its pid."""

    run: Process
    argv: tuple[str, ...]
    fds: Mapping[int, int] = {}


class WaitFor(Effect, frozen=True):
    """Wait for the first of `pids` (empty: of all children) to end, at most for `timeout` nanoseconds (None: no limit).

    Answer: (pid, exit code, the signal that killed it or ""), None when there is no such child, or False at the timeout, or when
    `interruptible` and a signal arrived."""

    pids: tuple[int, ...]
    interruptible: bool = False
    timeout: int | None = None


class Kill(Effect, frozen=True):
    """Send `signal` (name without SIG; "0" only asks) to `pid`; -1 is every process but init and the sender. Answer: None or ESRCH."""

    pid: int
    signal: str


class GetPid(Effect, frozen=True):
    """Answer: (pid, parent's pid)."""


class GetCredentials(Effect, frozen=True):
    """Answer: Credentials of this process."""


class SetUmask(Effect, frozen=True):
    """Set the mode bits that files made by this process and its children do not get. Answer: None."""

    mask: int


class Rename(Effect, frozen=True):
    """The process continues as another program, as after execve(2): `ps` shows the new arguments. Answer: None."""

    argv: tuple[str, ...]


class Processes(Effect, frozen=True):
    """Answer: tuple of (pid, parent's pid, argv, started at ns since the epoch), by pid."""


# ------------------------------------------------------------------------------------------------------------------------- descriptors
class Open(Effect, frozen=True):
    """Open `path` for `mode` r, w, a or + (read and write, created when missing) on descriptor `fd` (None: a free one above 999).

    Answer: the descriptor, or an Errno. Knows /dev/null, /dev/zero, /dev/std*, /dev/fd/N and /proc/1/fd/N by itself.
    """

    path: str
    mode: str
    fd: int | None = None


class Pipe(Effect, frozen=True):
    """Answer: (descriptor to read, descriptor to write), both above 999, so no child inherits them unasked."""


class Dup(Effect, frozen=True):
    """Make descriptor `to` (None: a free one above 999) mean what `fd` means. Answer: the new number, or EBADF."""

    fd: int
    to: int | None = None


class Close(Effect, frozen=True):
    """Close a descriptor; closing a closed one is harmless. Answer: None."""

    fd: int


class Read(Effect, frozen=True):
    """Read: `"line"` (with its newline), `"to:"` (up to and with a colon), `"some"` (what is there) or `"all"` (to the end).

    Answer: text, "" at the end, or an Errno.
    """

    fd: int
    amount: str = "some"


class Write(Effect, frozen=True):
    """Write all of `data`. Answer: None or an Errno. A pipe without a reader kills the writer (SIGPIPE, pipe(7))."""

    fd: int
    data: str


# ------------------------------------------------------------------------------------------------------------------------------- files
class Stat(msgspec.Struct, frozen=True):
    """What stat(2) answers. `kind` is file, dir or link; `size` in bytes; `mtime` in ns since the epoch; `target` of a link.

    `unknown`: nothing is known about what it contains, so it has what the process needs.
    """

    kind: str
    size: int = 0
    mode: int = 0o644
    mtime: int = 0
    uid: int = 0
    gid: int = 0
    inode: int = 0
    target: str = ""
    unknown: bool = False


class GetStat(Effect, frozen=True):
    """Answer: Stat or Errno. `follow` a symbolic link at the end of the path, or describe the link itself.

    `relies_on`: the process needs it as a `file`, a `dir` or `any` of them, so it is assumed to exist where the content is unknown.
    """

    path: str
    follow: bool = True
    relies_on: str = ""


class ListDir(Effect, frozen=True):
    """Answer: sorted tuple of names, or Errno."""

    path: str


class MarkUnknown(Effect, frozen=True):
    """What a path contains comes from `origin`, outside, and is unknown from now on. Answer: None or Errno."""

    path: str
    origin: str


class MakeDir(Effect, frozen=True):
    """Make a directory with `mode` less the process' umask. Answer: None or Errno."""

    path: str
    mode: int = 0o777


class Remove(Effect, frozen=True):
    """Remove a file, a link or an empty directory. Answer: None or Errno."""

    path: str


class Move(Effect, frozen=True):
    """rename(2) within one volume. Answer: None or Errno (EXDEV across volumes)."""

    path: str
    to: str


class Link(Effect, frozen=True):
    """Make `path` a symbolic link to `target`. Answer: None or Errno."""

    path: str
    target: str


class SetAttributes(Effect, frozen=True):
    """chmod, chown and utime in one; None leaves a value alone. Answer: None or Errno."""

    path: str
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    mtime: int | None = None


class AwaitChange(Effect, frozen=True):
    """Wait until the file or directory at `path` may differ from what was last read of it. Answer: True; False after `timeout` ns."""

    path: str
    timeout: int | None = None


# ---------------------------------------------------------------------------------------------------------------------------- listening
class Listen(Effect, frozen=True):
    """Accept connections on `port` until the process ends. Answer: None or EADDRINUSE, but not if the port is `guessed`.
    `protocol` says what answers (tcp, http, redis, ...); an http server may serve the files under directory `root`."""

    port: int
    protocol: str = "tcp"
    root: str | None = None
    guessed: bool = False


class StopListening(Effect, frozen=True):
    """Close a port that this process listens on; closing another one is harmless. Answer: None."""

    port: int


class Unsupported(Effect, frozen=True):
    """Note that `command` was asked for `what`, which is not simulated. Answer: None."""

    command: str
    what: str
