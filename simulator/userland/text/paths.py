"""Names of files as text: basename, dirname, mktemp."""

from __future__ import annotations

import posixpath
import re
from itertools import count

from simulator.process.effects import Call, Close, GetStat, MakeDir, Open, Process, Program
from simulator.process.errno import Errno
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain, out


def basename(call: Call) -> Process:
    """The last name of a path, without a suffix."""
    if len(call.argv) < 2:
        return (yield from complain(call, "missing operand"))
    name = posixpath.basename(call.argv[1].rstrip("/")) or "/"
    suffix = call.argv[2] if len(call.argv) > 2 else ""
    # POSIX XCU, basename: a suffix that is the whole name stays.
    yield from out((name.removesuffix(suffix) if name != suffix else name) + "\n")
    return 0


def dirname(call: Call) -> Process:
    """A path without its last name."""
    if len(call.argv) < 2:
        return (yield from complain(call, "missing operand"))
    path = call.argv[1]
    yield from out((posixpath.dirname(path.rstrip("/")) or ("/" if path.startswith("/") else ".")) + "\n")
    return 0


class _MktempFlags(Flags):
    directory = switch("-d")
    parent = value("-p")
    without_effect = switch("-q", "-u", "-t")


def mktemp(call: Call) -> Process:
    """`mktemp [-d] [-p directory] [template]`: numbered names, not random ones, so that every run gets the same."""
    given = _MktempFlags.parse(call.argv[1:])
    parent = call.env.get("TMPDIR", "/tmp") if given.parent is None else given.parent
    template = given.operands[0] if given.operands else posixpath.join(parent, "tmp.XXXXXX")
    holes = re.search(r"X{3,}$", template)
    stem, width = (template[: holes.start()], len(holes[0])) if holes else (template + ".", 6)
    for number in count(1):
        path = posixpath.join(call.cwd, stem + str(number).rjust(width, "A"))
        if isinstance((yield GetStat(path, follow=False)), Errno):
            break
    made = (yield MakeDir(path, 0o700)) if given.directory else (yield Open(path, "w"))
    if isinstance(made, Errno):
        kind = "directory" if given.directory else "file"
        return (yield from complain(call, f"failed to create {kind} via template '{template}': {made}"))
    if isinstance(made, int):
        yield Close(made)
    yield from out(path + "\n")
    return 0


COMMANDS: dict[str, Program] = {"basename": basename, "dirname": dirname, "mktemp": mktemp}
