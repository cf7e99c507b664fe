"""Content that nothing describes: what a claim, a clone, an archive, a download or an image has.

A path that a process relies on is assumed to exist there, as what the process uses it for, and one whose absence it relies on, as
`while [ -f lock ]; do sleep 1; done` does, to be missing (`simulator.shell.goals`); the assumption is recorded once per path. A volume that
is new, such as that of a claim that the run provisions, is empty at first: where a process has something to do without a path, too, the
path is missing. All other places are known: a path that no process has created is not there.
"""

from __future__ import annotations

import posixpath
from typing import Protocol

from simulator.container.inodes import Node
from simulator.process.effects import Credentials
from simulator.process.fileio import ABSENT, OPTIONAL

PARENTS = "parents"
"""A process relies on the directories along a path, and creates the last name itself."""
IMAGE = "the image "
"""How the origin of an image's files begins."""
_ANY = "any"
_PROGRAM = "program"
"""A file that a process executes: what is assumed about the command itself says that it exists."""
_SCRIPT = "script"
"""A file that an interpreter reads as its program: so does what is assumed about an image."""
_EXECUTABLE = 0o755


class UnknownContent(Protocol):
    """Decides what exists where the content is unknown."""

    def has(self, path: str, origin: str, *, relied_on: bool | None, is_new: bool = False) -> bool:
        """Whether a path exists that no process has created.

        Args:
            path: The path in the container; one with a slash at its end is a directory.
            origin: Where the content of its directory comes from; empty: all of it is known.
            relied_on: The process relies on it to exist, or to be missing; None: it uses only a path below it.
            is_new: It is missing because the volume is new.
        """

    def give(self, path: str) -> None:
        """Note that an unknown command has got a path among its words: it may create it."""

    def may_be_made(self, path: str) -> bool:
        """Whether an unknown command has been given the path, or a directory above it, and may have created it."""


class NothingMore:
    """Files that are all known."""

    def has(self, path: str, origin: str, *, relied_on: bool | None, is_new: bool = False) -> bool:
        """Nothing exists that no process has created."""
        return False

    def give(self, path: str) -> None:
        """It changes nothing."""

    def may_be_made(self, path: str) -> bool:
        """Nothing is."""
        return False


NOTHING_MORE: UnknownContent = NothingMore()


def assumed_entry(content: UnknownContent, parent: Node, path: str, use: str, who: Credentials, *, is_last: bool) -> Node | None:
    """The node for a missing path that a process uses, if it is to be assumed; it belongs to the process, which can read and write it."""
    name = posixpath.basename(path)
    if (name in parent.gone and not content.may_be_made(path)) or (is_last and use == PARENTS):
        return None
    is_new = use.endswith(OPTIONAL) and parent.volume.is_new and parent.origin == parent.volume.root.origin
    use = ABSENT if is_new else use.rstrip(OPTIONAL)
    kind = _kind(path, use) if is_last else "dir"
    is_implied = use == _PROGRAM or (use == _SCRIPT and parent.origin.startswith(IMAGE))
    is_used = use == PARENTS or is_new or (is_last and not is_implied)
    relied_on = None if not is_used else use != ABSENT
    if not content.has(f"{path}/" if kind == "dir" else path, parent.origin, relied_on=relied_on, is_new=is_new):
        if relied_on is False and parent.origin:
            parent.gone.add(name)
        return None
    node = parent.volume.create(parent, name, kind, _EXECUTABLE).owned_by(who)
    node.origin, node.assumed = parent.origin or "a Scenario", True
    return node


def used_as(node: Node, use: str) -> None:
    """Correct the kind of a node that is only assumed: the latest use knows it as well as the first one."""
    use = use.rstrip(OPTIONAL)
    if node.assumed and use in ("file", "dir", _PROGRAM, _SCRIPT) and not node.entries and not node.length:
        node.kind = "dir" if use == "dir" else "file"


def _kind(path: str, use: str) -> str:
    """What a path is; without a use that says it, `lib` and `.git` most likely are directories, `run.sh` and `Makefile` are files."""
    if use != _ANY:
        return "dir" if use == "dir" else "file"
    name = posixpath.basename(path).lstrip(".")
    return "file" if "." in name or name[:1].isupper() else "dir"
