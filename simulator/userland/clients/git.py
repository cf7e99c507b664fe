"""git: a clone makes its directory and needs its host; what is in a repository is unknown content."""

from __future__ import annotations

import posixpath
import re

from simulator.process.effects import Call, GetStat, ListDir, MarkUnknown, Process, Program, Sleep, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, make_dirs, write_file
from simulator.process.world import Connect, NetError
from simulator.units import SECOND
from simulator.userland.clients.attempts import ATTEMPT_TIMEOUT
from simulator.userland.clients.targets import DEFAULT_PORTS, address
from simulator.userland.flags import Flags, Unknown, value

CLONE_TAKES = 1 * SECOND
"""How long a clone takes once its host is reached. Assumed."""
_FATAL = 128
_SSH = re.compile(r"(?:[^@/\s]+@)?([\w.-]+):(?!//).+")


class GitFlags(Flags, unknown=Unknown.SKIP):
    """The options of git that take a value; all others are skipped."""

    directory = value("-C")
    without_effect_values = value(
        *("-b", "--branch", "--depth", "-o", "--origin", "-c", "--config", "-j", "--jobs", "--filter", "--reference", "-u"),
        *("--upload-pack", "--template", "--separate-git-dir", "--shallow-since", "--git-dir", "--work-tree"),
    )


def git(call: Call) -> Process:
    """`git clone [options] url [directory]`, `git init`; every other verb works on unknown files, and ends with 0."""
    given = GitFlags.parse(call.argv[1:])
    verb, *words = given.operands or [""]
    here = Call(call.argv, call.env, absolute(call, given.directory or ""))
    if verb == "clone" and words:
        return (yield from _clone(here, words[0], words[1] if len(words) > 1 else ""))
    if verb == "init":
        return (yield from _make_repository(absolute(here, words[0] if words else ".")))
    if verb in ("rev-parse", "status"):
        if isinstance((yield GetStat(absolute(here, ".git"))), Stat):
            return 0
        return (yield from _fatal("not a git repository"))
    if verb not in ("config", ""):
        yield Unsupported("git", f"{verb} has no effect and exits with 0")
    return 0


def _clone(call: Call, url: str, directory: str) -> Process:
    directory = absolute(call, directory or re.sub(r"\.git$", "", posixpath.basename(url.rstrip("/")).rpartition(":")[2]))
    if isinstance((yield GetStat(directory)), Stat):
        names = yield ListDir(directory)
    else:
        names = ()
    if isinstance(names, tuple) and names:
        return (yield from _fatal(f"destination path '{directory}' already exists and is not an empty directory."))
    yield Write(2, f"Cloning into '{directory}'...\n")
    ssh = _SSH.fullmatch(url)
    if ssh or "://" in url:
        scheme = "ssh" if ssh else url.partition("://")[0]
        target = address(f"ssh://{ssh[1]}" if ssh else url, {"ssh": 22, "git": 9418}.get(scheme, DEFAULT_PORTS.get(scheme, 443)))
        made = yield Connect(target.host, target.port, ATTEMPT_TIMEOUT)
        if isinstance(made, NetError):
            return (yield from _fatal(f"unable to access '{url}': {made.value}"))
    yield Sleep(CLONE_TAKES)
    yield from _make_repository(directory)
    yield MarkUnknown(directory, f"a clone of {url}")
    return 0


def _make_repository(directory: str) -> Process:
    made = yield from make_dirs(posixpath.join(directory, ".git"))
    if isinstance(made, Errno):
        return (yield from _fatal(f"could not create work tree dir '{directory}': {made}"))
    yield from write_file(posixpath.join(directory, ".git/HEAD"), "ref: refs/heads/main\n")
    return 0


def _fatal(text: str) -> Process:
    yield Write(2, f"fatal: {text}\n")
    return _FATAL


COMMANDS: dict[str, Program] = {"git": git}
