"""git: a clone makes its directory, and needs its host; what is in a repository nobody knows here."""

from __future__ import annotations

import posixpath
import re

from simulator.process.effects import Call, GetStat, ListDir, Program, Sleep, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, make_dirs, write_file
from simulator.process.world import Connect, NetError
from simulator.units import SECOND
from simulator.userland.clients.peers import ATTEMPT_TIMEOUT, DEFAULT_PORTS, address
from simulator.userland.streams import Gen

CLONE_TAKES = 1 * SECOND
"""How long a clone takes once its host is there. Assumed."""
_WITH_VALUE = (
    "-b --branch --depth -o --origin -c --config -C -j --jobs --filter --reference -u --upload-pack --template --separate-git-dir "
    "--shallow-since --git-dir --work-tree"
)
_SSH = re.compile(r"(?:[^@/\s]+@)?([\w.-]+):(?!//).+")


def git(call: Call) -> Gen:
    """`git clone [options] url [directory]`, `git init`; whatever else changes files that nobody knows, and ends with 0."""
    words = _operands(call.argv[1:])
    verb = words[0] if words else ""
    where = next((value for name, value in zip(call.argv[1:], call.argv[2:], strict=False) if name == "-C"), "")
    here = Call(call.argv, call.env, absolute(call, where))
    if verb == "clone" and len(words) > 1:
        return (yield from _clone(here, words[1], words[2] if len(words) > 2 else ""))
    if verb == "init":
        yield from _repository(absolute(here, words[1] if len(words) > 1 else "."))
        return 0
    if verb == "rev-parse" or verb == "status":
        return 0 if isinstance((yield GetStat(absolute(here, ".git"))), Stat) else (yield from _fatal("not a git repository", 128))
    if verb not in ("config", ""):
        yield Unsupported("git", f"{verb} changes nothing and ends with 0")
    return 0


def _operands(args: tuple[str, ...]) -> list[str]:
    """The words that are no options and no values of options."""
    taken = frozenset(_WITH_VALUE.split())
    return [a for before, a in zip(("", *args), args, strict=False) if not a.startswith("-") and before not in taken]


def _clone(call: Call, url: str, directory: str) -> Gen:
    directory = absolute(call, directory or re.sub(r"\.git$", "", posixpath.basename(url.rstrip("/")).rpartition(":")[2]))
    names = yield ListDir(directory)
    if isinstance(names, tuple) and names:
        return (yield from _fatal(f"destination path '{directory}' already exists and is not an empty directory.", 128))
    yield Write(2, f"Cloning into '{directory}'...\n")
    ssh = _SSH.fullmatch(url)
    if ssh or "://" in url:
        scheme = "ssh" if ssh else url.partition("://")[0]
        target = address(f"ssh://{ssh[1]}" if ssh else url, {"ssh": 22, "git": 9418}.get(scheme, DEFAULT_PORTS.get(scheme, 443)))
        made = yield Connect(target.host, target.port, ATTEMPT_TIMEOUT)
        if isinstance(made, NetError):
            return (yield from _fatal(f"unable to access '{url}': {made.value}", 128))
    yield Sleep(CLONE_TAKES)
    yield from _repository(directory)
    yield Unsupported("git", f"what is in {url} is not known: {directory} is empty but for .git")
    return 0


def _repository(directory: str) -> Gen:
    made = yield from make_dirs(posixpath.join(directory, ".git"))
    if isinstance(made, Errno):
        return (yield from _fatal(f"could not create work tree dir '{directory}': {made}", 128))
    yield from write_file(posixpath.join(directory, ".git/HEAD"), "ref: refs/heads/main\n")
    return 0


def _fatal(text: str, status: int) -> Gen:
    yield Write(2, f"fatal: {text}\n")
    return status


COMMANDS: dict[str, Program] = {"git": git}
